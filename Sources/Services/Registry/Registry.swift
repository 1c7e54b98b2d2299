public import Encoding
public import Primitives
public import Statements

/// Which DIDs are registered, and what may be registered next.
///
/// It is a projection of what was filed, in the order of the journal.
public struct Registry: Sendable {
    /// What is registered for a DID.
    public struct Entry: Equatable, Sendable {
        /// The newest document.
        public var document: DIDDocument
        /// Its version, from 1.
        public var version: UInt64
        /// Whether the DID was revoked.
        public var isRevoked = false
    }

    /// Who registers.
    public let venue: VenueName
    private var entries: [OrbitDID: Entry] = [:]

    /// Makes a registry of what was filed.
    ///
    /// - Parameters:
    ///   - venue: Who registers.
    ///   - filings: What was filed, in the order of the journal.
    /// - Throws: `foreignRegistrar` when DIDs of another registrar were filed there.
    public init(venue: VenueName, filings: [Statement] = []) throws(RegistryError) {
        self.venue = venue
        for statement in filings {
            let did = statement.subject
            guard did.registrar == venue else { throw .foreignRegistrar(did, expected: venue) }
            take(statement)
        }
    }

    /// What is registered for a DID; nil if nothing is.
    public subscript(did: OrbitDID) -> Entry? { entries[did] }

    /// Takes the next statement that was filed; those that are not about DIDs change nothing.
    public mutating func take(_ statement: Statement) {
        switch statement {
        case .did(let content):
            entries[content.document.id] = Entry(
                document: content.document,
                version: content.version
            )
        case .revocation(let content): entries[content.did]?.isRevoked = true
        default: break
        }
    }

    /// The statement that registers a document, or its next version.
    ///
    /// - Parameters:
    ///   - json: The document, as a JSON object in any order of its members.
    ///   - time: When it is registered.
    /// - Returns: The statement to file.
    /// - Throws: `RegistryError`, what speaks against it.
    public func statement(
        registering json: [UInt8],
        time: Timestamp
    ) throws(RegistryError) -> DIDStatement {
        let document = try Self.document(json)
        let did = document.id
        guard did.registrar == venue else { throw .foreignRegistrar(did, expected: venue) }
        if did.contract != nil { throw .contractReserved(did) }
        let present = entries[did]
        if present?.isRevoked == true { throw .revoked(did) }
        if let present, present.document == document {
            throw .unchanged(did, version: present.version)
        }
        let controller = document.controller
        if controller != did, controller != venue.did {
            guard let entry = entries[controller] else { throw .controllerUnknown(controller) }
            if entry.isRevoked { throw .revoked(controller) }
        }
        return DIDStatement(document: document, version: (present?.version ?? 0) + 1, time: time)
    }

    /// The statement that revokes a DID.
    ///
    /// - Parameters:
    ///   - did: What to revoke.
    ///   - reason: Why, one line.
    ///   - time: When.
    /// - Returns: The statement to file.
    /// - Throws: `unknown` or `revoked`.
    public func statement(
        revoking did: OrbitDID,
        reason: Text,
        time: Timestamp
    ) throws(RegistryError) -> RevocationStatement {
        guard let entry = entries[did] else { throw .unknown(did) }
        if entry.isRevoked { throw .revoked(did) }
        return RevocationStatement(did: did, reason: reason, time: time)
    }

    /// The registrar of a document's DID.
    ///
    /// - Throws: `documentInvalid`.
    public static func registrar(of json: [UInt8]) throws(RegistryError) -> VenueName {
        try document(json).id.registrar
    }

    /// Reads a document by reading a statement that holds it, which checks every member.
    private static func document(_ json: [UInt8]) throws(RegistryError) -> DIDDocument {
        do {
            let value = try JSONValue(decoding: json)
            guard
                let statement = JSONObject([
                    JSONObject.Member("document", value),
                    JSONObject.Member("time", .string("0")),
                    JSONObject.Member("type", .string(StatementType.did.name)),
                    JSONObject.Member("version", .string("1")),
                ])
            else { preconditionFailure("the names differ") }
            return try DIDStatement(decoding: JSONValue.object(statement).canonical).document
        } catch {
            throw .documentInvalid("\(error)")
        }
    }
}
