internal import Attestation
internal import Encoding
public import MessageBus
internal import Platform
internal import Synchronization
public import Transparency

/// Gives observers the journal: each interval once when it ends, and what they missed when they ask.
///
/// Nothing waits for an observer: a piece that the network has no room for is dropped and counted, and who
/// misses it fetches it.
public final class JournalFeed: Sendable {
    /// How many requests may wait; the network lets those behind them run into their time-out.
    private static let requestCountMax = 64

    private let bus: any MessageBus
    private let store: ChunkStore
    private let warn: @Sendable (CommitteeError) -> Void
    private let requests = Mutex<[(from: UInt64, replyTo: String)]>([])
    private let wake = Signal()
    private let isStopping = Atomic<Bool>(false)
    private let thread = Mutex<PlatformThread?>(nil)
    private let subscription = Mutex<BusSubscription?>(nil)
    private let dropped = Atomic<UInt64>(0)

    /// Starts to answer.
    ///
    /// - Parameters:
    ///   - bus: The network.
    ///   - store: The journal in pieces.
    ///   - warn: Called when the store cannot be read.
    /// - Throws: `platform` when the network or a thread cannot be had.
    public init(
        bus: any MessageBus,
        store: ChunkStore,
        warn: @escaping @Sendable (CommitteeError) -> Void = { _ in }
    ) throws(CommitteeError) {
        self.bus = bus
        self.store = store
        self.warn = warn
        do throws(BusError) {
            let held = try bus.subscribe(CommitteeSubjects.journalFetch) { [weak self] message in
                guard let self, let replyTo = message.replyTo else { return }
                put(message.payload, replyTo)
            }
            subscription.withLock { subscription in subscription = held }
        } catch {
            throw .platform("\(error)")
        }
        do throws(PlatformError) {
            let started = try PlatformThread.start(name: "journal feed") { self.run() }
            thread.withLock { thread in thread = started }
        } catch {
            throw .platform("\(error)")
        }
    }

    /// How many pieces the network had no room for.
    public var droppedCount: UInt64 { dropped.load(ordering: .relaxed) }

    /// Publishes pieces that have just become part of the log.
    public func publish(_ chunks: [StoredChunk]) {
        for chunk in chunks {
            do throws(BusError) {
                try bus.publish(CommitteeSubjects.journalChunk, chunk.bytes, replyTo: nil)
            } catch {
                dropped.wrappingAdd(1, ordering: .relaxed)
            }
        }
    }

    /// Ends the thread; a second call does nothing.
    public func stop() {
        isStopping.store(true, ordering: .sequentiallyConsistent)
        wake.notify()
        subscription.withLock { subscription in subscription }?.cancel()
        let running = thread.withLock { thread in
            let running = thread
            thread = nil
            return running
        }
        running?.join()
    }

    private func put(_ payload: [UInt8], _ replyTo: String) {
        let request: FetchRequest
        do throws(AttestationError) { request = try FetchRequest(decoding: payload) } catch {
            return
        }
        requests.withLock { requests in
            guard requests.count < Self.requestCountMax else { return }
            requests.append((request.from, replyTo))
        }
        wake.notify()
    }

    private func run() {
        PlatformThread.yieldToOthers()
        while !isStopping.load(ordering: .sequentiallyConsistent) {
            let batch = requests.withLock { requests in
                let batch = requests
                requests = []
                return batch
            }
            for (from, replyTo) in batch { answer(from, replyTo) }
            if batch.isEmpty { wake.wait() }
        }
    }

    private func answer(_ from: UInt64, _ replyTo: String) {
        let chunks: [[UInt8]]
        do throws(TransparencyError) { chunks = try store.chunks(from: from) } catch {
            warn(.store("\(error)"))
            return
        }
        let message = CBORValue.array(chunks.map { chunk in .bytes(chunk) }).encoded
        do throws(BusError) {
            try bus.publish(replyTo, message, replyTo: nil)
        } catch {
            // Whoever asked runs into its time-out and asks again.
            dropped.wrappingAdd(1, ordering: .relaxed)
        }
    }
}
