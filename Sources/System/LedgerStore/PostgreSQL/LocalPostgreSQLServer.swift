internal import Glibc
internal import Platform
internal import Synchronization

/// A PostgreSQL server of its own in a folder of its own, for measurements, demonstrations and tests.
///
/// It listens on a socket in its folder, and on the loopback address if it has a password; nobody else reaches it.
/// It is configured as a server that one ledger has to itself: what is committed is on the disk.
public final class LocalPostgreSQLServer: Sendable {
    /// Where Debian has the programs of the server.
    public static let programsDefault = "/usr/lib/postgresql/15/bin"
    /// The user that root becomes, as the server refuses to run as root.
    private static let user = "postgres"
    /// How long to wait for the server to be ready, in steps of 10 milliseconds.
    private static let stepsMax = 3_000

    /// The folder that holds everything.
    public let folder: String
    private let programs: String
    private let port: Int
    private let settings: [String]
    private let process = Mutex<ChildProcess?>(nil)

    /// Makes the folder's database and starts the server.
    ///
    /// - Parameters:
    ///   - folder: A folder that exists and is empty.
    ///   - programs: Where `initdb` and `postgres` are.
    ///   - passwordFile: A file whose first line becomes the password that connections to the loopback
    ///     address must give; nil for no such connections.
    ///   - port: The port of the loopback address; it also names the socket.
    ///   - settings: More settings, such as `ssl=on`.
    /// - Throws: `unavailable` or `configuration` when it cannot be started.
    public init(
        folder: String,
        programs: String = programsDefault,
        passwordFile: String? = nil,
        port: Int = 5_432,
        settings: [String] = []
    ) throws(LedgerStoreError) {
        self.folder = folder
        self.programs = programs
        self.port = port
        let addresses = passwordFile == nil ? "" : "127.0.0.1"
        self.settings =
            [
                "unix_socket_directories=\(folder)", "listen_addresses=\(addresses)",
                "port=\(port)",
                "shared_buffers=512MB", "wal_init_zero=off", "min_wal_size=2GB", "max_wal_size=4GB",
                "checkpoint_timeout=15min", "max_connections=40", "logging_collector=off",
            ] + settings
        try Self.giveToUser(folder)
        var words = ["-D", data, "--no-locale", "-E", "UTF8", "--auth-local=trust"]
        if let passwordFile {
            words += ["--auth-host=scram-sha-256", "--pwfile=\(passwordFile)"]
        } else {
            words += ["--auth-host=reject"]
        }
        let made = try start("initdb", words)
        guard made.wait() == .exited(0) else {
            throw .configuration("\(folder): no database could be made; see \(log)")
        }
        try start()
    }

    deinit { stop() }

    /// Makes an empty folder for a server, which the server's user can reach.
    ///
    /// It lies in `/tmp`, as the path of a socket has at most 107 bytes.
    ///
    /// - Returns: Its path.
    /// - Throws: `configuration` when none can be made.
    public static func temporaryFolder() throws(LedgerStoreError) -> String {
        var path = Array("/tmp/parallax-postgresql-XXXXXX".utf8CString)
        guard unsafe mkdtemp(&path) != nil else {
            throw .configuration("no folder for a server can be made in /tmp")
        }
        return String(decoding: path.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Stops the server and removes its folder.
    ///
    /// - Throws: `configuration` when something of it cannot be removed.
    public func remove() throws(LedgerStoreError) {
        stop()
        do throws(PlatformError) {
            try TemporaryFolder.remove(folder)
        } catch {
            throw .configuration("\(folder) remains: \(error)")
        }
    }

    private var data: String { folder + "/data" }

    /// What the server writes about itself.
    public var log: String { folder + "/log" }

    /// The URL of its database, on the socket in its folder.
    public var url: String {
        let encoded = folder.split(separator: "/", omittingEmptySubsequences: false)
            .joined(separator: "%2F")
        return "postgresql://\(Self.userName())@/postgres?host=\(encoded)&port=\(port)"
    }

    /// The number of its first process; nil while it does not run.
    public var processIdentifier: Int32? { process.withLock { process in process?.identifier } }

    /// Starts it again, and waits until it answers.
    ///
    /// - Throws: `unavailable` when it does not.
    public func start() throws(LedgerStoreError) {
        let words = ["-D", data] + settings.flatMap { setting in ["-c", setting] }
        let started = try start("postgres", words)
        process.withLock { process in process = started }
        let address = try PostgreSQLAddress(url: url)
        for _ in 0..<Self.stepsMax {
            do throws(LedgerStoreError) {
                // The schema need not be there to connect.
                _ = try PostgreSQLConnection(address, role: "probe")
                return
            } catch {
                PlatformThread.nap(nanoseconds: 10_000_000)
            }
        }
        throw .unavailable(store: folder, reason: "the server does not answer; see \(log)")
    }

    /// Ends it in order: open transactions are undone, sessions closed.
    public func stop() { end(SIGINT) }

    /// Ends it as a crash would: nothing is written any more, and it recovers when it is started again.
    public func crash() { end(SIGQUIT) }

    private func end(_ signal: Int32) {
        guard let running = process.withLock({ process in process }) else { return }
        kill(running.identifier, signal)
        _ = running.wait()
        process.withLock { process in process = nil }
    }

    /// Starts one of the server's programs, as another user if this one is root.
    private func start(
        _ program: String,
        _ arguments: [String]
    ) throws(LedgerStoreError) -> ChildProcess {
        var words = [programs + "/" + program] + arguments
        if geteuid() == 0 {
            words =
                ["setpriv", "--reuid=\(Self.user)", "--regid=\(Self.user)", "--init-groups"] + words
        }
        do throws(PlatformError) {
            return try ChildProcess("/usr/bin/env", ["--chdir=\(folder)"] + words, errors: log)
        } catch {
            throw .configuration("\(programs)/\(program) cannot be started: \(error)")
        }
    }

    /// The name of the user that the server's first role is called after.
    private static func userName() -> String {
        if geteuid() == 0 { return user }
        guard let entry = unsafe getpwuid(geteuid()) else { return user }
        return unsafe String(cString: entry.pointee.pw_name)
    }

    private static func giveToUser(_ folder: String) throws(LedgerStoreError) {
        guard geteuid() == 0 else { return }
        guard let entry = unsafe getpwnam(user) else {
            throw .configuration("there is no user \(user); install postgresql-15")
        }
        let (owner, group) = unsafe (entry.pointee.pw_uid, entry.pointee.pw_gid)
        guard unsafe chown(folder, owner, group) == 0, unsafe chmod(folder, 0o700) == 0 else {
            throw .configuration("\(folder) cannot be given to the user \(user)")
        }
    }
}
