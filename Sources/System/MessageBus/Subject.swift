/// The rules of subjects and patterns.
enum Subject {
    /// The longest subject or pattern, in bytes.
    static let byteCountMax = 255
    /// What subjects to which answers go begin with.
    static let inboxPrefix = "_inbox."

    /// Whether a text is a subject.
    static func isValid(_ text: String) -> Bool { isValid(text, allowsWildcards: false) }

    /// Whether a text is a subject that a participant may choose.
    static func isOrdinary(_ text: String) -> Bool {
        isValid(text) && text.utf8.first != UInt8(ascii: "_")
    }

    fileprivate static func isValid(_ text: String, allowsWildcards: Bool) -> Bool {
        let bytes = text.utf8
        guard 1...byteCountMax ~= bytes.count else { return false }
        var words = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)[...]
        while let word = words.popFirst() {
            guard !word.isEmpty, word.allSatisfy({ byte in 0x21...0x7E ~= byte }) else {
                return false
            }
            let hasWildcard = word.contains { byte in
                byte == UInt8(ascii: "*") || byte == UInt8(ascii: ">")
            }
            guard hasWildcard else { continue }
            guard allowsWildcards, word.count == 1 else { return false }
            if word.first == UInt8(ascii: ">"), !words.isEmpty { return false }
        }
        return true
    }
}

/// A pattern of subjects: `*` stands for one word, `>` at the end for one or more.
///
/// At its beginning neither stands for a word that begins with `_`: the bus's own subjects are not heard by
/// accident.
public struct SubjectPattern: Hashable, Sendable, CustomStringConvertible {
    /// The pattern as it was written.
    public let description: String

    /// Reads a pattern; none if it is not well formed.
    public init?(_ text: String) {
        guard Subject.isValid(text, allowsWildcards: true) else { return nil }
        description = text
    }

    /// Whether a subject matches; for a pattern, whether all that it can match does.
    ///
    /// - Complexity: O(n) in the length of both.
    public func matches(_ subject: String) -> Bool {
        let underscore = UInt8(ascii: "_")
        if subject.utf8.first == underscore, description.utf8.first != underscore { return false }
        var pattern = description.utf8[...]
        var rest = subject.utf8[...]
        while true {
            let wanted = Self.takeWord(&pattern)
            guard let wanted else { return rest.isEmpty }
            if wanted.elementsEqual([UInt8(ascii: ">")]) { return !rest.isEmpty }
            guard let word = Self.takeWord(&rest) else { return false }
            let isAny = wanted.elementsEqual([UInt8(ascii: "*")])
            if isAny, word.elementsEqual([UInt8(ascii: ">")]) { return false }
            guard isAny || wanted.elementsEqual(word) else { return false }
        }
    }

    private static func takeWord(_ text: inout Substring.UTF8View) -> Substring.UTF8View? {
        guard !text.isEmpty else { return nil }
        let end = text.firstIndex(of: UInt8(ascii: ".")) ?? text.endIndex
        let word = text[..<end]
        text = end == text.endIndex ? text[end...] : text[text.index(after: end)...]
        return word
    }
}
