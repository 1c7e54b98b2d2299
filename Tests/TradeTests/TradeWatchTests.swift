import Foundation
import HTTP
import LoopbackServers
import MarketData
import Platform
import Synchronization
import Testing
import TestSupport

@Suite("watching from the command line", .serialized) struct TradeWatchTests {
    /// `parallax trade watch`, whose lines are read one by one.
    private final class Watch {
        let process: ChildProcess
        private var bytes: [UInt8] = []

        init(_ words: [String], errors: String? = nil) throws {
            process = try ChildProcess(
                Places.program(),
                ["trade", "watch"] + words,
                errors: errors
            )
        }

        deinit { process.kill() }

        /// The next line as an object; none at the end.
        func next() throws -> [String: Any]? {
            let end = UInt8(ascii: "\n")
            while !bytes.contains(end), try process.output.read(appendingTo: &bytes) {}
            guard let index = bytes.firstIndex(of: end) else { return nil }
            defer { bytes.removeFirst(index + 1) }
            let value = try JSONSerialization.jsonObject(with: Data(bytes[..<index]))
            return try #require(value as? [String: Any])
        }

        /// Reads until an object has something, a hundred at most.
        func first(_ isMeant: ([String: Any]) -> Bool) throws -> [String: Any]? {
            for _ in 0..<100 {
                guard let object = try next() else { return nil }
                if isMeant(object) { return object }
            }
            return nil
        }
    }

    @Test("the book goes on over the end of a venue and its restart") func survivesRestart() throws
    {
        let venue = try TradeVenue()
        try venue.fund("alice", "USD", "100000")
        let errors = venue.folder.path(of: "watch-errors")
        let watch = try Watch(
            ["--instrument", "BTC-USD", "--venue", venue.url, "--json"],
            errors: errors
        )
        #expect(try watch.next()?["type"] as? String == "snapshot")
        let order = ["place", "--instrument", "BTC-USD", "--side", "buy", "--quantity", "1"]
        try venue.trade(order + ["--price", "101.00"] + venue.words("alice"))
        let delta = try watch.first { object in object["type"] as? String == "delta" }
        #expect((delta?["bids"] as? [[Any]])?.first?.first as? String == "101.00")
        venue.kill()
        try venue.start()
        try venue.trade(order + ["--price", "102.00"] + venue.words("alice"))
        // The snapshot after the restart may come before or after the second order.
        let found = try watch.first { object in
            (object["bids"] as? [[Any]] ?? []).contains { $0.first as? String == "102.00" }
        }
        #expect(found != nil)
        watch.process.terminate()
        #expect(watch.process.wait() == .exited(0))
        let said = String(decoding: try venue.folder.bytes(of: "watch-errors"), as: UTF8.self)
        #expect(said.contains("connecting again"))
    }

    @Test("own orders and fills are told to their owner") func tellsOwn() throws {
        let venue = try TradeVenue()
        try venue.fund("alice", "USD", "100000")
        try venue.fund("bob", "BTC", "1")
        let watch = try Watch(["--channel", "orders", "--json"] + venue.words("alice"))
        #expect(try watch.next()?["type"] as? String == "snapshot")
        let order = ["place", "--instrument", "BTC-USD", "--quantity", "1", "--price", "9.00"]
        try venue.trade(order + ["--side", "buy"] + venue.words("alice"))
        try venue.trade(order + ["--side", "sell"] + venue.words("bob"))
        let fill = try watch.first { object in object["type"] as? String == "fill" }
        #expect(fill?["price"] as? String == "9.00")
    }

    @Test("an instrument that is not there is refused, and no venue is an end") func refuses()
        throws
    {
        let venue = try TradeVenue()
        let none = try FinishedProgram.trade(
            ["watch", "--instrument", "NO-USD", "--venue", venue.url]
        )
        #expect(none.ending == .exited(1))
        #expect(none.errors.contains("(unknown_instrument)"), "\(none.errors)")
        venue.kill()
        let gone = try FinishedProgram.trade(
            ["watch", "--instrument", "BTC-USD", "--venue", venue.url]
        )
        #expect(gone.ending == .exited(3))
    }

    // MARK: A venue that makes mistakes

    private static func book(
        _ type: String,
        _ sequence: Int,
        previous: Int = 0,
        _ bids: String,
        text: String
    ) -> String {
        let checksum = BookChecksum.crc32(text.utf8)
        return """
            {"type":"\(type)","channel":"book","instrument":"BTC-USD","sequence":\(sequence),\
            "previous":\(previous),"time":"2026-12-01T00:00:00.000000000Z",\
            "bids":\(bids),"asks":[],"checksum":\(checksum)}
            """
    }

    private static let first = book("snapshot", 10, #"[["5.00","1.0000",1]]"#, text: "5.00:1.0000#")

    /// Follows a book from a server that sends `mistake` behind the snapshot, and gives what the client said to it,
    /// and what was printed.
    private func follow(_ mistake: String) throws -> (said: [String], FinishedProgram) {
        let said = Mutex<[String]>([])
        let server = try LoopbackServer { connection in
            guard let socket = LoopbackWebSocket(connection) else { return }
            func hear() {
                if case .text(let text)? = socket.receive() { said.withLock { $0.append(text) } }
            }
            hear()
            socket.send(#"{"type":"ack","op":"subscribe"}"#)
            socket.send(Self.first)
            socket.send(mistake)
            hear()
            hear()
            socket.send(#"{"type":"ack","op":"unsubscribe"}"#)
            socket.send(#"{"type":"ack","op":"subscribe"}"#)
            socket.send(
                Self.book(
                    "snapshot",
                    20,
                    #"[["6.00","2.0000",1],["5.00","1.0000",1]]"#,
                    text: "6.00:2.0000|5.00:1.0000#"
                )
            )
            socket.send(
                Self.book(
                    "delta",
                    21,
                    previous: 20,
                    #"[["6.00","0.0000",0]]"#,
                    text: "5.00:1.0000#"
                )
            )
            hear()
        }
        defer { server.stop() }
        let program = try FinishedProgram.trade(
            ["watch", "--instrument", "BTC-USD", "--count", "3"]
                + ["--venue", "http://127.0.0.1:\(server.port)"]
        )
        return (said.withLock { $0 }, program)
    }

    @Test(
        "a book with changes missing, or with another checksum, is asked for anew",
        arguments: [
            book("delta", 13, previous: 12, "[]", text: "5.00:1.0000#"),
            book("delta", 11, previous: 10, #"[["4.00","1.0000",1]]"#, text: "5.00:1.0000#"),
            book("delta", 11, previous: 10, #"["4.00"]"#, text: "5.00:1.0000#"),
        ]
    )
    func asksAnew(mistake: String) throws {
        let (said, program) = try follow(mistake)
        #expect(program.ending == .exited(0), "\(program.errors)")
        #expect(program.errors.contains("asking for the book anew"), "\(program.errors)")
        let types = said.prefix(3).map { text in
            text.contains(#""unsubscribe""#) ? "unsubscribe" : "subscribe"
        }
        #expect(types == ["subscribe", "unsubscribe", "subscribe"])
        let lines = program.text.split(separator: "\n")
        #expect(lines.count == 3)
        #expect(lines[1].contains("bid 2.0000 at 6.00, ask nothing, 2 and 0 prices"))
        #expect(lines[2].contains("bid 1.0000 at 5.00, ask nothing, 1 and 0 prices"))
    }
}
