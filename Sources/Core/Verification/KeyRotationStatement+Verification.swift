public import Cryptography
import Encoding
import MerkleLog
public import Statements

/// Why a key rotation does not hold.
public enum KeyRotationFault: Error, Equatable, Sendable {
    /// The old key, or the new one, is no Ed25519 key for notes.
    case invalidKey(isOld: Bool)
    /// A key has another name than the log's origin, under which all its checkpoints are signed.
    case wrongName(isOld: Bool)
    /// Both keys are the same.
    case sameKey
    /// The old key, or the new one, did not sign the rotation.
    case notSigned(isOld: Bool)
}

extension KeyRotationFault: CustomStringConvertible {
    /// One line: which key is wrong, and why.
    public var description: String {
        switch self {
        case .invalidKey(let isOld): "the \(isOld ? "old" : "new") key is no Ed25519 note key"
        case .wrongName(let isOld): "the \(isOld ? "old" : "new") key is not named as the log"
        case .sameKey: "the old and the new key are the same"
        case .notSigned(let isOld): "the \(isOld ? "old" : "new") key did not sign the rotation"
        }
    }
}

extension KeyRotationStatement {
    /// Checks that both keys are keys of the log and that both signed the rotation.
    ///
    /// Whoever trusts the old key may then trust the new one from the size on that the statement names.
    ///
    /// - Parameter verifier: Checks an Ed25519 signature.
    /// - Throws: The first thing that is wrong.
    public func check(verifier: Ed25519Verifier) throws(KeyRotationFault) {
        let old = try key(oldKey, isOld: true)
        let new = try key(newKey, isOld: false)
        guard old != new else { throw .sameKey }
        let message = signedMessage
        guard verifier(oldSignature, message, old) else { throw .notSigned(isOld: true) }
        guard verifier(newSignature, message, new) else { throw .notSigned(isOld: false) }
    }

    private func key(_ text: Text, isOld: Bool) throws(KeyRotationFault) -> Ed25519.PublicKey {
        let key: NoteVerifierKey
        do throws(NoteError) {
            key = try NoteVerifierKey(vkey: text)
        } catch {
            throw .invalidKey(isOld: isOld)
        }
        guard key.type == .ed25519, let publicKey = key.ed25519 else {
            throw .invalidKey(isOld: isOld)
        }
        guard key.name == origin else { throw .wrongName(isOld: isOld) }
        return publicKey
    }
}
