internal import Encoding

/// JSON with integers of up to 64 bits, which WAVS writes as bare digits.
///
/// `JSONValue` has doubles, as I-JSON asks for. Here an integer of 16 digits or more is kept as a string that begins
/// with a character that nothing else may hold, and is written as bare digits again.
enum WideJSON {
    /// A private character (U+E000) that marks the digits of a wide integer.
    private static let mark: [UInt8] = [0xee, 0x80, 0x80]
    /// Integers with fewer digits are exact as doubles.
    private static let digitCountMin = 16

    /// Reads a text.
    ///
    /// - Throws: `JSONError`; `unexpectedByte` also for the private character itself.
    static func decode(
        _ bytes: [UInt8],
        limits: DecodingLimits = .standard
    ) throws(JSONError) -> JSONValue {
        var marked: [UInt8] = []
        marked.reserveCapacity(bytes.count + 64)
        var index = 0
        var isText = false
        while index < bytes.count {
            let byte = bytes[index]
            if isText {
                if byte == mark[0], bytes[index...].starts(with: mark) {
                    throw .unexpectedByte(position: index)
                }
                if byte == UInt8(ascii: "\\"), index + 1 < bytes.count {
                    marked.append(byte)
                    index += 1
                } else if byte == UInt8(ascii: "\"") {
                    isText = false
                }
                marked.append(bytes[index])
                index += 1
                continue
            }
            let run = bytes[index...].prefix(while: isNumber)
            if run.isEmpty {
                isText = byte == UInt8(ascii: "\"")
                marked.append(byte)
                index += 1
                continue
            }
            let isWide = run.count >= digitCountMin && run.allSatisfy(isDigit)
            if isWide { marked += [UInt8(ascii: "\"")] + mark }
            marked += run
            if isWide { marked.append(UInt8(ascii: "\"")) }
            index += run.count
        }
        let value = try JSONValue(decoding: marked, limits: limits)
        // The private character may also be written as an escape, which would make a text look like a number.
        guard !hasEscapedMark(bytes) else { throw .invalidEscape(position: 0) }
        return value
    }

    /// Writes a value, integers as bare digits.
    static func encode(_ value: JSONValue) -> [UInt8] {
        let canonical = value.canonical
        let opening = [UInt8(ascii: "\"")] + mark
        var bytes: [UInt8] = []
        bytes.reserveCapacity(canonical.count)
        var index = 0
        while index < canonical.count {
            if canonical[index] == opening[0], canonical[index...].starts(with: opening) {
                let digits = canonical[(index + opening.count)...].prefix(while: isDigit)
                bytes += digits
                index += opening.count + digits.count + 1
            } else {
                bytes.append(canonical[index])
                index += 1
            }
        }
        return bytes
    }

    /// A number of any width.
    static func unsigned(_ number: UInt64) -> JSONValue {
        let digits = Array(String(number).utf8)
        if digits.count < digitCountMin, let number = JSONNumber(exactly: Int64(number)) {
            return .number(number)
        }
        return .string(Text(utf8: mark + digits) ?? "")
    }

    /// A signed number of any width.
    static func signed(_ number: Int64) -> JSONValue {
        if number >= 0 { return unsigned(UInt64(number)) }
        return JSONNumber(exactly: number).map(JSONValue.number) ?? .null
    }

    /// The number that a value is; none for another value.
    static func unsigned(_ value: JSONValue) -> UInt64? {
        if let number = value.number?.integer { return UInt64(exactly: number) }
        guard let text = value.string, text.utf8.starts(with: mark) else { return nil }
        return UInt64(String(decoding: text.utf8.dropFirst(mark.count), as: UTF8.self))
    }

    /// The signed number that a value is; none for another value.
    static func signed(_ value: JSONValue) -> Int64? {
        if let number = value.number?.integer { return number }
        return unsigned(value).flatMap(Int64.init(exactly:))
    }

    /// Whether a value is a number, wide or not.
    static func isText(_ value: JSONValue) -> Bool {
        value.string.map { !$0.utf8.starts(with: mark) } ?? false
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    private static func isNumber(_ byte: UInt8) -> Bool {
        isDigit(byte) || [0x2b, 0x2d, 0x2e, 0x45, 0x65].contains(byte)
    }

    private static func hasEscapedMark(_ bytes: [UInt8]) -> Bool {
        let escape = Array("\\ue000".utf8)
        guard bytes.count >= escape.count else { return false }
        for index in 0...(bytes.count - escape.count) where bytes[index] == escape[0] {
            let part = bytes[index..<index + escape.count].map { byte in byte | 0x20 }
            if part == escape.map({ byte in byte | 0x20 }) { return true }
        }
        return false
    }
}
