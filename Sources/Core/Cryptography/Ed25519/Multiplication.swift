extension Ed25519 {
    /// `first` times `point` plus `second` times the base point, in a time that depends on all of them.
    ///
    /// Both products share their doublings (Straus). The digits of `first` are odd up to 15, those of
    /// `second` up to 127, because the multiples of the base point are made once.
    static func multiplyAndAdd(
        _ first: Scalar,
        _ point: Point,
        _ second: Scalar
    ) -> ProjectivePoint {
        let firstDigits = Scalar.Digits(first, width: 5)
        let secondDigits = Scalar.Digits(second, width: 8)
        let multiples = OddMultiples(point)
        let baseMultiples = baseMultiples
        var place = max(firstDigits.highest, secondDigits.highest)
        var sum = ProjectivePoint.identity
        while place >= 0 {
            var next = sum.doubled
            let digit = firstDigits[place]
            if digit > 0 {
                next = next.point + multiples.addends[digit >> 1]
            } else if digit < 0 {
                next = next.point - multiples.addends[-digit >> 1]
            }
            let baseDigit = secondDigits[place]
            if baseDigit > 0 {
                next = next.point + baseMultiples[baseDigit >> 1]
            } else if baseDigit < 0 {
                next = next.point - baseMultiples[-baseDigit >> 1]
            }
            sum = next.projective
            place -= 1
        }
        return sum
    }

    /// A point times 1, 3, 5, … 15.
    private struct OddMultiples {
        let addends: InlineArray<8, AddendPoint>

        init(_ point: Point) {
            let twice = point.projective.doubled.point
            var addends = InlineArray<8, AddendPoint>(repeating: point.addend)
            for index in 1..<8 { addends[index] = (twice + addends[index - 1]).point.addend }
            self.addends = addends
        }
    }

    /// The base point times 1, 3, 5, … 127; made when it is first needed.
    private static let baseMultiples: [AffineAddendPoint] = {
        let twice = Point.base.projective.doubled.point.addend
        var multiple = Point.base
        var addends: [AffineAddendPoint] = []
        for _ in 0..<64 {
            addends.append(multiple.affineAddend)
            multiple = (multiple + twice).point
        }
        return addends
    }()
}
