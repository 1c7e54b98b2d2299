import Foundation
import Platform
import Synchronization
import Testing
import TestSupport

@Suite("a venue that is killed while people trade", .serialized) struct KilledVenueTests {
    /// How many trade at once, how many orders each places, and how often the venue is killed.
    private static let traders = 4
    private static let orders = 12
    private static let kills = max(4, effort)

    /// What the venue acknowledged: the order of each name.
    private final class Acknowledged: Sendable {
        let orders = Mutex<[String: String]>([:])
        let failures = Mutex<[String]>([])

        var count: Int { orders.withLock { $0.count } }
    }

    /// Places an order under a name, again until the venue acknowledges it.
    private static func place(
        _ name: String,
        _ words: [String],
        _ acknowledged: Acknowledged
    ) throws {
        let order = ["place", "--instrument", "BTC-USD", "--side", "buy", "--quantity", "0.001"]
        let named = ["--price", "100.00", "--idempotency-key", name, "--json"]
        var last = ""
        for _ in 0..<400 {
            let program = try FinishedProgram.trade(order + named + words)
            if program.ending == .exited(0) {
                let value = try JSONSerialization.jsonObject(with: Data(program.output))
                let id = (value as? [String: Any])?["order_id"] as? String
                acknowledged.orders.withLock { $0[name] = id }
                return
            }
            last = program.errors
            // The environment, such as a venue that is not there: whoever trades tries again.
            guard program.ending == .exited(3) else { break }
        }
        acknowledged.failures.withLock { $0.append("\(name): \(last)") }
    }

    @Test("SIGTERM ends a venue in order, and what it acknowledged is there after a restart")
    func stopped() throws {
        let venue = try TradeVenue()
        try venue.register("alice")
        let words = ["--asset", "USD", "--amount", "1000"] + venue.words("alice")
        #expect(try FinishedProgram.trade(["fund"] + words).ending == .exited(0))
        #expect(try venue.stop() == .exited(0))
        try venue.start()
        let balances = try FinishedProgram.trade(["balances"] + venue.words("alice"))
        #expect(balances.ending == .exited(0))
        #expect(balances.text.contains("1000.000000"))
        #expect(try venue.stop() == .exited(0))
    }

    @Test("each order that it acknowledged is there once, and no other is") func keepsOrders()
        throws
    {
        let venue = try TradeVenue()
        try venue.fund("alice", "USD", "1000000")
        let words = venue.words("alice")
        let acknowledged = Acknowledged()
        let threads = try (0..<Self.traders).map { trader in
            try PlatformThread.start(name: "trader") {
                for number in 0..<Self.orders {
                    let name = "order-\(trader)-\(number)"
                    do {
                        try Self.place(name, words, acknowledged)
                    } catch {
                        acknowledged.failures.withLock { $0.append("\(name): \(error)") }
                    }
                }
            }
        }
        let count = Self.traders * Self.orders
        for kill in 1...Self.kills {
            // The kills are spread over the orders, each while some are under way.
            let target = count * kill / (Self.kills + 1)
            eventually("\(target) orders are acknowledged") { acknowledged.count >= target }
            venue.kill()
            try venue.start()
        }
        for thread in threads { thread.join() }
        #expect(acknowledged.failures.withLock { $0 }.isEmpty)
        let told = acknowledged.orders.withLock { $0 }
        #expect(told.count == count)
        #expect(Set(told.values).count == count, "two names never have the same order")
        let list = try venue.object(["orders", "--limit", "500"] + words)
        let rows = try #require(list["orders"] as? [[String: Any]])
        #expect(rows.compactMap { $0["order_id"] as? String }.sorted() == told.values.sorted())
        // Asked again under its name, each order is the one that it was.
        for name in told.keys.sorted().prefix(4) {
            let again = Acknowledged()
            try Self.place(name, words, again)
            #expect(again.orders.withLock { $0[name] } == told[name])
        }
        let locked = try venue.trade(["balances"] + words)
        // 48 orders of 0.001 at 100 lock 4.80, and the fee that a taker would pay of it.
        #expect(locked.contains("USD    99999"), "\(locked)")
    }
}
