internal import ComponentHost
internal import HTTP
internal import Platform
internal import Synchronization

/// A thread that looks at one source again and again and hands over what it finds.
final class SourceRunner: Sendable {
    private struct State {
        var health: SourceHealth
        var watched = WatchList()
        var isStopped = false
    }

    /// Occurrences handed over at once: what one transaction of the dispatcher takes.
    private static let chunkCount = 256

    private let make: @Sendable () throws(TriggerError) -> any TriggerSource
    private let interrupt: WebSocketInterrupt?
    private let sink: any TriggerSink
    private let clock: any Clock
    private let pauses: SourcePauses
    private let state: Mutex<State>
    private let signal = Signal()
    private let thread = Mutex<PlatformThread?>(nil)

    /// Makes a runner.
    ///
    /// - Parameters:
    ///   - name: The source's name.
    ///   - sink: Takes what happened.
    ///   - pauses: How long is waited for what.
    ///   - clock: The source of time.
    ///   - interrupt: Ends a wait of the source.
    ///   - make: Makes the source as its cursor on the disk says; called on the thread, and again after a failure.
    init(
        name: String,
        sink: any TriggerSink,
        pauses: SourcePauses,
        clock: any Clock,
        interrupt: WebSocketInterrupt? = nil,
        make: @escaping @Sendable () throws(TriggerError) -> any TriggerSource
    ) {
        self.make = make
        self.interrupt = interrupt
        self.sink = sink
        self.clock = clock
        self.pauses = pauses
        state = Mutex(State(health: SourceHealth(name: name)))
    }

    var health: SourceHealth { state.withLock { $0.health } }

    func start() throws(TriggerError) {
        do throws(PlatformError) {
            let started = try PlatformThread.start(name: health.name) { self.run() }
            thread.withLock { $0 = started }
        } catch {
            throw .system(reason: "\(error)")
        }
    }

    func watch(_ watched: WatchList) {
        state.withLock { $0.watched = watched }
        wake()
    }

    /// Looks at the source at once.
    func wake() {
        signal.notify()
        interrupt?.interrupt()
    }

    /// Tells the thread to end; `join` waits for that.
    func requestStop() {
        state.withLock { $0.isStopped = true }
        wake()
    }

    func join() {
        let thread = thread.withLock { thread in
            defer { thread = nil }
            return thread
        }
        thread?.join()
        state.withLock { $0.health.condition = .stopped }
    }

    private var isStopped: Bool { state.withLock { $0.isStopped } }

    private func run() {
        var source: (any TriggerSource)?
        while !isStopped {
            let watched = state.withLock { $0.watched }
            // Before the first list nobody can say what is not wanted.
            guard watched.version > 0 else {
                signal.wait()
                continue
            }
            var pause = pauses.idleNanoseconds
            do throws(TriggerError) {
                let current: any TriggerSource
                if let source { current = source } else { current = try make() }
                source = current
                let batch = try current.poll(watched.triggers)
                guard try handOver(batch.occurrences) else { return }
                if batch.hasProgress { try current.commit() }
                worked(batch)
                if batch.isMore { continue }
            } catch {
                // It begins again from its cursor: what it knew may be what went wrong.
                source = nil
                pause = failed(error)
            }
            signal.wait(timeoutNanoseconds: pause)
        }
    }

    /// Hands occurrences over, however long it takes; false if it is time to stop.
    private func handOver(_ occurrences: [TriggerOccurrence]) throws(TriggerError) -> Bool {
        var rest = occurrences[...]
        while !rest.isEmpty {
            if isStopped { return false }
            let chunk = Array(rest.prefix(Self.chunkCount))
            let acceptance: Acceptance
            do throws(SinkFault) {
                acceptance = try sink.accept(chunk)
            } catch {
                throw .notTaken(source: health.name, reason: "\(error)")
            }
            switch acceptance {
            case .accepted:
                rest = rest.dropFirst(chunk.count)
                state.withLock { $0.health.handedOver += chunk.count }
            case .heldBack:
                state.withLock { $0.health.condition = .heldBack }
                signal.wait(timeoutNanoseconds: pauses.heldBackNanoseconds)
            }
        }
        return true
    }

    private func worked(_ batch: SourceBatch) {
        let now = clock.wallNanoseconds()
        state.withLock { state in
            state.health.condition = .following
            state.health.failures = 0
            state.health.workedNanoseconds = now
            if !batch.position.isEmpty { state.health.position = batch.position }
        }
    }

    /// Notes a failure, and returns how long to wait.
    private func failed(_ error: TriggerError) -> UInt64 {
        let failures = state.withLock { state in
            state.health.condition = .failing
            state.health.failures += 1
            state.health.lastError = "\(error)"
            return state.health.failures
        }
        return pauses.afterFailures(failures)
    }
}

/// How long a source waits for what.
public struct SourcePauses: Equatable, Sendable {
    /// Between two looks when nothing new was there.
    public var idleNanoseconds: UInt64 = 1_000_000_000
    /// Before the second attempt after a failure; each further one is twice as long.
    public var failureMinNanoseconds: UInt64 = 500_000_000
    /// The longest pause after a failure.
    public var failureMaxNanoseconds: UInt64 = 60_000_000_000
    /// Between two attempts to hand over what there was no room for.
    public var heldBackNanoseconds: UInt64 = 200_000_000

    /// Makes the standard pauses.
    public init() {}

    /// How long to wait after so many failures in a row.
    func afterFailures(_ count: Int) -> UInt64 {
        let doubled = failureMinNanoseconds.multipliedReportingOverflow(
            by: 1 << UInt64(min(max(count, 1) - 1, 30))
        )
        return doubled.overflow
            ? failureMaxNanoseconds : min(doubled.partialValue, failureMaxNanoseconds)
    }
}
