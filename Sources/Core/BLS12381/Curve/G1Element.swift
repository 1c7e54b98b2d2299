/// An element of G1, the group of order r on y² = x³ + 4 over the base field.
public struct G1Element: Equatable, Sendable {
    let point: Point<Fp>

    /// Wraps a point that is known to be in the subgroup.
    init(inSubgroup point: Point<Fp>) {
        self.point = point
    }

    /// The number of bytes of the compressed encoding.
    public static let compressedByteCount = 48

    /// The number of bytes of the uncompressed encoding.
    public static let uncompressedByteCount = 96

    /// The neutral element.
    public static var identity: G1Element { G1Element(inSubgroup: .identity) }

    /// The generator of the group.
    public static var generator: G1Element { G1Element(inSubgroup: .generator) }

    /// Whether this is the neutral element.
    public var isIdentity: Bool { point.isIdentity }

    /// Decodes x and the flags, 48 bytes.
    ///
    /// - Throws: `wrongLength`, `wrongFlags`, `notCanonical`, `notOnCurve` or `notInSubgroup`, the
    ///   first that applies.
    public init(compressed bytes: [UInt8]) throws(BLSError) {
        let header = try EncodingHeader(bytes, count: Self.compressedByteCount, isCompressed: true)
        if header.isInfinity {
            self = .identity
            return
        }
        let x = try Fp(bigEndian: header.body, at: 0)
        guard let root = (x.squared * x + .curveB).squareRoot else { throw .notOnCurve }
        let y = root.isLarger == header.isLarger ? root : -root
        try self.init(checking: Point(x: x, y: y))
    }

    /// Decodes x and y, 96 bytes.
    ///
    /// - Throws: As `init(compressed:)`.
    public init(uncompressed bytes: [UInt8]) throws(BLSError) {
        let header = try EncodingHeader(
            bytes,
            count: Self.uncompressedByteCount,
            isCompressed: false
        )
        if header.isInfinity {
            self = .identity
            return
        }
        let x = try Fp(bigEndian: header.body, at: 0)
        let y = try Fp(bigEndian: header.body, at: 48)
        guard y.squared == x.squared * x + .curveB else { throw .notOnCurve }
        try self.init(checking: Point(x: x, y: y))
    }

    private init(checking point: Point<Fp>) throws(BLSError) {
        guard point.isInSubgroup else { throw .notInSubgroup }
        self.init(inSubgroup: point)
    }

    /// The 48 bytes of x and the flags.
    public var compressed: [UInt8] {
        if isIdentity { return EncodingHeader.infinity(Self.compressedByteCount, true) }
        let (x, y) = point.affine
        var bytes: [UInt8] = []
        bytes.append(x)
        bytes[0] |= EncodingHeader.flags(isLarger: y.isLarger)
        return bytes
    }

    /// The 96 bytes of x and y.
    public var uncompressed: [UInt8] {
        if isIdentity { return EncodingHeader.infinity(Self.uncompressedByteCount, false) }
        let (x, y) = point.affine
        var bytes: [UInt8] = []
        bytes.append(x)
        bytes.append(y)
        return bytes
    }

    /// Hashes a message to an element (RFC 9380, the suite BLS12381G1_XMD:SHA-256_SSWU_RO_).
    ///
    /// - Complexity: O(n) in the length of the message.
    public static func hash(_ message: [UInt8], tag: DomainTag) -> G1Element {
        G1Element(inSubgroup: .hash(message, tag: tag))
    }

    /// Whether both are the same element.
    public static func == (left: G1Element, right: G1Element) -> Bool { left.point == right.point }

    /// The sum of two elements.
    public static func + (left: G1Element, right: G1Element) -> G1Element {
        G1Element(inSubgroup: left.point + right.point)
    }

    /// The element whose sum with this one is the identity.
    public static prefix func - (element: G1Element) -> G1Element {
        G1Element(inSubgroup: -element.point)
    }

    /// The multiple by a scalar, in a time that does not depend on it.
    public static func * (scalar: Scalar, element: G1Element) -> G1Element {
        G1Element(inSubgroup: element.point.multipliedInSubgroup(bySecret: scalar))
    }

    /// The sum of public multiples; the time depends on the scalars.
    ///
    /// - Complexity: O(n).
    public static func linearCombination(
        _ terms: [(scalar: Scalar, element: G1Element)]
    ) -> G1Element {
        var halves: [(scalar: Scalar.Bits, point: Point<Fp>)] = []
        halves.reserveCapacity(2 * terms.count)
        for (scalar, element) in terms {
            // As in the multiple by a secret: x² times the point is the negated endomorphism of it.
            let (low, high) = scalar.splitByParameterSquare
            halves.append((low, element.point))
            if !high.isZero { halves.append((high, -element.point.endomorphism)) }
        }
        return G1Element(inSubgroup: .linearCombination(halves))
    }
}
