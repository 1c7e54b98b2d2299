internal import CLinux
internal import Glibc

/// A numeric address and a port, such as `127.0.0.1:8080` or `[::1]:0`, with TCP connections that never block.
package struct SocketEndpoint: Equatable, Sendable {
    /// This machine alone, at a port that the system chooses.
    package static let loopback = SocketEndpoint(host: "127.0.0.1", port: 0, isIPv6: false)

    /// The address without brackets.
    package let host: String
    /// The port; 0 lets the system choose a free one.
    package let port: UInt16
    private let isIPv6: Bool

    private init(host: String, port: UInt16, isIPv6: Bool) {
        self.host = host
        self.port = port
        self.isIPv6 = isIPv6
    }

    /// Reads an address; none if it is no such address, as names are not looked up.
    package init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":"),
            let port = UInt16(text[text.index(after: colon)...])
        else { return nil }
        var host = text[..<colon]
        let isIPv6 = host.hasPrefix("[") && host.hasSuffix("]")
        if isIPv6 { host = host.dropFirst().dropLast() }
        self.init(host: String(host), port: port, isIPv6: isIPv6)
        guard unsafe withSocketAddress({ _, _ in true }) == true else { return nil }
    }

    /// The address as it is written.
    package var text: String { text(port: port) }

    /// The address as it is written, with another port: the one that a listener got.
    package func text(port: UInt16) -> String {
        isIPv6 ? "[\(host)]:\(port)" : "\(host):\(port)"
    }

    /// Whether only this machine reaches it.
    package var isLoopback: Bool { host == "::1" || host.hasPrefix("127.") }

    /// Listens.
    ///
    /// - Throws: `PlatformError.failed` when the address is taken or not of this machine.
    package func listen() throws(PlatformError) -> SocketDescriptor {
        let descriptor = try open()
        Self.set(descriptor, SOL_SOCKET, SO_REUSEADDR, 1)
        if isIPv6 { Self.set(descriptor, Int32(IPPROTO_IPV6), IPV6_V6ONLY, 1) }
        let bound = unsafe withSocketAddress { pointer, count in
            unsafe bind(descriptor.number, pointer, count)
        }
        guard bound == 0, Glibc.listen(descriptor.number, 512) == 0 else {
            throw failure(.listen)
        }
        return descriptor
    }

    /// Begins to connect; the descriptor becomes writable when that has succeeded or failed.
    ///
    /// - Throws: `PlatformError.failed` when it fails at once.
    package func connect() throws(PlatformError) -> SocketDescriptor {
        let descriptor = try open()
        Self.prepare(descriptor)
        let result = unsafe withSocketAddress { pointer, count in
            unsafe Glibc.connect(descriptor.number, pointer, count)
        }
        guard result == 0 || errno == EINPROGRESS else {
            throw failure(.connect)
        }
        return descriptor
    }

    /// The next connection of a listener; none if none waits.
    ///
    /// - Throws: `PlatformError.failed` when the system has no room for more.
    package static func accept(
        _ listener: SocketDescriptor
    ) throws(PlatformError) -> SocketDescriptor? {
        while true {
            let number = clinux_accept(listener.number)
            if number >= 0 {
                let descriptor = SocketDescriptor(number)
                prepare(descriptor)
                return descriptor
            }
            switch errno {
            case EAGAIN: return nil
            // The client was gone before it was taken.
            case EINTR, ECONNABORTED, EPROTO, ENETDOWN, ENETUNREACH, EHOSTUNREACH, EHOSTDOWN:
                continue
            default: throw .failed(.accept, path: "connection", code: errno)
            }
        }
    }

    /// The port that a socket listens on.
    package static func port(of descriptor: SocketDescriptor) -> UInt16 {
        var storage = sockaddr_storage()
        var count = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let result = unsafe withUnsafeMutablePointer(to: &storage) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                unsafe getsockname(descriptor.number, pointer, &count)
            }
        }
        precondition(result == 0, "a bound socket has a name")
        // The port stands at the same place in both families.
        return unsafe withUnsafeBytes(of: storage) { bytes in
            unsafe UInt16(bytes[2]) << 8 | UInt16(bytes[3])
        }
    }

    /// What went wrong just now; nothing may come between that and this.
    private func failure(_ operation: PlatformError.Operation) -> PlatformError {
        let code = errno
        return .failed(operation, path: text, code: code)
    }

    private func open() throws(PlatformError) -> SocketDescriptor {
        let type = Int32(SOCK_STREAM.rawValue) | clinux_socket_flags()
        let number = socket(isIPv6 ? AF_INET6 : AF_INET, type, 0)
        guard number >= 0 else { throw failure(.open) }
        return SocketDescriptor(number)
    }

    /// Small messages leave at once, and no more than that waits in the kernel where later ones could not
    /// overtake it.
    private static func prepare(_ descriptor: SocketDescriptor) {
        set(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, 1)
        set(descriptor, Int32(IPPROTO_TCP), TCP_NOTSENT_LOWAT, 128 << 10)
    }

    private static func set(
        _ descriptor: SocketDescriptor,
        _ level: Int32,
        _ option: Int32,
        _ value: Int32
    ) {
        var value = value
        let count = socklen_t(MemoryLayout<Int32>.size)
        // A refusal costs speed or a later bind fails, nothing else.
        _ = unsafe setsockopt(descriptor.number, level, option, &value, count)
    }

    /// Lends the address as the system wants it; none if the host is no numeric address.
    private func withSocketAddress<Result>(
        _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
    ) -> Result? {
        if isIPv6 {
            var address = sockaddr_in6()
            address.sin6_family = sa_family_t(AF_INET6)
            address.sin6_port = port.bigEndian
            guard unsafe inet_pton(AF_INET6, host, &address.sin6_addr) == 1 else { return nil }
            return unsafe Self.lend(&address, body)
        }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        guard unsafe inet_pton(AF_INET, host, &address.sin_addr) == 1 else { return nil }
        return unsafe Self.lend(&address, body)
    }

    private static func lend<Address, Result>(
        _ address: inout Address,
        _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
    ) -> Result {
        let count = socklen_t(MemoryLayout<Address>.size)
        return unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                unsafe body(pointer, count)
            }
        }
    }
}
