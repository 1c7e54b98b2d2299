internal import Platform

/// A numeric address and a port to listen on, such as `127.0.0.1:8080` or `[::1]:0`.
public struct SocketAddress: Equatable, Sendable {
    let endpoint: SocketEndpoint

    /// This machine alone, at a port that the system chooses.
    public static let loopback = SocketAddress(endpoint: .loopback)

    private init(endpoint: SocketEndpoint) { self.endpoint = endpoint }

    /// Reads an address; names are not looked up.
    ///
    /// - Throws: `HTTPError.invalidAddress`.
    public init(_ text: String) throws(HTTPError) {
        guard let endpoint = SocketEndpoint(text) else { throw .invalidAddress(text) }
        self.init(endpoint: endpoint)
    }

    /// The address without brackets.
    public var host: String { endpoint.host }

    /// The port; 0 lets the system choose a free one.
    public var port: UInt16 { endpoint.port }

    /// Whether only this machine reaches it.
    public var isLoopback: Bool { endpoint.isLoopback }

    /// The URL of a server that listens there, at the port that it got.
    public func url(port: UInt16) -> String { "http://\(endpoint.text(port: port))/" }
}
