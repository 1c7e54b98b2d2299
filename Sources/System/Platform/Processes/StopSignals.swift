internal import CLinux
internal import Glibc

/// The signals that ask this process to stop, SIGTERM and SIGINT, as something that can be waited for.
public final class StopSignals: Sendable {
    let descriptor: Int32

    /// Keeps the signals from ending this process, in all threads that are started afterwards, and makes a
    /// write to a closed pipe an error instead of a third such signal.
    public init() {
        var signals = sigset_t()
        unsafe sigemptyset(&signals)
        unsafe sigaddset(&signals, SIGTERM)
        unsafe sigaddset(&signals, SIGINT)
        unsafe pthread_sigmask(SIG_BLOCK, &signals, nil)
        _ = signal(SIGPIPE, SIG_IGN)
        descriptor = unsafe signalfd(-1, &signals, O_CLOEXEC | O_NONBLOCK)
        precondition(descriptor >= 0, "every Linux has signalfd")
    }

    deinit { close(descriptor) }

    /// Whether one of the signals came.
    public var isRequested: Bool {
        var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return unsafe poll(&waiting, 1, 0) > 0
    }

    /// Waits until one of the signals comes or the time is over.
    ///
    /// - Returns: Whether a signal came.
    public func wait(milliseconds: Int32) -> Bool {
        var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return unsafe poll(&waiting, 1, milliseconds) > 0
    }

    /// Waits until something can be read or the end is reached, or a signal asks this process to stop.
    ///
    /// - Parameter pipe: What is to be read.
    /// - Returns: Whether something can be read; false when a signal came first.
    public func awaitInput(on pipe: Pipe) -> Bool {
        var waiting = [
            pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
            pollfd(fd: pipe.descriptor, events: Int16(POLLIN), revents: 0),
        ]
        while unsafe poll(&waiting, 2, -1) < 0 { precondition(errno == EINTR) }
        return waiting[0].revents == 0
    }
}
