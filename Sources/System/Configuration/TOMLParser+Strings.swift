extension TOMLParser {
    /// A text in double quotes on one line.
    mutating func basicString() throws(TOMLError) -> String {
        advance()
        var content: [UInt8] = []
        while let byte = peek {
            switch byte {
            case UInt8(ascii: "\""):
                advance()
                return String(decoding: content, as: UTF8.self)
            case UInt8(ascii: "\\"): try escape(&content)
            default: try literal(byte, &content)
            }
        }
        throw error("a text in double quotes does not end")
    }

    /// A text in single quotes on one line.
    mutating func literalString() throws(TOMLError) -> String {
        advance()
        var content: [UInt8] = []
        while let byte = peek {
            if byte == UInt8(ascii: "'") {
                advance()
                return String(decoding: content, as: UTF8.self)
            }
            try literal(byte, &content)
        }
        throw error("a text in single quotes does not end")
    }

    /// A text in three double quotes.
    mutating func basicText() throws(TOMLError) -> String {
        try openText()
        var content: [UInt8] = []
        while let byte = peek {
            switch byte {
            case UInt8(ascii: "\""):
                if try closes("\"\"\"", UInt8(ascii: "\""), &content) {
                    return String(decoding: content, as: UTF8.self)
                }
            case UInt8(ascii: "\\"):
                if try !joinsLines() { try escape(&content) }
            case UInt8(ascii: "\n"), UInt8(ascii: "\r"): try lineBreak(&content)
            default: try literal(byte, &content)
            }
        }
        throw error("a text in three double quotes does not end")
    }

    /// A text in three single quotes.
    mutating func literalText() throws(TOMLError) -> String {
        try openText()
        var content: [UInt8] = []
        while let byte = peek {
            switch byte {
            case UInt8(ascii: "'"):
                if try closes("'''", UInt8(ascii: "'"), &content) {
                    return String(decoding: content, as: UTF8.self)
                }
            case UInt8(ascii: "\n"), UInt8(ascii: "\r"): try lineBreak(&content)
            default: try literal(byte, &content)
            }
        }
        throw error("a text in three single quotes does not end")
    }

    /// Steps over the quotes, and over a line end right behind them.
    private mutating func openText() throws(TOMLError) {
        for _ in 0..<3 { advance() }
        try newline()
    }

    /// Whether the quotes ahead end the text; up to two of them may belong to it.
    private mutating func closes(
        _ quotes: StaticString,
        _ quote: UInt8,
        _ content: inout [UInt8]
    ) throws(TOMLError) -> Bool {
        guard isAhead(quotes) else {
            content.append(quote)
            advance()
            return false
        }
        for _ in 0..<3 { advance() }
        for _ in 0..<2 where peek == quote {
            content.append(quote)
            advance()
        }
        if peek == quote { throw error("too many quotes at the end of a text") }
        return true
    }

    private mutating func lineBreak(_ content: inout [UInt8]) throws(TOMLError) {
        let start = position
        try newline()
        content += text(start..<position).utf8
    }

    /// Steps over a backslash at the end of a line, with all white space behind it.
    private mutating func joinsLines() throws(TOMLError) -> Bool {
        let before = self
        advance()
        while peek == UInt8(ascii: " ") || peek == UInt8(ascii: "\t") { advance() }
        guard peek == UInt8(ascii: "\n") || peek == UInt8(ascii: "\r") else {
            self = before
            return false
        }
        while let byte = peek {
            switch byte {
            case UInt8(ascii: " "), UInt8(ascii: "\t"): advance()
            case UInt8(ascii: "\n"), UInt8(ascii: "\r"): try newline()
            default: return true
            }
        }
        return true
    }

    private mutating func literal(
        _ byte: UInt8,
        _ content: inout [UInt8]
    ) throws(TOMLError) {
        guard byte == UInt8(ascii: "\t") || (byte >= 0x20 && byte != 0x7f) else {
            throw error(
                byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r")
                    ? "a text ends on the line that it begins on"
                    : "a text has a control character"
            )
        }
        content.append(byte)
        advance()
    }

    private mutating func escape(_ content: inout [UInt8]) throws(TOMLError) {
        advance()
        guard let byte = peek else { throw error("a text does not end") }
        let plain: UInt8
        switch byte {
        case UInt8(ascii: "b"): plain = 8
        case UInt8(ascii: "t"): plain = 9
        case UInt8(ascii: "n"): plain = 10
        case UInt8(ascii: "f"): plain = 12
        case UInt8(ascii: "r"): plain = 13
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): plain = byte
        case UInt8(ascii: "u"): return try codePoint(digits: 4, &content)
        case UInt8(ascii: "U"): return try codePoint(digits: 8, &content)
        default:
            throw error(
                #"an unknown escape; these are known: \b \t \n \f \r \" \\ \uXXXX \UXXXXXXXX"#
            )
        }
        content.append(plain)
        advance()
    }

    private mutating func codePoint(
        digits: Int,
        _ content: inout [UInt8]
    ) throws(TOMLError) {
        advance()
        var value: UInt32 = 0
        for _ in 0..<digits {
            guard let byte = peek, let digit = TOMLScalar.digit(byte, radix: 16) else {
                throw error("an escape has \(digits) hexadecimal digits")
            }
            value = value << 4 | UInt32(digit)
            advance()
        }
        guard let scalar = Unicode.Scalar(value) else {
            throw error("an escape names no character of Unicode")
        }
        content += Character(scalar).utf8
    }
}
