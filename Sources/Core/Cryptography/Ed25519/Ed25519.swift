/// The verification of Ed25519 signatures (RFC 8032 §5.1) with one fixed strictness.
///
/// Two verifiers that disagree about one signature can be made to disagree about a log or a quorum, so the
/// rules are exact, and the same in every place that verifies (they are those of libsodium 1.0.18):
///
/// 1. A signature has 64 bytes R ‖ S, and S is below the order L of the base point.
/// 2. The public key A is the only encoding of a point on the curve, and 8A is not the identity.
/// 3. [S]B - [k]A, with k = SHA-512(R ‖ A ‖ message) modulo L, has exactly the encoding R; the equation is
///    not multiplied by the cofactor. So R too is canonical.
/// 4. 8R is not the identity.
///
/// Points that are not of small order but have a component of small order are taken where the equation
/// holds for them; nobody who follows RFC 8032 makes such a key or signature. With these rules a signature
/// cannot be changed into another one for the same key and message without the secret key, and no signature
/// verifies for two messages or under two keys except by breaking SHA-512.
///
/// All inputs are public: the time depends on them. Signing needs a secret key and is not in Core.
public enum Ed25519 {
    /// Why 32 bytes are no public key.
    public enum KeyError: Error, Equatable, Sendable {
        /// There are `count` bytes and not 32.
        case wrongLength(count: Int)
        /// The bytes are not the shortest form of their y coordinate, which has to be below 2^255 - 19.
        case notCanonical
        /// No point of the curve has that y coordinate.
        case notOnCurve
        /// Eight times the point is the identity: anybody could sign with it.
        case smallOrder
    }

    /// A public key: a canonical point of the curve that is not of small order.
    public struct PublicKey: Sendable {
        /// The 32 bytes of the key (RFC 8032 §5.1.2).
        public let bytes: [UInt8]
        /// The point times -1, as verification needs it.
        let negatedX: FieldElement
        let y: FieldElement

        /// How many bytes a public key has.
        public static var byteCount: Int { 32 }

        /// Takes the bytes of a public key and checks them, by the rule 2 above.
        ///
        /// - Throws: The first of `wrongLength`, `notCanonical`, `notOnCurve` and `smallOrder` that applies.
        public init(bytes: [UInt8]) throws(KeyError) {
            guard bytes.count == Self.byteCount else { throw .wrongLength(count: bytes.count) }
            let words = Ed25519.words(of: bytes, at: 0)
            let y = FieldElement(words: words)
            guard y.words == (words.0, words.1, words.2, words.3 & (1 << 63 - 1)) else {
                throw .notCanonical
            }
            guard let point = Point(words: words) else { throw .notOnCurve }
            guard !point.projective.isOfSmallOrder else { throw .smallOrder }
            self.bytes = bytes
            negatedX = -point.x
            self.y = y
        }
    }

    /// How many bytes a signature has.
    public static var signatureByteCount: Int { 64 }

    /// Whether a signature is that of a message by the holder of a key, by the rules above.
    ///
    /// - Parameters:
    ///   - signature: The signature; one that has not 64 bytes is not valid.
    ///   - message: What was signed.
    ///   - key: The public key of the signer.
    /// - Returns: True if every rule holds.
    /// - Complexity: O(n) in the length of the message.
    public static func verifies(
        _ signature: [UInt8],
        of message: [UInt8],
        by key: PublicKey
    ) -> Bool {
        guard signature.count == signatureByteCount else { return false }
        guard let s = Scalar(canonical: words(of: signature, at: 32)) else { return false }
        var hasher = SHA512.Hasher()
        unsafe signature.withUnsafeBytes { bytes in
            unsafe hasher.update(UnsafeRawBufferPointer(rebasing: bytes[..<32]))
        }
        hasher.update(key.bytes)
        hasher.update(message)
        let k = Scalar(reducing: hasher.finalize())
        let point = multiplyAndAdd(k, Point(x: key.negatedX, y: key.y), s)
        return point.encoded == words(of: signature, at: 0) && !point.isOfSmallOrder
    }

    /// The 32 bytes from `offset` on as words.
    private static func words(of bytes: [UInt8], at offset: Int) -> Words {
        precondition(offset >= 0 && offset + 32 <= bytes.count)
        return unsafe bytes.withUnsafeBytes { bytes in
            func word(_ index: Int) -> UInt64 {
                let word = unsafe bytes.loadUnaligned(
                    fromByteOffset: offset + 8 * index,
                    as: UInt64.self
                )
                return UInt64(littleEndian: word)
            }
            return (word(0), word(1), word(2), word(3))
        }
    }
}

/// What verifies Ed25519 signatures, injected where many are checked.
///
/// Natively it is that of the system's library, and `Ed25519.verifies` where there is none, such as in
/// WebAssembly. Both give the same answers.
public typealias Ed25519Verifier =
    @Sendable (
        _ signature: [UInt8], _ message: [UInt8], _ key: Ed25519.PublicKey
    ) -> Bool

extension Ed25519.PublicKey: Hashable {
    /// Whether two keys are the same.
    public static func == (left: Self, right: Self) -> Bool { left.bytes == right.bytes }

    /// Feeds the bytes of the key to a hasher.
    public func hash(into hasher: inout Hasher) { hasher.combine(bytes) }
}

extension Ed25519.PublicKey: CustomStringConvertible {
    /// The 32 bytes as 64 lower-case hexadecimal digits.
    public var description: String { Hex.encode(bytes) }
}

extension Ed25519.KeyError: CustomStringConvertible {
    /// What is wrong with the key, and what to do.
    public var description: String {
        switch self {
        case .wrongLength(let count):
            "an Ed25519 public key has 32 bytes, not \(count); give it whole"
        case .notCanonical: "the Ed25519 public key is not in its canonical form; refuse it"
        case .notOnCurve:
            "the Ed25519 public key is no point of the curve; look for a damaged copy"
        case .smallOrder:
            "the Ed25519 public key is of small order, so anybody could sign; refuse it"
        }
    }
}
