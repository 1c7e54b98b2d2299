public import ComponentHost
internal import Database
internal import Platform
internal import Synchronization

/// The services of a node, durable.
///
/// A service keeps its signing key when it is removed and added again.
public final class ServiceRegistry: Sendable {
    /// A service of the node.
    public struct Entry: Equatable, Sendable {
        /// Its id: 64 hexadecimal digits.
        public let id: String
        /// Its definition; the status is that of the node: paused also when this node alone pauses it.
        public let service: Service
        /// Where the definition came from.
        public let uri: String
        /// The number of its signing key in the tree.
        public let keyIndex: UInt32
    }

    private let database: Database
    private let clock: any Clock
    private let countMax: Int
    private let entries: Mutex<[String: Entry]>

    init(database: Database, countMax: Int, clock: any Clock) throws(OperatorError) {
        self.database = database
        self.countMax = countMax
        self.clock = clock
        entries = Mutex(try Self.read(database))
    }

    private static func read(_ database: Database) throws(OperatorError) -> [String: Entry] {
        let rows = try OperatorError.wrapping { () throws(DatabaseError) in
            try database.rows(
                """
                SELECT services.id, definition, uri, paused, hd_index
                FROM services JOIN signers ON signers.service = services.id
                """
            )
        }
        var entries: [String: Entry] = [:]
        for row in rows {
            let (id, bytes, uri, isPaused, index) = try OperatorError.wrapping {
                () throws(DatabaseError) in
                (
                    try row.text(0), try row.blob(1), try row.text(2), try row.integer(3),
                    try row.integer(4)
                )
            }
            var service = try ServiceCodec.decode(bytes)
            if isPaused != 0 { service.status = .paused }
            entries[id] = Entry(id: id, service: service, uri: uri, keyIndex: UInt32(index))
        }
        return entries
    }

    // MARK: Asking

    /// All services, ascending by id.
    public var all: [Entry] {
        entries.withLock { entries in entries.values.sorted { $0.id < $1.id } }
    }

    /// A service; none if the node has it not.
    public func entry(_ id: String) -> Entry? { entries.withLock { $0[id] } }

    /// A service that must be there.
    func require(_ id: String) throws(OperatorError) -> Entry {
        guard let entry = entry(id) else { throw .unknownService(id) }
        return entry
    }

    /// A workflow that must be there.
    func workflow(_ service: String, _ id: String) throws(OperatorError) -> Workflow {
        guard let workflow = try require(service).service.workflows.first(where: { $0.id == id })
        else { throw .unknownWorkflow(service: service, workflow: id) }
        return workflow
    }

    // MARK: Changing

    /// Adds a service.
    ///
    /// - Throws: `serviceExists`, `tooManyServices`, `database`.
    @discardableResult
    func add(_ service: Service, uri: String) throws(OperatorError) -> Entry {
        let id = ServiceID.text(of: service.manager)
        let definition = ServiceCodec.encode(service)
        let now = Int64(clock.wallNanoseconds() / 1_000_000)
        return try entries.withLock { entries throws(OperatorError) in
            guard entries[id] == nil else { throw .serviceExists(id) }
            guard entries.count < countMax else { throw .tooManyServices(max: countMax) }
            let index = try OperatorError.wrapping { () throws(DatabaseError) in
                try database.transaction { transaction throws(DatabaseError) in
                    try transaction.execute(
                        """
                        INSERT INTO signers (service, hd_index)
                        SELECT ?, coalesce(max(hd_index), 0) + 1 FROM signers
                        WHERE true ON CONFLICT (service) DO NOTHING
                        """,
                        [.text(id)]
                    )
                    try transaction.execute(
                        """
                        INSERT INTO services (id, definition, uri, paused, added)
                        VALUES (?, ?, ?, 0, ?)
                        """,
                        [.text(id), .blob(definition), .text(uri), .integer(now)]
                    )
                    return try transaction.rows(
                        "SELECT hd_index FROM signers WHERE service = ?",
                        [.text(id)]
                    ).first?.integer(0) ?? 0
                }
            }
            let entry = Entry(id: id, service: service, uri: uri, keyIndex: UInt32(index))
            entries[id] = entry
            return entry
        }
    }

    /// Removes services: all of them, or none if one is not there.
    ///
    /// - Throws: `unknownService`, `database`.
    func remove(_ ids: [String]) throws(OperatorError) {
        try entries.withLock { entries throws(OperatorError) in
            for id in ids where entries[id] == nil { throw .unknownService(id) }
            try OperatorError.wrapping { () throws(DatabaseError) in
                try database.transaction { transaction throws(DatabaseError) in
                    for id in ids {
                        try transaction.execute("DELETE FROM services WHERE id = ?", [.text(id)])
                    }
                }
            }
            for id in ids { entries[id] = nil }
        }
    }

    /// Pauses a service on this node, or resumes it.
    ///
    /// A service whose definition says that it is paused stays so.
    ///
    /// - Throws: `unknownService`, `database`.
    func setPaused(_ id: String, _ isPaused: Bool) throws(OperatorError) {
        try entries.withLock { entries throws(OperatorError) in
            guard let entry = entries[id] else { throw .unknownService(id) }
            let bytes = try OperatorError.wrapping { () throws(DatabaseError) in
                try database.transaction { transaction throws(DatabaseError) in
                    try transaction.execute(
                        "UPDATE services SET paused = ? WHERE id = ?",
                        [.integer(isPaused ? 1 : 0), .text(id)]
                    )
                    return try transaction.rows(
                        "SELECT definition FROM services WHERE id = ?",
                        [.text(id)]
                    ).first?.blob(0) ?? []
                }
            }
            var service = try ServiceCodec.decode(bytes)
            if isPaused { service.status = .paused }
            entries[id] = Entry(
                id: id,
                service: service,
                uri: entry.uri,
                keyIndex: entry.keyIndex
            )
        }
    }

    // MARK: Definitions for development

    /// Keeps a definition under its digest, for services that name it.
    func save(_ service: Service) throws(OperatorError) -> String {
        let definition = ServiceCodec.encode(service)
        let digest = ComponentStore.digest(of: definition)
        _ = try OperatorError.wrapping { () throws(DatabaseError) in
            try database.execute(
                "INSERT INTO definitions VALUES (?, ?) ON CONFLICT (digest) DO NOTHING",
                [.text(digest), .blob(definition)]
            )
        }
        return digest
    }

    /// A definition that was kept; none if there is no such.
    func saved(_ digest: String) throws(OperatorError) -> Service? {
        let bytes = try OperatorError.wrapping { () throws(DatabaseError) in
            try database.rows(
                "SELECT definition FROM definitions WHERE digest = ?",
                [.text(digest)]
            ).first?.blob(0)
        }
        guard let bytes else { return nil }
        return try ServiceCodec.decode(bytes)
    }
}
