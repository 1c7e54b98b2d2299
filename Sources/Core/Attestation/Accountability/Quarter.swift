public import Primitives

/// A quarter of a year in UTC, of the Gregorian calendar.
public struct Quarter: Hashable, Comparable, Sendable {
    /// The year.
    public let year: UInt32
    /// 1 to 4.
    public let number: UInt32

    private static var dayNanoseconds: UInt64 { 86_400 * 1_000_000_000 }

    /// The quarter in which a time lies.
    public init(containing time: Timestamp) {
        // Years are counted from March, so that the leap day is their last one, and from a year that is divisible
        // by 400; an era is 400 years of 146,097 days.
        let day = UInt32(time.nanoseconds / Self.dayNanoseconds) + 719_468
        let dayOfEra = day % 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        year = day / 146_097 * 400 + yearOfEra + (month <= 2 ? 1 : 0)
        number = (month + 2) / 3
    }

    private init(year: UInt32, number: UInt32) {
        self.year = year
        self.number = number
    }

    /// The quarter after this one.
    public var next: Quarter {
        number == 4
            ? Quarter(year: year + 1, number: 1) : Quarter(year: year, number: number + 1)
    }

    /// When the quarter begins.
    public var start: Timestamp {
        // The first of January is in the year before, counted from March; the others are in this one.
        let yearFromMarch = number == 1 ? year - 1 : year
        let dayOfYear: UInt32 =
            switch number {
            case 1: 306
            case 2: 31
            case 3: 122
            default: 214
            }
        let yearOfEra = yearFromMarch % 400
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        let day = yearFromMarch / 400 * 146_097 + dayOfEra - 719_468
        return Timestamp(UInt64(day) * Self.dayNanoseconds)
    }

    /// Whether a quarter comes before another one.
    public static func < (left: Self, right: Self) -> Bool {
        (left.year, left.number) < (right.year, right.number)
    }
}

extension Quarter: CustomStringConvertible {
    /// Such as `2026 Q4`.
    public var description: String { "\(year) Q\(number)" }
}
