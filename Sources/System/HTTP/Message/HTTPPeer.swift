/// Who is at the other end of a connection, as far as the connection proves it.
public struct HTTPPeer: Equatable, Sendable {
    /// The numeric address, without port; empty if there is no network.
    public let address: String
    /// Whether the connection is encrypted.
    public let isSecure: Bool
    /// The 32 bytes of the Ed25519 key that the client has proved to hold by its certificate; none without a
    /// certificate, and for keys of another kind.
    public let key: [UInt8]?
    /// The SHA-256 of that certificate, in 32 bytes; none without one.
    public let fingerprint: [UInt8]?

    /// Makes a peer.
    public init(
        address: String = "",
        isSecure: Bool = false,
        key: [UInt8]? = nil,
        fingerprint: [UInt8]? = nil
    ) {
        self.address = address
        self.isSecure = isSecure
        self.key = key
        self.fingerprint = fingerprint
    }
}
