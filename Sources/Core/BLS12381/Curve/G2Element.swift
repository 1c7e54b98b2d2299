/// An element of G2, the group of order r on y² = x³ + 4(1 + u) over the quadratic extension.
public struct G2Element: Equatable, Sendable {
    let point: Point<Fp2>

    /// Wraps a point that is known to be in the subgroup.
    init(inSubgroup point: Point<Fp2>) {
        self.point = point
    }

    /// The number of bytes of the compressed encoding.
    public static let compressedByteCount = 96

    /// The number of bytes of the uncompressed encoding.
    public static let uncompressedByteCount = 192

    /// The neutral element.
    public static var identity: G2Element { G2Element(inSubgroup: .identity) }

    /// The generator of the group.
    public static var generator: G2Element { G2Element(inSubgroup: .generator) }

    /// Whether this is the neutral element.
    public var isIdentity: Bool { point.isIdentity }

    /// Decodes x and the flags, 96 bytes.
    ///
    /// - Throws: `wrongLength`, `wrongFlags`, `notCanonical`, `notOnCurve` or `notInSubgroup`, the
    ///   first that applies.
    public init(compressed bytes: [UInt8]) throws(BLSError) {
        let header = try EncodingHeader(bytes, count: Self.compressedByteCount, isCompressed: true)
        if header.isInfinity {
            self = .identity
            return
        }
        let x = try Fp2(bigEndian: header.body, at: 0)
        guard let root = (x.squared * x + .curveB).squareRoot else { throw .notOnCurve }
        let y = root.isLarger == header.isLarger ? root : -root
        try self.init(checking: Point(x: x, y: y))
    }

    /// Decodes x and y, 192 bytes.
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
        let x = try Fp2(bigEndian: header.body, at: 0)
        let y = try Fp2(bigEndian: header.body, at: 96)
        guard y.squared == x.squared * x + .curveB else { throw .notOnCurve }
        try self.init(checking: Point(x: x, y: y))
    }

    private init(checking point: Point<Fp2>) throws(BLSError) {
        guard point.isInSubgroup else { throw .notInSubgroup }
        self.init(inSubgroup: point)
    }

    /// The 96 bytes of x and the flags.
    public var compressed: [UInt8] {
        if isIdentity { return EncodingHeader.infinity(Self.compressedByteCount, true) }
        let (x, y) = point.affine
        var bytes: [UInt8] = []
        bytes.append(x)
        bytes[0] |= EncodingHeader.flags(isLarger: y.isLarger)
        return bytes
    }

    /// The 192 bytes of x and y.
    public var uncompressed: [UInt8] {
        if isIdentity { return EncodingHeader.infinity(Self.uncompressedByteCount, false) }
        let (x, y) = point.affine
        var bytes: [UInt8] = []
        bytes.append(x)
        bytes.append(y)
        return bytes
    }

    /// Whether both are the same element.
    public static func == (left: G2Element, right: G2Element) -> Bool { left.point == right.point }

    /// The sum of two elements.
    public static func + (left: G2Element, right: G2Element) -> G2Element {
        G2Element(inSubgroup: left.point + right.point)
    }

    /// The element whose sum with this one is the identity.
    public static prefix func - (element: G2Element) -> G2Element {
        G2Element(inSubgroup: -element.point)
    }

    /// The multiple by a scalar, in a time that does not depend on it.
    public static func * (scalar: Scalar, element: G2Element) -> G2Element {
        G2Element(inSubgroup: element.point.multipliedInSubgroup(bySecret: scalar))
    }

    /// The sum of public multiples; the time depends on the scalars.
    ///
    /// - Complexity: O(n).
    public static func linearCombination(
        _ terms: [(scalar: Scalar, element: G2Element)]
    ) -> G2Element {
        G2Element(
            inSubgroup: .linearCombination(
                terms.map { term in (term.scalar.canonical, term.element.point) }
            )
        )
    }
}
