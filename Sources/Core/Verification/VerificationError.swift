public import BLS12381
public import MerkleLog
public import Statements
internal import Attestation

/// Why a trust file cannot be used.
public enum VerificationError: Error, Equatable, Sendable {
    /// It has more bytes than the limit.
    case tooLarge(limit: Int)
    /// It is not JSON, or a member is missing, unknown or not what it must be.
    case malformed(StatementError)
    /// An issuer key, counted from 0, is no Ed25519 key.
    case invalidIssuerKey(index: Int)
    /// The group's key is no key.
    case invalidGroupKey(BLSError)
    /// The policy is no policy.
    case invalidPolicy(PolicyError)
    /// The policy names no log.
    case noLog
    /// The checkpoint that was seen before is none.
    case invalidCheckpoint(NoteError)
}

extension VerificationError: CustomStringConvertible {
    /// One line: which member is wrong, and why.
    public var description: String {
        switch self {
        case .tooLarge(let limit): "the trust file has more than \(limit) bytes"
        case .malformed(let error): "the trust file is malformed: \(error.description)"
        case .invalidIssuerKey(let index): "issuerKeys[\(index)] of the trust file is no key"
        case .invalidGroupKey(let error):
            "groupKey of the trust file is no key: \(error.explanation)"
        case .invalidPolicy(let error): "policy of the trust file: \(error.description)"
        case .noLog: "policy of the trust file names no log"
        case .invalidCheckpoint(let error): "the earlier checkpoint: \(error.description)"
        }
    }
}
