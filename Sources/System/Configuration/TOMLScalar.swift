/// The values that stand without quotes: numbers, truth values, dates and times.
enum TOMLScalar {
    /// The value of a word; none if it is none.
    static func value(_ word: [UInt8]) -> TOMLValue? {
        if word == Array("true".utf8) { return .boolean(true) }
        if word == Array("false".utf8) { return .boolean(false) }
        if let integer = integer(word) { return .integer(integer) }
        if let float = float(word) { return .float(float) }
        if isDateTime(word) { return .dateTime(String(decoding: word, as: UTF8.self)) }
        return nil
    }

    /// The value of a digit; none if it is none in that radix.
    static func digit(_ byte: UInt8, radix: Int) -> Int? {
        let value: Int
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): value = Int(byte - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): value = Int(byte - UInt8(ascii: "a")) + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): value = Int(byte - UInt8(ascii: "A")) + 10
        default: return nil
        }
        return value < radix ? value : nil
    }

    // MARK: Numbers

    private static func integer(_ word: [UInt8]) -> Int64? {
        if word.count > 2, word[0] == UInt8(ascii: "0") {
            let radix: Int
            switch word[1] {
            case UInt8(ascii: "x"): radix = 16
            case UInt8(ascii: "o"): radix = 8
            case UInt8(ascii: "b"): radix = 2
            default: return nil
            }
            guard let digits = digits(word[2...], radix: radix) else { return nil }
            return Int64(digits, radix: radix)
        }
        let (sign, rest) = signed(word[...])
        guard let digits = digits(rest, radix: 10), !hasLeadingZero(digits) else { return nil }
        return Int64(sign + digits)
    }

    private static func float(_ word: [UInt8]) -> Double? {
        let (sign, rest) = signed(word[...])
        if rest.elementsEqual("inf".utf8) { return sign == "-" ? -Double.infinity : .infinity }
        if rest.elementsEqual("nan".utf8) { return .nan }
        let parts = rest.split(
            maxSplits: 1,
            omittingEmptySubsequences: false
        ) { byte in byte == UInt8(ascii: "e") || byte == UInt8(ascii: "E") }
        let halves = parts[0].split(
            separator: UInt8(ascii: "."),
            maxSplits: 1,
            omittingEmptySubsequences: false
        )
        guard parts.count == 2 || halves.count == 2,
            let whole = digits(halves[0], radix: 10), !hasLeadingZero(whole)
        else { return nil }
        var text = sign + whole
        if halves.count == 2 {
            guard let fraction = digits(halves[1], radix: 10) else { return nil }
            text += "." + fraction
        }
        if parts.count == 2 {
            let (exponentSign, exponent) = signed(parts[1])
            guard let exponentDigits = digits(exponent, radix: 10) else { return nil }
            text += "e" + exponentSign + exponentDigits
        }
        return Double(text)
    }

    private static func signed(_ word: ArraySlice<UInt8>) -> (String, ArraySlice<UInt8>) {
        switch word.first {
        case UInt8(ascii: "-"): ("-", word.dropFirst())
        case UInt8(ascii: "+"): ("", word.dropFirst())
        default: ("", word)
        }
    }

    /// The digits without the underscores between them; none if something else is there.
    private static func digits(_ word: ArraySlice<UInt8>, radix: Int) -> String? {
        var digits = ""
        var isBehindDigit = false
        for byte in word {
            if byte == UInt8(ascii: "_") {
                guard isBehindDigit else { return nil }
                isBehindDigit = false
            } else {
                guard digit(byte, radix: radix) != nil else { return nil }
                digits.unicodeScalars.append(Unicode.Scalar(byte))
                isBehindDigit = true
            }
        }
        return isBehindDigit ? digits : nil
    }

    private static func hasLeadingZero(_ digits: String) -> Bool {
        digits.utf8.count > 1 && digits.utf8.first == UInt8(ascii: "0")
    }

    // MARK: Dates and times (RFC 3339)

    private static func isDateTime(_ word: [UInt8]) -> Bool {
        if let end = timeEnd(word, 0) { return end == word.count }
        guard let dateEnd = dateEnd(word) else { return false }
        if dateEnd == word.count { return true }
        switch word[dateEnd] {
        case UInt8(ascii: "T"), UInt8(ascii: "t"), UInt8(ascii: " "): break
        default: return false
        }
        guard let end = timeEnd(word, dateEnd + 1) else { return false }
        return end == word.count || isOffset(word[end...])
    }

    private static func dateEnd(_ word: [UInt8]) -> Int? {
        guard word.count >= 10, word[4] == UInt8(ascii: "-"), word[7] == UInt8(ascii: "-"),
            let year = number(word, 0..<4), let month = number(word, 5..<7),
            let day = number(word, 8..<10), (1...12).contains(month)
        else { return nil }
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let days = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]
        return (1...days).contains(day) ? 10 : nil
    }

    private static func timeEnd(_ word: [UInt8], _ start: Int) -> Int? {
        guard word.count >= start + 8, word[start + 2] == UInt8(ascii: ":"),
            word[start + 5] == UInt8(ascii: ":"),
            let hour = number(word, start..<start + 2), hour < 24,
            let minute = number(word, start + 3..<start + 5), minute < 60,
            let second = number(word, start + 6..<start + 8), second <= 60
        else { return nil }
        var end = start + 8
        guard end < word.count, word[end] == UInt8(ascii: ".") else { return end }
        end += 1
        let fraction = end
        while end < word.count, digit(word[end], radix: 10) != nil { end += 1 }
        return end > fraction ? end : nil
    }

    private static func isOffset(_ word: ArraySlice<UInt8>) -> Bool {
        let offset = Array(word)
        if offset == [UInt8(ascii: "Z")] || offset == [UInt8(ascii: "z")] { return true }
        guard offset.count == 6, offset[3] == UInt8(ascii: ":"),
            offset[0] == UInt8(ascii: "+") || offset[0] == UInt8(ascii: "-"),
            let hour = number(offset, 1..<3), let minute = number(offset, 4..<6)
        else { return false }
        return hour < 24 && minute < 60
    }

    private static func number(_ word: [UInt8], _ range: Range<Int>) -> Int? {
        var value = 0
        for index in range {
            guard let digit = digit(word[index], radix: 10) else { return nil }
            value = value * 10 + digit
        }
        return value
    }
}
