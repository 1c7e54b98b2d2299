internal import Attestation
internal import Cryptography
internal import Encoding
internal import KeyStore
internal import Platform
internal import Primitives
internal import Statements

// Format of a seat's snapshot, integers with their lowest byte first:
//
//     offset  size
//     0       8     "PLXSEAT1"
//     8       4     size n of the head
//     12      n     head: the deterministic CBOR map {"chunk": hash of the last piece of the journal, "first",
//                   "last", "number", "time": of the last interval, "size", "root", "origin": of the log after it,
//                   "stateHash", "documents", "venue"}
//     12 + n  …     what the re-execution component gave
//     end−64  64    signature of the seat's identity key over "parallax.seat-snapshot/1" ‖ 00 ‖ SHA-256 of
//                   everything before
//
// It is written under another name, synced and then given its own, so it is whole. It is valid when this seat
// signed it, and the component, restored from it, comes to the same state hash and root.

/// Where a seat goes on after it stopped.
struct SeatSnapshot {
    static let fileName = "snapshot"
    private static let magic = Array("PLXSEAT1".utf8)
    private static let signatureSize = 64

    var venue: VenueName
    var chunk: SHA256.Digest
    var interval: ReExecutedInterval
    var documents: FollowedDocuments
    var state: [UInt8]

    private static func message(_ body: ArraySlice<UInt8>) -> [UInt8] {
        let hash = unsafe body.withUnsafeBytes { bytes in
            AcceleratedSHA256.hash(of: unsafe bytes.bytes)
        }
        return Array("parallax.seat-snapshot/1".utf8) + [0] + hash.bytes
    }

    /// Writes the snapshot in place of the one before, and makes it durable.
    func write(
        to folder: any StorageDirectory,
        sign: ([UInt8]) -> [UInt8]
    ) throws(AttestorError) {
        var bytes = Self.magic
        let head = CBORValue.map(head).encoded
        let size = UInt32(head.count)
        for shift in stride(from: UInt32(0), to: 32, by: 8) {
            bytes.append(UInt8(truncatingIfNeeded: size >> shift))
        }
        bytes.reserveCapacity(bytes.count + head.count + state.count + Self.signatureSize)
        bytes += head
        bytes += state
        bytes += sign(Self.message(bytes[...]))
        do throws(PlatformError) {
            try folder.replace(Self.fileName, with: bytes)
        } catch {
            throw .files(error)
        }
    }

    /// Reads the snapshot; none if there is none.
    ///
    /// - Throws: `snapshot` when it cannot be used, `files`.
    static func read(
        from folder: any StorageDirectory,
        venue: VenueName,
        key: Ed25519.PublicKey
    ) throws(AttestorError) -> SeatSnapshot? {
        let bytes: [UInt8]
        do throws(PlatformError) {
            guard try folder.list().contains(fileName) else { return nil }
            bytes = try folder.contents(of: fileName)
        } catch {
            throw .files(error)
        }
        guard bytes.count > magic.count + 4 + signatureSize, bytes.starts(with: magic) else {
            throw .snapshot("it is no snapshot")
        }
        let end = bytes.count - signatureSize
        guard NativeEd25519.verifies(Array(bytes[end...]), of: message(bytes[..<end]), by: key)
        else { throw .snapshot("this seat did not sign it, or it is damaged") }
        let size = (0..<4).reversed().reduce(0) { size, index in size << 8 | Int(bytes[8 + index]) }
        guard 12 + size <= end,
            let snapshot = SeatSnapshot(
                head: Array(bytes[12..<12 + size]),
                state: Array(bytes[(12 + size)..<end])
            )
        else { throw .snapshot("its head is malformed") }
        guard snapshot.venue == venue else { throw .snapshot("it is of another venue") }
        return snapshot
    }

    private var head: CBORMap {
        var map = CBORMap()
        map["venue"] = .text(venue.text)
        map["chunk"] = .bytes(chunk.bytes)
        map["number"] = .unsigned(interval.interval.number)
        map["first"] = .unsigned(interval.interval.firstSequence)
        map["last"] = .unsigned(interval.interval.lastSequence)
        map["stateHash"] = .bytes(interval.interval.stateHash.bytes)
        map["time"] = .unsigned(interval.time.nanoseconds)
        map["size"] = .unsigned(interval.log.size)
        map["root"] = .bytes(interval.log.root.bytes)
        map["origin"] = .text(interval.log.origin)
        map["documents"] = documents.encoded
        return map
    }

    private init?(head: [UInt8], state: [UInt8]) {
        let value: CBORValue
        do throws(CBORError) {
            value = try CBORValue(
                decoding: head,
                limits: DecodingLimits(bytesMax: 16 << 20, depthMax: 8)
            )
        } catch {
            return nil
        }
        guard let map = value.map, let venueText = map["venue"]?.text,
            let chunk = Self.digest(map["chunk"]), let number = map["number"]?.unsigned,
            let first = map["first"]?.unsigned, let last = map["last"]?.unsigned, first <= last,
            let stateHash = Self.digest(map["stateHash"]), let time = map["time"]?.unsigned,
            let size = map["size"]?.unsigned, let root = Self.digest(map["root"]),
            let origin = map["origin"]?.text, let documentsValue = map["documents"],
            let documents = FollowedDocuments(documentsValue)
        else { return nil }
        do throws(StatementError) {
            venue = try VenueName(venueText)
        } catch {
            return nil
        }
        self.chunk = chunk
        self.documents = documents
        self.state = state
        interval = ReExecutedInterval(
            interval: Interval(
                number: number,
                firstSequence: first,
                lastSequence: last,
                stateHash: stateHash
            ),
            time: Timestamp(time),
            log: LogHead(origin: origin, size: size, root: root)
        )
    }

    init(
        venue: VenueName,
        chunk: SHA256.Digest,
        interval: ReExecutedInterval,
        documents: FollowedDocuments,
        state: [UInt8]
    ) {
        self.venue = venue
        self.chunk = chunk
        self.interval = interval
        self.documents = documents
        self.state = state
    }

    private static func digest(_ value: CBORValue?) -> SHA256.Digest? {
        guard let bytes = value?.bytes, bytes.count == SHA256.Digest.byteCount else { return nil }
        return SHA256.Digest(bytes: bytes)
    }
}

extension StorageDirectory {
    /// The bytes of a file.
    func contents(of name: String) throws(PlatformError) -> [UInt8] {
        let file = try open(name, readOnly: true)
        var bytes = [UInt8](repeating: 0, count: Int(try file.size()))
        var failure: PlatformError?
        var count = 0
        unsafe bytes.withUnsafeMutableBytes { buffer in
            do throws(PlatformError) { count = try unsafe file.read(into: buffer, at: 0) } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        bytes.removeLast(bytes.count - count)
        return bytes
    }
}
