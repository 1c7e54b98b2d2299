internal import Platform
internal import Synchronization

/// A thread for what calls ask, so that the reactor never waits; jobs run in the order in which they came.
///
/// How many may wait is bounded: beyond that a caller is told that the venue is busy.
final class CallLane: Sendable {
    private struct State {
        var jobs: [@Sendable () -> Void] = []
        /// Calls that stay open and are looked after once a second.
        var calls: [ObjectIdentifier: any OpenCall] = [:]
        var isStopping = false
    }

    private static let jobsMax = 1 << 14
    private static let sweepNanoseconds: UInt64 = 1_000_000_000

    private let state = Mutex(State())
    private let wake = Signal()
    private let clock = LinuxClock()
    private let thread = Mutex<PlatformThread?>(nil)

    /// Starts the thread; without one every job is refused.
    init() {
        do throws(PlatformError) {
            let started = try PlatformThread.start(name: "calls") { self.work() }
            thread.withLock { thread in thread = started }
        } catch {
            state.withLock { state in state.isStopping = true }
        }
    }

    /// Queues a job.
    ///
    /// - Parameters:
    ///   - isLast: Whether it ends something, and so always finds room.
    ///   - job: What to do.
    /// - Returns: False when there are too many.
    @discardableResult
    func run(isLast: Bool = false, _ job: @escaping @Sendable () -> Void) -> Bool {
        let isTaken = state.withLock { state in
            guard isLast || state.jobs.count < Self.jobsMax, !state.isStopping else { return false }
            state.jobs.append(job)
            return true
        }
        if isTaken { wake.notify() }
        return isTaken
    }

    /// Adds a call to those that are looked after.
    func add(_ call: any OpenCall) {
        state.withLock { state in state.calls[ObjectIdentifier(call)] = call }
    }

    /// A call is over.
    func remove(_ call: any OpenCall) {
        state.withLock { state in state.calls[ObjectIdentifier(call)] = nil }
    }

    /// Ends all calls that stay open.
    func endCalls() {
        for call in openCalls { call.end(APIError(.stopping, "the venue is stopping")) }
    }

    /// Works off what is there, and ends the thread.
    func stop() {
        state.withLock { state in state.isStopping = true }
        wake.notify()
        let running = thread.withLock { thread in
            defer { thread = nil }
            return thread
        }
        running?.join()
    }

    private var openCalls: [any OpenCall] { state.withLock { state in Array(state.calls.values) } }

    private func work() {
        var swept = clock.monotonicNanoseconds()
        while true {
            let (jobs, isLast) = state.withLock { state in
                let jobs = state.jobs
                state.jobs = []
                return (jobs, state.isStopping)
            }
            for job in jobs { job() }
            let now = clock.monotonicNanoseconds()
            if now - swept >= Self.sweepNanoseconds {
                swept = now
                for call in openCalls { call.checkCaller() }
            }
            if jobs.isEmpty {
                if isLast { return }
                wake.wait(timeoutNanoseconds: Self.sweepNanoseconds)
            }
        }
    }
}

/// A call that stays open.
protocol OpenCall: AnyObject, Sendable {
    /// Ends the call if what proves who calls has expired or was revoked.
    func checkCaller()
    /// Ends the call with an error.
    func end(_ error: APIError)
}
