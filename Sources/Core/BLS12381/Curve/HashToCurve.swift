import Cryptography

/// What separates the uses of a hash: the DST of RFC 9380 §3.1, as it is appended to each input.
public struct DomainTag: Sendable {
    /// The tag and its length in one byte (RFC 9380 §5.3.1).
    let suffix: [UInt8]

    /// A tag of any length but zero; one of more than 255 bytes stands for its hash (§5.3.3).
    ///
    /// - Throws: `emptyTag` for no bytes.
    public init(_ tag: [UInt8]) throws(BLSError) {
        guard !tag.isEmpty else { throw .emptyTag }
        self.init(unchecked: tag)
    }

    private init(unchecked tag: [UInt8]) {
        var short = tag
        if tag.count > 255 {
            var hasher = SHA256.Hasher()
            hasher.update(Array("H2C-OVERSIZE-DST-".utf8))
            hasher.update(tag)
            short = hasher.finalize().bytes
        }
        suffix = short + [UInt8(truncatingIfNeeded: short.count)]
    }

    /// The tag of signatures in G1 of the basic scheme, as drand's quicknet has it
    /// (draft-irtf-cfrg-bls-signature-05 §4.2.1).
    public static var basicSignature: DomainTag {
        DomainTag(unchecked: Array("BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_".utf8))
    }
}

/// The expansion of a message to uniform bytes.
public enum MessageExpansion {
    /// The most bytes that one message can be expanded to.
    public static let byteCountMax = 255 * 32

    /// `expand_message_xmd` with SHA-256 (RFC 9380 §5.3.1).
    ///
    /// - Parameters:
    ///   - message: The message.
    ///   - tag: What separates this use from others.
    ///   - count: How many bytes to make, 1 … `byteCountMax`; a precondition.
    /// - Returns: As many bytes as asked for.
    /// - Complexity: O(n + `count`).
    public static func xmd(_ message: [UInt8], tag: DomainTag, count: Int) -> [UInt8] {
        precondition(count > 0)
        precondition(count <= byteCountMax)
        var hasher = SHA256.Hasher()
        hasher.update([UInt8](repeating: 0, count: 64))
        hasher.update(message)
        hasher.update([
            UInt8(truncatingIfNeeded: count >> 8), UInt8(truncatingIfNeeded: count), 0,
        ])
        hasher.update(tag.suffix)
        let first = hasher.finalize().bytes
        var block = [UInt8](repeating: 0, count: 32)
        var output: [UInt8] = []
        output.reserveCapacity(count + 31)
        for index in 1...(count + 31) / 32 {
            for position in block.indices { block[position] ^= first[position] }
            var hasher = SHA256.Hasher()
            hasher.update(block)
            hasher.update([UInt8(truncatingIfNeeded: index)])
            hasher.update(tag.suffix)
            block = hasher.finalize().bytes
            output += block
        }
        output.removeLast(output.count - count)
        return output
    }
}

extension Point where Field == Fp {
    /// The suite BLS12381G1_XMD:SHA-256_SSWU_RO_ (RFC 9380 §8.8.1); the result is in the subgroup.
    @inline(never) static func hash(_ message: [UInt8], tag: DomainTag) -> Point {
        let bytes = MessageExpansion.xmd(message, tag: tag, count: 128)
        let first = Isogeny.map(Fp(reducing: bytes, at: 0))
        let second = Isogeny.map(Fp(reducing: bytes, at: 64))
        // The isogeny is a homomorphism, so one evaluation at the sum does for both points.
        let point = Isogeny.evaluate(Isogeny.add(first, second))
        // The cofactor to clear is 1 - x, and x is negative (RFC 9380 §8.8.1).
        return point.timesParameterMagnitude + point
    }
}

extension Fp {
    /// The element for the number of 64 bytes, the highest first.
    fileprivate init(reducing bytes: [UInt8], at offset: Int) {
        @inline(__always) func half(_ start: Int) -> Fp {
            Fp(
                number: Fp(
                    UInt64(bigEndian: bytes, at: start + 24),
                    UInt64(bigEndian: bytes, at: start + 16),
                    UInt64(bigEndian: bytes, at: start + 8),
                    UInt64(bigEndian: bytes, at: start),
                    0,
                    0
                )
            )
        }
        self = half(offset) * .twoTo256 + half(offset + 32)
    }
}

extension Isogeny {
    /// The simplified map of Shallue, van de Woestijne and Ulas to the isogenous curve
    /// (RFC 9380 §F.2), in projective coordinates.
    @inline(never) static func map(_ u: Fp) -> Point<Fp> {
        let zuu = u.squared * z
        let sum = zuu.squared + zuu
        let numerator1 = (sum + .one) * b
        let denominator = (sum.isZero ? z : -sum) * a
        let square = denominator.squared
        let cube = square * denominator
        let curve = (numerator1.squared + square * a) * numerator1 + cube * b
        let (isSquare, root) = rootOfQuotient(curve, cube)
        let numerator = isSquare ? numerator1 : zuu * numerator1
        let y = isSquare ? root : zuu * u * root
        return Point(
            x: numerator,
            y: (u.isOdd == y.isOdd ? y : -y) * denominator,
            z: denominator
        )
    }

    /// Whether a quotient is a square, and the root of it or of its product with Z
    /// (`sqrt_ratio` for p = 3 modulo 4, RFC 9380 §F.2.1.2).
    private static func rootOfQuotient(
        _ numerator: Fp,
        _ denominator: Fp
    ) -> (isSquare: Bool, root: Fp) {
        let product = numerator * denominator
        let root = (denominator.squared * product).power(.quotientRootExponent) * product
        let isSquare = root.squared * denominator == numerator
        return (isSquare, isSquare ? root : root * rootOfMinusZ)
    }

    /// The sum of two points of the isogenous curve, any two of them (Renes, Costello and Batina 2015,
    /// algorithm 1; the number of points is odd).
    static func add(_ left: Point<Fp>, _ right: Point<Fp>) -> Point<Fp> {
        let xx = left.x * right.x
        let yy = left.y * right.y
        let zz = left.z * right.z
        let xy = (left.x + left.y) * (right.x + right.y) - (xx + yy)
        let xz = (left.x + left.z) * (right.x + right.z) - (xx + zz)
        let yz = (left.y + left.z) * (right.y + right.z) - (yy + zz)
        let scaledZZ = a * zz
        let shift = tripleB * zz + a * xz
        let difference = yy - shift
        let sum = yy + shift
        let slope = xx.doubled + xx + scaledZZ
        let offset = tripleB * xz + a * (xx - scaledZZ)
        return Point(
            x: xy * difference - yz * offset,
            y: difference * sum + slope * offset,
            z: yz * sum + xy * slope
        )
    }

    /// The image of a point on the curve of G1.
    ///
    /// A point at which a denominator is zero goes to the identity, as RFC 9380 §6.6.3 asks: then the Z
    /// of the result is zero.
    @inline(never) static func evaluate(_ point: Point<Fp>) -> Point<Fp> {
        var powers = InlineArray<16, Fp>(repeating: .one)
        for index in 1..<16 { powers[index] = powers[index - 1] * point.z }
        let xTop = polynomial(xNumerator, at: point.x, powers)
        let xBottom = polynomial(xDenominator, at: point.x, powers) * point.z
        let yTop = polynomial(yNumerator, at: point.x, powers) * point.y
        let yBottom = polynomial(yDenominator, at: point.x, powers) * point.z
        let bottom = xBottom * yBottom
        if bottom.isZero { return .identity }
        return Point(x: xTop * yBottom, y: yTop * xBottom, z: bottom)
    }

    /// A polynomial made homogeneous: each coefficient has as many factors of Z as x lacks.
    @inline(__always) private static func polynomial<let count: Int>(
        _ coefficients: InlineArray<count, Fp>,
        at x: Fp,
        _ powers: InlineArray<16, Fp>
    ) -> Fp {
        var value = coefficients[0]
        for index in 1..<count {
            value = value * x + coefficients[index] * powers[index]
        }
        return value
    }
}
