import Glibc
import LedgerStore
import Platform
import Synchronization
import TestSupport
import Testing

/// The kinds of store that there are.
enum StoreKind: String, CustomTestStringConvertible {
    case sqlite
    case postgreSQL

    static let all: [StoreKind] = [.sqlite, .postgreSQL]

    var testDescription: String { rawValue }

    /// Lends an empty store.
    func withStore(_ body: (any LedgerStore) throws -> Void) throws {
        switch self {
        case .sqlite:
            try TemporaryDirectory.with { path in
                try body(try SQLiteLedgerStore(path: path + "/ledger.db"))
            }
        case .postgreSQL:
            try body(try PostgreSQLLedgerStore(SharedServer.address()))
        }
    }
}

/// The PostgreSQL server that the tests share; each test has a schema of its own in it.
enum SharedServer {
    private struct State {
        var server: LocalPostgreSQLServer?
        var schemaCount = 0
    }

    private static let state = Mutex(State())

    /// The address of a schema that nobody used before.
    static func address() throws -> PostgreSQLAddress {
        try state.withLock { state in
            let server = try state.server ?? started()
            state.server = server
            state.schemaCount += 1
            return try PostgreSQLAddress(url: server.url, schema: "test\(state.schemaCount)")
        }
    }

    private static func started() throws -> LocalPostgreSQLServer {
        let server = try LocalPostgreSQLServer(folder: try Self.folder())
        // No test is the last one to know of it.
        atexit { SharedServer.stop() }
        return server
    }

    /// A folder that the server's user can reach, whoever runs the tests.
    static func folder() throws -> String {
        var template = Array("/tmp/parallax-postgresql-XXXXXX".utf8CString)
        guard unsafe mkdtemp(&template) != nil else {
            throw PlatformError.failed(.create, path: "/tmp", code: errno)
        }
        return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private static func stop() {
        let server = state.withLock { state in
            let server = state.server
            state.server = nil
            return server
        }
        guard let server else { return }
        server.stop()
        remove(server.folder)
    }

    /// Removes a server's folder.
    static func remove(_ folder: String) {
        _ = Result { try FinishedProgram.run(["rm", "-rf", folder]) }
    }
}
