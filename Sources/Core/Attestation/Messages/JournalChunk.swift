public import Cryptography
import Encoding
public import Statements

/// A piece of the venue's journal for the observers, signed by the venue and chained to the piece before.
///
/// The CBOR map `{"first", "interval", "last", "leaves", "previous", "records", "signature", "venue"}`. The venue
/// signs the tag `parallax.journal-chunk/1`, a byte of zero and the map without the signature. What is in
/// `records` is between the venue and its observers.
public struct JournalChunk: Equatable, Sendable {
    /// Most bytes of a message.
    public static var bytesMax: Int { 8 << 20 }
    /// Most leaves of one chunk.
    public static var leavesMax: Int { 1 << 16 }
    /// Most bytes of a leaf; an entry of the log has no more.
    public static var leafBytesMax: Int { 65_535 }
    private static var signatureSize: Int { 64 }

    /// The venue.
    public let venue: VenueName
    /// The sequence number of the first command.
    public let first: UInt64
    /// The sequence number of the last command, not below the first one.
    public let last: UInt64
    /// The hash of the chunk before; 32 zeros for the first.
    public let previous: SHA256.Digest
    /// The commands with their times and documents.
    public let records: [UInt8]
    /// The interval that ends with the last command; none if none does.
    public let interval: IntervalStatement?
    /// The leaves of the interval.
    public let leaves: [[UInt8]]
    /// The venue's signature, 64 bytes.
    public let signature: [UInt8]

    /// Makes a chunk and signs it.
    ///
    /// - Parameters:
    ///   - venue: The venue.
    ///   - first: The sequence number of the first command.
    ///   - last: The sequence number of the last command, not below the first one.
    ///   - previous: The hash of the chunk before; 32 zeros for the first.
    ///   - records: The commands with their times and documents.
    ///   - interval: The interval that ends with the last command; none if none does.
    ///   - leaves: The leaves of the interval.
    ///   - signer: Signs the bytes it is given with the venue's Ed25519 key.
    /// - Throws: What `signer` throws.
    public init<Failure: Error>(
        venue: VenueName,
        first: UInt64,
        last: UInt64,
        previous: SHA256.Digest,
        records: [UInt8],
        interval: IntervalStatement?,
        leaves: [[UInt8]],
        signer: (_ message: [UInt8]) throws(Failure) -> [UInt8]
    ) throws(Failure) {
        precondition(first <= last)
        precondition(leaves.count <= Self.leavesMax)
        self.venue = venue
        self.first = first
        self.last = last
        self.previous = previous
        self.records = records
        self.interval = interval
        self.leaves = leaves
        let map = Self.map(venue, first, last, previous, records, interval, leaves)
        signature = try signer(Self.signedMessage(map))
    }

    /// Reads a chunk; whether the signature is good is not checked here.
    ///
    /// - Throws: `malformedMessage`, `invalidMessage` or `malformedPayload`.
    public init(decoding bytes: [UInt8]) throws(AttestationError) {
        let reader = try MessageReader(
            "journal chunk",
            decoding: bytes,
            members: 8,
            bytesMax: Self.bytesMax
        )
        let name = try reader.text("venue")
        do throws(StatementError) {
            venue = try VenueName(name)
        } catch {
            throw reader.wrong("venue")
        }
        first = try reader.unsigned("first")
        last = try reader.unsigned("last")
        guard first <= last else { throw reader.wrong("last") }
        let digestSize = SHA256.Digest.byteCount
        previous = SHA256.Digest(
            bytes: try reader.bytes("previous", count: digestSize...digestSize)
        )
        records = try reader.bytes("records", count: 0...Self.bytesMax)
        interval = try Self.interval(reader)
        guard let items = try reader.value("leaves").array, items.count <= Self.leavesMax else {
            throw reader.wrong("leaves")
        }
        var leaves: [[UInt8]] = []
        leaves.reserveCapacity(items.count)
        for item in items {
            guard let leaf = item.bytes, (1...Self.leafBytesMax).contains(leaf.count) else {
                throw reader.wrong("leaves")
            }
            leaves.append(leaf)
        }
        self.leaves = leaves
        signature = try reader.bytes(
            "signature",
            count: Self.signatureSize...Self.signatureSize
        )
    }

    private static func interval(
        _ reader: MessageReader
    ) throws(AttestationError) -> IntervalStatement? {
        if case .null = try reader.value("interval") { return nil }
        let payload = try reader.bytes("interval", count: 1...StatementLimits.payloadMax)
        do throws(StatementError) {
            return try IntervalStatement(decoding: payload)
        } catch {
            throw .malformedPayload(error)
        }
    }

    /// The bytes of the message.
    public var encoded: [UInt8] {
        var map = Self.map(venue, first, last, previous, records, interval, leaves)
        map["signature"] = .bytes(signature)
        return CBORValue.map(map).encoded
    }

    /// What the next chunk names as `previous`: the SHA-256 of the message.
    public var hash: SHA256.Digest { SHA256.hash(of: encoded) }

    /// Whether the venue's key signed the chunk; `verifier` checks an Ed25519 signature.
    public func isSigned(by key: Ed25519.PublicKey, verifier: Ed25519Verifier) -> Bool {
        let map = Self.map(venue, first, last, previous, records, interval, leaves)
        return verifier(signature, Self.signedMessage(map), key)
    }

    private static func signedMessage(_ map: CBORMap) -> [UInt8] {
        Array("parallax.journal-chunk/1".utf8) + [0] + CBORValue.map(map).encoded
    }

    private static func map(
        _ venue: VenueName,
        _ first: UInt64,
        _ last: UInt64,
        _ previous: SHA256.Digest,
        _ records: [UInt8],
        _ interval: IntervalStatement?,
        _ leaves: [[UInt8]]
    ) -> CBORMap {
        var map = CBORMap()
        map["venue"] = .text(venue.text)
        map["first"] = .unsigned(first)
        map["last"] = .unsigned(last)
        map["previous"] = .bytes(previous.bytes)
        map["records"] = .bytes(records)
        map["interval"] = interval.map { interval in .bytes(interval.encoded) } ?? .null
        map["leaves"] = .array(leaves.map { leaf in .bytes(leaf) })
        return map
    }
}
