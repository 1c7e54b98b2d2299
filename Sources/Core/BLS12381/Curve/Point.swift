/// A field over which a curve y² = x³ + b is taken.
protocol CurveField: BitwiseCopyable, Sendable {
    static var zero: Self { get }
    static var one: Self { get }
    var isZero: Bool { get }
    static func == (left: Self, right: Self) -> Bool
    static func + (left: Self, right: Self) -> Self
    static func - (left: Self, right: Self) -> Self
    static prefix func - (element: Self) -> Self
    static func * (left: Self, right: Self) -> Self
    static func | (left: Self, right: Self) -> Self
    /// `a` × `b` + `c` × `d`.
    static func sumOfProducts(_ a: Self, _ b: Self, _ c: Self, _ d: Self) -> Self
    var squared: Self { get }
    var doubled: Self { get }
    var inverse: Self { get }
    /// The elements' limbs where `mask` has bits.
    func masked(_ mask: UInt64) -> Self
    /// The product with 3b.
    var timesTripleB: Self { get }
    static var curveB: Self { get }
}

extension Fp: CurveField {
    /// b is 4.
    @inline(__always) var timesTripleB: Fp {
        let quadruple = doubled.doubled
        return quadruple.doubled + quadruple
    }
}

extension Fp2: CurveField {
    /// b is 4ξ.
    @inline(__always) var timesTripleB: Fp2 {
        let quadruple = timesXi.doubled.doubled
        return quadruple.doubled + quadruple
    }
}

/// A point of a curve y² = x³ + b in projective coordinates: x is X / Z and y is Y / Z.
///
/// The formulas of Renes, Costello and Batina, *Complete addition formulas for prime order elliptic
/// curves* (2015), hold for every pair of points, the identity included, because both curves have an
/// odd number of points. So no operation here compares or branches.
struct Point<Field: CurveField>: BitwiseCopyable, Sendable {
    var x: Field
    var y: Field
    var z: Field

    @inline(__always) init(x: Field, y: Field, z: Field = .one) {
        self.x = x
        self.y = y
        self.z = z
    }

    /// The identity, the point at infinity.
    static var identity: Point {
        @inline(__always) get { Point(x: .zero, y: .one, z: .zero) }
    }

    @inline(__always) var isIdentity: Bool { z.isZero }

    /// The sum (algorithm 7).
    @inline(never) static func + (left: Point, right: Point) -> Point {
        let xx = left.x * right.x
        let yy = left.y * right.y
        let zz = left.z * right.z
        let xy = (left.x + left.y) * (right.x + right.y) - (xx + yy)
        let yz = (left.y + left.z) * (right.y + right.z) - (yy + zz)
        let xz = (left.x + left.z) * (right.x + right.z) - (xx + zz)
        let tripleXX = xx.doubled + xx
        let scaledZZ = zz.timesTripleB
        let sum = yy + scaledZZ
        let difference = yy - scaledZZ
        let scaledXZ = xz.timesTripleB
        return Point(
            x: .sumOfProducts(xy, difference, -yz, scaledXZ),
            y: .sumOfProducts(difference, sum, scaledXZ, tripleXX),
            z: .sumOfProducts(sum, yz, tripleXX, xy)
        )
    }

    /// The sum with itself (algorithm 9).
    @inline(never) var doubled: Point {
        let yy = y.squared
        let eightYY = yy.doubled.doubled.doubled
        let scaledZZ = z.squared.timesTripleB
        let difference = yy - (scaledZZ.doubled + scaledZZ)
        return Point(
            x: (difference * (x * y)).doubled,
            y: .sumOfProducts(scaledZZ, eightYY, difference, yy + scaledZZ),
            z: (y * z) * eightYY
        )
    }

    @inline(__always) static prefix func - (point: Point) -> Point {
        Point(x: point.x, y: -point.y, z: point.z)
    }

    /// The sum of as many of the point as the magnitude of the curve's parameter says.
    var timesParameterMagnitude: Point {
        var result = self
        for isSet in Parameter.bitsAfterFirst {
            result = result.doubled
            if isSet { result = result + self }
        }
        return result
    }

    /// Whether both are the same point; not constant in time.
    static func == (left: Point, right: Point) -> Bool {
        if left.isIdentity || right.isIdentity { return left.isIdentity && right.isIdentity }
        return left.x * right.z == right.x * left.z && left.y * right.z == right.y * left.z
    }

    /// The coordinates x and y of a point that is not the identity; zeros for the identity.
    ///
    /// A Z of one, which decoded points have, shows in the time.
    var affine: (x: Field, y: Field) {
        if z == .one { return (x, y) }
        let inverseZ = z.inverse
        return (x * inverseZ, y * inverseZ)
    }

    /// The same point with a Z of one, unless it is the identity.
    var normalized: Point {
        if isIdentity { return self }
        let (x, y) = affine
        return Point(x: x, y: y)
    }

    /// The limbs where `mask` has bits.
    @inline(__always) func masked(_ mask: UInt64) -> Point {
        Point(x: x.masked(mask), y: y.masked(mask), z: z.masked(mask))
    }

    @inline(__always) static func | (left: Point, right: Point) -> Point {
        Point(x: left.x | right.x, y: left.y | right.y, z: left.z | right.z)
    }
}

extension Point where Field == Fp {
    static var generator: Point { Point(x: .generatorX, y: .generatorY) }

    /// The endomorphism that is multiplication by -x² on the subgroup of order r.
    @inline(__always) var endomorphism: Point {
        Point(x: x * .endomorphismRoot, y: y, z: z)
    }

    /// Whether a point of the curve is in the subgroup of order r (Scott, *A note on group membership
    /// tests for G1, G2 and GT on BLS pairing-friendly curves*, 2021).
    var isInSubgroup: Bool {
        endomorphism == -timesParameterMagnitude.timesParameterMagnitude
    }
}

extension Point where Field == Fp2 {
    static var generator: Point { Point(x: .generatorX, y: .generatorY) }

    /// The endomorphism that is multiplication by x on the subgroup of order r.
    var endomorphism: Point {
        Point(
            x: x.conjugate * .endomorphismX,
            y: y.conjugate * .endomorphismY,
            z: z.conjugate
        )
    }

    /// Whether a point of the curve is in the subgroup of order r (Scott 2021, as for G1).
    var isInSubgroup: Bool { endomorphism == -timesParameterMagnitude }
}
