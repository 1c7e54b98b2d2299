import Foundation
import Platform
import Testing
import TestSupport

@Suite(
    "the example in Python",
    .serialized,
    .enabled(if: Places.hasPython, "make setup installs the interpreter")
)
struct PythonExampleTests {
    private func run(
        _ venue: TradeVenue,
        _ user: String,
        _ rest: [String]
    ) throws -> FinishedProgram {
        let script = Places.root.appending(path: "docs/examples/trade.py").path
        return try FinishedProgram.run([Places.python, "-I", script, venue.url, user] + rest)
    }

    @Test("it registers, places an order once, sees it in the book, and cancels it")
    func tradesWhole() throws {
        let venue = try TradeVenue()
        let program = try run(venue, "alice", ["BTC-USD", "50000.00", "0.5"])
        #expect(program.ending == .exited(0), "\(program.errors)")
        let lines = program.text.split(separator: "\n").map(String.init)
        #expect(lines.first?.hasPrefix("user ") == true)
        #expect(lines.contains { $0.hasPrefix("order ") && $0.hasSuffix(" open 0.0000 filled") })
        #expect(lines.contains { $0.contains("bids ['50000.00:0.5000'] asks []") })
        #expect(lines.contains { $0.hasPrefix("order ") && $0.hasSuffix(" cancelled") })
        #expect(lines.last == "balance USD 50000.000000 0.000000")
    }

    @Test("what it takes at once needs no watching") func takes() throws {
        let venue = try TradeVenue()
        try venue.fund("bob", "BTC", "1")
        let order = ["place", "--instrument", "BTC-USD", "--side", "sell", "--quantity", "0.5"]
        try venue.trade(order + ["--price", "40000.00"] + venue.words("bob"))
        let program = try run(venue, "alice", ["BTC-USD", "50000.00", "0.5"])
        #expect(program.ending == .exited(0), "\(program.errors)")
        #expect(program.text.contains(" filled 0.5000 filled\n"), "\(program.text)")
        #expect(program.text.contains("balance BTC 0.50000000 0"), "\(program.text)")
    }

    @Test("a refusal ends it with the venue's code") func refuses() throws {
        let venue = try TradeVenue()
        let program = try run(venue, "alice", ["BTC-USD", "50000.001", "0.5"])
        #expect(program.ending == .exited(1))
        #expect(program.errors.contains("(price_off_tick)"), "\(program.errors)")
    }
}
