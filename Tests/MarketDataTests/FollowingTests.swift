import Follower
import Journal
import MarketData
import Platform
import Primitives
import ReferenceVenue
import SeededRandomness
import Sequencer
import Synchronization
import Testing
import TestSupport
import Venue

@Suite("Market data behind a running venue")
struct FollowingTests {
    /// Sizes at which a few hundred commands already need several segments and snapshots.
    private static let small = SequencerConfiguration(
        journal: JournalConfiguration(segmentBytes: 32 << 10, batchBytesMax: 8 << 10),
        batchCommandsMax: 64,
        snapshotIntervalNanoseconds: 0,
        snapshotCommands: 400,
        stateHashCommands: 50
    )

    @Test("it shows what is durable, and goes on after every restart of the venue")
    func restarts() throws {
        let directory = try TemporaryDirectory()
        let expected = FollowedVenue(MarketData(listing: try listing()))
        var generator = CommandGenerator(seed: 11)
        var random = RandomSource(seed: 11)
        for round in 0..<5 {
            let journal = try directory.open().subdirectory("journal")
            let folder = try directory.open().subdirectory("market")
            let sequencer = try Sequencer(journal, configuration: Self.small, sink: IgnoringSink())
            let market = try MarketData(
                listing: listing(),
                directory: folder,
                intervalNanoseconds: UInt64(random.below(2)) * 1_000_000
            )
            let recorder = UpdateRecorder()
            market.subscribe(recorder)
            let follower = try Follower(
                sequencer,
                journal: journal,
                projection: market,
                name: "market"
            )
            for _ in 0..<600 {
                let step = generator.next(expected.model)
                expected.apply(step.command, at: step.time)
                while sequencer.submit(step.command, time: step.time) == .busy {}
            }
            try expected.flush()
            eventually("the market data is up to date") { market.sequence == expected.sequence }
            #expect(difference(market, expected.market) == nil)
            #expect(follower.progress.fault == nil)
            sequencer.stop()
            follower.stop()
            if round == 2 { market.save() }
            Self.expectChains(recorder.take())
        }
    }

    /// The deltas of every book follow each other without a gap.
    private static func expectChains(_ updates: [MarketUpdate]) {
        var last: [InstrumentID: UInt64] = [:]
        for delta in updates.flatMap(\.books) {
            if let sequence = last[delta.instrument] { #expect(delta.previous == sequence) }
            #expect(delta.sequence > delta.previous)
            last[delta.instrument] = delta.sequence
        }
    }

    @Test("subscribers that come while the market moves get one state and exactly what follows")
    func concurrentSubscribers() throws {
        let market = MarketData(listing: try listing())
        let channels = MarketChannels(market) { message in message }
        let followed = FollowedVenue(market)
        followed.open()
        try followed.flush()
        let isDone = Atomic<Bool>(false)
        let next = Signal()
        let subscribers = Mutex<[RecordingSubscriber<MarketMessage>]>([])
        let thread = try PlatformThread.start(name: "subscribers") {
            while !isDone.load(ordering: .sequentiallyConsistent) {
                let subscriber = RecordingSubscriber<MarketMessage>()
                let answer = channels.subscribe(subscriber, to: .book(Opening.instrument))
                #expect(answer == .subscribed)
                let count = subscribers.withLock { subscribers in
                    subscribers.append(subscriber)
                    return subscribers.count
                }
                // Those who leave make room, so that not everything goes to everybody.
                if count.isMultiple(of: 3) { channels.remove(subscriber) }
                next.wait()
            }
        }
        var random = RandomSource(seed: 4)
        for number in 0..<1_500 as Range<UInt64> {
            let side: Side = random.chance(50) ? .buy : .sell
            let price = 100 + Int64(random.below(20))
            let command = Opening.order(
                random.chance(50) ? Opening.alice : Opening.bob,
                side,
                price,
                1 + Int64(random.below(9))
            )
            followed.apply(command, at: Timestamp(number + 2))
            // Those who come do so while the next flushes are made.
            if random.chance(5) { next.notify() }
            if random.chance(50) { try followed.flush() }
        }
        try followed.flush()
        isDone.store(true, ordering: .sequentiallyConsistent)
        next.notify()
        thread.join()
        let all = subscribers.withLock { subscribers in subscribers }
        #expect(!all.isEmpty)
        for (index, subscriber) in all.enumerated() {
            var client: ClientBook?
            for message in subscriber.take() {
                switch message {
                case .bookSnapshot(let snapshot):
                    #expect(client == nil)
                    client = ClientBook(snapshot)
                case .bookDelta(let delta): #expect(client?.apply(delta) == true)
                default: Issue.record("a message of another channel")
                }
            }
            if (index + 1).isMultiple(of: 3) { continue }
            #expect(client?.equals(market.book(Opening.instrument)) == true)
        }
    }
}

/// Nobody waits for the replies.
private final class IgnoringSink: ReplySink {
    func deliver(_ batch: borrowing DurableBatch) {}

    func stopped(_ reason: JournalError) {}
}
