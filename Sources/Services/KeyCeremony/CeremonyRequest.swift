import Cryptography
import Encoding

/// What members and the venue ask each other on the bus.
enum CeremonySubject {
    /// The venue publishes each document of a ceremony.
    static let block = "committee.ceremony.block"
    /// Members say what they have to say.
    static let submit = "committee.ceremony.submit"
    /// Members ask for what they miss.
    static let fetch = "committee.ceremony.fetch"
}

/// What a member asks for: the documents of the present ceremony that it does not have.
///
/// Deterministic CBOR of the map `{"announcement": 32 bytes or empty, "count"}`; the answer is an array of documents.
struct CeremonyFetch: Equatable {
    /// The hash of the announcement that it has; none without one.
    var identifier: SHA256.Digest?
    /// How many documents of that ceremony it has.
    var count: Int

    init(identifier: SHA256.Digest?, count: Int) {
        self.identifier = identifier
        self.count = count
    }

    init(decoding bytes: [UInt8]) throws(KeyCeremonyError) {
        let map = try CBORMap(ceremony: bytes)
        guard map.entries.count == 2, let number = map["count"]?.unsigned,
            let count = Int(exactly: number)
        else { throw .invalidDocument(name: "count") }
        self.count = count
        let isEmpty = map["announcement"]?.bytes?.isEmpty == true
        identifier = isEmpty ? nil : try map.digest("announcement")
    }

    var encoded: [UInt8] {
        var map = CBORMap()
        map["announcement"] = .bytes(identifier?.bytes ?? [])
        map["count"] = .unsigned(UInt64(count))
        return CBORValue.map(map).encoded
    }

    static func answer(_ documents: [[UInt8]]) -> [UInt8] {
        CBORValue.array(documents.map { bytes in .bytes(bytes) }).encoded
    }

    static func documents(answer: [UInt8]) throws(KeyCeremonyError) -> [[UInt8]] {
        let value: CBORValue
        do throws(CBORError) {
            value = try CBORValue(decoding: answer)
        } catch {
            throw .malformedDocument(error)
        }
        guard let items = value.array else { throw .invalidDocument(name: "answer") }
        var documents: [[UInt8]] = []
        for item in items {
            guard let bytes = item.bytes else { throw .invalidDocument(name: "answer") }
            documents.append(bytes)
        }
        return documents
    }
}
