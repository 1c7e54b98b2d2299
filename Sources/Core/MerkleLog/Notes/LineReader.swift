internal import Cryptography
internal import Encoding

/// Reads text line by line; each line ends with a newline.
struct LineReader {
    let bytes: [UInt8]
    /// Where the next line begins.
    private(set) var position = 0
    /// The number of the next line, counted from 1.
    private(set) var line = 1

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var isAtEnd: Bool { position == bytes.count }

    /// The rest of the bytes.
    var rest: [UInt8] { Array(bytes[position...]) }

    /// The next line without its newline; none if the bytes end before one.
    mutating func next() -> [UInt8]? {
        var end = position
        while end < bytes.count, bytes[end] != newline { end += 1 }
        guard end < bytes.count else { return nil }
        defer {
            position = end + 1
            line += 1
        }
        return Array(bytes[position..<end])
    }

    /// The next line.
    ///
    /// - Throws: `expected` with `element` when there is none.
    mutating func next(_ element: NoteError.Element) throws(NoteError) -> [UInt8] {
        let line = line
        guard let bytes = next() else { throw .expected(element, line: line) }
        return bytes
    }

    /// The hashes up to the next blank line, which is read too.
    mutating func hashes(limit: Int) throws(NoteError) -> [SHA256.Digest] {
        var hashes: [SHA256.Digest] = []
        while true {
            let line = line
            let text = try next(.hash)
            if text.isEmpty { return hashes }
            guard let hash = decodedHash(text) else { throw .expected(.hash, line: line) }
            guard hashes.count < limit else { throw .tooMany(.hash, limit: limit) }
            hashes.append(hash)
        }
    }
}

let newline = UInt8(ascii: "\n")
let space = UInt8(ascii: " ")

/// The bytes of base64 text; none if it is not exactly what encoding them gives.
func decodedBase64(_ text: [UInt8]) -> [UInt8]? {
    do throws(Base64.DecodingError) {
        return try Base64.standard.decode(text)
    } catch {
        return nil
    }
}

/// The hash that a text in base64 stands for; none if it stands for anything else.
func decodedHash(_ text: [UInt8]) -> SHA256.Digest? {
    guard let bytes = decodedBase64(text), bytes.count == 32 else { return nil }
    return SHA256.Digest(bytes: bytes)
}

/// Appends a hash as a line of base64.
func append(_ hash: SHA256.Digest, to bytes: inout [UInt8]) {
    bytes += Base64.standard.encodedBytes(hash.bytes)
    bytes.append(newline)
}

/// The number that a text in decimal stands for; none if it has leading zeros, or more than 64 bits.
func decodedDecimal(_ text: [UInt8]) -> UInt64? {
    guard let first = text.first, text.count <= 20 else { return nil }
    if first == UInt8(ascii: "0"), text.count > 1 { return nil }
    var number: UInt64 = 0
    for character in text {
        guard character >= UInt8(ascii: "0"), character <= UInt8(ascii: "9") else { return nil }
        let (product, isTooLarge) = number.multipliedReportingOverflow(by: 10)
        let digit = UInt64(character - UInt8(ascii: "0"))
        let (sum, isSumTooLarge) = product.addingReportingOverflow(digit)
        if isTooLarge || isSumTooLarge { return nil }
        number = sum
    }
    return number
}

/// A number in decimal.
func decimal(_ number: UInt64) -> [UInt8] { [UInt8](number.description.utf8) }

/// The four bytes of a key ID, the highest first.
func keyIDBytes(_ identifier: UInt32) -> [UInt8] {
    (0..<4).map { index in UInt8(truncatingIfNeeded: identifier >> (24 - 8 * UInt32(index))) }
}

/// A key ID as 8 lower-case hexadecimal digits.
func keyIDText(_ identifier: UInt32) -> String { Hex.encode(keyIDBytes(identifier)) }

/// Text that a note may hold: well-formed UTF-8 and no control character of ASCII other than the newline.
///
/// - Throws: `notText`, or `tooLarge` beyond `limit`.
func checkText(_ bytes: [UInt8], limit: Int) throws(NoteError) {
    guard bytes.count <= limit else { throw .tooLarge(count: bytes.count, limit: limit) }
    for (position, byte) in bytes.enumerated() where byte < 0x20 && byte != newline {
        throw .notText(position: position)
    }
    if let position = firstFault(bytes) { throw .notText(position: position) }
}

/// Where the first bytes are that are no character of UTF-8; none if all are.
private func firstFault(_ bytes: [UInt8]) -> Int? {
    var parser = Unicode.UTF8.ForwardParser()
    var iterator = bytes.makeIterator()
    var position = 0
    while true {
        switch parser.parseScalar(from: &iterator) {
        case .valid(let scalar): position += scalar.count
        case .error: return position
        case .emptyInput: return nil
        }
    }
}

/// Whether a name may stand in a signature line: it is not empty and has neither white space nor `+`.
func isKeyName(_ name: [UInt8]) -> Bool {
    guard !name.isEmpty, name.count <= NoteLimits.nameBytesMax, let text = Text(utf8: name) else {
        return false
    }
    for scalar in text.string.unicodeScalars {
        if scalar.value < 0x20 || scalar == "+" || isSpace(scalar.value) { return false }
    }
    return true
}

/// Whether Unicode gives a scalar the property White_Space.
private func isSpace(_ scalar: UInt32) -> Bool {
    switch scalar {
    case 0x09...0x0d, 0x20, 0x85, 0xa0, 0x1680, 0x2000...0x200a, 0x2028, 0x2029, 0x202f, 0x205f,
        0x3000:
        true
    default: false
    }
}
