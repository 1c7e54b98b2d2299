internal import Encoding
public import Statements

/// Why a DID cannot be registered, revoked or resolved.
public enum RegistryError: Error, Equatable, Sendable {
    /// The document is not one that this registry takes.
    case documentInvalid(String)
    /// The DID belongs to another registrar.
    case foreignRegistrar(OrbitDID, expected: VenueName)
    /// DIDs of contracts come to be by trades, never by registration.
    case contractReserved(OrbitDID)
    /// The document's controller is neither registered nor the DID itself nor the venue.
    case controllerUnknown(OrbitDID)
    /// The DID was revoked, and stays so.
    case revoked(OrbitDID)
    /// The DID has no document.
    case unknown(OrbitDID)
    /// The present document says the same.
    case unchanged(OrbitDID, version: UInt64)
    /// The log contradicts itself.
    case logInvalid(String)
}

extension RegistryError: CustomStringConvertible {
    /// One line: what is wrong, where, and what to do.
    public var description: String {
        switch self {
        case .documentInvalid(let what): "the document cannot be registered: \(what)"
        case .foreignRegistrar(let did, let expected):
            "\(did) belongs to another registrar; this one registers did:orbit:…:"
                + "\(expected.text.string):…"
        case .contractReserved(let did):
            "\(did) is a contract's; contracts are registered by their trades alone"
        case .controllerUnknown(let did):
            "the controller \(did) is not registered; register it first"
        case .revoked(let did): "\(did) was revoked, which cannot be undone; choose another id"
        case .unknown(let did): "\(did) is not in the log"
        case .unchanged(let did, let version):
            "\(did) already has this document, as version \(version)"
        case .logInvalid(let what): "the log contradicts itself: \(what)"
        }
    }
}
