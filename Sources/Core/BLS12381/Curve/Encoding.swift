// The encoding of points that Zcash defined and draft-irtf-cfrg-pairing-friendly-curves §C repeats:
// coordinates with the highest byte first, c1 before c0, and in the highest three bits the flags 0x80
// (compressed), 0x40 (infinity) and 0x20 (the larger of both y, only when compressed).

/// The flags of an encoded point, and the bytes without them.
struct EncodingHeader {
    let isInfinity: Bool
    let isLarger: Bool
    let body: [UInt8]

    private static let compressedFlag: UInt8 = 0x80
    private static let infinityFlag: UInt8 = 0x40
    private static let largerFlag: UInt8 = 0x20

    init(_ bytes: [UInt8], count: Int, isCompressed: Bool) throws(BLSError) {
        guard bytes.count == count else {
            throw .wrongLength(expected: count, actual: bytes.count)
        }
        let flags = bytes[0]
        guard (flags & Self.compressedFlag != 0) == isCompressed else { throw .wrongFlags }
        isInfinity = flags & Self.infinityFlag != 0
        isLarger = flags & Self.largerFlag != 0
        // An uncompressed point shows its y, and infinity has none.
        if isLarger && (isInfinity || !isCompressed) { throw .wrongFlags }
        var body = bytes
        body[0] &= 0x1f
        if isInfinity {
            guard body.allSatisfy({ byte in byte == 0 }) else { throw .notCanonical }
        }
        self.body = body
    }

    /// The flags of a compressed point other than infinity.
    static func flags(isLarger: Bool) -> UInt8 {
        isLarger ? compressedFlag | largerFlag : compressedFlag
    }

    /// The only encoding of infinity.
    static func infinity(_ count: Int, _ isCompressed: Bool) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        bytes[0] = isCompressed ? compressedFlag | infinityFlag : infinityFlag
        return bytes
    }
}

extension Fp {
    /// An element of 48 bytes that start at an offset.
    init(bigEndian bytes: [UInt8], at offset: Int) throws(BLSError) {
        let number = Fp(
            UInt64(bigEndian: bytes, at: offset + 40),
            UInt64(bigEndian: bytes, at: offset + 32),
            UInt64(bigEndian: bytes, at: offset + 24),
            UInt64(bigEndian: bytes, at: offset + 16),
            UInt64(bigEndian: bytes, at: offset + 8),
            UInt64(bigEndian: bytes, at: offset)
        )
        guard number.precedes(.modulus) else { throw .notCanonical }
        self.init(number: number)
    }

    /// Whether the number is greater than its negation.
    var isLarger: Bool { !canonical.precedes(.largerHalf) }
}

extension Fp2 {
    /// An element of 96 bytes that start at an offset, c1 first.
    init(bigEndian bytes: [UInt8], at offset: Int) throws(BLSError) {
        let c1 = try Fp(bigEndian: bytes, at: offset)
        let c0 = try Fp(bigEndian: bytes, at: offset + 48)
        self.init(c0, c1)
    }

    /// Whether c1, or c0 if that is zero, is greater than its negation.
    var isLarger: Bool { c1.isZero ? c0.isLarger : c1.isLarger }
}

extension [UInt8] {
    /// Appends the 48 bytes of an element.
    mutating func append(_ element: Fp) {
        let number = element.canonical
        append(bigEndian: number.l5)
        append(bigEndian: number.l4)
        append(bigEndian: number.l3)
        append(bigEndian: number.l2)
        append(bigEndian: number.l1)
        append(bigEndian: number.l0)
    }

    /// Appends the 96 bytes of an element, c1 first.
    mutating func append(_ element: Fp2) {
        append(element.c1)
        append(element.c0)
    }
}
