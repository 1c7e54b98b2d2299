internal import CLinux
internal import Glibc

/// The kernel's list of what can be read and written, and a way to wake whoever waits for it.
package final class SocketPoller: Sendable {
    /// What happened to one descriptor.
    package struct Event: Sendable {
        /// What the descriptor was added with.
        package let tag: UInt64
        /// Something, an end or an error can be read.
        package let isReadable: Bool
        /// There is room to write.
        package let isWritable: Bool
    }

    private static let wakeTag = UInt64.max
    private let descriptor: SocketDescriptor
    private let wakeSignal: WakeSignal

    /// Makes an empty list.
    ///
    /// - Throws: `PlatformError.failed` when the process has too many descriptors.
    package init() throws(PlatformError) {
        let number = clinux_epoll_create()
        guard number >= 0 else { throw .failed(.open, path: "epoll", code: errno) }
        descriptor = SocketDescriptor(number)
        wakeSignal = try WakeSignal()
        try add(wakeSignal.descriptor, tag: Self.wakeTag, reads: true, writes: false)
    }

    /// Begins to watch a descriptor; any tag but the highest number may be used.
    ///
    /// - Throws: `PlatformError.failed` when the kernel has no room for it.
    package func add(
        _ watched: SocketDescriptor,
        tag: UInt64,
        reads: Bool,
        writes: Bool
    ) throws(PlatformError) {
        try control(EPOLL_CTL_ADD, watched, tag, reads: reads, writes: writes)
    }

    /// Changes what is watched for; closing a descriptor ends watching it.
    ///
    /// - Throws: `PlatformError.failed` when it is not watched.
    package func change(
        _ watched: SocketDescriptor,
        tag: UInt64,
        reads: Bool,
        writes: Bool
    ) throws(PlatformError) {
        try control(EPOLL_CTL_MOD, watched, tag, reads: reads, writes: writes)
    }

    private func control(
        _ operation: Int32,
        _ watched: SocketDescriptor,
        _ tag: UInt64,
        reads: Bool,
        writes: Bool
    ) throws(PlatformError) {
        let events = (reads ? EPOLLIN.rawValue : 0) | (writes ? EPOLLOUT.rawValue : 0)
        var event = unsafe epoll_event()
        unsafe event.events = events
        unsafe event.data.u64 = tag
        guard unsafe epoll_ctl(descriptor.number, operation, watched.number, &event) == 0 else {
            throw .failed(.open, path: "epoll", code: errno)
        }
    }

    /// Waits until something happens, somebody calls `wake` or the time is over.
    ///
    /// - Throws: `PlatformError.failed`, which only a bug of this program can cause.
    package func wait(milliseconds: Int32) throws(PlatformError) -> [Event] {
        var happened = unsafe [epoll_event](repeating: epoll_event(), count: 128)
        let count = unsafe epoll_wait(descriptor.number, &happened, 128, milliseconds)
        if count < 0 {
            if errno == EINTR { return [] }
            throw .failed(.read, path: "epoll", code: errno)
        }
        var events: [Event] = []
        for index in 0..<Int(count) {
            let (flags, tag) = unsafe (happened[index].events, happened[index].data.u64)
            if tag == Self.wakeTag {
                wakeSignal.clear()
                continue
            }
            let readable = EPOLLIN.rawValue | EPOLLERR.rawValue | EPOLLHUP.rawValue
            let writable = EPOLLOUT.rawValue | EPOLLERR.rawValue | EPOLLHUP.rawValue
            events.append(
                Event(
                    tag: tag,
                    isReadable: flags & readable != 0,
                    isWritable: flags & writable != 0
                )
            )
        }
        return events
    }

    /// Ends a wait, or the next one if nobody waits; any thread may do so.
    package func wake() { wakeSignal.wake() }
}
