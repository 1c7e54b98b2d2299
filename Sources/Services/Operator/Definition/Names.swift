public import ComponentHost
internal import Cryptography
internal import Ethereum

/// The rules of names in services.
enum Names {
    /// Whether a text is a workflow's id: `[a-z0-9_-]{3,36}`.
    static func isWorkflowID(_ text: String) -> Bool {
        (3...36).contains(text.utf8.count)
            && text.utf8.allSatisfy { isLowercase($0) || isDigit($0) || $0 == 0x5f || $0 == 0x2d }
    }

    /// Whether a text is a chain's key: `[-a-z0-9]{1,32}:[-_a-zA-Z0-9]{1,32}`, after CAIP-2.
    static func isChainKey(_ text: String) -> Bool {
        let parts = text.utf8.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        guard parts.count == 2, (1...32).contains(parts[0].count), (1...32).contains(parts[1].count)
        else { return false }
        return parts[0].allSatisfy { isLowercase($0) || isDigit($0) || $0 == 0x2d }
            && parts[1].allSatisfy {
                isLowercase($0 | 0x20) && $0 > 0x40 || isDigit($0) || $0 == 0x5f || $0 == 0x2d
            }
    }

    /// Whether a text names a variable of the environment that services may ask for.
    static func isEnvironmentKey(_ text: String) -> Bool {
        text.hasPrefix("WAVS_ENV_") && text.utf8.count <= 128
            && text.utf8.allSatisfy {
                isLowercase($0 | 0x20) && $0 > 0x40 || isDigit($0) || $0 == 0x5f
            }
    }

    private static func isLowercase(_ byte: UInt8) -> Bool { (0x61...0x7a).contains(byte) }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
}

/// The id of a service: the SHA-256 of its manager, in hexadecimal.
public enum ServiceID {
    /// The id of the service of a manager: of `evm` or `cosmos`, the chain's key and the address.
    public static func text(of manager: Service.Manager) -> String {
        let bytes: [UInt8] =
            switch manager {
            case .evm(let chain, let address):
                Array("evm".utf8) + Array(chain.utf8) + address.bytes
            case .cosmos(let chain, let address):
                Array("cosmos".utf8) + Array(chain.utf8) + Array(address.bech32.utf8)
            }
        return SHA256.hash(of: bytes).hex
    }

    /// The manager as people read it: chain and address.
    static func name(of manager: Service.Manager) -> String {
        switch manager {
        case .evm(let chain, let address):
            "\(chain) " + (EthereumAddress(bytes: address.bytes)?.description ?? "?")
        case .cosmos(let chain, let address): "\(chain) \(address.bech32)"
        }
    }
}

extension Service.Manager {
    /// The key of the chain that the manager is on.
    var chain: String {
        switch self {
        case .evm(let chain, _), .cosmos(let chain, _): chain
        }
    }
}
