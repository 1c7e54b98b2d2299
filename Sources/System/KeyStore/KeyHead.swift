public import BLS12381
public import Cryptography

/// What a key is for; a key of one kind is refused where another one is needed.
public enum KeyKind: UInt8, CaseIterable, Sendable {
    /// Signs the checkpoints of a transparency log (Ed25519).
    case log = 1
    /// Signs the statements of a venue (Ed25519).
    case venue = 2
    /// Signs the votes and messages of a committee's member (Ed25519).
    case identity = 3
    /// A share of the committee's group key in one epoch (BLS12-381).
    case share = 4
    /// Makes the salts of account commitments (HMAC-SHA256).
    case salt = 5
    /// Cosigns the checkpoints of others' logs (Ed25519).
    case witness = 6
    /// Decrypts the shares that are dealt to a seat (material of a BLS12-381 scalar).
    case encryption = 7
    /// Makes everything that a member says in one key ceremony.
    case ceremony = 8
    /// Makes the keys that sign users' tokens, and codes that nobody else can make.
    case access = 9

    /// The kind that a word names.
    public init?(word: String) {
        guard let kind = Self.allCases.first(where: { kind in kind.description == word }) else {
            return nil
        }
        self = kind
    }

    /// Whether keys of this kind sign with Ed25519.
    public var isSigning: Bool { !isOpaque && self != .share }

    /// Whether keys of this kind are 32 bytes without a public half.
    public var isOpaque: Bool {
        switch self {
        case .salt, .encryption, .ceremony, .access: true
        case .log, .venue, .identity, .share, .witness: false
        }
    }
}

extension KeyKind: CustomStringConvertible {
    /// The word for it.
    public var description: String {
        switch self {
        case .log: "log"
        case .venue: "venue"
        case .identity: "identity"
        case .share: "share"
        case .salt: "salt"
        case .witness: "witness"
        case .encryption: "encryption"
        case .ceremony: "ceremony"
        case .access: "access"
        }
    }
}

/// What everybody may know about a key.
public struct KeyHead: Equatable, Sendable {
    /// What the key is for.
    public let kind: KeyKind
    /// Whose it is: the origin of a log, the name of a witness or a venue, the DID of a member.
    ///
    /// 1 … 255 bytes without control characters; that of a log or witness has no white space and no "+",
    /// as signed notes want it.
    public let name: String
    /// What is public of the key itself.
    public let publicPart: PublicPart

    /// What is public of a key.
    public enum PublicPart: Equatable, Sendable {
        /// The public key of a signing key.
        case signing(Ed25519.PublicKey)
        /// The epoch from which a share is, its index from 1, and its public key.
        case share(epoch: UInt64, index: UInt8, BLS12381.PublicKey)
        /// The first eight bytes of HMAC-SHA256 with the key over `parallax.salt-key/1` (or the kind's own
        /// text instead of `salt`): which key it is, and nothing else about it.
        case opaque(identifier: [UInt8])
    }

    init(kind: KeyKind, name: String, publicPart: PublicPart) throws(KeyStoreError) {
        try Self.check(name, for: kind)
        self.kind = kind
        self.name = name
        self.publicPart = publicPart
    }

    /// The bytes of the public part: 32 of an Ed25519 key, 96 of a share's key, 8 of an opaque key's identifier.
    public var publicBytes: [UInt8] {
        switch publicPart {
        case .signing(let key): key.bytes
        case .share(_, _, let key): key.compressed
        case .opaque(let identifier): identifier
        }
    }

    static func check(_ name: String, for kind: KeyKind) throws(KeyStoreError) {
        guard !name.isEmpty else { throw .badName(reason: "is empty; give one") }
        guard name.utf8.count <= 255 else {
            throw .badName(reason: "has more than 255 bytes; give a shorter one")
        }
        for scalar in name.unicodeScalars {
            if scalar.properties.generalCategory == .control {
                throw .badName(reason: "has a control character; leave it out")
            }
            if kind == .log || kind == .witness, scalar.properties.isWhitespace || scalar == "+" {
                throw .badName(reason: "of a log or witness may have no space and no \"+\"")
            }
        }
    }
}
