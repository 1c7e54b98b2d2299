internal import CLinux
internal import Glibc

/// A thread of the operating system.
///
/// The sequencer's threads sleep in system calls for long stretches, which the threads of Swift's
/// cooperative pool must not do.
public final class PlatformThread: Sendable {
    private let handle: pthread_t

    private init(handle: pthread_t) { self.handle = handle }

    /// Starts a thread.
    ///
    /// - Parameters:
    ///   - name: What it is called in listings; at most 15 bytes are kept.
    ///   - body: What it does; the thread ends when this returns.
    /// - Returns: The thread, to be joined.
    /// - Throws: `PlatformError.failed` when the system has no room for another thread.
    public static func start(
        name: String,
        _ body: @escaping @Sendable () -> Void
    ) throws(PlatformError) -> PlatformThread {
        let context = unsafe Unmanaged.passRetained(ThreadBody(name: name, body: body))
        var handle = pthread_t()
        let code = unsafe pthread_create(&handle, nil, runThread, context.toOpaque())
        guard code == 0 else {
            unsafe context.release()
            throw .failed(.startThread, path: name, code: code)
        }
        return PlatformThread(handle: handle)
    }

    /// Waits for the thread to end; to be called once, by another thread.
    public func join() {
        let code = pthread_join(handle, nil)
        precondition(code == 0, "a thread is joined once, and not by itself")
    }

    /// Whether it is the calling thread.
    package var isCurrent: Bool { pthread_equal(handle, pthread_self()) != 0 }

    /// Lets the thread end by itself; to be called once, instead of `join`.
    package func detach() {
        let code = pthread_detach(handle)
        precondition(code == 0, "a thread is detached once, and not joined")
    }

    /// Lets the calling thread run before all ordinary ones whenever it is ready (`SCHED_FIFO`).
    ///
    /// - Parameter priority: 1 … 99.
    /// - Returns: Whether the system allowed it; it needs `CAP_SYS_NICE`.
    public static func requestRealTime(priority: Int32) -> Bool {
        var parameters = sched_param()
        parameters.sched_priority = priority
        return unsafe pthread_setschedparam(pthread_self(), SCHED_FIFO, &parameters) == 0
    }

    /// Lets the calling thread run only where others leave time: the lowest of the ordinary priorities.
    public static func yieldToOthers() {
        // A refusal changes nothing but the priority, so it is not worth reporting.
        _ = setpriority(__priority_which_t(PRIO_PROCESS.rawValue), id_t(clinux_thread_id()), 19)
    }

    /// Lets `nap` of the calling thread end within a microsecond instead of 50 too late.
    public static func requestPreciseNaps() {
        // A refusal makes naps longer, nothing else.
        _ = clinux_set_timer_slack(1_000)
    }

    /// Sleeps.
    public static func nap(nanoseconds: UInt64) {
        var time = timespec(
            tv_sec: Int(nanoseconds / 1_000_000_000),
            tv_nsec: Int(nanoseconds % 1_000_000_000)
        )
        _ = unsafe nanosleep(&time, nil)
    }
}

/// What a new thread finds.
private final class ThreadBody {
    let name: String
    let body: @Sendable () -> Void

    init(name: String, body: @escaping @Sendable () -> Void) {
        self.name = name
        self.body = body
    }
}

private func runThread(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let context = unsafe context else { return nil }
    let thread = unsafe Unmanaged<ThreadBody>.fromOpaque(context).takeRetainedValue()
    // Without its name the thread does the same work.
    _ = unsafe clinux_set_thread_name(thread.name)
    thread.body()
    return nil
}
