internal import CLinux
internal import Glibc
internal import Synchronization

/// Lets one thread sleep until others have something for it.
///
/// A call of `notify` is never lost: the next `wait` returns at once. Calling it while nobody sleeps costs one
/// atomic exchange and no system call.
@safe public final class Signal: @unchecked Sendable {
    // `sem_t` is made for use by several threads; the compiler cannot know that.
    private let semaphore: UnsafeMutablePointer<sem_t>
    private let state = Atomic<Int>(idle)

    /// Nothing happened, nobody sleeps.
    private static let idle = 0
    /// `notify` was called and not yet noticed.
    private static let notified = 1
    /// The one waiter sleeps, or is about to.
    private static let sleeping = 2

    /// Makes a signal that was not given.
    public init() {
        unsafe semaphore = .allocate(capacity: 1)
        unsafe semaphore.initialize(to: sem_t())
        let result = unsafe sem_init(semaphore, 0, 0)
        precondition(result == 0, "a private semaphore that starts at 0 is always allowed")
    }

    deinit {
        unsafe sem_destroy(semaphore)
        unsafe semaphore.deallocate()
    }

    /// Wakes the waiter, or keeps the next `wait` from sleeping.
    public func notify() {
        let before = state.exchange(Self.notified, ordering: .sequentiallyConsistent)
        if before == Self.sleeping { unsafe sem_post(semaphore) }
    }

    /// Sleeps until `notify` is called; only one thread may wait.
    ///
    /// - Parameter timeoutNanoseconds: How long to sleep at most; for ever if nil.
    /// - Returns: Whether `notify` was called.
    @discardableResult
    public func wait(timeoutNanoseconds: UInt64? = nil) -> Bool {
        let (mustSleep, _) = state.compareExchange(
            expected: Self.idle,
            desired: Self.sleeping,
            ordering: .sequentiallyConsistent
        )
        guard mustSleep else {
            state.store(Self.idle, ordering: .sequentiallyConsistent)
            return true
        }
        if let timeoutNanoseconds, !sleep(nanoseconds: timeoutNanoseconds) {
            let (nobodyCame, _) = state.compareExchange(
                expected: Self.sleeping,
                desired: Self.idle,
                ordering: .sequentiallyConsistent
            )
            if nobodyCame { return false }
            // It came just now, and its post is there or about to be.
            sleep()
        } else if timeoutNanoseconds == nil {
            sleep()
        }
        state.store(Self.idle, ordering: .sequentiallyConsistent)
        return true
    }

    private func sleep() {
        while unsafe sem_wait(semaphore) != 0 { precondition(errno == EINTR) }
    }

    /// Whether the semaphore was posted in time.
    private func sleep(nanoseconds: UInt64) -> Bool {
        let end = LinuxClock().monotonicNanoseconds() &+ nanoseconds
        var time = timespec(tv_sec: Int(end / 1_000_000_000), tv_nsec: Int(end % 1_000_000_000))
        while unsafe sem_clockwait(semaphore, CLOCK_MONOTONIC, &time) != 0 {
            if errno == ETIMEDOUT { return false }
            precondition(errno == EINTR)
        }
        return true
    }
}
