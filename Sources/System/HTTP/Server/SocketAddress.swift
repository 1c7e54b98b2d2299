internal import CLinux
internal import Glibc

/// A numeric address and a port to listen on, such as `127.0.0.1:8080` or `[::1]:0`.
public struct SocketAddress: Equatable, Sendable {
    /// The address without brackets.
    public let host: String
    /// The port; 0 lets the system choose a free one.
    public let port: UInt16
    let isIPv6: Bool

    /// This machine alone, at a port that the system chooses.
    public static let loopback = SocketAddress(host: "127.0.0.1", port: 0, isIPv6: false)

    private init(host: String, port: UInt16, isIPv6: Bool) {
        self.host = host
        self.port = port
        self.isIPv6 = isIPv6
    }

    /// Reads an address; names are not looked up.
    ///
    /// - Throws: `HTTPError.invalidAddress`.
    public init(_ text: String) throws(HTTPError) {
        guard let colon = text.lastIndex(of: ":"),
            let port = UInt16(text[text.index(after: colon)...])
        else { throw .invalidAddress(text) }
        var host = text[..<colon]
        let isIPv6 = host.hasPrefix("[") && host.hasSuffix("]")
        if isIPv6 { host = host.dropFirst().dropLast() }
        self.init(host: String(host), port: port, isIPv6: isIPv6)
        guard unsafe withSocketAddress({ _, _ in true }) == true else {
            throw .invalidAddress(text)
        }
    }

    /// Whether only this machine reaches it.
    public var isLoopback: Bool { host == "::1" || host.hasPrefix("127.") }

    /// The URL of a server that listens there, at the port that it got.
    public func url(port: UInt16) -> String {
        isIPv6 ? "http://[\(host)]:\(port)/" : "http://\(host):\(port)/"
    }

    /// Lends the address as the system wants it; none if the host is no numeric address.
    func withSocketAddress<Result>(
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
