/// The functions of a source and how many lines each has, from its signature to its closing brace.
struct FunctionLengths {
    struct Function: Equatable {
        /// The line of the signature, counted from 1.
        var line: Int
        var lineCount: Int
    }

    private(set) var functions: [Function] = []

    private let code: [UInt8]

    init(_ text: String) {
        code = SourceText(text).code
        var line = 1
        var index = 0
        while index < code.count {
            if code[index] == UInt8(ascii: "\n") { line += 1 }
            if let end = keywordEnd(at: index), let close = bodyEnd(from: end) {
                let newlines = code[index..<close].count { byte in byte == UInt8(ascii: "\n") }
                functions.append(Function(line: line, lineCount: newlines + 1))
            }
            index += 1
        }
    }

    private static let keywords = ["func", "init", "deinit", "subscript"].map { Array($0.utf8) }

    /// Where the keyword of a function that starts here ends.
    private func keywordEnd(at index: Int) -> Int? {
        if index > 0 {
            let before = code[index - 1]
            if Self.isIdentifier(before) || before == UInt8(ascii: ".") { return nil }
        }
        for keyword in Self.keywords where code[index...].starts(with: keyword) {
            let end = index + keyword.count
            if end == code.count || !Self.isIdentifier(code[end]) { return end }
        }
        return nil
    }

    /// The index of the brace that closes the body after a signature; none if there is no body, as in a
    /// protocol: then another brace closes, or another declaration begins, first.
    private func bodyEnd(from start: Int) -> Int? {
        var index = start
        var parentheses = 0
        while index < code.count {
            switch code[index] {
            case UInt8(ascii: "("), UInt8(ascii: "["): parentheses += 1
            case UInt8(ascii: ")"), UInt8(ascii: "]"):
                parentheses -= 1
                if parentheses < 0 { return nil }
            case UInt8(ascii: "{") where parentheses == 0: return closingBrace(from: index)
            case UInt8(ascii: "}") where parentheses == 0: return nil
            default:
                if parentheses == 0, index > start, startsDeclaration(at: index) { return nil }
            }
            index += 1
        }
        return nil
    }

    private static let declarations =
        [
            "func", "init", "deinit", "subscript", "var", "let", "static", "mutating",
            "associatedtype",
        ]
        .map { Array($0.utf8) }

    private func startsDeclaration(at index: Int) -> Bool {
        if Self.isIdentifier(code[index - 1]) { return false }
        return Self.declarations.contains { word in
            code[index...].starts(with: word)
                && index + word.count < code.count
                && !Self.isIdentifier(code[index + word.count])
        }
    }

    private func closingBrace(from open: Int) -> Int? {
        var depth = 0
        for index in open..<code.count {
            if code[index] == UInt8(ascii: "{") { depth += 1 }
            if code[index] == UInt8(ascii: "}") { depth -= 1 }
            if depth == 0 { return index }
        }
        return nil
    }

    private static func isIdentifier(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), 0x80...:
            true
        default: false
        }
    }
}
