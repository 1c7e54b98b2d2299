/// The numbers of header parameters (IANA, "COSE Header Parameters").
public enum COSELabel {
    /// The algorithm of the signature.
    public static var algorithm: Int64 { 1 }
    /// The labels that a reader must understand.
    public static var critical: Int64 { 2 }
    /// What the payload is.
    public static var contentType: Int64 { 3 }
    /// Which key signed.
    public static var keyID: Int64 { 4 }
    /// Claims of CBOR Web Tokens (RFC 9597).
    public static var claims: Int64 { 15 }
    /// Receipts (RFC 9942).
    public static var receipts: Int64 { 394 }
    /// The kind of verifiable data structure (RFC 9942); 1 is a tree of RFC 9162 with SHA-256.
    public static var tree: Int64 { 395 }
    /// Proofs about the verifiable data structure (RFC 9942).
    public static var proofs: Int64 { 396 }
}

/// An algorithm of a signature (IANA, "COSE Algorithms").
public struct COSEAlgorithm: RawRepresentable, Equatable, Sendable {
    /// The number in the registry.
    public let rawValue: Int64

    /// Makes an algorithm from its number, which may be any.
    public init(rawValue: Int64) { self.rawValue = rawValue }

    /// EdDSA (RFC 9053 §2.2), here always with Ed25519: what we emit.
    public static var edDSA: COSEAlgorithm { COSEAlgorithm(rawValue: -8) }
    /// Ed25519, said in full (RFC 9864): accepted as well.
    public static var ed25519: COSEAlgorithm { COSEAlgorithm(rawValue: -19) }
    /// ML-DSA-65 (RFC 9964).
    public static var mlDSA65: COSEAlgorithm { COSEAlgorithm(rawValue: -49) }
}

/// One of the two headers of a message: parameters by label (RFC 9052 §3).
public struct COSEHeaders: Equatable, Sendable {
    /// The parameters.
    public let map: CBORMap

    /// Makes a header without parameters.
    public init() { map = CBORMap() }

    /// Makes a header from a map.
    ///
    /// - Throws: `invalidLabel` when a key is neither an integer nor a text, `invalidValue` when a value is
    ///   not of a type that its label allows, `invalidClaim` for claims; the first in the order of keys.
    /// - Complexity: O(n).
    public init(_ map: CBORMap) throws(COSEError) {
        for entry in map.entries {
            switch entry.key {
            case .unsigned, .negative: break
            case .text: continue
            default: throw .invalidLabel
            }
            guard let label = entry.key.integer else { continue }
            guard Self.allows(entry.value, label: label) else { throw .invalidValue(label: label) }
            if label == COSELabel.claims, let claims = entry.value.map {
                _ = try CWTClaims(claims)
            }
        }
        self.map = map
    }

    /// Makes a header from a map that is known to be good.
    init(checked map: CBORMap) { self.map = map }

    /// Makes a header from the parameters of statements and receipts; those that are none are left out.
    public init(
        algorithm: COSEAlgorithm,
        contentType: Text? = nil,
        keyID: [UInt8]? = nil,
        claims: CWTClaims? = nil,
        tree: Int64? = nil
    ) {
        var map = CBORMap()
        map[COSELabel.algorithm] = .integer(algorithm.rawValue)
        map[COSELabel.contentType] = contentType.map(CBORValue.text)
        map[COSELabel.keyID] = keyID.map(CBORValue.bytes)
        map[COSELabel.claims] = claims.map { claims in .map(claims.map) }
        map[COSELabel.tree] = tree.map(CBORValue.integer)
        self.map = map
    }

    /// The algorithm; none if it is missing or named by a text.
    public var algorithm: COSEAlgorithm? {
        map[COSELabel.algorithm]?.integer.map(COSEAlgorithm.init)
    }

    /// What the payload is; none if that is missing or a number.
    public var contentType: Text? { map[COSELabel.contentType]?.text }

    /// Which key signed.
    public var keyID: [UInt8]? { map[COSELabel.keyID]?.bytes }

    /// The claims; they were checked when the header was made.
    public var claims: CWTClaims? { map[COSELabel.claims]?.map.map(CWTClaims.init(checked:)) }

    /// The bytes that are signed: the map's, but none at all if it is empty (RFC 9052 §3).
    ///
    /// - Complexity: O(n).
    public var encoded: [UInt8] { map.entries.isEmpty ? [] : CBORValue.map(map).encoded }

    /// Whether a value is of a type that its label allows (RFC 9052 §3.1, RFC 9597, RFC 9942).
    private static func allows(_ value: CBORValue, label: Int64) -> Bool {
        switch label {
        case COSELabel.algorithm: value.integer != nil || value.text != nil
        case COSELabel.critical, COSELabel.receipts: value.array?.isEmpty == false
        case COSELabel.contentType: value.unsigned != nil || value.text != nil
        case COSELabel.keyID: value.bytes != nil
        case COSELabel.claims, COSELabel.proofs: value.map != nil
        case COSELabel.tree: value.integer != nil
        default: true
        }
    }
}

/// Who says what, in a protected header (RFC 8392 §3, RFC 9597).
public struct CWTClaims: Equatable, Sendable {
    /// Who says it.
    public static var issuer: Int64 { 1 }
    /// About whom or what.
    public static var subject: Int64 { 2 }
    /// When, in seconds since 1970.
    public static var issuedAt: Int64 { 6 }

    /// The claims by number.
    public let map: CBORMap

    /// Makes claims from their parts; a time that is none is left out.
    public init(issuer: Text, subject: Text, issuedAt: Int64? = nil) {
        var map = CBORMap()
        map[Self.issuer] = .text(issuer)
        map[Self.subject] = .text(subject)
        map[Self.issuedAt] = issuedAt.map(CBORValue.integer)
        self.map = map
    }

    /// Makes claims from a map.
    ///
    /// - Throws: `invalidLabel` when a key is neither an integer nor a text, `invalidClaim` when issuer or
    ///   subject is no text, or a time (`exp`, `nbf`, `iat`) no number.
    /// - Complexity: O(n).
    public init(_ map: CBORMap) throws(COSEError) {
        for entry in map.entries {
            if entry.key.text != nil { continue }
            guard let claim = entry.key.integer else { throw .invalidLabel }
            switch (claim, entry.value) {
            case (Self.issuer, .text), (Self.subject, .text): break
            case (4...6, .unsigned), (4...6, .negative), (4...6, .float): break
            case (Self.issuer, _), (Self.subject, _), (4...6, _): throw .invalidClaim(claim)
            default: break
            }
        }
        self.map = map
    }

    /// Makes claims from a map that was checked before.
    init(checked map: CBORMap) { self.map = map }

    /// Who says it; none if that is missing.
    public var issuer: Text? { map[Self.issuer]?.text }

    /// About whom or what; none if that is missing.
    public var subject: Text? { map[Self.subject]?.text }

    /// When, in seconds since 1970; none if that is missing or a float.
    public var issuedAt: Int64? { map[Self.issuedAt]?.integer }
}
