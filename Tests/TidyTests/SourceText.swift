/// A Swift source in which comments and the contents of string literals are blanked out, line by line.
///
/// What remains is code: a banned word in a comment or in a text does no harm, and braces are braces.
struct SourceText {
    /// The bytes of the code, as many as the source has; newlines are where they were.
    let code: [UInt8]

    init(_ text: String) {
        var lexer = Lexer(source: Array(text.utf8))
        lexer.code(untilParenthesis: false)
        code = lexer.output
    }

    /// The lines of the code; the first one has the index 0.
    var lines: [Substring] {
        String(decoding: code, as: UTF8.self)
            .split(separator: "\n", omittingEmptySubsequences: false)
    }

    private struct Lexer {
        let source: [UInt8]
        var output: [UInt8] = []
        var position = 0

        init(source: [UInt8]) { self.source = source }

        func starts(with text: StaticString) -> Bool {
            let count = text.utf8CodeUnitCount
            guard position + count <= source.count else { return false }
            return (0..<count).allSatisfy { index in
                unsafe source[position + index] == text.utf8Start[index]
            }
        }

        mutating func keep() {
            output.append(source[position])
            position += 1
        }

        mutating func blank(_ count: Int = 1) {
            for _ in 0..<count where position < source.count {
                let isNewline = source[position] == UInt8(ascii: "\n")
                output.append(isNewline ? UInt8(ascii: "\n") : UInt8(ascii: " "))
                position += 1
            }
        }

        /// Copies code to the end, or up to the parenthesis that closes an interpolation.
        mutating func code(untilParenthesis: Bool) {
            var depth = 0
            while position < source.count {
                if starts(with: "//") {
                    while position < source.count, source[position] != UInt8(ascii: "\n") {
                        blank()
                    }
                } else if starts(with: "/*") {
                    blockComment()
                } else if let pounds = stringStart() {
                    string(pounds: pounds)
                } else {
                    if source[position] == UInt8(ascii: "(") { depth += 1 }
                    if source[position] == UInt8(ascii: ")") {
                        if untilParenthesis, depth == 0 { return }
                        depth -= 1
                    }
                    keep()
                }
            }
        }

        /// Blanks a comment; comments nest.
        private mutating func blockComment() {
            var depth = 0
            repeat {
                if starts(with: "/*") {
                    depth += 1
                    blank(2)
                } else if starts(with: "*/") {
                    depth -= 1
                    blank(2)
                } else {
                    blank()
                }
            } while depth > 0 && position < source.count
        }

        /// The number of `#` before the quotation mark of a literal that starts here, if one does.
        private func stringStart() -> Int? {
            var end = position
            while end < source.count, source[end] == UInt8(ascii: "#") { end += 1 }
            guard end < source.count, source[end] == UInt8(ascii: "\"") else { return nil }
            return end - position
        }

        /// Keeps the quotation marks, blanks what is between them, keeps the code of interpolations.
        private mutating func string(pounds: Int) {
            blank(pounds)
            let isMultiline = starts(with: "\"\"\"")
            let marks = isMultiline ? 3 : 1
            for _ in 0..<marks { keep() }
            while position < source.count {
                if source[position] == UInt8(ascii: "\\"), poundsFollow(at: position + 1, pounds) {
                    blank(1 + pounds)
                    if starts(with: "(") {
                        keep()
                        code(untilParenthesis: true)
                        if position < source.count { keep() }
                    } else {
                        blank()
                    }
                } else if isMultiline ? starts(with: "\"\"\"") : starts(with: "\""),
                    poundsFollow(at: position + marks, pounds)
                {
                    for _ in 0..<marks { keep() }
                    blank(pounds)
                    return
                } else {
                    blank()
                }
            }
        }

        private func poundsFollow(at index: Int, _ count: Int) -> Bool {
            index + count <= source.count
                && source[index..<index + count].allSatisfy { byte in byte == UInt8(ascii: "#") }
        }
    }
}
