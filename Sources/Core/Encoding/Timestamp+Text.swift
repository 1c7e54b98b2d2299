public import Primitives

// Times as RFC 3339 §5.6 writes them, always in UTC.

extension Timestamp {
    /// Reads a time such as `2026-12-01T08:30:00Z` or `2026-12-01T08:30:00.250Z`.
    ///
    /// There is none if it has another form, is no time of the Gregorian calendar in UTC, lies before 1970 or after
    /// 2500, or has more than nine digits behind the point.
    public init?(rfc3339 text: String) {
        let bytes = Array(text.utf8)
        guard 20...30 ~= bytes.count, bytes[bytes.count - 1] == UInt8(ascii: "Z"),
            Self.hasSeparators(bytes),
            let year = Self.number(bytes[0..<4]), let month = Self.number(bytes[5..<7]),
            let day = Self.number(bytes[8..<10]), let hour = Self.number(bytes[11..<13]),
            let minute = Self.number(bytes[14..<16]), let second = Self.number(bytes[17..<19]),
            1970...2500 ~= year, 1...12 ~= month, hour < 24, minute < 60, second < 60,
            let fraction = Self.fraction(bytes[19..<(bytes.count - 1)])
        else { return nil }
        let days = Self.days(year, month, day)
        guard day >= 1, Self.civil(days) == (year, month, day) else { return nil }
        let seconds = UInt64(days * 86_400 + hour * 3_600 + minute * 60 + second)
        self.init(seconds * 1_000_000_000 + fraction)
    }

    /// The time such as `2026-12-01T08:30:00.250000000Z`, in ASCII and always 30 bytes long up to the year 9999.
    public var rfc3339: [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(30)
        let seconds = nanoseconds / 1_000_000_000
        let (year, month, day) = Self.civil(Int64(seconds / 86_400))
        let second = Int64(seconds % 86_400)
        Self.append(year, digits: 4, to: &text)
        text.append(UInt8(ascii: "-"))
        Self.append(month, digits: 2, to: &text)
        text.append(UInt8(ascii: "-"))
        Self.append(day, digits: 2, to: &text)
        text.append(UInt8(ascii: "T"))
        Self.append(second / 3_600, digits: 2, to: &text)
        text.append(UInt8(ascii: ":"))
        Self.append(second / 60 % 60, digits: 2, to: &text)
        text.append(UInt8(ascii: ":"))
        Self.append(second % 60, digits: 2, to: &text)
        text.append(UInt8(ascii: "."))
        Self.append(Int64(nanoseconds % 1_000_000_000), digits: 9, to: &text)
        text.append(UInt8(ascii: "Z"))
        return text
    }

    private static func hasSeparators(_ bytes: [UInt8]) -> Bool {
        bytes[4] == UInt8(ascii: "-") && bytes[7] == UInt8(ascii: "-")
            && bytes[10] == UInt8(ascii: "T") && bytes[13] == UInt8(ascii: ":")
            && bytes[16] == UInt8(ascii: ":")
    }

    /// The nanoseconds that a point and one to nine digits stand for; 0 for nothing.
    private static func fraction(_ bytes: ArraySlice<UInt8>) -> UInt64? {
        guard let point = bytes.first else { return 0 }
        guard point == UInt8(ascii: "."), 2...10 ~= bytes.count,
            var value = number(bytes.dropFirst())
        else { return nil }
        for _ in bytes.count..<10 { value *= 10 }
        return UInt64(value)
    }

    private static func number(_ digits: ArraySlice<UInt8>) -> Int64? {
        var value: Int64 = 0
        for byte in digits {
            let digit = byte &- UInt8(ascii: "0")
            guard digit < 10 else { return nil }
            value = value * 10 + Int64(digit)
        }
        return value
    }

    private static func append(_ value: Int64, digits: Int, to text: inout [UInt8]) {
        var scale: Int64 = 1
        for _ in 1..<digits { scale *= 10 }
        var rest = value
        for _ in 0..<digits {
            text.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest / scale % 10))
            rest %= scale
            scale = max(scale / 10, 1)
        }
    }

    /// The number of days from 1970-01-01 to a day of the Gregorian calendar.
    private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        // Counted from 0000-03-01 the leap day is the last of its year, and 400 years have 146,097 days.
        let shifted = month > 2 ? year : year - 1
        let era = shifted / 400
        let yearOfEra = shifted % 400
        let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    /// Year, month and day of a number of days since 1970-01-01.
    private static func civil(_ days: Int64) -> (Int64, Int64, Int64) {
        let shifted = days + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted % 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }
}
