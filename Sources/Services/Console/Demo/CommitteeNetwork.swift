import Cryptography
import Encoding
import HTTP
import KeyStore
import Platform
import Statements
import Synchronization
import Transparency

/// A venue and its observers on this machine, each in a process and a directory of its own.
///
/// The directory of the network holds `keys/` (the venue's), `journal/`, `log/`, `committee.json`, `passphrase`, and
/// `observer-1/` … with what each observer keeps for itself; what a process says goes to the file `messages` in
/// its directory.
final class CommitteeNetwork: Sendable {
    static let venue = "demo.parallax"

    let path: String
    let program: String
    let components: String
    /// The seats that have an observer.
    let seats: [UInt32]
    private let port: UInt16
    private let observers = Mutex<[UInt32: ChildProcess]>([:])

    /// Makes keys and enrols the observers; nothing runs yet.
    ///
    /// - Parameters:
    ///   - program: The path of `parallax`.
    ///   - path: An empty directory.
    ///   - components: The directory of the components.
    ///   - count: How many observers, 8 … 12.
    /// - Throws: `ConsoleError` when the directory cannot be used or an observer cannot be initialised.
    init(
        program: String,
        path: String,
        components: String,
        count: Int = 12
    ) throws(ConsoleError) {
        precondition((8...12).contains(count))
        self.program = program
        self.path = path
        self.components = components
        seats = (1...UInt32(count)).map { $0 }
        port = try Self.freePort()
        _ = try Console.makeDirectory(path)
        for name in ["keys", "journal", "log"] { _ = try Console.makeDirectory(path + "/" + name) }
        let words = Array("a demonstration on one machine\n".utf8)
        try Console.platform { () throws(PlatformError) in
            try WholeFile.write(words, to: path + "/passphrase", mode: 0o600)
        }
        let venueKey = try Self.makeKeys(in: path + "/keys", passphrasePath)
        var enrolments: [JSONValue] = []
        for plan in SeatPlan.all.prefix(count) {
            enrolments.append(try enrol(plan, venueKey))
        }
        var file = Encoding.JSONObject()
        file["venue"] = .string(Text(Self.venue))
        file["seats"] = .array(enrolments)
        try Console.writeFile(committeePath, JSONValue.object(file).canonical)
    }

    deinit { for process in observers.withLock({ $0 }).values { process.kill() } }

    var journalPath: String { path + "/journal" }
    var logPath: String { path + "/log" }
    private var committeePath: String { path + "/committee.json" }
    private var passphrasePath: String { path + "/passphrase" }

    /// The arguments of the venue's process.
    func venueArguments(_ more: [String] = []) -> [String] {
        [
            "serve", "--data", journalPath, "--log", logPath, "--keys", path + "/keys",
            "--passphrase-file", passphrasePath, "--committee", committeePath, "--listen",
            "127.0.0.1:\(port)", "--components", components, "--stdio",
        ] + more
    }

    /// Where the venue's process says what it has to say.
    var venueMessages: String { path + "/messages" }

    /// Starts the observer of a seat.
    ///
    /// - Parameters:
    ///   - seat: The seat.
    ///   - conduct: How it misbehaves, as `parallax observe --misbehave` takes it; not at all if nil.
    /// - Throws: `environment` when it cannot be started.
    func startObserver(_ seat: UInt32, _ conduct: String? = nil) throws(ConsoleError) {
        let folder = observerPath(seat)
        let process = try Console.platform { () throws(PlatformError) in
            try ChildProcess(
                program,
                ["observe", "--config", folder + "/observer.toml"]
                    + (conduct.map { ["--misbehave", $0] } ?? []),
                errors: folder + "/messages"
            )
        }
        observers.withLock { observers in observers[seat] = process }
    }

    /// Starts the observers of all seats.
    func startObservers(_ conducts: [UInt32: String] = [:]) throws(ConsoleError) {
        for seat in seats { try startObserver(seat, conducts[seat]) }
    }

    /// Ends the observer of a seat with SIGKILL.
    func killObserver(_ seat: UInt32) {
        observers.withLock { observers in observers.removeValue(forKey: seat) }?.kill()
    }

    /// Asks all observers to stop, and waits for them.
    func stopObservers() {
        let running = observers.withLock { observers in
            let running = observers
            observers = [:]
            return running
        }
        for process in running.values { process.terminate() }
        for process in running.values { _ = process.wait() }
    }

    /// The venue's identity, to make bundles when its process has ended.
    func identity() throws(ConsoleError) -> VenueIdentity {
        do {
            func key(_ name: String, _ kind: KeyKind) throws(KeyStoreError) -> StoredKey {
                let passphrase = try Passphrase(file: passphrasePath)
                return try StoredKey(opening: path + "/keys/" + name, kind, passphrase)
            }
            let salt = try key("salt.key", .salt)
            return try VenueIdentity(
                venue: VenueName(Text(Self.venue)),
                origin: Text(Self.venue + "/log"),
                venueKey: key("venue.key", .venue).signingKey(),
                logKey: key("log.key", .log).signingKey(),
                saltKey: SaltKey(bytes: salt.opaqueBytes())
            )
        } catch {
            throw .environment("\(error)")
        }
    }

    private func observerPath(_ seat: UInt32) -> String { path + "/observer-\(seat)" }

    private static func makeKeys(
        in path: String,
        _ passphrasePath: String
    ) throws(ConsoleError) -> String {
        do throws(KeyStoreError) {
            var venueKey = ""
            for (name, kind, owner) in [
                ("venue.key", KeyKind.venue, venue), ("log.key", .log, venue + "/log"),
                ("salt.key", .salt, venue),
            ] {
                let key = try StoredKey.generate(kind, name: owner)
                let passphrase = try Passphrase(file: passphrasePath)
                try key.seal(to: path + "/" + name, passphrase, cost: .least)
                if kind == .venue { venueKey = Hex.encode(try key.signingKey().publicKey.bytes) }
            }
            return venueKey
        } catch {
            throw .environment("\(error)")
        }
    }

    /// Lets an observer make its keys and its configuration, and takes what it wants to be enrolled with.
    private func enrol(
        _ plan: SeatPlan,
        _ venueKey: String
    ) throws(ConsoleError) -> JSONValue {
        let words = [
            "observe", "--init", observerPath(plan.index), "--venue", Self.venue, "--index",
            "\(plan.index)", "--id", plan.id.string, "--operator", plan.operatorName.string,
            "--group", plan.group.string, "--region", plan.region.string, "--category",
            plan.category.name.string, "--bus", "127.0.0.1:\(port)", "--venue-key", venueKey,
            "--passphrase-file", passphrasePath, "--quick-keys",
        ]
        var bytes: [UInt8] = []
        let ending: ChildProcess.Ending
        do throws(PlatformError) {
            let process = try ChildProcess(program, words)
            process.closeInput()
            while try process.output.read(appendingTo: &bytes) {}
            ending = process.wait()
        } catch {
            throw .environment("\(error)")
        }
        guard ending == .exited(0) else {
            throw .environment("observer \(plan.index) was not initialised: \(ending)")
        }
        try nameComponents(observerPath(plan.index) + "/observer.toml")
        do throws(JSONError) {
            return try JSONValue(decoding: bytes.filter { $0 != 0x0a })
        } catch {
            throw .disagreement("observer \(plan.index) did not print its enrolment")
        }
    }

    /// Adds to an observer's configuration where the components are.
    private func nameComponents(_ file: String) throws(ConsoleError) {
        let folder =
            components.hasPrefix("/")
            ? components : ProcessControl.workingDirectory + "/" + components
        let bytes = try Console.platform { () throws(PlatformError) in try WholeFile.read(file) }
        let line = "\n[attest]\n"
        let parts = ("\n" + String(decoding: bytes, as: UTF8.self)).split(
            separator: line,
            maxSplits: 1,
            omittingEmptySubsequences: false
        )
        guard parts.count == 2 else {
            throw .disagreement("\(file) has no section [attest]")
        }
        let text = parts[0] + line + "components = \"\(folder)\"\n" + parts[1]
        try Console.writeFile(file, Array(text.dropFirst().utf8))
    }

    /// A port that nobody listens on just now, so that the venue can be started again on the same one.
    private static func freePort() throws(ConsoleError) -> UInt16 {
        try Console.http { () throws(HTTPError) in
            let server = try HTTPServer(execution: .inline) { _ in .text(404, "nothing here") }
            defer { server.stop() }
            return server.port
        }
    }
}
