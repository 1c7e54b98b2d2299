/// Writes JSON member by member, without building the value first.
///
/// Names are given as literals of plain ASCII, which need no escapes.
public struct JSONWriter: Sendable {
    /// What was written.
    public private(set) var bytes: [UInt8]
    /// Whether the next value stands behind another one and needs a comma.
    private var needsComma = false

    /// Makes an empty text with room for so many bytes.
    public init(capacity: Int = 256) {
        bytes = []
        bytes.reserveCapacity(capacity)
    }

    /// The text of one object.
    public static func object(_ body: (inout JSONWriter) -> Void) -> [UInt8] {
        var writer = JSONWriter()
        writer.object(body)
        return writer.bytes
    }

    // MARK: Values

    /// Writes an object whose members `body` writes.
    public mutating func object(_ body: (inout JSONWriter) -> Void) {
        begin(UInt8(ascii: "{"))
        body(&self)
        end(UInt8(ascii: "}"))
    }

    /// Writes an array whose values `body` writes.
    public mutating func array(_ body: (inout JSONWriter) -> Void) {
        begin(UInt8(ascii: "["))
        body(&self)
        end(UInt8(ascii: "]"))
    }

    /// Writes a text.
    public mutating func string(_ text: String) {
        separate()
        append(text.utf8)
        needsComma = true
    }

    /// Writes a whole number as a text of digits, which no reader rounds.
    public mutating func digits(_ number: some BinaryInteger) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        append(number)
        bytes.append(UInt8(ascii: "\""))
        needsComma = true
    }

    /// Writes a whole number; readers may round it beyond ±(2⁵³ − 1).
    public mutating func number(_ number: some BinaryInteger) {
        separate()
        append(number)
        needsComma = true
    }

    /// Writes false or true.
    public mutating func boolean(_ value: Bool) { raw(value ? "true" : "false") }

    /// Writes null.
    public mutating func null() { raw("null") }

    /// Writes a text of ASCII that `body` appends and that needs no escapes, such as a decimal number.
    public mutating func text(_ body: (inout [UInt8]) -> Void) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        body(&bytes)
        bytes.append(UInt8(ascii: "\""))
        needsComma = true
    }

    /// Writes what is JSON already.
    public mutating func encoded(_ json: some Sequence<UInt8>) {
        separate()
        bytes.append(contentsOf: json)
        needsComma = true
    }

    // MARK: Members

    /// Writes the name of a member, whose value comes next.
    public mutating func name(_ name: StaticString) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        append(name)
        bytes.append(UInt8(ascii: "\""))
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    /// Writes the name of a member that is not known in advance.
    public mutating func name(dynamic name: String) {
        separate()
        append(name.utf8)
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    /// Writes a member that is a text.
    public mutating func add(_ name: StaticString, _ text: String) {
        self.name(name)
        string(text)
    }

    /// Writes a member that is a text, or null.
    public mutating func add(_ name: StaticString, optional text: String?) {
        self.name(name)
        if let text { string(text) } else { null() }
    }

    /// Writes a member that is a whole number.
    public mutating func add(_ name: StaticString, number: some BinaryInteger) {
        self.name(name)
        self.number(number)
    }

    /// Writes a member that is a whole number as a text of digits.
    public mutating func add(_ name: StaticString, digits number: some BinaryInteger) {
        self.name(name)
        digits(number)
    }

    /// Writes a member that is false or true.
    public mutating func add(_ name: StaticString, _ value: Bool) {
        self.name(name)
        boolean(value)
    }

    /// Writes a member that is a text of ASCII that `body` appends.
    public mutating func add(_ name: StaticString, text body: (inout [UInt8]) -> Void) {
        self.name(name)
        text(body)
    }

    /// Writes a member that is an object.
    public mutating func add(_ name: StaticString, object body: (inout JSONWriter) -> Void) {
        self.name(name)
        object(body)
    }

    /// Writes a member that is an array.
    public mutating func add(_ name: StaticString, array body: (inout JSONWriter) -> Void) {
        self.name(name)
        array(body)
    }

    // MARK: Bytes

    private mutating func separate() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
        needsComma = false
    }

    private mutating func begin(_ bracket: UInt8) {
        separate()
        bytes.append(bracket)
    }

    private mutating func end(_ bracket: UInt8) {
        bytes.append(bracket)
        needsComma = true
    }

    private mutating func raw(_ literal: StaticString) {
        separate()
        append(literal)
        needsComma = true
    }

    private mutating func append(_ literal: StaticString) {
        for index in 0..<literal.utf8CodeUnitCount { unsafe bytes.append(literal.utf8Start[index]) }
    }

    private mutating func append(_ number: some BinaryInteger) {
        if let small = Int64(exactly: number) {
            ExactDecimal.append(Int128(small), places: 0, to: &bytes)
        } else {
            bytes.append(contentsOf: String(number).utf8)
        }
    }

    private mutating func append(_ text: String.UTF8View) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                bytes.append(UInt8(ascii: "\\"))
                bytes.append(byte)
            case 0..<0x20:
                let hexadecimal: [UInt8] = Array("0123456789abcdef".utf8)
                append("\\u00")
                bytes.append(hexadecimal[Int(byte >> 4)])
                bytes.append(hexadecimal[Int(byte & 15)])
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}
