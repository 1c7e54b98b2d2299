public import ComponentHost
public import Platform
internal import Synchronization
public import Triggers

/// Hands triggers to the workflows that want them, runs the components, and hands the responses on.
///
/// A trigger is accepted once it is on the disk, one row for each workflow; from then on exactly one answer leaves for
/// it, whatever happens to the process: work that was not finished runs again, and an answer that was finished but
/// not handed on is handed on as it is. A component that fails is not run again; only faults of the node are
/// tried again, with growing pauses.
///
/// Every queue has a bound. When there is no room for what a source hands over, the source is held back and hands the
/// same over again. Only a service that alone has had no room for long loses events, and each is recorded as
/// refused: otherwise one service that hangs would stop the sources of all others. It runs until `stop` is called.
public final class Dispatcher: TriggerSink, Sendable {
    struct State {
        var index = TriggerIndex()
        var services: Set<String> = []
        /// Work for the engine.
        var runs: FairQueue
        /// Answers for the sink.
        var deliveries: FairQueue
        /// Since when a service has had no room, by the service.
        var fullSince: [String: UInt64] = [:]
        /// Services that have had no room for too long, until half of their work is done.
        var overloaded: Set<String> = []
        var totals = DispatcherHealth.Totals()
        var refusals: [String: Int] = [:]
        var lastError: String?
        var isStopped = false
    }

    let limits: DispatcherLimits
    let clock: any Clock
    let engine: any ServiceEngine
    let sink: any ResultSink
    let journal: any EventJournal
    let identify: @Sendable (TriggerConfiguration, TriggerData) -> EventID
    let store: WorkStore
    let state: Mutex<State>
    /// Held while occurrences are admitted: two sources must not take the same room.
    let intake = Mutex<Void>(())
    let workerSignals: [Signal]
    let deliverySignal = Signal()
    private let threads = Mutex<[PlatformThread]>([])

    /// Opens the file with the accepted work and starts the workers.
    ///
    /// What was not ended when the last process stopped waits until `replaceServices` says which services there are.
    ///
    /// - Parameters:
    ///   - path: The file; one dispatcher uses it at a time.
    ///   - engine: Runs components.
    ///   - sink: Takes their responses.
    ///   - journal: Keeps what happened to each event.
    ///   - identify: Makes the event id from a workflow and a trigger's data, the same on every node.
    ///   - limits: What is kept and done at most.
    ///   - clock: The source of time.
    /// - Throws: `DispatcherError.database` or `.damaged` when the file cannot be used, `.thread`.
    public init(
        path: String,
        engine: any ServiceEngine,
        sink: any ResultSink,
        journal: any EventJournal,
        identify: @escaping @Sendable (TriggerConfiguration, TriggerData) -> EventID,
        limits: DispatcherLimits = DispatcherLimits(),
        clock: any Clock = LinuxClock()
    ) throws(DispatcherError) {
        precondition(limits.workerCount > 0)
        precondition(limits.serviceRunningMax > 0)
        self.limits = limits
        self.clock = clock
        self.engine = engine
        self.sink = sink
        self.journal = journal
        self.identify = identify
        let store = try WorkStore(path: path)
        var initial = State(
            runs: FairQueue(inWorkMax: limits.serviceRunningMax),
            deliveries: FairQueue(inWorkMax: 1)
        )
        for entry in try store.unended(.waiting) { initial.runs.push(entry) }
        for entry in try store.unended(.finished) { initial.deliveries.push(entry) }
        for (service, count) in try store.refusals() { initial.refusals[service] = count }
        self.store = store
        state = Mutex(initial)
        workerSignals = (0..<limits.workerCount).map { _ in Signal() }
        do throws(PlatformError) {
            try startThreads()
        } catch {
            stop()
            throw .thread(reason: "\(error)")
        }
    }

    private func startThreads() throws(PlatformError) {
        for (index, signal) in workerSignals.enumerated() {
            let thread = try PlatformThread.start(name: "worker \(index)") {
                self.work(signal)
            }
            threads.withLock { $0.append(thread) }
        }
        let thread = try PlatformThread.start(name: "deliver") { self.deliver() }
        threads.withLock { $0.append(thread) }
    }

    /// Sets which services there are; those not named any more lose the work that waits for them.
    ///
    /// A paused service keeps its work, which waits until the service is active again; it gets nothing new.
    ///
    /// - Throws: `DispatcherError.database` when the lost work could not be recorded; nothing is changed then.
    public func replaceServices(_ services: [RegisteredService]) throws(DispatcherError) {
        let known = Set(services.map(\.id))
        let active = Set(services.filter { $0.service.status == .active }.map(\.id))
        let index = TriggerIndex(services)
        let orphans = state.withLock { state in
            state.index = index
            state.services = known
            state.runs.activate(active)
            state.deliveries.activate(known)
            return state.runs.removeWaiting(keeping: known)
                + state.deliveries.removeWaiting(keeping: known)
        }
        if !orphans.isEmpty {
            let time = clock.wallNanoseconds()
            try store.fail(orphans.map(\.eventID), reason: Self.removed, time: time)
            for orphan in orphans { journal.note(orphan.eventID, .failed, Self.removed) }
        }
        wakeWorkers()
        deliverySignal.notify()
    }

    /// The triggers that active workflows wait for, manual ones left out, each once.
    public var watchedTriggers: [Trigger] { state.withLock { $0.index.triggers } }

    /// Where an event's work stands; none if it was never accepted, or ended too long ago.
    ///
    /// - Throws: `DispatcherError.database` or `.damaged`.
    public func state(of eventID: EventID) throws(DispatcherError) -> WorkState? {
        try store.state(of: eventID)
    }

    /// Lets the workers end what they are at and stops them; what waits stays on the disk.
    ///
    /// Calling it again does nothing.
    public func stop() {
        state.withLock { $0.isStopped = true }
        wakeWorkers()
        deliverySignal.notify()
        let threads = threads.withLock { threads in
            defer { threads = [] }
            return threads
        }
        for thread in threads { thread.join() }
    }

    func wakeWorkers() {
        for signal in workerSignals { signal.notify() }
    }

    /// How the dispatcher is.
    public var health: DispatcherHealth {
        state.withLock { state in
            DispatcherHealth(
                totals: state.totals,
                waiting: state.runs.count,
                undelivered: state.deliveries.count,
                services: state.runs.counts.map { service, waiting, inWork in
                    DispatcherHealth.ServiceLoad(
                        service: service,
                        waiting: waiting,
                        running: inWork,
                        isOverloaded: state.overloaded.contains(service)
                    )
                },
                refused: state.refusals.sorted { left, right in left.key < right.key }
                    .map { service, count in
                        DispatcherHealth.Refusals(service: service, count: count)
                    },
                lastError: state.lastError
            )
        }
    }
}

/// How a dispatcher is.
public struct DispatcherHealth: Equatable, Sendable {
    /// Counts since the process started.
    public struct Totals: Equatable, Sendable {
        /// Events accepted.
        public internal(set) var accepted = 0
        /// Events that came again.
        public internal(set) var duplicates = 0
        /// Components that answered.
        public internal(set) var finished = 0
        /// Events that are over without an answer.
        public internal(set) var failed = 0
        /// Answers handed on.
        public internal(set) var delivered = 0
        /// Times that a source was held back.
        public internal(set) var heldBack = 0
    }

    /// The load of one service.
    public struct ServiceLoad: Equatable, Sendable {
        /// The service's id.
        public let service: String
        /// Events that wait.
        public let waiting: Int
        /// Components that run.
        public let running: Int
        /// Whether its events are refused until half of the work is done.
        public let isOverloaded: Bool
    }

    /// Events of one service that were refused, since its first.
    public struct Refusals: Equatable, Sendable {
        /// The service's id.
        public let service: String
        /// How many.
        public let count: Int
    }

    /// Counts since the process started.
    public let totals: Totals
    /// Events that wait for a component or are in work.
    public let waiting: Int
    /// Answers that wait to be handed on.
    public let undelivered: Int
    /// The services that have work, in the order of their ids.
    public let services: [ServiceLoad]
    /// The services that lost events, in the order of their ids.
    public let refused: [Refusals]
    /// The last fault of the node itself; none if there was none.
    public let lastError: String?
}
