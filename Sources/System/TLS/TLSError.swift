/// Why a secure connection could not be made or went wrong; no case holds anything secret.
public enum TLSError: Error, Equatable, Sendable {
    /// The library could not be set up; `reason` is its own.
    case cannotStart(reason: String)
    /// A file of a certificate or key cannot be used; `reason` is the library's.
    case cannotLoad(path: String, reason: String)
    /// The other side's certificate holds no Ed25519 key, is not signed by that key, or is not alone.
    case badCertificate
    /// The other side holds another key than it must, or one that is not admitted.
    case wrongKey(String)
    /// The handshake failed; `reason` is the library's. Above all when the other side refuses this one.
    case handshakeFailed(reason: String)
    /// What came is not what the protocol allows; `reason` is the library's.
    case broken(reason: String)
}

extension TLSError: CustomStringConvertible {
    /// One line that says what failed and what to do.
    public var description: String {
        switch self {
        case .cannotStart(let reason): "TLS cannot be set up: \(reason); check OpenSSL"
        case .cannotLoad(let path, let reason):
            "\(path): \(reason); it must be PEM, a key without a password, and both belong together"
        case .badCertificate:
            "the other side's certificate is no self-signed one with an Ed25519 key; "
                + "connect only nodes of Parallax"
        case .wrongKey(let key):
            "the other side has the key \(key), which is not expected here; "
                + "compare the keys in the configurations of both"
        case .handshakeFailed(let reason):
            "no secure connection: \(reason); the other side may not know this node's key"
        case .broken(let reason): "the secure connection broke: \(reason)"
        }
    }
}
