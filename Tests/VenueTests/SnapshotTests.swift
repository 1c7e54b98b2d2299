import Primitives
import Testing
import Venue

@Suite("Replay and snapshots")
struct SnapshotTests {
    @Test("a venue read back from a snapshot keeps the order of arrival")
    func orderOfArrival() throws {
        let session = Session()
        session.apply(limit(alice, .sell, 5, at: 100))
        session.apply(limit(bob, .sell, 9, at: 100, display: 3))
        session.apply(limit(carol, .sell, 5, at: 100))
        session.apply(limit(dave, .buy, 6, at: 100))
        session.apply(stop(alice, .sell, 1, trigger: 90))
        session.apply(stop(bob, .sell, 1, trigger: 90))
        try session.restoreFromSnapshot()
        session.check(
            limit(dave, .buy, 8, at: 100),
            """
            new 7
            trade 2@100 maker 2 taker 7; 2 partial 6@100 replenished
            trade 5@100 maker 3 taker 7; 3 filled
            trade 1@100 maker 2 taker 7; 2 partial 5@100
            7 filled
            """
        )
        session.apply(limit(carol, .buy, 3, at: 90))
        session.check(
            limit(dave, .sell, 1, at: 90),
            """
            new 9; trade 1@90 maker 8 taker 9; 8 partial 2@90; 9 filled
            5 new 1 triggered; trade 1@90 maker 8 taker 5; 8 partial 1@90; 5 filled
            6 new 1 triggered; trade 1@90 maker 8 taker 6; 8 filled; 6 filled
            """
        )
    }

    @Test("an empty venue can be written and read back")
    func empty() throws {
        let comparison = Comparison()
        #expect(try comparison.restoreFromSnapshot() == nil)
    }

    @Test("two venues with other seeds for their tables have one state hash")
    func hashSeeds() {
        let first = Comparison(hashSeed: 1)
        let second = Comparison(ordersCapacity: 2, hashSeed: 2)
        for comparison in [first, second] {
            let commands: [Command] = [
                .defineAsset(dollar), .defineAsset(coin),
                .defineInstrument(
                    InstrumentDefinition(instrument: spot, base: coin, quote: dollar)
                ),
                .openAccount(alice), deposit(alice, dollar, 5_000), phase(.continuous),
                limit(alice, .buy, 1, at: 100, client: 1),
                limit(alice, .buy, 1, at: 100, client: 2),
                limit(alice, .buy, 1, at: 100, client: 3),
                .cancelOrder(OrderReference(account: alice, clientID: 2)),
            ]
            for command in commands {
                let timed = TimedCommand(command: command, time: Timestamp(1))
                #expect(comparison.apply(timed).difference == nil)
            }
        }
        #expect(first.stateHash() == second.stateHash())
        _ = first.apply(TimedCommand(command: .advanceTime, time: Timestamp(2)))
        #expect(first.stateHash() != second.stateHash())
    }
}
