/// Why bytes are not the JSON they should be; positions count bytes from 0.
public enum JSONError: Error, Equatable, Sendable {
    /// There are more bytes than the limit allows; `position` is the first one beyond it.
    case tooLarge(position: Int)
    /// The array or object at `position` lies deeper than the limit allows.
    case tooDeep(position: Int)
    /// The bytes end at `position`, inside a value.
    case truncated(position: Int)
    /// The bytes go on at `position`, where they should end.
    case trailingBytes(position: Int)
    /// The byte at `position` cannot stand there.
    case unexpectedByte(position: Int)
    /// The number at `position` is too large for a double.
    case numberOutOfRange(position: Int)
    /// The text has at `position` something else than well-formed UTF-8.
    case invalidUTF8(position: Int)
    /// The text has at `position` a control character that must be escaped.
    case controlCharacter(position: Int)
    /// The escape at `position` is none that JSON knows.
    case invalidEscape(position: Int)
    /// The escape at `position` is one half of a surrogate pair without the other.
    case loneSurrogate(position: Int)
    /// The name at `position` occurred before in the same object.
    case duplicateName(position: Int)
    /// The value is good, but its canonical form differs from the byte at `position` on.
    case notCanonical(position: Int)
}
