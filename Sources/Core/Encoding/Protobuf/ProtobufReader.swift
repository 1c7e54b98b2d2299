/// Reads the fields of one message of Protocol Buffers in the order in which they were written.
///
/// The wire format is that of protobuf.dev/programming-guides/encoding, without groups, which proto3 does not have.
/// The size of the whole and the depth of messages in messages are bounded; what a caller does not know it skips by
/// asking for the next field.
public struct ProtobufReader: Sendable {
    /// What a field carries, as the wire tells it.
    public enum Value: Equatable, Sendable {
        /// A whole number or truth value.
        case varint(UInt64)
        /// Eight bytes, the lowest first.
        case fixed64(UInt64)
        /// Four bytes, the lowest first.
        case fixed32(UInt32)
        /// A text, bytes, or a message: where they are in the whole.
        case bytes(Range<Int>)
    }

    /// One field.
    public struct Field: Equatable, Sendable {
        /// Its number, 1 … 2²⁹ − 1.
        public let number: UInt32
        /// What it carries.
        public let value: Value
        /// Where it begins.
        public let position: Int
    }

    /// The highest number of a field.
    public static var numberMax: UInt32 { 1 << 29 - 1 }

    private let bytes: [UInt8]
    private var position: Int
    private let end: Int
    /// How many messages may lie in this one.
    private let depthLeft: Int

    /// Begins to read a message.
    ///
    /// - Parameters:
    ///   - bytes: The whole message.
    ///   - limits: Its size, and how deep messages may lie in it; the message itself is at depth 1.
    /// - Throws: `tooLarge` or `tooDeep`.
    public init(
        _ bytes: [UInt8],
        limits: DecodingLimits = .standard
    ) throws(ProtobufError) {
        guard bytes.count <= limits.bytesMax else { throw .tooLarge(position: limits.bytesMax) }
        guard limits.depthMax > 0 else { throw .tooDeep(position: 0) }
        self.init(bytes, 0..<bytes.count, depthLeft: limits.depthMax - 1)
    }

    private init(_ bytes: [UInt8], _ range: Range<Int>, depthLeft: Int) {
        self.bytes = bytes
        position = range.lowerBound
        end = range.upperBound
        self.depthLeft = depthLeft
    }

    /// The next field; none at the end.
    ///
    /// - Throws: `truncated`, `overlongVarint`, `invalidNumber` or `unknownType`.
    public mutating func next() throws(ProtobufError) -> Field? {
        guard position < end else { return nil }
        let start = position
        let tag = try varint()
        let number = tag >> 3
        guard 1...UInt64(Self.numberMax) ~= number else { throw .invalidNumber(position: start) }
        let value: Value
        switch tag & 7 {
        case 0: value = .varint(try varint())
        case 1: value = .fixed64(try fixed(8))
        case 2:
            let count = try varint()
            guard count <= UInt64(end - position) else { throw .truncated(position: start) }
            let range = position..<(position + Int(count))
            position = range.upperBound
            value = .bytes(range)
        case 5: value = .fixed32(UInt32(truncatingIfNeeded: try fixed(4)))
        default: throw .unknownType(position: start)
        }
        return Field(number: UInt32(number), value: value, position: start)
    }

    /// The whole number that a field carries.
    ///
    /// - Throws: `unexpectedType`.
    public func number(_ field: Field) throws(ProtobufError) -> UInt64 {
        guard case .varint(let number) = field.value else {
            throw .unexpectedType(position: field.position)
        }
        return number
    }

    /// The bytes that a field carries.
    ///
    /// - Throws: `unexpectedType`.
    /// - Complexity: O(n).
    public func bytes(_ field: Field) throws(ProtobufError) -> [UInt8] {
        guard case .bytes(let range) = field.value else {
            throw .unexpectedType(position: field.position)
        }
        return Array(bytes[range])
    }

    /// The text that a field carries.
    ///
    /// - Throws: `unexpectedType` or `invalidUTF8`.
    /// - Complexity: O(n).
    public func text(_ field: Field) throws(ProtobufError) -> Text {
        guard case .bytes(let range) = field.value else {
            throw .unexpectedType(position: field.position)
        }
        if let fault = WellFormedUTF8.firstFault(in: bytes, range) {
            throw .invalidUTF8(position: fault)
        }
        return Text(wellFormed: Array(bytes[range]))
    }

    /// A reader for the message that a field carries.
    ///
    /// - Throws: `unexpectedType` or `tooDeep`.
    public func message(_ field: Field) throws(ProtobufError) -> ProtobufReader {
        guard case .bytes(let range) = field.value else {
            throw .unexpectedType(position: field.position)
        }
        guard depthLeft > 0 else { throw .tooDeep(position: field.position) }
        return ProtobufReader(bytes, range, depthLeft: depthLeft - 1)
    }

    /// Reads seven bits a byte, the lowest first; a longer form than necessary is a form all the same.
    private mutating func varint() throws(ProtobufError) -> UInt64 {
        let start = position
        var number: UInt64 = 0
        var shift: UInt64 = 0
        while true {
            guard position < end else { throw .truncated(position: start) }
            let byte = bytes[position]
            position += 1
            // The tenth byte has room for one bit.
            guard shift < 63 || byte <= 1 else { throw .overlongVarint(position: start) }
            number |= UInt64(byte & 0x7F) << shift
            if byte & 0x80 == 0 { return number }
            shift += 7
        }
    }

    private mutating func fixed(_ count: Int) throws(ProtobufError) -> UInt64 {
        guard end - position >= count else { throw .truncated(position: position) }
        var number: UInt64 = 0
        for index in 0..<count {
            number |= UInt64(bytes[position + index]) << UInt64(8 * index)
        }
        position += count
        return number
    }
}
