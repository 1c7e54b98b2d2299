import Primitives
import Testing
import Venue

// Four million orders take seconds in an optimised build and minutes in another.
#if !DEBUG
    @Suite("Capacity")
    struct CapacityTests {
        @Test("a venue with no slot left refuses orders until one ends")
        func full() {
            var venue = Venue()
            var events = EventBuffer()
            var sequence: UInt64 = 0
            func apply(_ command: Command, _ venue: inout Venue, _ events: inout EventBuffer) {
                events.removeAll()
                sequence += 1
                venue.apply(command, sequence: sequence, time: Timestamp(1), into: &events)
            }
            let opening: [Command] = [
                .defineAsset(dollar), .defineAsset(coin),
                .defineInstrument(
                    InstrumentDefinition(instrument: spot, base: coin, quote: dollar)
                ),
                .openAccount(alice), deposit(alice, dollar, 1 << 40), phase(.continuous),
            ]
            for command in opening { apply(command, &venue, &events) }
            for index in 0..<Int64(Limits.ordersMax) {
                apply(limit(alice, .buy, 1, at: 1 + index % 1_000), &venue, &events)
            }
            #expect(venue.liveOrderCount == Limits.ordersMax)
            guard case .orderPlaced(let last) = events[0] else {
                Issue.record("the last order that fits was not accepted")
                return
            }
            apply(.setLimits(LimitRule(ordersPerAccountMax: Limits.ordersMax)), &venue, &events)
            apply(.openAccount(bob), &venue, &events)
            apply(deposit(bob, dollar, 1_000), &venue, &events)
            apply(limit(bob, .buy, 1, at: 1), &venue, &events)
            #expect(notation(events[0]) == "refused venueFull")
            apply(limit(alice, .buy, 1, at: 1), &venue, &events)
            #expect(notation(events[0]) == "refused tooManyOrders")

            apply(
                .cancelOrder(OrderReference(account: alice, order: last.order)),
                &venue,
                &events
            )
            apply(limit(bob, .buy, 1, at: 1), &venue, &events)
            guard case .orderPlaced(let placed) = events[0] else {
                Issue.record("the freed slot was not used")
                return
            }
            #expect(placed.order.slot == last.order.slot)
            apply(.massCancel(MassCancel(account: alice)), &venue, &events)
            #expect(events.count == Limits.ordersMax - 1)
            #expect(venue.liveOrderCount == 1)
        }
    }
#endif
