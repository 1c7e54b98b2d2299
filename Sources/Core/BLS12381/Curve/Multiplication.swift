// Secret scalars are cut into signed digits of five bits. Every scalar takes the same steps, and in each of them
// reads all multiples of the table. A test looks for jumps in what the compiler makes of this.

/// Seventeen words, of which the one at a secret position has all bits set and the others none.
///
/// They are written by one function and read by another through memory: an optimizer that sees both turns the
/// selection into a jump.
private struct SelectionMasks {
    private(set) var words = InlineArray<17, UInt64>(repeating: 0)

    @inline(never) init(_ position: UInt64) {
        for index in 0..<17 {
            let difference = position ^ UInt64(truncatingIfNeeded: index)
            words[index] = ((difference | (0 &- difference)) &>> 63) &- 1
        }
    }
}

/// The multiples 1 … 16 of a point, of which one is selected without showing which.
private struct MultiplesTable<Field: CurveField> {
    private var multiples: InlineArray<17, Point<Field>>

    init(_ point: Point<Field>) {
        multiples = InlineArray(repeating: .identity)
        multiples[1] = point
        for half in 1..<8 {
            multiples[2 * half] = multiples[half].doubled
            multiples[2 * half + 1] = multiples[2 * half] + point
        }
        multiples[16] = multiples[8].doubled
    }

    /// The multiple by a digit, or its negation.
    @inline(__always) func select(
        _ digit: Scalar.Bits.Digit,
        isNegated: Bool = false
    ) -> Point<Field> {
        let masks = SelectionMasks(digit.magnitude)
        let multiple = unsafe withUnsafeBytes(of: multiples) { multiples in
            unsafe withUnsafeBytes(of: masks.words) { masks in
                unsafe Self.select(
                    multiples.assumingMemoryBound(to: Point<Field>.self),
                    masks.assumingMemoryBound(to: UInt64.self)
                )
            }
        }
        let isNegative = opaque(isNegated ? ~digit.isNegative : digit.isNegative)
        return Point(
            x: multiple.x,
            y: multiple.y.masked(~isNegative) | (-multiple.y).masked(isNegative),
            z: multiple.z
        )
    }

    /// Reads every entry and keeps one; through pointers, because arrays as values would be copied.
    @inline(never) private static func select(
        _ multiples: UnsafeBufferPointer<Point<Field>>,
        _ masks: UnsafeBufferPointer<UInt64>
    ) -> Point<Field> {
        var selected = unsafe multiples[0].masked(masks[0])
        for index in 1..<17 {
            selected = unsafe selected | multiples[index].masked(masks[index])
        }
        return selected
    }
}

extension Point {
    /// 32 times the point.
    @inline(__always) fileprivate var timesWindow: Point { doubled.doubled.doubled.doubled.doubled }
}

extension Point where Field == Fp {
    /// The multiple of a point of the subgroup by a secret scalar: the same steps and reads for every one.
    ///
    /// With k = k0 + k1·x² the multiple is k0·P - k1·φ(P), because the endomorphism φ multiplies by
    /// -x²; both halves have at most 128 bits.
    @inline(never) func multipliedInSubgroup(bySecret scalar: Scalar) -> Point {
        let table = MultiplesTable(self)
        let (low, high) = scalar.splitByParameterSquare
        let k0: InlineArray<26, _> = low.digits()
        let k1: InlineArray<26, _> = high.digits()
        var result =
            table.select(k0[25]) + table.select(k1[25], isNegated: true).endomorphism
        for index in 1..<26 {
            result = result.timesWindow
            result = result + table.select(k0[25 - index])
            result = result + table.select(k1[25 - index], isNegated: true).endomorphism
        }
        return result
    }
}

extension Point where Field == Fp2 {
    /// The multiple of a point of the subgroup by a secret scalar: the same steps and reads for every one.
    ///
    /// With k = k0 + k1·|x| + k2·|x|² + k3·|x|³ the multiple is k0·P - ψ(k1·P - ψ(k2·P - ψ(k3·P))), because
    /// the endomorphism ψ multiplies by x, which is negative; all four parts have at most 64 bits.
    @inline(never) func multipliedInSubgroup(bySecret scalar: Scalar) -> Point {
        let table = MultiplesTable(self)
        let (low, high) = scalar.splitByParameterSquare
        let (first, second) = low.splitByParameter
        let (third, fourth) = high.splitByParameter
        let k0: InlineArray<13, _> = first.digits()
        let k1: InlineArray<13, _> = second.digits()
        let k2: InlineArray<13, _> = third.digits()
        let k3: InlineArray<13, _> = fourth.digits()
        var result = Point.identity
        for index in 0..<13 {
            result = result.timesWindow
            var sum = table.select(k3[12 - index], isNegated: true).endomorphism
            sum = (sum + table.select(k2[12 - index])).endomorphism
            sum = (sum + table.select(k1[12 - index], isNegated: true)).endomorphism
            result = result + (sum + table.select(k0[12 - index]))
        }
        return result
    }
}

extension Point {
    /// The sum of public multiples of points, with shared doublings; not constant in time.
    ///
    /// Each scalar is written with digits that are odd, at most 15 in magnitude and at least five
    /// places apart, so one of six steps adds.
    static func linearCombination(_ terms: [(scalar: Scalar.Bits, point: Point)]) -> Point {
        let digits = terms.map { term in term.scalar.nonAdjacentForm }
        let tables = zip(digits, terms).map { digits, term in
            OddMultiples(
                term.point,
                upTo: digits.reduce(1) { most, digit in max(most, abs(digit)) }
            )
        }
        var result = Point.identity
        var isStarted = false
        let count = digits.reduce(0) { count, digits in max(count, digits.count) }
        for position in stride(from: count - 1, through: 0, by: -1) {
            if isStarted { result = result.doubled }
            for (digits, table) in zip(digits, tables)
            where position < digits.count && digits[position] != 0 {
                let multiple = table[Int(digits[position])]
                result = isStarted ? result + multiple : multiple
                isStarted = true
            }
        }
        return result
    }
}

/// The multiples 1, 3 … 15 of a point, or as many of them as are needed, and their negations.
private struct OddMultiples<Field: CurveField> {
    private var multiples: InlineArray<8, Point<Field>>

    init(_ point: Point<Field>, upTo most: Int8) {
        multiples = InlineArray(repeating: point)
        if most == 1 { return }
        let double = point.doubled
        for index in 1...Int(most / 2) { multiples[index] = multiples[index - 1] + double }
    }

    /// The multiple by an odd digit in -15 … 15.
    subscript(digit: Int) -> Point<Field> {
        digit > 0 ? multiples[digit / 2] : -multiples[-digit / 2]
    }
}
