extension Ed25519 {
    /// A point (x, y) of the curve -x² + y² = 1 + dx²y² as (X : Y : Z : T), where x = X / Z, y = Y / Z and
    /// xy = T / Z (RFC 8032 §5.1.4).
    struct Point: BitwiseCopyable, Sendable {
        // Products, or one of them taken from zero: the limbs are at most 2^53 - 76.
        var x: FieldElement
        var y: FieldElement
        var z: FieldElement
        var t: FieldElement
    }

    /// A point without T, which doubling does not need.
    struct ProjectivePoint: BitwiseCopyable, Sendable {
        var x: FieldElement
        var y: FieldElement
        var z: FieldElement
    }

    /// What an addition or doubling gives before its last products: x = X / Z and y = Y / T.
    struct CompletedPoint: BitwiseCopyable, Sendable {
        var x: FieldElement
        var y: FieldElement
        var z: FieldElement
        var t: FieldElement
    }

    /// A point in the form in which it is added often.
    struct AddendPoint: BitwiseCopyable, Sendable {
        var yPlusX: FieldElement
        var yMinusX: FieldElement
        var z: FieldElement
        /// T times twice the constant d.
        var t2d: FieldElement
    }

    /// The same with Z = 1, for one multiplication less.
    struct AffineAddendPoint: BitwiseCopyable, Sendable {
        var yPlusX: FieldElement
        var yMinusX: FieldElement
        /// xy times twice the constant d.
        var xy2d: FieldElement
    }
}

extension Ed25519.CompletedPoint {
    var projective: Ed25519.ProjectivePoint {
        @inline(__always) get { Ed25519.ProjectivePoint(x: x * t, y: y * z, z: z * t) }
    }

    var point: Ed25519.Point {
        @inline(__always) get { Ed25519.Point(x: x * t, y: y * z, z: z * t, t: x * y) }
    }
}

extension Ed25519.ProjectivePoint {
    /// The identity (0, 1).
    static var identity: Self { Self(x: .zero, y: .one, z: .one) }

    var isIdentity: Bool { x.isZero && y == z }

    /// Twice the point, by four squarings (dbl-2008-hwcd with a = -1).
    var doubled: Ed25519.CompletedPoint {
        @inline(__always) get {
            let xx = x.squared
            let yy = y.squared
            let zz = z.squared
            let sum = yy + xx
            return Ed25519.CompletedPoint(
                x: (x + y).squared - sum,
                y: sum,
                z: yy - xx,
                t: zz + zz + xx - yy
            )
        }
    }

    /// Whether eight times the point is the identity.
    var isOfSmallOrder: Bool { doubled.projective.doubled.projective.doubled.projective.isIdentity }

    /// The 32 bytes of RFC 8032 §5.1.2 as words, the lowest first: y, with the sign of x as its highest bit.
    var encoded: Ed25519.Words {
        let inverse = z.inverse
        var words = (y * inverse).words
        if (x * inverse).isOdd { words.3 |= 1 << 63 }
        return words
    }
}

extension Ed25519.Point {
    typealias FieldElement = Ed25519.FieldElement

    /// Makes a point from affine coordinates.
    init(x: FieldElement, y: FieldElement) {
        self.init(x: x, y: y, z: .one, t: x * y)
    }

    /// The point with this y and this sign of x (RFC 8032 §5.1.3), if there is one.
    ///
    /// It takes y beyond p and a negative zero; `PublicKey` refuses them.
    init?(words: Ed25519.Words) {
        let y = FieldElement(words: words)
        let yy = y.squared
        let root = FieldElement.squareRoot(of: yy - .one, over: yy * FieldElement.d + .one)
        guard let root else { return nil }
        let isNegative = words.3 >> 63 == 1
        self.init(x: root.isOdd == isNegative ? root : -root, y: y)
    }

    var projective: Ed25519.ProjectivePoint {
        @inline(__always) get { Ed25519.ProjectivePoint(x: x, y: y, z: z) }
    }

    /// The base point (RFC 8032 §5.1).
    static var base: Self {
        Self(
            x: FieldElement(
                0x0006_2d60_8f25_d51a,
                0x0004_12a4_b4f6_592a,
                0x0007_5b71_71a4_b31d,
                0x0001_ff60_5271_18fe,
                0x0002_1693_6d3c_d6e5
            ),
            y: FieldElement(
                0x0006_6666_6666_6658,
                0x0004_cccc_cccc_cccc,
                0x0001_9999_9999_9999,
                0x0003_3333_3333_3333,
                0x0006_6666_6666_6666
            )
        )
    }

    var addend: Ed25519.AddendPoint {
        Ed25519.AddendPoint(
            yPlusX: y + x,
            yMinusX: y - x,
            z: z,
            t2d: t * FieldElement.twiceD
        )
    }

    var affineAddend: Ed25519.AffineAddendPoint {
        let inverse = z.inverse
        let (x, y) = (x * inverse, y * inverse)
        return Ed25519.AffineAddendPoint(
            yPlusX: y + x,
            yMinusX: y - x,
            xy2d: x * y * FieldElement.twiceD
        )
    }

    /// The sum of two points, whichever they are: the formulas are complete (add-2008-hwcd-3).
    @inline(__always)
    static func + (left: Self, right: Ed25519.AddendPoint) -> Ed25519.CompletedPoint {
        let product = left.z * right.z
        return sum(
            (left.y + left.x) * right.yPlusX,
            (left.y - left.x) * right.yMinusX,
            product + product,
            left.t * right.t2d
        )
    }

    @inline(__always)
    static func - (left: Self, right: Ed25519.AddendPoint) -> Ed25519.CompletedPoint {
        let product = left.z * right.z
        return sum(
            (left.y + left.x) * right.yMinusX,
            (left.y - left.x) * right.yPlusX,
            product + product,
            -(left.t * right.t2d)
        )
    }

    @inline(__always)
    static func + (left: Self, right: Ed25519.AffineAddendPoint) -> Ed25519.CompletedPoint {
        sum(
            (left.y + left.x) * right.yPlusX,
            (left.y - left.x) * right.yMinusX,
            left.z + left.z,
            left.t * right.xy2d
        )
    }

    @inline(__always)
    static func - (left: Self, right: Ed25519.AffineAddendPoint) -> Ed25519.CompletedPoint {
        sum(
            (left.y + left.x) * right.yMinusX,
            (left.y - left.x) * right.yPlusX,
            left.z + left.z,
            -(left.t * right.xy2d)
        )
    }

    /// The last step that all additions share.
    @inline(__always) private static func sum(
        _ plus: FieldElement,
        _ minus: FieldElement,
        _ twiceZ: FieldElement,
        _ twiceDT: FieldElement
    ) -> Ed25519.CompletedPoint {
        Ed25519.CompletedPoint(
            x: plus - minus,
            y: plus + minus,
            z: twiceZ + twiceDT,
            t: twiceZ - twiceDT
        )
    }
}

extension Ed25519.FieldElement {
    /// The constant of the curve, -121665 / 121666.
    fileprivate static var d: Self {
        FieldElement(
            0x0003_4dca_1359_78a3,
            0x0001_a828_3b15_6ebd,
            0x0005_e7a2_6001_c029,
            0x0007_39c6_63a0_3cbb,
            0x0005_2036_cee2_b6ff
        )
    }

    fileprivate static var twiceD: Self {
        FieldElement(
            0x0006_9b94_26b2_f159,
            0x0003_5050_762a_dd7a,
            0x0003_cf44_c003_8052,
            0x0006_738c_c740_7977,
            0x0002_406d_9dc5_6dff
        )
    }
}
