internal import HTTP
internal import Platform
internal import Synchronization

/// The threads that work off what WebSocket sessions receive, so that the reactor never waits.
///
/// A session's messages are worked off in order, by one thread. How many may wait is bounded for each session and for all;
/// a session beyond that is closed with 1013.
final class SessionPool: Sendable {
    private enum Job: Sendable {
        case message(MemberSession, [UInt8])
        case ended(MemberSession)
    }

    private struct Lane {
        var jobs: [Job] = []
        var sessions: [ObjectIdentifier: MemberSession] = [:]
    }

    /// Messages that wait for one thread, at most.
    private static let jobsMax = 1 << 17
    /// How often it is looked whether the sessions' tokens are still good.
    private static let sweepNanoseconds: UInt64 = 1_000_000_000

    /// What is to be done once a minute.
    private let minutely: @Sendable () -> Void
    private static let minuteNanoseconds: UInt64 = 60_000_000_000

    private let lane = Mutex(Lane())
    private let wake = Signal()
    private let isStopping = Atomic<Bool>(false)
    private let thread = Mutex<PlatformThread?>(nil)
    private let clock = LinuxClock()

    /// Starts the thread; without one every session is refused.
    init(minutely: @escaping @Sendable () -> Void) {
        self.minutely = minutely
        do throws(PlatformError) {
            let started = try PlatformThread.start(name: "sessions") { self.work() }
            thread.withLock { thread in thread = started }
        } catch {
            isStopping.store(true, ordering: .sequentiallyConsistent)
        }
    }

    /// Whether sessions are taken.
    var isOpen: Bool { !isStopping.load(ordering: .relaxed) }

    /// Adds a session.
    func add(_ session: MemberSession) {
        lane.withLock { lane in lane.sessions[ObjectIdentifier(session)] = session }
    }

    /// Queues a message; false when there are too many.
    func receive(_ message: [UInt8], for session: MemberSession) -> Bool {
        let isTaken = lane.withLock { lane in
            guard lane.jobs.count < Self.jobsMax else { return false }
            lane.jobs.append(.message(session, message))
            return true
        }
        wake.notify()
        return isTaken
    }

    /// Queues the end of a session, which always finds room.
    func end(_ session: MemberSession) {
        lane.withLock { lane in
            lane.jobs.append(.ended(session))
            lane.sessions[ObjectIdentifier(session)] = nil
        }
        wake.notify()
    }

    /// Works off what is there, and ends the thread.
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
        var swept = clock.monotonicNanoseconds()
        var minute = swept
        while true {
            let isLast = isStopping.load(ordering: .sequentiallyConsistent)
            let jobs = lane.withLock { lane in
                let jobs = lane.jobs
                lane.jobs = []
                return jobs
            }
            for job in jobs {
                switch job {
                case .message(let session, let bytes): session.handle(bytes)
                case .ended(let session): session.finish()
                }
            }
            let now = clock.monotonicNanoseconds()
            if now - minute >= Self.minuteNanoseconds {
                minute = now
                minutely()
            }
            if now - swept >= Self.sweepNanoseconds {
                swept = now
                let sessions = lane.withLock { lane in Array(lane.sessions.values) }
                for session in sessions { session.checkToken() }
            }
            if jobs.isEmpty {
                if isLast { return }
                wake.wait(timeoutNanoseconds: Self.sweepNanoseconds)
            }
        }
    }
}
