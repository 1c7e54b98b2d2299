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
    static func address() throws -> PostgreSQLAddress { try schema().address }

    /// A schema that nobody used before, and its address.
    static func schema() throws -> (name: String, address: PostgreSQLAddress) {
        let url = try url()
        let number = state.withLock { state in
            state.schemaCount += 1
            return state.schemaCount
        }
        return ("test\(number)", try PostgreSQLAddress(url: url, schema: "test\(number)"))
    }

    /// The URL of the server, which is started if need be.
    static func url() throws -> String {
        try state.withLock { state in
            let server = try state.server ?? started()
            state.server = server
            return server.url
        }
    }

    private static func started() throws -> LocalPostgreSQLServer {
        let server = try LocalPostgreSQLServer(folder: LocalPostgreSQLServer.temporaryFolder())
        // No test is the last one to know of it.
        atexit { SharedServer.stop() }
        return server
    }

    private static func stop() {
        let server = state.withLock { state in
            let server = state.server
            state.server = nil
            return server
        }
        // Nobody is there any more to be told that something of it remains.
        _ = Result { try server?.remove() }
    }
}
