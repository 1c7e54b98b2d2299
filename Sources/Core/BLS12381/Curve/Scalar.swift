/// A number modulo the order r of the groups, in Montgomery form with R = 2^256: four limbs, the lowest
/// first.
///
/// It may be a secret: every operation takes the same time for all values, and no text shows it.
public struct Scalar: BitwiseCopyable, Sendable {
    var l0: UInt64
    var l1: UInt64
    var l2: UInt64
    var l3: UInt64

    @inline(__always) init(_ l0: UInt64, _ l1: UInt64, _ l2: UInt64, _ l3: UInt64) {
        self.l0 = l0
        self.l1 = l1
        self.l2 = l2
        self.l3 = l3
    }

    /// Zero.
    public static var zero: Scalar { Scalar(0, 0, 0, 0) }

    /// The number of bytes of an encoded scalar.
    public static let byteCount = 32

    /// A small number.
    public init(_ number: UInt64) {
        self = Scalar(number, 0, 0, 0) * .montgomerySquare
    }

    /// A number of 32 bytes, the highest first, that is less than r.
    ///
    /// - Throws: `wrongLength` unless there are 32 bytes; `scalarOutOfRange` from r on.
    public init(bytes: [UInt8]) throws(BLSError) {
        guard bytes.count == Scalar.byteCount else {
            throw .wrongLength(expected: Scalar.byteCount, actual: bytes.count)
        }
        let number = Scalar(bigEndian: bytes)
        guard Scalar.subtractLimbs(number, .modulus).borrow == 1 else { throw .scalarOutOfRange }
        self = number * .montgomerySquare
    }

    /// A number of 48 bytes, the highest first, modulo r.
    ///
    /// With 48 uniform bytes the remainder is uniform but for a bias of less than 2^-128.
    ///
    /// - Throws: `wrongLength` unless there are 48 bytes.
    public init(reducing bytes: [UInt8]) throws(BLSError) {
        guard bytes.count == 48 else { throw .wrongLength(expected: 48, actual: bytes.count) }
        let zeros = [UInt8](repeating: 0, count: 8)
        let high = Scalar(bigEndian: zeros + bytes[..<24])
        let low = Scalar(bigEndian: zeros + bytes[24...])
        let twoTo192 = Scalar(0, 0, 0, 1) * .montgomerySquare
        self = (high * .montgomerySquare) * twoTo192 + low * .montgomerySquare
    }

    /// The limbs of 32 bytes, not in Montgomery form.
    private init(bigEndian bytes: [UInt8]) {
        precondition(bytes.count == Scalar.byteCount)
        self.init(
            UInt64(bigEndian: bytes, at: 24),
            UInt64(bigEndian: bytes, at: 16),
            UInt64(bigEndian: bytes, at: 8),
            UInt64(bigEndian: bytes, at: 0)
        )
    }

    /// The 32 bytes of the number, the highest first.
    public var bytes: [UInt8] {
        let number = canonical
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Scalar.byteCount)
        for limb in [number.l3, number.l2, number.l1, number.l0] { bytes.append(bigEndian: limb) }
        return bytes
    }

    /// Whether the number is zero; one branch on the answer.
    public var isZero: Bool { (l0 | l1 | l2 | l3) == 0 }
}

extension UInt64 {
    /// Eight bytes of an array, the highest first.
    init(bigEndian bytes: [UInt8], at offset: Int) {
        self = bytes[offset..<offset + 8].reduce(0) { word, byte in word << 8 | UInt64(byte) }
    }
}

extension [UInt8] {
    /// Appends a word, the highest byte first.
    mutating func append(bigEndian word: UInt64) {
        for shift in stride(from: 56, through: 0, by: -8) {
            append(UInt8(truncatingIfNeeded: word >> UInt64(shift)))
        }
    }
}

extension Scalar: Equatable {
    /// Whether both are the same number.
    public static func == (left: Scalar, right: Scalar) -> Bool {
        ((left.l0 ^ right.l0) | (left.l1 ^ right.l1) | (left.l2 ^ right.l2) | (left.l3 ^ right.l3))
            == 0
    }
}

extension Scalar: CustomStringConvertible {
    /// A placeholder, because the number may be a secret.
    public var description: String { "Scalar(not shown)" }
}

#if !hasFeature(Embedded)
    extension Scalar: CustomReflectable {
        /// Nothing, so that no dump shows the number either.
        public var customMirror: Mirror { Mirror(self, children: []) }
    }
#endif

extension Scalar {
    /// The sum modulo r.
    public static func + (left: Scalar, right: Scalar) -> Scalar {
        addLimbs(left, right).reducedOnce
    }

    /// The difference modulo r.
    public static func - (left: Scalar, right: Scalar) -> Scalar {
        let (difference, borrow) = subtractLimbs(left, right)
        let mask = opaque(0 &- borrow)
        let r = Scalar.modulus
        return addLimbs(difference, Scalar(r.l0 & mask, r.l1 & mask, r.l2 & mask, r.l3 & mask))
    }

    /// The negation modulo r.
    public static prefix func - (scalar: Scalar) -> Scalar { .zero - scalar }

    /// The product modulo r.
    @inline(never) public static func * (left: Scalar, right: Scalar) -> Scalar {
        var sum = ProductSum()
        sum.add(left, times: right.l0)
        sum.add(left, times: right.l1)
        sum.add(left, times: right.l2)
        sum.add(left, times: right.l3)
        return sum.limbs.reducedOnce
    }

    /// The inverse modulo r, by a public exponent; zero for zero.
    public var inverse: Scalar {
        let exponent = Bits(Scalar.inverseExponent)
        var result = Scalar.one
        for position in stride(from: 255, through: 0, by: -1) {
            result = result * result
            if exponent.limb(position >> 6) >> UInt64(position & 63) & 1 == 1 {
                result = result * self
            }
        }
        return result
    }

    /// The sum of a Montgomery multiplication, reduced after each limb of the second factor.
    private struct ProductSum {
        private(set) var limbs = Scalar.zero

        @inline(__always) mutating func add(_ factor: Scalar, times limb: UInt64) {
            var t = limbs
            var high: UInt64
            (t.l0, high) = multiplyAdd(t.l0, factor.l0, limb, 0)
            (t.l1, high) = multiplyAdd(t.l1, factor.l1, limb, high)
            (t.l2, high) = multiplyAdd(t.l2, factor.l2, limb, high)
            (t.l3, high) = multiplyAdd(t.l3, factor.l3, limb, high)

            let multiple = t.l0 &* 0xffff_fffe_ffff_ffff
            let r = Scalar.modulus
            var carry: UInt64
            (_, carry) = multiplyAdd(t.l0, multiple, r.l0, 0)
            (limbs.l0, carry) = multiplyAdd(t.l1, multiple, r.l1, carry)
            (limbs.l1, carry) = multiplyAdd(t.l2, multiple, r.l2, carry)
            (limbs.l2, carry) = multiplyAdd(t.l3, multiple, r.l3, carry)
            limbs.l3 = high &+ carry
        }
    }

    @inline(__always) private static func addLimbs(_ left: Scalar, _ right: Scalar) -> Scalar {
        var result = Scalar.zero
        var carry: UInt64
        (result.l0, carry) = addWithCarry(left.l0, right.l0, 0)
        (result.l1, carry) = addWithCarry(left.l1, right.l1, carry)
        (result.l2, carry) = addWithCarry(left.l2, right.l2, carry)
        (result.l3, _) = addWithCarry(left.l3, right.l3, carry)
        return result
    }

    @inline(__always) private static func subtractLimbs(
        _ left: Scalar,
        _ right: Scalar
    ) -> (difference: Scalar, borrow: UInt64) {
        var result = Scalar.zero
        var borrow: UInt64
        (result.l0, borrow) = subtractWithBorrow(left.l0, right.l0, 0)
        (result.l1, borrow) = subtractWithBorrow(left.l1, right.l1, borrow)
        (result.l2, borrow) = subtractWithBorrow(left.l2, right.l2, borrow)
        (result.l3, borrow) = subtractWithBorrow(left.l3, right.l3, borrow)
        return (result, borrow)
    }

    /// The same modulo r, for limbs below 2r.
    @inline(__always) private var reducedOnce: Scalar {
        let (difference, borrow) = Scalar.subtractLimbs(self, .modulus)
        let keep = opaque(0 &- borrow)
        return Scalar(
            (l0 & keep) | (difference.l0 & ~keep),
            (l1 & keep) | (difference.l1 & ~keep),
            (l2 & keep) | (difference.l2 & ~keep),
            (l3 & keep) | (difference.l3 & ~keep)
        )
    }

    /// The number without Montgomery form.
    var canonical: Bits { Bits(self * Scalar(1, 0, 0, 0)) }
}
