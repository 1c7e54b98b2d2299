/// Why bytes are not the message of Protocol Buffers that they should be; positions count bytes from 0.
public enum ProtobufError: Error, Equatable, Sendable {
    /// There are more bytes than the limit allows; `position` is the first one beyond it.
    case tooLarge(position: Int)
    /// The message at `position` lies deeper than the limit allows.
    case tooDeep(position: Int)
    /// The bytes end inside the field, number or length that starts at `position`.
    case truncated(position: Int)
    /// The number at `position` has more than 64 bits.
    case overlongVarint(position: Int)
    /// The field at `position` has a number that no field may have.
    case invalidNumber(position: Int)
    /// The field at `position` is a group, or of a type that does not exist.
    case unknownType(position: Int)
    /// The field at `position` has another type than its message says.
    case unexpectedType(position: Int)
    /// The text has at `position` something else than well-formed UTF-8.
    case invalidUTF8(position: Int)
}
