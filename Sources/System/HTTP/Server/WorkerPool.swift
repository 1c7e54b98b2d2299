internal import Platform
internal import Synchronization

/// A few threads that run handlers, with a bounded queue before them.
final class WorkerPool: Sendable {
    private struct State {
        var jobs: [@Sendable () -> Void] = []
        /// The threads that sleep, or are about to.
        var idle: [Int] = []
        var isStopped = false
    }

    private let state = Mutex(State())
    private let waitingCountMax: Int
    private let signals: [Signal]
    private let threads: Mutex<[PlatformThread]>

    init(threadCount: Int, waitingCountMax: Int) throws(PlatformError) {
        self.waitingCountMax = waitingCountMax
        signals = (0..<threadCount).map { _ in Signal() }
        threads = Mutex([])
        for (index, signal) in signals.enumerated() {
            do throws(PlatformError) {
                let thread = try PlatformThread.start(name: "http \(index)") {
                    self.run(index, signal)
                }
                threads.withLock { $0.append(thread) }
            } catch {
                stop()
                throw error
            }
        }
    }

    /// Hands a job over; false if too many wait.
    func submit(_ job: @escaping @Sendable () -> Void) -> Bool {
        let (isTaken, idle) = state.withLock { state in
            guard state.jobs.count < waitingCountMax, !state.isStopped else {
                return (false, Int?.none)
            }
            state.jobs.append(job)
            // One thread for one job: waking all of them would cost more than most jobs.
            return (true, state.idle.popLast())
        }
        if let idle { signals[idle].notify() }
        return isTaken
    }

    /// Ends the threads after the jobs that were handed over.
    func stop() {
        state.withLock { $0.isStopped = true }
        for signal in signals { signal.notify() }
        let threads = threads.withLock { threads in
            defer { threads = [] }
            return threads
        }
        for thread in threads { thread.join() }
    }

    private func run(_ index: Int, _ signal: Signal) {
        while true {
            let (job, isStopped) = next(index)
            if let job {
                job()
            } else if isStopped {
                return
            } else {
                signal.wait()
            }
        }
    }

    /// The oldest job, or whether to stop; a thread that gets neither may sleep.
    private func next(_ index: Int) -> (job: (@Sendable () -> Void)?, isStopped: Bool) {
        state.withLock { state in
            // Whoever was woken by something else than a job is not asleep any more.
            state.idle.removeAll { $0 == index }
            if !state.jobs.isEmpty { return (state.jobs.removeFirst(), false) }
            if !state.isStopped { state.idle.append(index) }
            return (nil, state.isStopped)
        }
    }
}
