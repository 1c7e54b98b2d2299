import Foundation
import LoopbackServers
import Platform
import Synchronization
import Testing
import TestSupport

@Suite("who trades from the command line", .serialized) struct TradeSessionTests {
    @Test("tokens lie beside the key, open to nobody else, and are never printed")
    func keepsTokens() throws {
        let venue = try TradeVenue()
        try venue.register("alice")
        // A file that others could read before is not one that they can read afterwards.
        try venue.folder.write("{}", to: "alice.session", mode: 0o644)
        let said = try venue.trade(["login", "--json"] + venue.words("alice"))
        #expect(try venue.folder.mode(of: "alice.session") == 0o600)
        let bytes = try venue.folder.bytes(of: "alice.session")
        let object = try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: String]
        let token = try #require(object?["token"])
        #expect(!said.contains(token))
        // With the token, the passphrase is not needed.
        let words = ["--venue", venue.url, "--key", venue.folder.path(of: "alice")]
        try venue.trade(["balances"] + words)
    }

    /// What lies beside a key and is no good.
    private static let unfit = [
        "not even JSON",
        #"{"venue":"URL","user":"alice","token":"x","refresh_token":"y","ends_at":"9999999999999999999"}"#,
        #"{"venue":"URL","user":"alice","token":"x","refresh_token":"y","ends_at":"0"}"#,
        #"{"venue":"http://127.0.0.1:1","user":"alice","token":"x","refresh_token":"y","ends_at":"9"}"#,
    ]

    @Test("a token that does not count is replaced by another sign-in")
    func replacesToken() throws {
        let venue = try TradeVenue()
        try venue.register("alice")
        for kept in Self.unfit {
            let text = kept.replacingOccurrences(of: "URL", with: venue.url)
            try venue.folder.write(text, to: "alice.session")
            try venue.trade(["balances"] + venue.words("alice"))
            let bytes = try venue.folder.bytes(of: "alice.session")
            #expect(String(decoding: bytes, as: UTF8.self) != text)
        }
    }

    @Test("a token that has ended is exchanged without the key") func refreshes() throws {
        let venue = try TradeVenue()
        try venue.register("alice")
        try venue.trade(["login"] + venue.words("alice"))
        let bytes = try venue.folder.bytes(of: "alice.session")
        var object = try #require(
            JSONSerialization.jsonObject(with: Data(bytes)) as? [String: String]
        )
        let before = object["refresh_token"]
        object["ends_at"] = "1"
        let data = try JSONSerialization.data(withJSONObject: object)
        try venue.folder.write(Array(data), to: "alice.session")
        try venue.trade(["balances", "--venue", venue.url, "--key", venue.folder.path(of: "alice")])
        let after = try JSONSerialization.jsonObject(
            with: Data(venue.folder.bytes(of: "alice.session"))
        )
        #expect((after as? [String: String])?["refresh_token"] != before)
    }

    @Test("another key, or another passphrase, signs nobody in") func wrongKey() throws {
        let venue = try TradeVenue()
        try venue.register("alice")
        try venue.register("mallory")
        let stolen = try FinishedProgram.trade(
            ["login", "--user", "alice"] + venue.words("mallory")
        )
        #expect(stolen.ending == .exited(1))
        #expect(stolen.errors.contains("(sign_in_failed)"), "\(stolen.errors)")
        let twice = try FinishedProgram.trade(["register"] + venue.words("alice"))
        #expect(twice.ending == .exited(1))
        #expect(twice.errors.contains("(user_exists)"), "\(twice.errors)")
        try venue.folder.write("another passphrase", to: "passphrase")
        let closed = try FinishedProgram.trade(["login"] + venue.words("alice"))
        #expect(closed.ending == .exited(1))
        #expect(closed.errors.contains("the passphrase is wrong"), "\(closed.errors)")
    }
}

@Suite("answers that are lost on the way", .serialized) struct LostAnswerTests {
    /// A server that hangs up on the first requests and answers the others, and what it was asked.
    private final class Forgetful: Sendable {
        let requests = Mutex<[String]>([])
        let lostCount: Int
        let answer: String

        init(lostCount: Int, answer: String) {
            self.lostCount = lostCount
            self.answer = answer
        }

        func serve(_ connection: LoopbackConnection) {
            var text = String(decoding: connection.read(through: "\r\n\r\n"), as: UTF8.self)
            let field = text.components(separatedBy: "\r\n")
                .first { $0.lowercased().hasPrefix("content-length:") }
            let count = field.flatMap { Int($0.dropFirst(15).filter(\.isNumber)) } ?? 0
            var body: [UInt8] = []
            while body.count < count {
                let bytes = connection.read()
                if bytes.isEmpty { return }
                body += bytes
            }
            text += String(decoding: body, as: UTF8.self)
            let number = requests.withLock { requests in
                requests.append(text)
                return requests.count
            }
            if number <= lostCount { return }
            connection.write(
                "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                    + "Content-Length: \(answer.utf8.count)\r\n\r\n" + answer
            )
        }
    }

    private static let answer = """
        {"order_id":"1","status":"open","filled_qty":"0","remaining_qty":"1","trades":[]}
        """

    /// Runs a command against a server that loses answers, with a token that counts.
    private func run(
        _ words: [String],
        lost: Int,
        _ more: [String] = []
    ) throws -> (FinishedProgram, [String]) {
        let folder = try TemporaryDirectory()
        try folder.write("correct horse battery staple", to: "passphrase")
        try TradeKeys.make("alice", in: folder)
        let server = Forgetful(lostCount: lost, answer: Self.answer)
        let listener = try LoopbackServer { connection in server.serve(connection) }
        defer { listener.stop() }
        let url = "http://127.0.0.1:\(listener.port)"
        try folder.write(
            #"{"venue":"\#(url)","user":"alice","token":"t","refresh_token":"r","#
                + #""ends_at":"9999999999999999999"}"#,
            to: "alice.session"
        )
        let program = try FinishedProgram.trade(
            words + ["--venue", url] + TradeKeys.words("alice", in: folder) + more
        )
        return (program, server.requests.withLock { $0 })
    }

    private static let order = [
        "place", "--instrument", "BTC-USD", "--side", "buy", "--quantity", "1", "--price", "1.00",
    ]

    @Test("an order is sent again, under the name that it had") func repeatsOrder() throws {
        let (program, requests) = try run(Self.order, lost: 2)
        #expect(program.ending == .exited(0), "\(program.errors)")
        #expect(requests.count == 3)
        #expect(Set(requests).count == 1, "each request is the same as the one before")
        #expect(requests.first?.contains("Idempotency-Key: ") == true)
        let (_, others) = try run(Self.order, lost: 0)
        #expect(others.first != requests.first, "another order has another name")
    }

    @Test("an order whose outcome stays unknown says the name to ask again with")
    func saysName() throws {
        let (program, requests) = try run(Self.order, lost: 100, ["--patience", "1"])
        #expect(program.ending == .exited(3))
        #expect(program.errors.contains("whether it was done is not known"), "\(program.errors)")
        let key = requests.first?.components(separatedBy: "Idempotency-Key: ").last?
            .components(separatedBy: "\r\n").first
        let hint = "ask again with --idempotency-key \(try #require(key))"
        #expect(program.errors.contains(hint), "\(program.errors)")
    }

    @Test("an amendment is not sent again") func amendsOnce() throws {
        let words = ["amend", "--order", "1", "--instrument", "BTC-USD", "--quantity", "1"]
        let (program, requests) = try run(words, lost: 100)
        #expect(program.ending == .exited(3))
        #expect(requests.count == 1)
        #expect(program.errors.contains("whether it was done is not known"), "\(program.errors)")
    }

    @Test("a cancellation is sent again") func cancelsAgain() throws {
        let (program, requests) = try run(["cancel", "--order", "1"], lost: 1)
        #expect(program.ending == .exited(0), "\(program.errors)")
        #expect(requests.count == 2)
    }
}
