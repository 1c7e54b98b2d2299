public import Cryptography
import Encoding
public import Statements
public import ThresholdKeys

/// What the venue announces: a ceremony, with all that its members must agree on.
///
/// Deterministic CBOR of the map `{"kind": "begin", "venue", "epoch", "attempt", "seats": [seat, …]}`, to which
/// `"previous": {"keys": bytes of the key set, "seats": [seat, …]}` comes when keys are continued. A seat is the map
/// of its enrolment, keys as bytes. Phases last one height each: a height ends when the venue has filed a block.
public struct CeremonyAnnouncement: Equatable, Sendable {
    /// The keys that are continued, and who holds their shares.
    public struct Previous: Equatable, Sendable {
        /// The keys.
        public let keySet: KeySet
        /// Who holds their shares.
        public let seats: [SeatEnrolment]

        /// Joins the parts.
        public init(keySet: KeySet, seats: [SeatEnrolment]) {
            self.keySet = keySet
            self.seats = seats
        }
    }

    /// The venue.
    public let venue: VenueName
    /// The epoch whose shares are made.
    public let epoch: UInt64
    /// The number of the attempt, from 0.
    public let attempt: UInt32
    /// Who receives a share.
    public let seats: [SeatEnrolment]
    /// The keys that are continued; none if they are made anew.
    public let previous: Previous?
    /// The same as the ceremony takes it.
    public let parameters: CeremonyParameters

    /// Joins the parts.
    ///
    /// - Throws: `invalidParameters` when they do not fit together.
    public init(
        venue: VenueName,
        epoch: UInt64,
        attempt: UInt32,
        seats: [SeatEnrolment],
        previous: Previous?
    ) throws(KeyCeremonyError) {
        self.venue = venue
        self.epoch = epoch
        self.attempt = attempt
        self.seats = seats
        self.previous = previous
        do throws(ThresholdKeysError) {
            parameters = try CeremonyParameters(
                venue: venue.text,
                epoch: epoch,
                attempt: attempt,
                seats: seats.map(\.ceremonySeat),
                threshold: Int(StatementLimits.threshold),
                previous: previous.map { previous in
                    PreviousEpoch(
                        keySet: previous.keySet,
                        seats: previous.seats.map(\.ceremonySeat),
                        threshold: previous.keySet.threshold
                    )
                },
                schedule: Schedule(start: 0, phaseLength: 1, isFresh: previous == nil)
            )
        } catch {
            throw .invalidParameters(error)
        }
    }

    /// Everybody who has something to say: the old seats and the new ones, each key once.
    public var speakers: [Ed25519.PublicKey] {
        var keys: [Ed25519.PublicKey] = []
        for seat in (previous?.seats ?? []) + seats where !keys.contains(seat.identityKey) {
            keys.append(seat.identityKey)
        }
        return keys
    }

    var map: CBORMap {
        var map = CBORMap()
        map["kind"] = .text("begin")
        map["venue"] = .text(venue.text)
        map["epoch"] = .unsigned(epoch)
        map["attempt"] = .unsigned(UInt64(attempt))
        map["seats"] = .array(seats.map(\.cbor))
        if let previous {
            var old = CBORMap()
            old["keys"] = .bytes(previous.keySet.encoded)
            old["seats"] = .array(previous.seats.map(\.cbor))
            map["previous"] = .map(old)
        }
        return map
    }

    init(_ map: CBORMap) throws(KeyCeremonyError) {
        guard map.entries.count == (map["previous"] == nil ? 5 : 6) else {
            throw .invalidDocument(name: "set of members")
        }
        guard let name = map["venue"]?.text else { throw .invalidDocument(name: "venue") }
        let venue: VenueName
        do throws(StatementError) {
            venue = try VenueName(name)
        } catch {
            throw .invalidDocument(name: "venue")
        }
        guard let epoch = map["epoch"]?.unsigned, epoch > 0 else {
            throw .invalidDocument(name: "epoch")
        }
        guard let number = map["attempt"]?.unsigned, let attempt = UInt32(exactly: number) else {
            throw .invalidDocument(name: "attempt")
        }
        var previous: Previous?
        if let value = map["previous"] {
            guard let old = value.map, old.entries.count == 2, let bytes = old["keys"]?.bytes else {
                throw .invalidDocument(name: "previous")
            }
            let keySet: KeySet
            do throws(ThresholdKeysError) {
                keySet = try KeySet(decoding: bytes)
            } catch {
                throw .invalidParameters(error)
            }
            previous = Previous(keySet: keySet, seats: try Self.seats(old["seats"]))
        }
        try self.init(
            venue: venue,
            epoch: epoch,
            attempt: attempt,
            seats: Self.seats(map["seats"]),
            previous: previous
        )
    }

    private static func seats(_ value: CBORValue?) throws(KeyCeremonyError) -> [SeatEnrolment] {
        guard let items = value?.array, items.count <= StatementLimits.seatsMax else {
            throw .invalidDocument(name: "seats")
        }
        var seats: [SeatEnrolment] = []
        for item in items { seats.append(try SeatEnrolment(item)) }
        return seats
    }
}

/// A part of what was said at one height of a ceremony's log, in the order that counts for everybody.
///
/// Deterministic CBOR of the map `{"kind": "block", "nonce": 32 bytes, "height", "part", "last": bool, "bundles":
/// [bytes]}`; a height that does not fit into one document has several parts, and the last one ends it.
public struct CeremonyBlock: Equatable, Sendable {
    /// The ceremony.
    public let nonce: SHA256.Digest
    /// The height, from 0.
    public let height: UInt64
    /// The number of the part of the height, from 0.
    public let part: UInt64
    /// Whether it ends the height.
    public let isLast: Bool
    /// The signed bundles.
    public let bundles: [[UInt8]]

    /// Joins the parts.
    public init(
        nonce: SHA256.Digest,
        height: UInt64,
        part: UInt64,
        isLast: Bool,
        bundles: [[UInt8]]
    ) {
        self.nonce = nonce
        self.height = height
        self.part = part
        self.isLast = isLast
        self.bundles = bundles
    }

    var map: CBORMap {
        var map = CBORMap()
        map["kind"] = .text("block")
        map["nonce"] = .bytes(nonce.bytes)
        map["height"] = .unsigned(height)
        map["part"] = .unsigned(part)
        map["last"] = .boolean(isLast)
        map["bundles"] = .array(bundles.map { bytes in .bytes(bytes) })
        return map
    }

    init(_ map: CBORMap) throws(KeyCeremonyError) {
        guard map.entries.count == 6 else { throw .invalidDocument(name: "set of members") }
        let nonce = try map.digest("nonce")
        guard let height = map["height"]?.unsigned else { throw .invalidDocument(name: "height") }
        guard let part = map["part"]?.unsigned else { throw .invalidDocument(name: "part") }
        guard case .boolean(let isLast)? = map["last"] else {
            throw .invalidDocument(name: "last")
        }
        guard let items = map["bundles"]?.array else { throw .invalidDocument(name: "bundles") }
        var bundles: [[UInt8]] = []
        for item in items {
            guard let bytes = item.bytes else { throw .invalidDocument(name: "bundles") }
            bundles.append(bytes)
        }
        self.init(
            nonce: nonce,
            height: height,
            part: part,
            isLast: isLast,
            bundles: bundles
        )
    }
}

/// A filing of the kind `ceremony`.
public enum CeremonyDocument: Equatable, Sendable {
    /// A ceremony begins.
    case begin(CeremonyAnnouncement)
    /// Something was said in it.
    case block(CeremonyBlock)

    /// Reads a document.
    ///
    /// - Throws: `malformedDocument`, `invalidDocument` or `invalidParameters`.
    public init(decoding bytes: [UInt8]) throws(KeyCeremonyError) {
        let map = try CBORMap(ceremony: bytes)
        switch map["kind"]?.text?.string {
        case "begin": self = .begin(try CeremonyAnnouncement(map))
        case "block": self = .block(try CeremonyBlock(map))
        default: throw .invalidDocument(name: "kind")
        }
    }

    /// The document's bytes.
    public var encoded: [UInt8] {
        switch self {
        case .begin(let announcement): CBORValue.map(announcement.map).encoded
        case .block(let block): CBORValue.map(block.map).encoded
        }
    }
}

extension CBORMap {
    /// Decodes a map of this protocol.
    ///
    /// - Throws: `malformedDocument`, or `invalidDocument` for another value.
    init(ceremony bytes: [UInt8]) throws(KeyCeremonyError) {
        let value: CBORValue
        do throws(CBORError) {
            value = try CBORValue(decoding: bytes)
        } catch {
            throw .malformedDocument(error)
        }
        guard let map = value.map else { throw .invalidDocument(name: "map") }
        self = map
    }

    /// A hash that must be there.
    ///
    /// - Throws: `invalidDocument`.
    func digest(_ name: Text) throws(KeyCeremonyError) -> SHA256.Digest {
        guard let bytes = self[name]?.bytes, bytes.count == SHA256.Digest.byteCount else {
            throw .invalidDocument(name: name)
        }
        return SHA256.Digest(bytes: bytes)
    }
}

extension SeatEnrolment {
    fileprivate var cbor: CBORValue {
        var map = CBORMap()
        map["index"] = .unsigned(UInt64(index))
        map["id"] = .text(id)
        map["operator"] = .text(self.operator)
        map["group"] = .text(group)
        map["region"] = .text(region)
        map["category"] = .text(category.name)
        map["identityKey"] = .bytes(identityKey.bytes)
        map["encryptionKey"] = .bytes(encryptionKey.compressed)
        return .map(map)
    }

    fileprivate init(_ value: CBORValue) throws(KeyCeremonyError) {
        guard let map = value.map, map.entries.count == 8,
            let number = map["index"]?.unsigned, let index = UInt32(exactly: number),
            let id = map["id"]?.text, let operatorName = map["operator"]?.text,
            let group = map["group"]?.text, let region = map["region"]?.text,
            let category = SeatCategory.allCases.first(where: { category in
                category.name == map["category"]?.text
            })
        else { throw .invalidDocument(name: "seats") }
        let identityKey: Ed25519.PublicKey
        do throws(Ed25519.KeyError) {
            identityKey = try Ed25519.PublicKey(bytes: map["identityKey"]?.bytes ?? [])
        } catch {
            throw .invalidDocument(name: "identityKey")
        }
        let encryptionKey: EncryptionKey
        do throws(ThresholdKeysError) {
            encryptionKey = try EncryptionKey(compressed: map["encryptionKey"]?.bytes ?? [])
        } catch {
            throw .invalidEncryptionKey(seat: index, error)
        }
        self.init(
            index: index,
            id: id,
            operator: operatorName,
            group: group,
            region: region,
            category: category,
            identityKey: identityKey,
            encryptionKey: encryptionKey
        )
    }
}
