internal import CLinux
internal import Glibc

/// A descriptor that any thread can make readable, which ends a wait for it.
package final class WakeSignal: Sendable {
    /// What to wait for.
    package let descriptor: SocketDescriptor

    /// Makes one that nobody has called.
    ///
    /// - Throws: `PlatformError.failed` when the process has too many descriptors.
    package init() throws(PlatformError) {
        let number = clinux_eventfd()
        guard number >= 0 else { throw .failed(.open, path: "eventfd", code: errno) }
        descriptor = SocketDescriptor(number)
    }

    /// Ends a wait, or the next one if nobody waits; any thread may do so.
    package func wake() {
        var one: UInt64 = 1
        // It can only fail when the counter is full, and then it is awake anyway.
        _ = unsafe write(descriptor.number, &one, 8)
    }

    /// Lets the next wait last again.
    package func clear() {
        var count: UInt64 = 0
        // It can only fail when nobody has called.
        _ = unsafe read(descriptor.number, &count, 8)
    }
}
