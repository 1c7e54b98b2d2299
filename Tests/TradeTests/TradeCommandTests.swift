import Foundation
import Platform
import Testing
import TestSupport

@Suite("trading from the command line", .serialized) struct TradeCommandTests {
    private static let order = ["place", "--instrument", "BTC-USD", "--side"]

    @Test("somebody registers, trades with somebody else, and sees what came of it")
    func tradesWhole() throws {
        let venue = try TradeVenue()
        try TradeKeys.makeByCommand("alice", in: venue.folder)
        try venue.fund("alice", "USD", "100000")
        try venue.fund("bob", "BTC", "2.5")
        let alice = venue.words("alice")
        let bob = venue.words("bob")
        #expect(try venue.trade(["instruments", "--venue", venue.url]).contains("BTC-USD"))
        let buy = ["buy", "--quantity", "0.5", "--price", "50000.00", "--client-id", "7"]
        let placed = try venue.trade(Self.order + buy + alice)
        #expect(placed.contains(": open, 0.0000 filled, 0.5000 open\n"), "\(placed)")
        let book = try venue.trade(["book", "--instrument", "BTC-USD", "--venue", venue.url])
        #expect(book.contains("bid   50000.00    0.5000       1\n"), "\(book)")
        let sold = try venue.trade(Self.order + ["sell", "--quantity", "0.2"] + bob)
        #expect(sold.contains(": filled, 0.2000 filled"), "\(sold)")
        #expect(sold.contains("  trade 1: 0.2000 at 50000.00\n"), "\(sold)")
        let amended = try venue.object(
            ["amend", "--client-id", "7", "--instrument", "BTC-USD", "--quantity", "0.25"]
                + ["--price", "49999.00"] + alice
        )
        #expect(amended["remaining_qty"] as? String == "0.2500")
        let orders = try venue.trade(["orders"] + alice)
        #expect(
            orders.contains("LIMIT       49999.00    0.4500         0.2500  partial\n"),
            "\(orders)"
        )
        let trades = try venue.object(["trades"] + bob)
        let fills = try #require(trades["trades"] as? [[String: Any]])
        #expect(fills.map { $0["trade_id"] as? String } == ["1"])
        #expect(try venue.trade(["cancel", "--client-id", "7"] + alice).contains(": cancelled, "))
        let balances = try venue.trade(["balances"] + alice)
        #expect(balances.contains("BTC      0.20000000  0.00000000\n"), "\(balances)")
    }

    /// An order of every type, and with every kind of instruction.
    private static let kinds = [
        ["--type", "market"],
        ["--price", "10.00", "--time-in-force", "fok"],
        ["--price", "10.00", "--time-in-force", "gtt", "--expires-at", "2100-01-01T00:00:00Z"],
        ["--price", "10.00", "--time-in-force", "day"],
        ["--price", "10.00", "--post-only", "reject"],
        ["--price", "10.00", "--display-quantity", "0.1"],
        ["--price", "10.00", "--self-trade-prevention", "cancel-both"],
        ["--type", "stop", "--trigger-price", "90000.00"],
        ["--type", "stop-limit", "--trigger-price", "90000.00", "--price", "10.00"],
        ["--type", "trailing-stop", "--trail", "5.00"],
    ]

    @Test("every type of order is taken") func takesTypes() throws {
        let venue = try TradeVenue()
        try venue.fund("alice", "USD", "1000000")
        try venue.fund("bob", "BTC", "1")
        // A trailing stop needs a price to trail, which the first order makes.
        let sell = ["sell", "--quantity", "1", "--price", "20000.00"]
        try venue.trade(Self.order + sell + venue.words("bob"))
        for options in Self.kinds {
            let quantity = ["buy", "--quantity", "1"]
            let order = try venue.object(Self.order + quantity + options + venue.words("alice"))
            #expect(order["status"] as? String != "rejected", "\(options)")
            #expect(UInt64(order["order_id"] as? String ?? "") != nil, "\(options)")
        }
    }

    @Test("all orders are cancelled at once, or those of one instrument")
    func cancelsAll() throws {
        let venue = try TradeVenue()
        try venue.fund("alice", "USD", "100000")
        let words = venue.words("alice")
        for instrument in ["BTC-USD", "AAPL-USD", "AAPL-USD"] {
            let order = ["place", "--instrument", instrument, "--side", "buy", "--quantity", "1"]
            try venue.trade(order + ["--price", "1.00"] + words)
        }
        let some = ["cancel", "--all", "--instrument", "AAPL-USD"]
        #expect(try venue.trade(some + words) == "cancelled orders: 2\n")
        #expect(try venue.trade(["cancel", "--all"] + words) == "cancelled orders: 1\n")
    }

    /// What is refused: the words, the exit code, and what is said.
    private struct Wrong {
        var words: [String]
        var code: Int32 = 1
        var said: String
    }

    private static let wrongs = [
        Wrong(
            words: ["place", "--instrument", "NO-USD", "--side", "buy", "--quantity", "1"],
            said: "the venue refuses: no instrument has that symbol (unknown_instrument)"
        ),
        Wrong(
            words: order + ["buy", "--quantity", "1.00001", "--price", "1.00"],
            said: "whole multiple of 0.0001 (quantity_off_lot)"
        ),
        Wrong(
            words: order + ["buy", "--quantity", "1", "--price", "1.001"],
            said: "whole multiple of 0.01 (price_off_tick)"
        ),
        Wrong(
            words: order + ["buy", "--quantity", "10000", "--price", "50000.00"],
            said: "there is not that much available (insufficient_funds)"
        ),
        Wrong(words: order + ["hold", "--quantity", "1"], said: "BUY, SELL (invalid_request)"),
        Wrong(words: ["cancel", "--order", "1"], said: "(unknown_order)"),
        Wrong(words: ["cancel", "--order", "../x"], said: "no order has that name (not_found)"),
        Wrong(words: ["bundle", "--trade", "1"], said: "no trade of yours has that number"),
        Wrong(words: ["cancel"], code: 2, said: "say which order"),
        Wrong(words: order + ["buy"], code: 2, said: "option --quantity is missing"),
        Wrong(
            words: order + ["buy", "--quantity", "1", "--idempotency-key", "two words"],
            code: 2,
            said: "no blanks"
        ),
        Wrong(
            words: ["fund", "--asset", "XAU", "--amount", "1"],
            said: "(unknown_asset)"
        ),
        Wrong(
            words: ["fund", "--asset", "USD", "--amount", "0.0000001"],
            said: "(amount_off_unit)"
        ),
    ]

    @Test("what cannot be done is said in plain words, with the venue's code")
    func refuses() throws {
        let venue = try TradeVenue()
        try venue.fund("alice", "USD", "1000000")
        for wrong in Self.wrongs {
            let program = try FinishedProgram.trade(wrong.words + venue.words("alice"))
            #expect(program.ending == .exited(wrong.code), "\(program.errors)")
            #expect(program.errors.contains(wrong.said), "\(program.errors)")
            #expect(program.output.isEmpty)
        }
    }

    @Test("where no venue is, that is said at once, with code 3") func noVenue() throws {
        let port = try TradeVenue.freePort()
        let words = ["instruments", "--venue", "http://127.0.0.1:\(port)"]
        let program = try FinishedProgram.trade(words)
        #expect(program.ending == .exited(3))
        #expect(program.errors.contains("no venue listens there"), "\(program.errors)")
        let wrong = try FinishedProgram.trade(["instruments", "--venue", "ftp://127.0.0.1"])
        #expect(wrong.ending == .exited(2))
    }
}
