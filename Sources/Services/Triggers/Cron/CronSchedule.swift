/// A schedule in cron's notation, in UTC.
///
/// - Five fields, as POSIX has them: minute, hour, day of month, month, day of week (0 to 7, both ends Sunday). If both
///   the day of month and the day of week are restricted, a day that fits either counts.
/// - Six or seven fields, as WAVS has them: second first, year last if there is one, and the day of week from 1 (Sunday)
///   to 7. A day must fit both the day of month and the day of week.
///
/// A field is `*`, `?` (days only), a number, a name (`JAN`, `MON`), a range `a-b`, any of these with a step `/n`, or a
/// list of all that with commas. The words `@hourly`, `@daily`, `@weekly`, `@monthly` and `@yearly` stand for schedules.
public struct CronSchedule: Equatable, Sendable {
    /// Numbers from 0 to 63.
    private struct Numbers: Equatable, Sendable {
        var bits: UInt64

        init(_ numbers: [Int]) {
            bits = numbers.reduce(0) { bits, number in bits | (1 << UInt64(number)) }
        }

        func contains(_ number: Int) -> Bool { bits & (1 << UInt64(number)) != 0 }

        /// The first number from a start on; none if there is none.
        func first(from start: Int) -> Int? {
            let rest = (bits >> UInt64(start)) << UInt64(start)
            return rest == 0 ? nil : rest.trailingZeroBitCount
        }

        /// The last number up to an end; none if there is none.
        func last(to end: Int) -> Int? {
            guard end >= 0 else { return nil }
            let rest = bits & (1 << UInt64(end + 1) - 1)
            return rest == 0 ? nil : 63 - rest.leadingZeroBitCount
        }
    }

    private let seconds: Numbers
    private let minutes: Numbers
    private let hours: Numbers
    private let daysOfMonth: Numbers
    private let months: Numbers
    /// From 0 (Sunday) to 6.
    private let weekdays: Numbers
    /// Every year if none are given.
    private let years: Set<Int>?
    /// Whether a day that fits one of both is enough.
    private let eitherDay: Bool

    /// Within 40 years every schedule has a moment that has one at all, but for some that name years far away.
    private static let searchDays = 366 * 40
    private static let secondsADay: Int64 = 86_400

    private static let words = [
        "@hourly": "0 * * * *", "@daily": "0 0 * * *", "@midnight": "0 0 * * *",
        "@weekly": "0 0 * * 0", "@monthly": "0 0 1 * *", "@yearly": "0 0 1 1 *",
        "@annually": "0 0 1 1 *",
    ]

    /// Reads a schedule.
    ///
    /// - Throws: `TriggerError.invalid` with what is wrong.
    public init(_ text: String) throws(TriggerError) {
        let what = "schedule \"\(text.prefix(100))\""
        let standard = Self.words[text.lowercased()] ?? text
        var fields = standard.split { character in character == " " || character == "\t" }
        guard (5...7).contains(fields.count) else {
            throw .invalid(what: what, reason: "it must have 5 to 7 fields")
        }
        let isPOSIX = fields.count == 5
        if isPOSIX { fields.insert("0", at: 0) }
        let forms = [
            CronField(name: "second", range: 0...59), CronField(name: "minute", range: 0...59),
            CronField(name: "hour", range: 0...23),
            CronField(name: "day of month", range: 1...31, mayBeAny: true),
            CronField(name: "month", range: 1...12, names: CronField.monthNames, firstName: 1),
            CronField(
                name: "day of week",
                range: isPOSIX ? 0...7 : 1...7,
                names: CronField.weekdayNames,
                firstName: isPOSIX ? 0 : 1,
                mayBeAny: true
            ), CronField(name: "year", range: 1970...2199),
        ]
        var lists: [[Int]] = []
        for (field, form) in zip(fields, forms) {
            guard let list = form.numbers(field) else {
                throw .invalid(what: what, reason: "\"\(field)\" is no \(form.name)")
            }
            lists.append(list)
        }
        seconds = Numbers(lists[0])
        minutes = Numbers(lists[1])
        hours = Numbers(lists[2])
        daysOfMonth = Numbers(lists[3])
        months = Numbers(lists[4])
        weekdays = Numbers(lists[5].map { number in isPOSIX ? number % 7 : number - 1 })
        years = fields.count == 7 && fields[6] != "*" ? Set(lists[6]) : nil
        let isOpen = { (field: Substring) in field.hasPrefix("*") || field == "?" }
        eitherDay = isPOSIX && !isOpen(fields[3]) && !isOpen(fields[5])
    }

    /// The first moment of the schedule after another.
    ///
    /// - Parameter seconds: Seconds since 1970.
    /// - Returns: Seconds since 1970; none if there is none in the next 40 years.
    public func next(after seconds: Int64) -> Int64? {
        let start = max(0, seconds + 1)
        let startDay = Int(start / Self.secondsADay)
        for day in startDay...startDay + Self.searchDays where isMatch(day) {
            let second = day == startDay ? Int(start % Self.secondsADay) : 0
            if let found = firstTime(from: second) {
                return Int64(day) * Self.secondsADay + Int64(found)
            }
        }
        return nil
    }

    /// The last moment of the schedule up to and including another.
    ///
    /// - Parameter seconds: Seconds since 1970.
    /// - Returns: Seconds since 1970; none if there is none in the 40 years before, and after 1970.
    public func last(upTo seconds: Int64) -> Int64? {
        guard seconds >= 0 else { return nil }
        let endDay = Int(seconds / Self.secondsADay)
        let firstDay = max(0, endDay - Self.searchDays)
        for day in stride(from: endDay, through: firstDay, by: -1) where isMatch(day) {
            let second = day == endDay ? Int(seconds % Self.secondsADay) : 86_399
            if let found = lastTime(to: second) {
                return Int64(day) * Self.secondsADay + Int64(found)
            }
        }
        return nil
    }

    private func isMatch(_ days: Int) -> Bool {
        let date = CivilDay(daysSince1970: days)
        guard months.contains(date.month), years?.contains(date.year) ?? true else {
            return false
        }
        let isDay = daysOfMonth.contains(date.day)
        let isWeekday = weekdays.contains(date.weekday)
        return eitherDay ? isDay || isWeekday : isDay && isWeekday
    }

    private func firstTime(from second: Int) -> Int? {
        var (hour, minute, second) = (second / 3_600, second / 60 % 60, second % 60)
        while let foundHour = hours.first(from: hour) {
            if foundHour > hour { (minute, second) = (0, 0) }
            while let foundMinute = minutes.first(from: minute) {
                if foundMinute > minute { second = 0 }
                if let found = seconds.first(from: second) {
                    return foundHour * 3_600 + foundMinute * 60 + found
                }
                (minute, second) = (foundMinute + 1, 0)
            }
            (hour, minute, second) = (foundHour + 1, 0, 0)
        }
        return nil
    }

    private func lastTime(to second: Int) -> Int? {
        var (hour, minute, second) = (second / 3_600, second / 60 % 60, second % 60)
        while let foundHour = hours.last(to: hour) {
            if foundHour < hour { (minute, second) = (59, 59) }
            while let foundMinute = minutes.last(to: minute) {
                if foundMinute < minute { second = 59 }
                if let found = seconds.last(to: second) {
                    return foundHour * 3_600 + foundMinute * 60 + found
                }
                (minute, second) = (foundMinute - 1, 59)
            }
            (hour, minute, second) = (foundHour - 1, 59, 59)
        }
        return nil
    }
}
