/// What is wrong with what a browser sent for a passkey (Web Authentication, Level 2).
public enum PasskeyFault: String, CaseIterable, Sendable {
    /// A member is missing, too large, not base64url, or a part of it cannot be read.
    case malformed
    /// The client data is of the other ceremony (§7.1 step 7, §7.2 step 11).
    case wrongType = "wrong_type"
    /// The challenge is not one of this venue, is for something else, is too old or was used.
    case wrongChallenge = "wrong_challenge"
    /// The page that asked is not one of this venue.
    case wrongOrigin = "wrong_origin"
    /// The page lies in a frame of another site.
    case crossOrigin = "cross_origin"
    /// The authenticator answered for another party.
    case wrongParty = "wrong_party"
    /// Nobody touched the authenticator.
    case userNotPresent = "user_not_present"
    /// The authenticator did not check who the user is.
    case userNotVerified = "user_not_verified"
    /// The flags of a backup contradict each other, or what was said before.
    case backupFlags = "backup_flags"
    /// There is no credential in the answer to a registration, or one where none belongs.
    case credentialData = "credential_data"
    /// The algorithm is not one that was asked for, or the key is not good for it.
    case unsupportedKey = "unsupported_key"
    /// The signature is wrong.
    case wrongSignature = "wrong_signature"
    /// The credential belongs to nobody, or not to this user.
    case unknownCredential = "unknown_credential"

    /// One sentence for people.
    public var message: String {
        switch self {
        case .malformed: "the passkey's answer cannot be read"
        case .wrongType: "the passkey's answer is of another ceremony"
        case .wrongChallenge: "the challenge is unknown, too old or was used; begin again"
        case .wrongOrigin: "the passkey was used on another site"
        case .crossOrigin: "the passkey was used inside a frame of another site"
        case .wrongParty: "the passkey belongs to another site"
        case .userNotPresent: "the authenticator was not touched"
        case .userNotVerified:
            "the authenticator did not check who you are; set a PIN or use its sensor"
        case .backupFlags: "the passkey contradicts itself about being backed up"
        case .credentialData: "the passkey's answer has not the credential that belongs there"
        case .unsupportedKey: "the passkey's kind of key is not supported"
        case .wrongSignature: "the passkey's signature is wrong"
        case .unknownCredential: "this passkey is not registered"
        }
    }
}
