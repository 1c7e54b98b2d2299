internal import CLinux
internal import Glibc

/// A file descriptor that is closed when nobody uses it any more.
final class Descriptor: Sendable {
    let number: Int32

    init(_ number: Int32) { self.number = number }

    deinit { close(number) }
}

/// What the reactor needs of sockets and of epoll.
enum Sockets {
    /// Listens on an address without blocking.
    static func listen(_ address: SocketAddress) throws(HTTPError) -> Descriptor {
        let family = address.isIPv6 ? AF_INET6 : AF_INET
        let type = Int32(SOCK_STREAM.rawValue) | clinux_socket_flags()
        let number = socket(family, type, 0)
        guard number >= 0 else { throw .system(call: "socket", code: errno) }
        let descriptor = Descriptor(number)
        set(number, SOL_SOCKET, SO_REUSEADDR)
        if address.isIPv6 { set(number, Int32(IPPROTO_IPV6), IPV6_V6ONLY) }
        let bound = unsafe address.withSocketAddress { pointer, count in
            unsafe bind(number, pointer, count)
        }
        guard bound == 0 else { throw .system(call: "bind", code: errno) }
        guard Glibc.listen(number, 512) == 0 else { throw .system(call: "listen", code: errno) }
        return descriptor
    }

    /// The port that a socket listens on.
    static func port(of descriptor: Descriptor) throws(HTTPError) -> UInt16 {
        var storage = sockaddr_storage()
        var count = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let result = unsafe withUnsafeMutablePointer(to: &storage) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                unsafe getsockname(descriptor.number, pointer, &count)
            }
        }
        guard result == 0 else { throw .system(call: "getsockname", code: errno) }
        // The port stands at the same place in both families.
        return unsafe withUnsafeBytes(of: storage) { bytes in
            unsafe UInt16(bytes[2]) << 8 | UInt16(bytes[3])
        }
    }

    /// The next connection; none if none waits.
    static func accept(_ listener: Descriptor) throws(HTTPError) -> Descriptor? {
        while true {
            let number = clinux_accept(listener.number)
            if number >= 0 {
                set(number, Int32(IPPROTO_TCP), TCP_NODELAY)
                return Descriptor(number)
            }
            switch errno {
            case EAGAIN: return nil
            // The client was gone before it was taken.
            case EINTR, ECONNABORTED, EPROTO, ENETDOWN, ENETUNREACH, EHOSTUNREACH, EHOSTDOWN:
                continue
            default: throw .system(call: "accept", code: errno)
            }
        }
    }

    private static func set(_ number: Int32, _ level: Int32, _ option: Int32) {
        var on: Int32 = 1
        // A refusal costs speed or a later bind fails, nothing else.
        _ = unsafe setsockopt(number, level, option, &on, socklen_t(MemoryLayout<Int32>.size))
    }
}

/// The kernel's list of what can be read and written.
struct Poller: ~Copyable {
    /// What happened to one descriptor.
    struct Event {
        let tag: UInt64
        let isReadable: Bool
        let isWritable: Bool
        let isBroken: Bool
    }

    private let descriptor: Descriptor

    init() throws(HTTPError) {
        let number = clinux_epoll_create()
        guard number >= 0 else { throw .system(call: "epoll_create1", code: errno) }
        descriptor = Descriptor(number)
    }

    func add(_ watched: Descriptor, tag: UInt64) throws(HTTPError) {
        try control(EPOLL_CTL_ADD, watched, tag, reads: true, writes: false)
    }

    func change(_ watched: Descriptor, tag: UInt64, reads: Bool, writes: Bool) throws(HTTPError) {
        try control(EPOLL_CTL_MOD, watched, tag, reads: reads, writes: writes)
    }

    func remove(_ watched: Descriptor) throws(HTTPError) {
        try control(EPOLL_CTL_DEL, watched, 0, reads: false, writes: false)
    }

    private func control(
        _ operation: Int32,
        _ watched: Descriptor,
        _ tag: UInt64,
        reads: Bool,
        writes: Bool
    ) throws(HTTPError) {
        let events = (reads ? EPOLLIN.rawValue : 0) | (writes ? EPOLLOUT.rawValue : 0)
        var event = unsafe epoll_event()
        unsafe event.events = events
        unsafe event.data.u64 = tag
        guard unsafe epoll_ctl(descriptor.number, operation, watched.number, &event) == 0 else {
            throw .system(call: "epoll_ctl", code: errno)
        }
    }

    /// Waits until something happens or the time is over.
    func wait(milliseconds: Int32) throws(HTTPError) -> [Event] {
        var happened = unsafe [epoll_event](repeating: epoll_event(), count: 128)
        let count = unsafe epoll_wait(descriptor.number, &happened, 128, milliseconds)
        if count < 0 {
            if errno == EINTR { return [] }
            throw .system(call: "epoll_wait", code: errno)
        }
        return unsafe happened[..<Int(count)].map { event in
            let flags = unsafe event.events
            return unsafe Event(
                tag: event.data.u64,
                isReadable: flags & (EPOLLIN.rawValue | EPOLLRDHUP.rawValue) != 0,
                isWritable: flags & EPOLLOUT.rawValue != 0,
                isBroken: flags & (EPOLLERR.rawValue | EPOLLHUP.rawValue) != 0
            )
        }
    }
}

/// Wakes the reactor from any thread.
final class WakeSignal: Sendable {
    let descriptor: Descriptor

    init() throws(HTTPError) {
        let number = clinux_eventfd()
        guard number >= 0 else { throw .system(call: "eventfd", code: errno) }
        descriptor = Descriptor(number)
    }

    func wake() {
        var one: UInt64 = 1
        // It can only fail when the counter is full, and then it is awake anyway.
        _ = unsafe write(descriptor.number, &one, 8)
    }

    func clear() {
        var count: UInt64 = 0
        // It can only fail when nobody has called.
        _ = unsafe read(descriptor.number, &count, 8)
    }
}
