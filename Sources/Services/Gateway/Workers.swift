internal import Platform
internal import Synchronization

/// A thread for what must follow an answer of the venue and waits for a disk, which the gate's thread must not.
///
/// What waits is bounded by the commands in flight.
final class Workers: Sendable {
    private let jobs = Mutex<[@Sendable () -> Void]>([])
    private let wake = Signal()
    private let isStopping = Atomic<Bool>(false)
    private let thread = Mutex<PlatformThread?>(nil)

    /// Starts the thread; without one, jobs run where they are given.
    init() {
        do throws(PlatformError) {
            let started = try PlatformThread.start(name: "workers") { self.work() }
            thread.withLock { thread in thread = started }
        } catch {
            isStopping.store(true, ordering: .sequentiallyConsistent)
        }
    }

    /// Runs a job soon.
    func run(_ job: @escaping @Sendable () -> Void) {
        if isStopping.load(ordering: .sequentiallyConsistent) { return job() }
        jobs.withLock { jobs in jobs.append(job) }
        wake.notify()
    }

    /// Runs what waits, and ends the thread.
    func stop() {
        isStopping.store(true, ordering: .sequentiallyConsistent)
        wake.notify()
        let running = thread.withLock { thread in
            defer { thread = nil }
            return thread
        }
        running?.join()
    }

    private func work() {
        while true {
            let isLast = isStopping.load(ordering: .sequentiallyConsistent)
            let waiting = jobs.withLock { jobs in
                defer { jobs = [] }
                return jobs
            }
            for job in waiting { job() }
            if waiting.isEmpty {
                if isLast { return }
                wake.wait()
            }
        }
    }
}
