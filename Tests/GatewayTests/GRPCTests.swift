import Console
import Encoding
import Foundation
import Gateway
import HTTP
import Platform
import TestSupport
import Testing

@Suite(
    "gRPC, by a client of another implementation",
    .serialized,
    .enabled(if: Places.hasPython, "run make setup for the Python wheels")
)
struct GRPCTests {
    private static let script = Places.tests().appending(path: "Scripts/grpc_member.py")

    /// What the script is told: what to do, and where the venue and the messages are.
    private static func arguments(_ task: String, _ venue: TestVenue) -> [String] {
        [task, "127.0.0.1:\(venue.running.server.port)", Places.root.path]
    }

    private func run(_ task: String, _ venue: TestVenue) throws {
        let output = try FinishedProgram.output(
            [Places.python, "-I", Self.script.path] + Self.arguments(task, venue)
        )
        #expect(String(decoding: output, as: UTF8.self) == "done\n")
    }

    @Test(
        "a member trades, watches and is refused as over REST",
        arguments: ["trade", "refuse", "stream", "slow", "watch"]
    )
    func works(task: String) throws {
        try TestVenue.with { venue in try run(task, venue) }
    }

    @Test("who asks too often is told after how long to ask again")
    func limits() throws {
        let file = TestVenue.file
            .replacing("user_rate = 1000000", with: "user_rate = 1")
            .replacing("user_burst = 1000000", with: "user_burst = 8")
        try TestVenue.with(file: file) { venue in try run("limits", venue) }
    }

    @Test("a stop ends what is open, and cancels what was to end with it")
    func drains() throws {
        try TestVenue.with { venue in
            let client = try ChildProcess.python(Self.script, Self.arguments("drain", venue))
            #expect(try client.firstLine() == "open")
            venue.running.gateway.drain()
            #expect(client.wait() == .exited(0))
            try eventually("the order is cancelled") {
                try venue.json(200, "GET", "/market/book/BTC-USD")["bids"] == .array([])
            }
        }
    }
}
