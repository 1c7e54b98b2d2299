/// The name by which a user signs in.
///
/// 1 … 32 letters, digits, dots, hyphens or underscores of ASCII, the first one a letter or digit. Names that
/// differ only in upper and lower case are the same name, so that nobody can pass for another one with them;
/// for the same reason there are no other characters.
public struct UserName: Sendable {
    /// The name as it was written.
    public let text: String
    /// The name in lower case, by which it is found.
    public let folded: String

    /// Most bytes of a name.
    public static var byteCountMax: Int { 32 }

    /// Takes a name; none if it breaks the rules.
    ///
    /// - Parameter text: The name.
    public init?(_ text: String) {
        guard (1...Self.byteCountMax).contains(text.utf8.count), let first = text.utf8.first,
            Self.isAlphanumeric(first),
            text.utf8.allSatisfy({ byte in
                Self.isAlphanumeric(byte) || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-")
                    || byte == UInt8(ascii: "_")
            })
        else { return nil }
        self.text = text
        folded = text.lowercased()
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }
}

extension UserName: Hashable {
    /// Whether both are the same user's.
    public static func == (left: Self, right: Self) -> Bool { left.folded == right.folded }

    /// Feeds the name in lower case to a hasher.
    public func hash(into hasher: inout Hasher) { hasher.combine(folded) }
}
