/// The sixteen multiples 0 … 15 of a point, of which one is selected without showing which.
private struct MultiplesTable<Field: CurveField> {
    private var multiples: InlineArray<16, Point<Field>>

    init(_ point: Point<Field>) {
        multiples = InlineArray(repeating: .identity)
        multiples[1] = point
        for index in 2..<16 {
            multiples[index] =
                index & 1 == 0 ? multiples[index / 2].doubled : multiples[index - 1] + point
        }
    }

    /// Reads every entry and keeps one.
    @inline(never) func select(_ digit: UInt64) -> Point<Field> {
        var selected = multiples[0].masked(zeroMask(digit))
        for index in 1..<16 {
            selected = selected | multiples[index].masked(zeroMask(digit ^ UInt64(index)))
        }
        return selected
    }
}

extension Point {
    /// The multiple by a secret scalar: the same steps and the same reads for every scalar.
    @inline(never) func multiplied(bySecret scalar: Scalar) -> Point {
        let table = MultiplesTable(self)
        let digits = scalar.canonical
        var result = Point.identity
        for position in stride(from: 252, through: 0, by: -4) {
            result = result.doubled.doubled.doubled.doubled
            result = result + table.select(digits.digit(position))
        }
        return result
    }
}

extension Point where Field == Fp {
    /// The multiple of a point of the subgroup by a secret scalar, in half as many doublings.
    ///
    /// With k = k0 + k1·x² the multiple is k0·P - k1·φ(P), because the endomorphism φ multiplies by
    /// -x²; both halves have at most 128 bits.
    @inline(never) func multipliedInSubgroup(bySecret scalar: Scalar) -> Point {
        let table = MultiplesTable(self)
        let (low, high) = scalar.splitByParameterSquare
        var result = Point.identity
        for position in stride(from: 124, through: 0, by: -4) {
            result = result.doubled.doubled.doubled.doubled
            result = result + table.select(low.digit(position))
            result = result + -table.select(high.digit(position)).endomorphism
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
        let tables = terms.map { term in OddMultiples(term.point) }
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

/// The multiples 1, 3 … 15 of a point and their negations.
private struct OddMultiples<Field: CurveField> {
    private var multiples: InlineArray<8, Point<Field>>

    init(_ point: Point<Field>) {
        multiples = InlineArray(repeating: point)
        let double = point.doubled
        for index in 1..<8 { multiples[index] = multiples[index - 1] + double }
    }

    /// The multiple by an odd digit in -15 … 15.
    subscript(digit: Int) -> Point<Field> {
        digit > 0 ? multiples[digit / 2] : -multiples[-digit / 2]
    }
}
