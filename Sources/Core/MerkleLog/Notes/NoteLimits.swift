/// How large notes and what is built of them may be.
///
/// Peers send them, so every one is bounded before it is read.
public enum NoteLimits {
    /// Bytes of a signed note with all its signatures; 16 post-quantum ones fit ten times.
    public static var noteBytesMax: Int { 1 << 20 }
    /// Signatures of a note; a verifier must accept 16 (C2SP signed-note).
    public static var signatureCountMax: Int { 100 }
    /// Bytes of a key's name, and of an origin.
    public static var nameBytesMax: Int { 1024 }
    /// Bytes of the public key in a verifier key; one of ML-DSA-87 has 2,592.
    public static var publicKeyBytesMax: Int { 4096 }
    /// Hashes in a proof of inclusion: one for each bit of the index.
    public static var inclusionPathCountMax: Int { 64 }
    /// Hashes in the proof of a request to a witness (C2SP tlog-witness).
    public static var witnessPathCountMax: Int { 63 }
    /// Bytes of the extra data of a tlog-proof.
    public static var extraBytesMax: Int { 1 << 20 }
    /// Bytes of a policy.
    public static var policyBytesMax: Int { 1 << 20 }
    /// Logs, witnesses and groups of a policy, each; at least 32 are recommended (C2SP tlog-policy).
    public static var policyCountMax: Int { 256 }
}
