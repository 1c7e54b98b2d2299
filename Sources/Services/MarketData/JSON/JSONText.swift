internal import Encoding
internal import Primitives

/// JSON as it is written, member by member.
struct JSONText {
    private(set) var bytes: [UInt8] = []
    /// Whether a comma is due before the next member or element.
    private var needsComma = false

    init(capacity: Int) { bytes.reserveCapacity(capacity) }

    mutating func open(_ bracket: Unicode.Scalar) {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
        bytes.append(UInt8(ascii: bracket))
        needsComma = false
    }

    mutating func close(_ bracket: Unicode.Scalar) {
        bytes.append(UInt8(ascii: bracket))
        needsComma = true
    }

    /// Writes the name of a member, which needs no escapes.
    mutating func name(_ name: StaticString) {
        word(name)
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    /// Writes a text of the interface, which needs no escapes.
    mutating func word(_ word: StaticString) {
        value { bytes in
            bytes.append(UInt8(ascii: "\""))
            let (start, count) = unsafe (word.utf8Start, word.utf8CodeUnitCount)
            unsafe bytes.append(contentsOf: UnsafeBufferPointer(start: start, count: count))
            bytes.append(UInt8(ascii: "\""))
        }
    }

    /// Writes a text, which needs no escapes.
    mutating func text(_ text: some Collection<UInt8>) {
        value { bytes in
            bytes.append(UInt8(ascii: "\""))
            bytes.append(contentsOf: text)
            bytes.append(UInt8(ascii: "\""))
        }
    }

    mutating func text(_ text: String) { self.text(text.utf8) }

    mutating func integer(_ number: some BinaryInteger) {
        value { bytes in ExactDecimal.append(Int128(number), places: 0, to: &bytes) }
    }

    mutating func boolean(_ isTrue: Bool) {
        value { bytes in bytes.append(contentsOf: (isTrue ? "true" : "false").utf8) }
    }

    mutating func null() {
        value { bytes in bytes.append(contentsOf: "null".utf8) }
    }

    /// Writes an integer with a point among its digits, as a text.
    mutating func decimal(_ number: Int128, places: Int) {
        value { bytes in
            bytes.append(UInt8(ascii: "\""))
            ExactDecimal.append(number, places: places, to: &bytes)
            bytes.append(UInt8(ascii: "\""))
        }
    }

    mutating func time(_ time: Timestamp) { text(time.rfc3339) }

    private mutating func value(_ write: (inout [UInt8]) -> Void) {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
        write(&bytes)
        needsComma = true
    }
}
