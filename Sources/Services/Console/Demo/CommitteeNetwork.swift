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
    private let places: CommitteePlaces
    private let observers = Mutex<[UInt32: ChildProcess]>([:])

    /// Makes keys and enrols the observers; nothing runs yet.
    ///
    /// - Parameters:
    ///   - program: The path of `parallax`.
    ///   - path: An empty directory.
    ///   - components: The directory of the components.
    ///   - count: How many observers, 8 … 12.
    ///   - places: Where they run, and how they meet.
    /// - Throws: `ConsoleError` when the directory cannot be used or an observer cannot be initialised.
    init(
        program: String,
        path: String,
        components: String,
        count: Int = 12,
        places: CommitteePlaces = CommitteePlaces()
    ) throws(ConsoleError) {
        precondition((8...12).contains(count))
        self.program = program
        self.path = path
        self.components =
            components.hasPrefix("/")
            ? components : ProcessControl.workingDirectory + "/" + components
        self.places = places
        seats = (1...UInt32(count)).map { $0 }
        port = try Self.freePort(at: places.host)
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
        if let server = places.server { try configureVenue(server) }
    }

    deinit { for process in observers.withLock({ $0 }).values { process.kill() } }

    var journalPath: String { path + "/journal" }
    var logPath: String { path + "/log" }
    private var committeePath: String { path + "/committee.json" }
    private var passphrasePath: String { path + "/passphrase" }

    private var configurationPath: String { path + "/venue.toml" }
    private var busAddress: String { "\(places.host):\(port)" }

    /// The arguments of the venue's process.
    func venueArguments(_ more: [String] = []) -> [String] {
        if places.server != nil {
            return ["serve", "--config", configurationPath, "--stdio"] + more
        }
        return [
            "serve", "--data", journalPath, "--log", logPath, "--keys", path + "/keys",
            "--passphrase-file", passphrasePath, "--committee", committeePath, "--listen",
            busAddress, "--components", components, "--stdio",
        ] + more
    }

    /// Writes the configuration of a venue that meets its observers at a server.
    private func configureVenue(_ server: CommitteePlaces.Server) throws(ConsoleError) {
        let text = """
            [venue]
            data = "journal"
            log = "log"
            keys = "keys"
            passphrase_file = "passphrase"
            [committee]
            file = "committee.json"
            components = "\(components)"
            [nats]
            \(server.settings(server.venue))
            """
        try Console.writeFile(configurationPath, Array(text.utf8))
    }

    /// Where the venue's process says what it has to say.
    var venueMessages: String { path + "/messages" }

    /// The last line of what the venue's process said.
    func lastMessage() -> String {
        guard let bytes = try? WholeFile.read(venueMessages) else { return "nothing" }
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
        return lines.last.map(String.init) ?? "nothing"
    }

    /// Starts the observer of a seat.
    ///
    /// - Parameters:
    ///   - seat: The seat.
    ///   - conduct: How it misbehaves, as `parallax observe --misbehave` takes it; not at all if nil.
    /// - Throws: `environment` when it cannot be started.
    func startObserver(_ seat: UInt32, _ conduct: String? = nil) throws(ConsoleError) {
        let folder = observerPath(seat)
        let words =
            places.launcher(seat) + [program, "observe", "--config", folder + "/observer.toml"]
            + (conduct.map { ["--misbehave", $0] } ?? [])
        let process = try Console.platform { () throws(PlatformError) in
            try ChildProcess(words[0], Array(words.dropFirst()), errors: messages(of: seat))
        }
        observers.withLock { observers in observers[seat] = process }
    }

    /// Where the observer of a seat says what it has to say.
    func messages(of seat: UInt32) -> String { observerPath(seat) + "/messages" }

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
            plan.category.name.string, "--bus", busAddress, "--venue-key", venueKey,
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
        try complete(observerPath(plan.index) + "/observer.toml")
        do throws(JSONError) {
            return try JSONValue(decoding: bytes.filter { $0 != 0x0a })
        } catch {
            throw .disagreement("observer \(plan.index) did not print its enrolment")
        }
    }

    /// Adds to an observer's configuration where the components are, and how it reaches the venue if not as usual.
    private func complete(_ file: String) throws(ConsoleError) {
        let bytes = try Console.platform { () throws(PlatformError) in try WholeFile.read(file) }
        var text = String(decoding: bytes, as: UTF8.self)
        let attest = "\n[attest]\n"
        let place = attest + "components = \"\(components)\"\n"
        try Self.replace(attest, by: place, in: &text, file)
        if let server = places.server {
            let settings = "\n[venue.nats]\n" + server.settings(server.observer)
            try Self.replace("\nbus = \"\(busAddress)\"\n", by: settings, in: &text, file)
        }
        try Console.writeFile(file, Array(text.utf8))
    }

    private static func replace(
        _ old: String,
        by new: String,
        in text: inout String,
        _ file: String
    ) throws(ConsoleError) {
        let parts = text.split(separator: old, maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else {
            throw .disagreement("\(file) has no line \(old.filter { $0 != "\n" })")
        }
        text = parts[0] + new + parts[1]
    }

    /// A port that nobody listens on just now, so that the venue can be started again on the same one.
    private static func freePort(at host: String) throws(ConsoleError) -> UInt16 {
        try Console.http { () throws(HTTPError) in
            let address = try SocketAddress(host + ":0")
            let server = try HTTPServer(address: address, execution: .inline) { _ in
                .text(404, "nothing here")
            }
            defer { server.stop() }
            return server.port
        }
    }
}
