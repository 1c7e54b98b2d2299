/// The line of one step of the Miller loop, before the coordinates of the point in G1 come in.
struct Line: BitwiseCopyable, Sendable {
    var constant: Fp2
    var timesX: Fp2
    var timesY: Fp2
}

/// The multiple of a point in G2 that the Miller loop has reached, in homogeneous coordinates.
///
/// The formulas are those of Costello, Lange and Naehrig, *Faster Pairing Computations on Curves with
/// High-Degree Twists* (2010). In the subgroup of order r no step of the loop meets an exception.
private struct LineState {
    private var x: Fp2
    private var y: Fp2
    private var z: Fp2
    private let baseX: Fp2
    private let baseY: Fp2

    /// Starts at a point that is not the identity.
    init(_ point: Point<Fp2>) {
        (baseX, baseY) = point.affine
        (x, y, z) = (baseX, baseY, .one)
    }

    /// Doubles, and gives the tangent.
    @inline(never) mutating func double() -> Line {
        let halfXY = (x * y) * Fp.half
        let yy = y.squared
        let zz = z.squared
        let tripleBZZ = zz.timesTripleB
        let nineBZZ = tripleBZZ.doubled + tripleBZZ
        let mean = (yy + nineBZZ) * Fp.half
        let doubleYZ = (y + z).squared - (yy + zz)
        let xx = x.squared
        let square = tripleBZZ.squared
        x = halfXY * (yy - nineBZZ)
        y = mean.squared - (square.doubled + square)
        z = yy * doubleYZ
        return Line(constant: tripleBZZ - yy, timesX: xx.doubled + xx, timesY: -doubleYZ)
    }

    /// Adds the first point, and gives the line through both.
    @inline(never) mutating func addBase() -> Line {
        let theta = y - baseY * z
        let lambda = x - baseX * z
        let lambdaSquare = lambda.squared
        let lambdaCube = lambda * lambdaSquare
        let scaledX = x * lambdaSquare
        let sum = lambdaCube + z * theta.squared - scaledX.doubled
        x = lambda * sum
        y = theta * (scaledX - sum) - lambdaCube * y
        z = z * lambdaCube
        return Line(
            constant: theta * baseX - lambda * baseY,
            timesX: -theta,
            timesY: lambda
        )
    }
}

/// The 68 lines of a point in G2 other than the identity, for pairings with many points in G1.
struct PreparedLines: Sendable {
    let lines: [Line]

    init(_ point: Point<Fp2>) {
        var state = LineState(point)
        var lines: [Line] = []
        lines.reserveCapacity(68)
        for isSet in Parameter.bitsAfterFirst {
            lines.append(state.double())
            if isSet { lines.append(state.addBase()) }
        }
        self.lines = lines
    }

    /// The lines of the negated generator, which every verification needs.
    static let negatedGenerator = PreparedLines(-Point<Fp2>.generator)
}

/// Products of pairings.
enum MillerLoop {
    /// A point in G1 by its coordinates.
    typealias Affine = (x: Fp, y: Fp)

    /// The product of the pairings of two points with prepared ones, before the final exponentiation.
    @inline(never) static func product(
        _ first: Affine,
        _ firstLines: PreparedLines,
        _ second: Affine,
        _ secondLines: PreparedLines
    ) -> Fp12 {
        var value = Fp12.one
        var index = 0
        for isSet in Parameter.bitsAfterFirst {
            value.square()
            for _ in 0..<(isSet ? 2 : 1) {
                multiply(&value, by: firstLines.lines[index], at: first)
                multiply(&value, by: secondLines.lines[index], at: second)
                index += 1
            }
        }
        // The parameter is negative, and what the final exponentiation does to a conjugate is to
        // invert it.
        return value.conjugate
    }

    /// The same, with the lines of the second pair made on the way.
    @inline(never) static func product(
        _ first: Affine,
        _ firstLines: PreparedLines,
        _ second: Affine,
        _ secondPoint: Point<Fp2>
    ) -> Fp12 {
        var value = Fp12.one
        var state = LineState(secondPoint)
        var index = 0
        for isSet in Parameter.bitsAfterFirst {
            value.square()
            multiply(&value, by: firstLines.lines[index], at: first)
            multiply(&value, by: state.double(), at: second)
            index += 1
            if isSet {
                multiply(&value, by: firstLines.lines[index], at: first)
                multiply(&value, by: state.addBase(), at: second)
                index += 1
            }
        }
        return value.conjugate
    }

    /// One pairing before the final exponentiation.
    static func pairing(_ point: Affine, _ lines: PreparedLines) -> Fp12 {
        var value = Fp12.one
        var index = 0
        for isSet in Parameter.bitsAfterFirst {
            value.square()
            for _ in 0..<(isSet ? 2 : 1) {
                multiply(&value, by: lines.lines[index], at: point)
                index += 1
            }
        }
        return value.conjugate
    }

    @inline(__always) private static func multiply(
        _ value: inout Fp12,
        by line: Line,
        at point: Affine
    ) {
        value.multiply(
            byLine: Fp6(line.constant, line.timesX * point.x, line.timesY * point.y)
        )
    }
}
