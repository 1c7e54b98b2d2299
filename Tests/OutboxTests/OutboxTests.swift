import Encoding
import EventBus
import Follower
import LoopbackServers
import Outbox
import Sequencer
import Testing
import TestSupport

@Suite("Outbox") struct OutboxTests {
    @Test("trades, contracts, orders and funds become messages with decimals and symbols")
    func formats() throws {
        let session = try TradingSession()
        let clearing = RecordingBus()
        let orders = RecordingBus()
        try session.publish(on: clearing, ClearingEvents(listing: session.listing), "clearing")
        try session.publish(on: orders, OrderEvents(listing: session.listing), "orders")
        session.trade(rounds: 1)
        try session.end()
        #expect(
            clearing.messages.map(\.subject) == [
                "registry.rulebook", "registry.rulebook", "registry.rulebook",
                "audit.phase_changed", "audit.account_opened", "audit.deposited",
                "audit.account_opened", "audit.deposited", "clearing.novated.2",
                "clearing.novated.3", "clearing.settled.2", "clearing.settled.3",
            ]
        )
        let novated = try #require(clearing.messages.first { $0.subject == "clearing.novated.2" })
        #expect(novated.key == "BTC-USD")
        let members = try JSONValue(decoding: novated.payload).object
        #expect(members?["event_type"]?.string == "clearing.novated")
        #expect(members?["event_time"]?.string?.string.hasSuffix("Z") == true)
        #expect(members?["contract_id"]?.string == "2")
        #expect(members?["side"]?.string == "BUY")
        #expect(members?["price"]?.string == "100.00")
        #expect(members?["quantity"]?.string == "0.5000")
        #expect(members?["notional"]?.string == "50.000000")
        #expect(
            orders.messages.map(\.subject) == [
                "order.placed.v1", "order.placed.v1", "trade.executed.v1", "order.placed.v1",
                "order.canceled.v1",
            ]
        )
        let trade = try JSONValue(decoding: orders.messages[2].payload).object
        #expect(trade?["buyer_user_id"]?.string == "17")
        #expect(trade?["taker_side"]?.string == "BUY")
        let cancelled = try JSONValue(decoding: orders.messages[4].payload).object
        #expect(cancelled?["remaining_quantity"]?.string == "0.5000")
        #expect(cancelled?["state"]?.string == "cancelled")
        for bus in [clearing, orders] {
            let identifiers = bus.messages.map(\.identifier)
            #expect(zip(identifiers, identifiers.dropFirst()).allSatisfy { $0 < $1 })
        }
    }

    @Test("a bus that fails for the moment gets the same messages again, and none is left out")
    func triesAgain() throws {
        let session = try TradingSession()
        let bus = RecordingBus()
        bus.fail(with: .unavailable("away"))
        let format = ClearingEvents(listing: session.listing)
        let follower = try session.publish(on: bus, format, "clearing")
        session.trade(rounds: 20)
        eventually("it tried more than once") { bus.refusedCount >= 2 }
        #expect(follower.progress.fault == .unavailable("away"))
        bus.fail(with: nil)
        try session.end()
        #expect(try bus.messages == session.rebuilt(format))
        #expect(bus.messages.count > 80)
    }

    @Test("a file that does not say how far the outbox is, is an error that says what to do")
    func damagedCursor() throws {
        let directory = try TemporaryDirectory()
        try directory.write("12", to: "cursor")
        let error = #expect(throws: FollowerError.self) {
            _ = try Outbox(
                directory.open(),
                bus: RecordingBus(),
                format: OrderEvents(listing: TradingSession.listing())
            )
        }
        #expect(error?.description.contains("remove it to publish everything again") == true)
    }

    @Test(
        "over a killed server, and with an outbox that forgot how far it was, each message comes once"
    )
    func endToEnd() throws {
        let servers = try JetStreamServers()
        let session = try TradingSession()
        var configuration = JetStreamConfiguration(
            servers: servers.addresses,
            source: "venue:test",
            streams: ClearingEvents.streams
        )
        configuration.patienceMilliseconds = 200
        configuration.acknowledgementMilliseconds = 500
        let format = ClearingEvents(listing: session.listing)
        try session.publish(on: JetStreamBus(configuration, journalEnd: 0), format, "clearing")
        session.trade(rounds: 200)
        servers.kill()
        session.trade(rounds: 200)
        try servers.start()
        try servers.awaitReady()
        try session.end()
        // A crash loses the file's last state; here it loses the file.
        try session.forgetCursor("clearing")
        try session.start()
        let end = session.sequencer.durableSequence
        try session.publish(on: JetStreamBus(configuration, journalEnd: end), format, "clearing")
        session.trade(rounds: 100)
        try session.end()
        let expected = try session.rebuilt(format).filter { $0.subject.hasPrefix("clearing.") }
        #expect(expected.count == 4 * 500)
        let published = try servers.messages(of: "clearing")
        #expect(published.map(\.subject) == expected.map(\.subject))
        #expect(published.map(\.name) == expected.map { "venue:test/" + $0.identifier.text })
        #expect(published.map(\.payload) == expected.map(\.payload))
    }
}
