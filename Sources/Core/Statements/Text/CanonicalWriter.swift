import Cryptography
import Encoding
import Primitives

/// Writes canonical JSON (RFC 8785) member by member, without building a tree of values first.
///
/// It is the caller's duty to write members in the ascending order of their names; all names are literals in
/// lower and upper case ASCII, so the order of their bytes is the one that RFC 8785 §3.2.3 asks for. Tests
/// compare every payload with `JSONValue.canonical`.
struct CanonicalWriter {
    private(set) var bytes: [UInt8] = []
    private var needsComma = false

    init(capacity: Int) { bytes.reserveCapacity(capacity) }

    // MARK: Structure

    mutating func beginObject() {
        separate()
        bytes.append(UInt8(ascii: "{"))
        needsComma = false
    }

    mutating func endObject() {
        bytes.append(UInt8(ascii: "}"))
        needsComma = true
    }

    mutating func beginArray() {
        separate()
        bytes.append(UInt8(ascii: "["))
        needsComma = false
    }

    mutating func endArray() {
        bytes.append(UInt8(ascii: "]"))
        needsComma = true
    }

    /// Writes a name, which must need no escapes; its value must follow.
    mutating func name(_ name: StaticString) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        append(name)
        bytes.append(UInt8(ascii: "\""))
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    private mutating func separate() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
        needsComma = true
    }

    // MARK: Values

    /// Writes a value that is made elsewhere.
    mutating func value(_ value: JSONValue) {
        separate()
        bytes.append(contentsOf: value.canonical)
    }

    /// Writes a text, with escapes where it needs them.
    mutating func text(_ text: Text) { value(.string(text)) }

    /// Writes a text of which it is known that it needs no escapes.
    mutating func plain(_ text: Text) {
        quoted { writer in writer.bytes.append(contentsOf: text.utf8) }
    }

    /// Writes the text of a DID, whose characters need no escapes.
    mutating func did(_ did: OrbitDID) { plain(did.text) }

    /// Writes the DID of a contract without making it first.
    mutating func did(of contract: ContractID, at venue: VenueName) {
        quoted { writer in
            writer.append("did:orbit:contract:")
            writer.bytes.append(contentsOf: venue.text.utf8)
            writer.bytes.append(UInt8(ascii: ":"))
            writer.digits(contract.rawValue)
        }
    }

    /// Writes a number of up to 32 bits as a JSON number.
    mutating func number(_ number: UInt32) {
        separate()
        digits(UInt64(number))
    }

    /// Writes a number of 64 bits as a text of its decimal digits.
    mutating func decimal(_ number: UInt64) { quoted { writer in writer.digits(number) } }

    /// Writes a number of 64 bits that is not negative as a text of its decimal digits.
    mutating func decimal(_ number: Int64) { decimal(UInt64(number)) }

    /// Writes an amount that is not negative as a text of its decimal digits.
    mutating func decimal(_ amount: Amount) {
        precondition(amount >= 0)
        quoted { writer in writer.digits(amount) }
    }

    /// Writes bytes as a text of lower-case hexadecimal digits.
    mutating func hexadecimal(_ content: [UInt8]) {
        quoted { writer in
            for byte in content { writer.append(hexadecimal: byte) }
        }
    }

    /// Writes a digest as a text of lower-case hexadecimal digits.
    mutating func hexadecimal(_ digest: SHA256.Digest) {
        quoted { writer in
            writer.append(hexadecimalLowestFirst: digest.words.0)
            writer.append(hexadecimalLowestFirst: digest.words.1)
            writer.append(hexadecimalLowestFirst: digest.words.2)
            writer.append(hexadecimalLowestFirst: digest.words.3)
        }
    }

    private mutating func quoted(_ body: (inout CanonicalWriter) -> Void) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        body(&self)
        bytes.append(UInt8(ascii: "\""))
    }

    // MARK: Characters

    private mutating func append(_ literal: StaticString) {
        precondition(literal.hasPointerRepresentation)
        unsafe bytes.append(
            contentsOf: UnsafeBufferPointer(
                start: literal.utf8Start,
                count: literal.utf8CodeUnitCount
            )
        )
    }

    private mutating func append(hexadecimal byte: UInt8) {
        bytes.append(Self.digit(byte >> 4))
        bytes.append(Self.digit(byte & 15))
    }

    private mutating func append(hexadecimalLowestFirst word: UInt64) {
        for shift in stride(from: UInt64(0), to: 64, by: 8) {
            append(hexadecimal: UInt8(truncatingIfNeeded: word &>> shift))
        }
    }

    private static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? value + UInt8(ascii: "0") : value - 10 + UInt8(ascii: "a")
    }

    private mutating func digits(_ number: UInt64) {
        let start = bytes.count
        var rest = number
        repeat {
            bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10))
            rest /= 10
        } while rest > 0
        bytes[start...].reverse()
    }

    private mutating func digits(_ amount: Amount) {
        if let small = UInt64(exactly: amount) { return digits(small) }
        let start = bytes.count
        var rest = amount
        repeat {
            bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10))
            rest /= 10
        } while rest > 0
        bytes[start...].reverse()
    }
}

extension CanonicalWriter {
    /// Writes the member `type`.
    mutating func type(_ type: StatementType) {
        name("type")
        plain(type.name)
    }

    /// Writes a member whose value is a text that needs no escapes.
    mutating func member(_ name: StaticString, plain text: Text) {
        self.name(name)
        plain(text)
    }

    /// Writes a member whose value is a text.
    mutating func member(_ name: StaticString, text: Text) {
        self.name(name)
        self.text(text)
    }

    /// Writes a member whose value is a DID.
    mutating func member(_ name: StaticString, did: OrbitDID) {
        self.name(name)
        self.did(did)
    }

    /// Writes a member whose value is a JSON number.
    mutating func member(_ name: StaticString, number: UInt32) {
        self.name(name)
        self.number(number)
    }

    /// Writes a member whose value is a decimal text.
    mutating func member(_ name: StaticString, decimal: UInt64) {
        self.name(name)
        self.decimal(decimal)
    }

    /// Writes a member whose value is a decimal text of a number that is not negative.
    mutating func member(_ name: StaticString, decimal: Int64) {
        self.name(name)
        self.decimal(decimal)
    }

    /// Writes a member whose value is a decimal text of an amount that is not negative.
    mutating func member(_ name: StaticString, decimal: Amount) {
        self.name(name)
        self.decimal(decimal)
    }

    /// Writes a member whose value is a hexadecimal text.
    mutating func member(_ name: StaticString, hexadecimal: [UInt8]) {
        self.name(name)
        self.hexadecimal(hexadecimal)
    }

    /// Writes a member whose value is a hexadecimal text.
    mutating func member(_ name: StaticString, hexadecimal: SHA256.Digest) {
        self.name(name)
        self.hexadecimal(hexadecimal)
    }
}
