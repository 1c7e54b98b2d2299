import Access
import Cryptography
import Database
import Encoding
import HTTP
import Platform
import Primitives
import Sequencer
import Synchronization
import Venue

extension GatewayPlan {
    /// Opens the users' memory.
    func access(_ folder: String, _ caller: VenueCaller) throws(ConsoleError) -> Access {
        var configuration = AccessConfiguration(
            venue: venue,
            firstAccount: AccountID(settings.firstAccount)
        )
        configuration.passkeys = PasskeyParty(
            id: settings.passkeyHost,
            name: venue,
            origins: passkeyOrigins
        )
        let kept = secret == nil ? try Self.keptSecret(folder + "/secret.db") : []
        let secret = self.secret ?? kept
        let accounts = VenueAccounts(
            isOpen: { account throws in
                let isOpen = caller.read { venue in venue.isOpen(account) }
                guard let isOpen else { throw ConsoleError.environment("the venue has stopped") }
                return isOpen
            },
            open: { account throws in
                guard let reply = caller.perform(.openAccount(account)) else {
                    throw ConsoleError.environment("the venue is busy or has stopped")
                }
                switch reply.refusal {
                case nil: return .opened
                case .accountExists: return .wasOpen
                case let refusal?: throw ConsoleError.environment("the venue says \(refusal)")
                }
            }
        )
        let audit = try AuditFile(path: folder + "/audit.db")
        do throws(AccessError) {
            return try Access(
                path: folder + "/access.db",
                secret: secret,
                configuration: configuration,
                clock: LinuxClock(),
                accounts: accounts,
                audit: { record in try audit.append(record) }
            )
        } catch {
            throw .environment("\(error)")
        }
    }

    /// Pages at these origins may use passkeys.
    private var passkeyOrigins: [String] {
        if !settings.passkeyOrigins.isEmpty { return settings.passkeyOrigins }
        let port = settings.address?.split(separator: ":").last.map(String.init) ?? "8080"
        let scheme = settings.certificate == nil ? "http" : "https"
        return ["\(scheme)://\(settings.passkeyHost):\(port)"]
    }

    /// The secret in a database that only its owner may read, made durably at the first start.
    private static func keptSecret(_ path: String) throws(ConsoleError) -> [UInt8] {
        try Console.database { () throws(DatabaseError) in
            let database = try Database(
                path: path,
                migrations: ["CREATE TABLE secret (bytes BLOB NOT NULL) STRICT"]
            )
            return try database.transaction { transaction throws(DatabaseError) in
                let rows = try transaction.rows("SELECT bytes FROM secret")
                if let bytes = try rows.first?.blob(0), bytes.count == Access.secretByteCount {
                    return bytes
                }
                let bytes = SystemRandom.bytes(Access.secretByteCount)
                try transaction.execute("INSERT INTO secret VALUES (?)", [.blob(bytes)])
                return bytes
            }
        }
    }

    /// Registers those who have a role from the start, with the keys that the file names.
    ///
    /// That a name was free when it was first given is noted durably, so that nobody gets a role by registering an
    /// officer's name first.
    func enrol(_ access: Access, _ notes: AuditFile) throws(ConsoleError) {
        for officer in settings.officers {
            do {
                let key = try Hex.decode(officer.publicKey)
                let found = try access.user(named: officer.name)
                let note = "\(officer.name) \(officer.publicKey.lowercased())"
                if found == nil { try notes.append(note) }
                guard try notes.contains(note) else {
                    throw ConsoleError.environment(
                        "somebody else has that name; choose another one"
                    )
                }
                let user =
                    try found
                    ?? access.register(userName: officer.name, publicKey: key, from: nil)
                guard let role = Roles(words: [officer.role]) else {
                    throw ConsoleError.environment("there is no role \(officer.role)")
                }
                // Who watches over trading does not trade.
                if user.roles != role {
                    try access.setRoles(role, of: user.id, by: nil, from: nil)
                }
            } catch {
                throw .environment("[[operator]] \(officer.name): \(error)")
            }
        }
    }

    /// The files of the terminal; none if it is not served.
    func pages() throws(ConsoleError) -> StaticFiles? {
        guard let web = settings.web else { return nil }
        return try Console.http { () throws(HTTPError) in
            try TerminalFiles.load(
                web: web,
                libraries: settings.libraries ?? web + "/../.build/web/vendor",
                verifier: settings.verifier ?? Self.builtVerifier(beside: web)
            )
        }
    }
}

extension GatewayPlan {
    /// The verifier of bundles where the build leaves it; none if it was not built.
    private static func builtVerifier(beside web: String) -> String? {
        let folder = web + "/../.build/components"
        do throws(PlatformError) {
            let names = try LinuxDirectory.open(folder).list()
            return names.contains("verifier.wasm") ? folder + "/verifier.wasm" : nil
        } catch {
            return nil
        }
    }
}

/// Keeps the records of who did what, in a file of their own.
final class AuditFile: Sendable {
    private let database: Database

    init(path: String) throws(ConsoleError) {
        database = try Console.database { () throws(DatabaseError) in
            try Database(
                path: path,
                migrations: [
                    """
                    CREATE TABLE audit (
                        number INTEGER PRIMARY KEY AUTOINCREMENT, key INTEGER UNIQUE, record TEXT NOT NULL
                    ) STRICT
                    """
                ]
            )
        }
    }

    /// Keeps a text durably.
    func append(_ text: String) throws(DatabaseError) {
        try database.execute("INSERT INTO audit (record) VALUES (?)", [.text(text)])
    }

    /// Whether a text is kept.
    func contains(_ text: String) throws(DatabaseError) -> Bool {
        try !database.rows("SELECT number FROM audit WHERE record = ?", [.text(text)]).isEmpty
    }

    /// Keeps a record durably; one that is there already changes nothing.
    func append(_ record: AuditRecord) throws(DatabaseError) {
        let number = record.number.map { DatabaseValue.integer(Int64(bitPattern: $0)) } ?? .null
        let text = String(decoding: record.json.canonical, as: UTF8.self)
        try database.execute(
            "INSERT INTO audit (key, record) VALUES (?, ?) ON CONFLICT DO NOTHING",
            [number, .text(text)]
        )
    }
}
