internal import Platform
internal import Synchronization

/// A few threads that run handlers, with a bounded queue before them.
final class WorkerPool: Sendable {
    private struct State {
        var jobs: [@Sendable () -> Void] = []
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
                let thread = try PlatformThread.start(name: "http \(index)") { self.run(signal) }
                threads.withLock { $0.append(thread) }
            } catch {
                stop()
                throw error
            }
        }
    }

    /// Hands a job over; false if too many wait.
    func submit(_ job: @escaping @Sendable () -> Void) -> Bool {
        let isTaken = state.withLock { state in
            guard state.jobs.count < waitingCountMax, !state.isStopped else { return false }
            state.jobs.append(job)
            return true
        }
        if isTaken { for signal in signals { signal.notify() } }
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

    private func run(_ signal: Signal) {
        while true {
            let (job, isStopped) = state.withLock { state in
                (state.jobs.isEmpty ? nil : state.jobs.removeFirst(), state.isStopped)
            }
            if let job {
                job()
            } else if isStopped {
                return
            } else {
                signal.wait()
            }
        }
    }
}
