/// Who is at the other end of a connection, as far as the connection proves it.
public struct HTTPPeer: Equatable, Sendable {
    /// The numeric address, without port; empty if there is no network.
    public let address: String
    /// Whether the connection is encrypted.
    public let isSecure: Bool

    /// Makes a peer.
    public init(address: String = "", isSecure: Bool = false) {
        self.address = address
        self.isSecure = isSecure
    }
}
