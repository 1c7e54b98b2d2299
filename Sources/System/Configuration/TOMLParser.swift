/// Reads a TOML document (TOML 1.0.0), strictly.
struct TOMLParser {
    /// How deep arrays and inline tables may be nested.
    static let depthMax = 32

    private let bytes: [UInt8]
    var position = 0
    private(set) var line = 1
    private let root = TOMLNode(.header, line: 1)

    private init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// Reads a document.
    ///
    /// - Throws: `TOMLError` with the first thing that is wrong.
    static func table(_ bytes: [UInt8]) throws(TOMLError) -> TOMLTable {
        guard String(validating: bytes, as: UTF8.self) != nil else {
            let line = 1 + lineOfInvalidByte(bytes)
            throw TOMLError(line: line, reason: "it is not UTF-8")
        }
        var parser = TOMLParser(bytes)
        try parser.parse()
        return parser.root.table
    }

    /// How many whole lines come before the first byte that is not UTF-8.
    private static func lineOfInvalidByte(_ bytes: [UInt8]) -> Int {
        var lines = 0
        for row in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            if String(validating: row, as: UTF8.self) == nil { return lines }
            lines += 1
        }
        return lines
    }

    private mutating func parse() throws(TOMLError) {
        var node = root
        while let byte = peek {
            switch byte {
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"), UInt8(ascii: "\n"),
                UInt8(ascii: "#"):
                try skipBlank()
            case UInt8(ascii: "["): node = try header()
            default:
                try member(of: node)
                try endLine()
            }
        }
    }

    private mutating func header() throws(TOMLError) -> TOMLNode {
        let line = line
        advance()
        let isArray = peek == UInt8(ascii: "[")
        if isArray { advance() }
        skipSpaces()
        let path = try keyPath()
        try expect("]", "a header ends with ]")
        if isArray { try expect("]", "the header of an array of tables ends with ]]") }
        try endLine()
        return isArray
            ? try root.newTable(in: path, line: line) : try root.table(named: path, line: line)
    }

    private mutating func member(of node: TOMLNode, depth: Int = 0) throws(TOMLError) {
        let line = line
        let path = try keyPath()
        try expect("=", "a key is followed by =")
        skipSpaces()
        try node.set(path, try value(depth), line: line)
    }

    // MARK: Keys

    private mutating func keyPath() throws(TOMLError) -> [String] {
        var path = [try key()]
        skipSpaces()
        while peek == UInt8(ascii: ".") {
            advance()
            skipSpaces()
            path.append(try key())
            skipSpaces()
        }
        return path
    }

    private mutating func key() throws(TOMLError) -> String {
        switch peek {
        case UInt8(ascii: "\""): return try basicString()
        case UInt8(ascii: "'"): return try literalString()
        default: break
        }
        let start = position
        while let byte = peek, Self.isBare(byte) { advance() }
        guard position > start else {
            throw error("a key is expected: letters, digits, - and _, or a text in quotes")
        }
        return text(start..<position)
    }

    private static func isBare(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    // MARK: Values

    private mutating func value(_ depth: Int) throws(TOMLError) -> TOMLValue {
        guard depth <= Self.depthMax else {
            throw error("values are nested deeper than \(Self.depthMax) levels")
        }
        switch peek {
        case UInt8(ascii: "\""):
            return .string(isAhead("\"\"\"") ? try basicText() : try basicString())
        case UInt8(ascii: "'"):
            return .string(isAhead("'''") ? try literalText() : try literalString())
        case UInt8(ascii: "["): return try array(depth)
        case UInt8(ascii: "{"): return try inlineTable(depth)
        default: return try scalar()
        }
    }

    private mutating func array(_ depth: Int) throws(TOMLError) -> TOMLValue {
        advance()
        var values: [TOMLValue] = []
        while true {
            try skipBlank()
            if peek == UInt8(ascii: "]") { break }
            values.append(try value(depth + 1))
            try skipBlank()
            guard peek == UInt8(ascii: ",") else { break }
            advance()
        }
        guard peek == UInt8(ascii: "]") else {
            throw error("the items of a list are separated by commas, and it ends with ]")
        }
        advance()
        return .array(values)
    }

    private mutating func inlineTable(_ depth: Int) throws(TOMLError) -> TOMLValue {
        let node = TOMLNode(.closed, line: line)
        advance()
        skipSpaces()
        if peek != UInt8(ascii: "}") {
            while true {
                skipSpaces()
                try member(of: node, depth: depth + 1)
                skipSpaces()
                guard peek == UInt8(ascii: ",") else { break }
                advance()
            }
        }
        guard peek == UInt8(ascii: "}") else {
            throw error("an inline table stands on one line and ends with }, no comma before it")
        }
        advance()
        return .table(node.table)
    }

    /// A value without quotes or brackets: everything up to what can follow a value.
    private mutating func scalar() throws(TOMLError) -> TOMLValue {
        let start = position
        while let byte = peek, !Self.endsScalar(byte) { advance() }
        // A date may be separated from its time by one space.
        if position - start == 10, bytes[start + 4] == UInt8(ascii: "-"),
            peek == UInt8(ascii: " "), position + 1 < bytes.count,
            TOMLScalar.digit(bytes[position + 1], radix: 10) != nil
        {
            advance()
            while let byte = peek, !Self.endsScalar(byte) { advance() }
        }
        let word = Array(bytes[start..<position])
        guard let value = TOMLScalar.value(word) else {
            let found = text(start..<position)
            throw error(
                found.isEmpty
                    ? "a value is expected"
                    : "\(found) is no value; a text stands in quotes"
            )
        }
        return value
    }

    private static func endsScalar(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\n"), UInt8(ascii: "\r"),
            UInt8(ascii: ","), UInt8(ascii: "]"), UInt8(ascii: "}"), UInt8(ascii: "#"),
            UInt8(ascii: "="), UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "["),
            UInt8(ascii: "{"):
            true
        default: false
        }
    }

    // MARK: Bytes

    var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

    mutating func advance() {
        if bytes[position] == UInt8(ascii: "\n") { line += 1 }
        position += 1
    }

    func isAhead(_ text: StaticString) -> Bool {
        let count = text.utf8CodeUnitCount
        guard position + count <= bytes.count else { return false }
        for index in 0..<count where unsafe bytes[position + index] != text.utf8Start[index] {
            return false
        }
        return true
    }

    func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

    func error(_ reason: String) -> TOMLError { TOMLError(line: line, reason: reason) }

    private mutating func expect(
        _ character: Unicode.Scalar,
        _ rule: String
    ) throws(TOMLError) {
        guard let byte = peek, UInt32(byte) == character.value else { throw error(rule) }
        advance()
    }

    private mutating func skipSpaces() {
        while peek == UInt8(ascii: " ") || peek == UInt8(ascii: "\t") { advance() }
    }

    /// Steps over white space, line ends and comments.
    private mutating func skipBlank() throws(TOMLError) {
        while let byte = peek {
            switch byte {
            case UInt8(ascii: " "), UInt8(ascii: "\t"): advance()
            case UInt8(ascii: "\n"), UInt8(ascii: "\r"): try newline()
            case UInt8(ascii: "#"): try comment()
            default: return
            }
        }
    }

    private mutating func comment() throws(TOMLError) {
        while let byte = peek, byte != UInt8(ascii: "\n") {
            if byte == UInt8(ascii: "\r"), isAhead("\r\n") { return }
            guard byte == UInt8(ascii: "\t") || (byte >= 0x20 && byte != 0x7f) else {
                throw error("a comment has a control character")
            }
            advance()
        }
    }

    /// Steps over one line end, if there is one.
    mutating func newline() throws(TOMLError) {
        if peek == UInt8(ascii: "\r") {
            guard isAhead("\r\n") else { throw error("a carriage return without a line feed") }
            advance()
        }
        if peek == UInt8(ascii: "\n") { advance() }
    }

    /// Steps over what may stand behind a header or value.
    private mutating func endLine() throws(TOMLError) {
        skipSpaces()
        if peek == UInt8(ascii: "#") { try comment() }
        guard let byte = peek else { return }
        guard byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") else {
            throw error("the line should end here")
        }
        try newline()
    }
}
