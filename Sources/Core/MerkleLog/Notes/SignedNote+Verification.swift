public import Cryptography

/// What checking one signature of a note gave.
public enum NoteSignatureState: Equatable, Sendable {
    /// It is good. `key` is the place of the key in the list; a cosignature has its time.
    case valid(key: Int, timestamp: UInt64?)
    /// The line names the key at that place, and the signature is not good: the whole note is to be refused.
    case invalid(key: Int)
    /// The line names the key at that place, whose type cannot be verified here.
    case unsupported(key: Int)
    /// The line names none of the keys: it is to be ignored.
    case unknown
}

extension SignedNote {
    /// Checks every signature.
    ///
    /// A line that names a key by name and ID is verified with it, also a second one by the same key. Where two
    /// different keys have the same name and ID, the signature may be by either.
    ///
    /// - Parameters:
    ///   - keys: The keys that are trusted.
    ///   - verifier: Checks signatures of Ed25519.
    /// - Returns: The state of each signature, in their order.
    public func states(
        under keys: [NoteVerifierKey],
        verifier: Ed25519Verifier
    ) -> [NoteSignatureState] {
        signatures.map { signature in state(of: signature, keys, verifier) }
    }

    /// Whether a key has signed: at least one of its lines is good and none is not.
    public func isSigned(by key: NoteVerifierKey, verifier: Ed25519Verifier) -> Bool {
        var isSigned = false
        for state in states(under: [key], verifier: verifier) {
            switch state {
            case .valid: isSigned = true
            case .invalid: return false
            case .unsupported, .unknown: break
            }
        }
        return isSigned
    }

    private func state(
        of signature: NoteSignature,
        _ keys: [NoteVerifierKey],
        _ verifier: Ed25519Verifier
    ) -> NoteSignatureState {
        var state = NoteSignatureState.unknown
        for (index, key) in keys.enumerated() where signature.names(key) {
            guard let publicKey = key.ed25519 else {
                if state == .unknown { state = .unsupported(key: index) }
                continue
            }
            if key.type == .ed25519 {
                if verifier(signature.signature, text, publicKey) {
                    return .valid(key: index, timestamp: nil)
                }
            } else if let timestamp = cosigned(signature, publicKey, verifier) {
                return .valid(key: index, timestamp: timestamp)
            }
            state = .invalid(key: index)
        }
        return state
    }

    /// The time of a good cosignature; only checkpoints have any.
    private func cosigned(
        _ signature: NoteSignature,
        _ key: Ed25519.PublicKey,
        _ verifier: Ed25519Verifier
    ) -> UInt64? {
        guard let cosignature = Cosignature(decoding: signature.signature) else { return nil }
        do throws(NoteError) {
            _ = try Checkpoint(parsing: text)
        } catch {
            return nil
        }
        let message = Cosignature.message(timestamp: cosignature.timestamp, body: text)
        return verifier(cosignature.signature, message, key) ? cosignature.timestamp : nil
    }
}
