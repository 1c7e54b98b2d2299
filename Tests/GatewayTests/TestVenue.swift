import Access
import Configuration
import Console
import Cryptography
import Encoding
import Gateway
import HTTP
import KeyStore
import Platform
import Sequencer
import Synchronization
import TestSupport
import Testing

/// A whole venue with its gateway in this process, with everything real but the network in between.
final class TestVenue: Sendable {
    /// Somebody who has signed in.
    struct Member: Sendable {
        let name: String
        let token: String
        let refreshToken: String
        let userID: String
    }

    static let file = """
        [gateway]
        http = "127.0.0.1:0"
        test_funds = true
        user_rate = 1000000
        user_burst = 1000000
        address_rate = 1000000
        address_burst = 1000000

        """ + SampleListing.file

    let path: String
    let sequencer: Sequencer
    let running: RunningGateway
    private let gate: CommandGate

    /// Starts a venue in a folder, where one may have been before.
    init(_ path: String, file: String = TestVenue.file) throws {
        self.path = path
        var settings = GatewaySettings()
        var section = try ConfigurationSection(Array(file.utf8), path: "venue.toml")
        try settings.read(&section) { path in path }
        try section.finish()
        gate = try CommandGate()
        let journal = try LinuxDirectory.open(path + "/journal", create: true)
        sequencer = try Sequencer(
            journal,
            configuration: SequencerConfiguration(realTimePriority: 0),
            sink: gate
        )
        gate.attach(sequencer)
        let terminal = Terminal(isInteractive: false, output: { _ in }, errors: { _ in })
        running = try GatewayPlan(
            settings: settings,
            venue: "test",
            dataPath: path + "/journal"
        ).start(gate, sequencer, journal: journal, terminal)
    }

    /// Stops everything in order.
    func stop() {
        running.drain()
        sequencer.stop()
        running.stop()
    }

    /// Runs something with a venue of its own.
    static func with(
        file: String = TestVenue.file,
        _ body: (TestVenue) throws -> Void
    ) throws {
        let folder = try TemporaryDirectory()
        let venue = try TestVenue(folder.path, file: file)
        defer { venue.stop() }
        try body(venue)
    }

    // MARK: Requests

    /// Asks, and waits for the answer.
    func ask(
        _ method: String,
        _ target: String,
        _ body: String = "",
        as member: Member? = nil,
        headers: [(String, String)] = [],
        from address: String = "127.0.0.1"
    ) throws -> HTTPResponse {
        var fields = HTTPHeaders()
        if !body.isEmpty { fields.add("Content-Type", "application/json") }
        if let member { fields.add("Authorization", "Bearer \(member.token)") }
        for (name, value) in headers { fields.add(name, value) }
        let parts = target.split(separator: "?", maxSplits: 1).map(String.init)
        let request = HTTPRequest(
            method: method,
            path: parts[0],
            query: parts.count > 1 ? parts[1] : nil,
            headers: fields,
            body: Array(body.utf8),
            peer: HTTPPeer(address: address)
        )
        let answer = Mutex<HTTPResponse?>(nil)
        let isDone = Signal()
        running.gateway.handlers.request(
            request,
            HTTPResponder { response in
                answer.withLock { answer in answer = response }
                isDone.notify()
            }
        )
        #expect(isDone.wait(timeoutNanoseconds: 20_000_000_000), "an answer to \(target)")
        return try #require(answer.withLock { $0 })
    }

    /// Asks for JSON with a status.
    func json(
        _ status: Int,
        _ method: String,
        _ target: String,
        _ body: String = "",
        as member: Member? = nil,
        headers: [(String, String)] = [],
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> ExactJSON {
        let answer = try ask(method, target, body, as: member, headers: headers)
        let text = String(decoding: answer.body, as: UTF8.self)
        #expect(
            answer.status == status,
            "\(method) \(target): \(text)",
            sourceLocation: sourceLocation
        )
        return try ExactJSON(decoding: answer.body)
    }

    // MARK: Members

    /// Registers and signs in.
    func member(_ name: String) throws -> Member {
        let key = SigningKey.generate()
        let user = try json(
            201,
            "POST",
            "/auth/register",
            #"{"username":"\#(name)","public_key":"\#(Hex.encode(key.publicKey.bytes))"}"#
        )
        return try signIn(name, key, userID: try #require(user["user_id"]?.string))
    }

    /// Signs in with a key.
    func signIn(
        _ name: String,
        _ key: borrowing SigningKey,
        userID: String
    ) throws -> Member {
        let challenge = try json(200, "POST", "/auth/challenge", #"{"username":"\#(name)"}"#)
        let text = try #require(challenge["challenge"]?.string)
        let seconds = Int64(LinuxClock().wallNanoseconds() / 1_000_000_000)
        let message = SignInMessage.bytes(
            venue: "test",
            userName: name,
            challenge: text,
            timestamp: seconds
        )
        let tokens = try json(
            200,
            "POST",
            "/auth/verify",
            """
            {"username":"\(name)","challenge":"\(text)",\
            "signature":"\(Hex.encode(key.sign(message)))","timestamp":\(seconds)}
            """
        )
        return Member(
            name: name,
            token: try #require(tokens["token"]?.string),
            refreshToken: try #require(tokens["refresh_token"]?.string),
            userID: userID
        )
    }

    /// Registers somebody who has funds.
    func trader(_ name: String) throws -> Member {
        let member = try member(name)
        for (asset, amount) in [("USD", "1000000"), ("BTC", "100")] {
            _ = try json(
                200,
                "POST",
                "/api/deposits",
                #"{"asset":"\#(asset)","amount":"\#(amount)"}"#,
                as: member
            )
        }
        return member
    }

    /// The body of a limit order.
    static func order(
        _ side: String,
        _ price: String,
        _ quantity: String,
        _ more: String = ""
    ) -> String {
        """
        {"instrument":"BTC-USD","side":"\(side)","type":"LIMIT","price":"\(price)",\
        "quantity":"\(quantity)"\(more)}
        """
    }
}
