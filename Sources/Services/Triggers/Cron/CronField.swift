/// What may stand in one field of a schedule.
struct CronField {
    let name: String
    let range: ClosedRange<Int>
    var names: [String] = []
    var firstName = 0
    /// Whether `?` is allowed.
    var mayBeAny = false

    static let monthNames = [
        "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC",
    ]
    static let weekdayNames = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]

    /// The numbers that a field stands for; none if it is malformed.
    func numbers(_ text: Substring) -> [Int]? {
        var numbers: [Int] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let halves = part.split(separator: "/", omittingEmptySubsequences: false)
            guard halves.count <= 2, let bounds = bounds(halves[0], hasStep: halves.count == 2)
            else { return nil }
            guard let step = halves.count == 2 ? Self.number(halves[1]) : 1, step > 0 else {
                return nil
            }
            numbers += stride(from: bounds.lowerBound, through: bounds.upperBound, by: step)
        }
        return numbers
    }

    private func bounds(_ text: Substring, hasStep: Bool) -> ClosedRange<Int>? {
        if text == "*" || text == "?" && mayBeAny { return range }
        let ends = text.split(separator: "-", omittingEmptySubsequences: false)
        guard let first = value(ends[0]) else { return nil }
        switch ends.count {
        // A start with a step runs to the end of the range.
        case 1: return hasStep ? first...range.upperBound : first...first
        case 2:
            guard let last = value(ends[1]), first <= last else { return nil }
            return first...last
        default: return nil
        }
    }

    private func value(_ text: Substring) -> Int? {
        if let place = names.firstIndex(of: text.uppercased()) { return place + firstName }
        guard let number = Self.number(text), range.contains(number) else { return nil }
        return number
    }

    private static func number(_ text: Substring) -> Int? {
        guard !text.isEmpty, text.utf8.count <= 4, text.utf8.allSatisfy({ 0x30...0x39 ~= $0 })
        else { return nil }
        return Int(text)
    }
}
