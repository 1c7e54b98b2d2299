/// A day of UTC in the Gregorian calendar.
struct CivilDay: Equatable {
    let year: Int
    /// 1 … 12.
    let month: Int
    /// 1 … 31.
    let day: Int
    /// 0 is Sunday.
    let weekday: Int

    /// The day that is so many days after 1970-01-01.
    init(daysSince1970 days: Int) {
        // Counted from 0000-03-01 the leap day is the last of its year, and 400 years have 146,097 days.
        let shifted = days + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted % 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        // The first day of 1970 was a Thursday.
        weekday = (days + 4) % 7
    }
}
