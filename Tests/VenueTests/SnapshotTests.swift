import Primitives
import ReferenceVenue
import Testing
import Venue
import SeededRandomness

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

    /// The bytes of a snapshot with orders, stops, balances and waiting contracts in it.
    private func snapshotOfSession() -> [UInt8] {
        var generator = CommandGenerator(seed: 11)
        let comparison = Comparison()
        for _ in 1...400 {
            let (command, time) = generator.next(comparison.model)
            _ = comparison.apply(TimedCommand(command: command, time: time))
        }
        return comparison.snapshot()
    }

    /// Why bytes cannot be read back; nil if they can.
    private func refusal(of bytes: [UInt8]) -> SnapshotError? {
        do throws(SnapshotError) {
            let venue = try unsafe Venue.restore(from: bytes.span.bytes)
            venue.checkInvariants()
            return nil
        } catch {
            return error
        }
    }

    @Test("a snapshot that ends early or goes on too long is refused")
    func length() {
        let bytes = snapshotOfSession()
        #expect(refusal(of: bytes) == nil)
        for count in stride(from: 0, to: bytes.count, by: max(1, bytes.count / 500)) {
            #expect(refusal(of: Array(bytes[..<count])) != nil)
        }
        #expect(refusal(of: Array(bytes.dropLast())) != nil)
        #expect(refusal(of: bytes + [0]) != nil)
    }

    @Test(
        "a snapshot with one wrong bit, or with any bytes, is refused and never stops the process"
    )
    func damage() {
        let bytes = snapshotOfSession()
        var random = RandomSource(seed: 3)
        for round in 0..<2_000 {
            var damaged = bytes
            // The head, where counts and sizes are, is hit more often than its share.
            let index = random.below(round.isMultiple(of: 2) ? min(300, bytes.count) : bytes.count)
            damaged[index] ^= 1 << UInt8(random.below(8))
            #expect(refusal(of: damaged) != nil, "byte \(index)")
        }
        for _ in 0..<200 {
            let count = random.below(2_000)
            #expect(refusal(of: (0..<count).map { _ in UInt8(random.below(256)) }) != nil)
        }
    }
}
