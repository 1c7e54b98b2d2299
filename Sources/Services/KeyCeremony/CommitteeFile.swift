public import Cryptography
public import Encoding
public import Statements
public import ThresholdKeys

/// What a venue knows about an observer that it has enrolled.
public struct SeatEnrolment: Equatable, Sendable {
    /// The index of its seat, 1 … 12.
    public var index: UInt32
    /// The last part of its DID, `did:orbit:observer:<venue>:<id>`.
    public var id: Text
    /// Who runs the observer.
    public var `operator`: Text
    /// The group of companies to which the operator belongs.
    public var group: Text
    /// Where the observer is.
    public var region: Text
    /// What kind of organisation the operator is.
    public var category: SeatCategory
    /// The key that signs what it says.
    public var identityKey: Ed25519.PublicKey
    /// The key that its shares are encrypted to.
    public var encryptionKey: EncryptionKey

    /// Makes an enrolment of its parts.
    public init(
        index: UInt32,
        id: Text,
        operator: Text,
        group: Text,
        region: Text,
        category: SeatCategory,
        identityKey: Ed25519.PublicKey,
        encryptionKey: EncryptionKey
    ) {
        self.index = index
        self.id = id
        self.operator = `operator`
        self.group = group
        self.region = region
        self.category = category
        self.identityKey = identityKey
        self.encryptionKey = encryptionKey
    }

    /// The seat as a ceremony needs it.
    public var ceremonySeat: CeremonySeat {
        CeremonySeat(index: index, identityKey: identityKey, encryptionKey: encryptionKey)
    }

    /// The observer's DID.
    ///
    /// - Throws: `StatementError` when the id is none.
    public func did(at venue: VenueName) throws(StatementError) -> OrbitDID {
        try OrbitDID(kind: .observer, registrar: venue, id: id)
    }

    /// The enrolment as one JSON object.
    public var json: JSONValue {
        var object = JSONObject()
        object["category"] = .string(category.name)
        object["encryptionKey"] = .string(Text(Hex.encode(encryptionKey.compressed)))
        object["group"] = .string(group)
        object["id"] = .string(id)
        object["identityKey"] = .string(Text(Hex.encode(identityKey.bytes)))
        object["index"] = JSONNumber(exactly: Int64(index)).map { number in .number(number) }
        object["operator"] = .string(self.operator)
        object["region"] = .string(region)
        return .object(object)
    }

    /// Reads an enrolment; its seat is the one that it names.
    ///
    /// - Throws: `malformedCommittee` or `invalidEncryptionKey`.
    public init(_ value: JSONValue, path: [UInt8] = []) throws(KeyCeremonyError) {
        let seats = 1...UInt32(StatementLimits.seatsMax)
        var key: [UInt8] = []
        do throws(StatementError) {
            var object = try ObjectReader(value, path: path)
            index = try object.number("index", in: seats)
            id = try object.line("id")
            self.operator = try object.line("operator")
            group = try object.line("group")
            region = try object.line("region")
            category = try Self.category(&object)
            let identity = try object.hexadecimal("identityKey", count: 32)
            do throws(Ed25519.KeyError) {
                identityKey = try Ed25519.PublicKey(bytes: identity)
            } catch {
                throw object.invalid("identityKey", "an Ed25519 key")
            }
            key = try object.hexadecimal("encryptionKey", count: 48)
            try object.requireEnd()
        } catch {
            throw .malformedCommittee(error)
        }
        do throws(ThresholdKeysError) {
            encryptionKey = try EncryptionKey(compressed: key)
        } catch {
            throw .invalidEncryptionKey(seat: index, error)
        }
    }

    private static func category(
        _ object: inout ObjectReader
    ) throws(StatementError) -> SeatCategory {
        let text = try object.text("category")
        for category in SeatCategory.allCases where category.name == text { return category }
        throw object.invalid("category", "a category of seats")
    }
}

/// Whom a venue has enrolled: the file that its operator keeps.
///
/// It is JSON: `{"venue": name, "seats": [enrolment, …]}`, 8 to 12 seats in the order of their indices.
public struct CommitteeFile: Equatable, Sendable {
    /// The venue.
    public var venue: VenueName
    /// The seats, their indices ascending.
    public var seats: [SeatEnrolment]

    /// Joins the parts.
    public init(venue: VenueName, seats: [SeatEnrolment]) {
        self.venue = venue
        self.seats = seats
    }

    /// Reads a file.
    ///
    /// - Throws: `malformedCommittee`, `invalidEncryptionKey` or `seatCount`; indices that do not ascend, and
    ///   ids and keys that occur twice, are wrong.
    public init(decoding bytes: [UInt8]) throws(KeyCeremonyError) {
        let items: [(value: JSONValue, path: [UInt8])]
        do throws(StatementError) {
            let value: JSONValue
            do throws(JSONError) {
                value = try JSONValue(decoding: bytes)
            } catch {
                throw .notCanonicalJSON(error)
            }
            var object = try ObjectReader(value, path: [])
            venue = try object.venue()
            items = try object.array("seats", count: 0...StatementLimits.seatsMax)
                .map { item in (item.value, item.path) }
            try object.requireEnd()
        } catch {
            throw .malformedCommittee(error)
        }
        seats = []
        for item in items {
            let seat = try SeatEnrolment(item.value, path: item.path)
            for other in seats {
                guard other.index < seat.index, other.id != seat.id,
                    other.identityKey != seat.identityKey,
                    other.encryptionKey != seat.encryptionKey
                else {
                    throw .malformedCommittee(
                        .invalidMember(
                            path: Text(utf8: item.path) ?? "",
                            expected: "a seat after the one before, with an id and keys of its own"
                        )
                    )
                }
            }
            seats.append(seat)
        }
        guard seats.count >= Int(StatementLimits.threshold) else { throw .seatCount(seats.count) }
    }

    /// The file's bytes.
    public var encoded: [UInt8] {
        var object = JSONObject()
        object["venue"] = .string(venue.text)
        object["seats"] = .array(seats.map(\.json))
        return JSONValue.object(object).canonical
    }
}
