/// The parameters of a query, read by name; what nobody has read in the end is refused.
struct QueryParameters {
    private var values: [(name: String, value: String)] = []
    private var known: [String] = []

    /// Takes a query apart (`application/x-www-form-urlencoded` in UTF-8).
    init(_ query: String?) throws(APIError) {
        guard let query, !query.isEmpty else { return }
        for part in query.split(separator: "&", omittingEmptySubsequences: true) {
            let pieces = part.split(
                separator: "=",
                maxSplits: 1,
                omittingEmptySubsequences: false
            )
            guard let name = PercentEncoding.decode(pieces[0], plusIsSpace: true),
                let value = PercentEncoding.decode(
                    pieces.count > 1 ? pieces[1] : "",
                    plusIsSpace: true
                )
            else { throw APIError(.invalidRequest, "the query is not well formed") }
            guard !values.contains(where: { item in item.name == name }) else {
                throw RequestFields.wrong(name, "is given twice")
            }
            values.append((name, value))
        }
    }

    /// A text; none if it is left out or empty.
    mutating func text(_ name: String) -> String? {
        known.append(name)
        let found = values.first { item in item.name == name }?.value
        return found?.isEmpty == false ? found : nil
    }

    /// A whole number.
    mutating func integer(
        _ name: String,
        in range: ClosedRange<Int>,
        standard: Int
    ) throws(APIError) -> Int {
        guard let text = text(name) else { return standard }
        guard text.utf8.count <= 20, let number = Int(text), range.contains(number) else {
            throw RequestFields.wrong(
                name,
                "must be a whole number from \(range.lowerBound) to \(range.upperBound)"
            )
        }
        return number
    }

    /// Refuses parameters that nobody has read.
    func finish() throws(APIError) {
        for item in values where !known.contains(item.name) {
            let name = String(item.name.unicodeScalars.prefix(64))
            throw APIError(.unknownField, "a parameter of the query is not known", field: name)
        }
    }
}

/// Percent-encoding (RFC 3986 §2.1).
enum PercentEncoding {
    /// The text that stands for; none if it is not well formed, or no UTF-8.
    static func decode(_ text: Substring, plusIsSpace: Bool = false) -> String? {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "%"):
                guard let high = rest.popFirst().flatMap(digit),
                    let low = rest.popFirst().flatMap(digit)
                else { return nil }
                bytes.append(high << 4 | low)
            case UInt8(ascii: "+") where plusIsSpace: bytes.append(UInt8(ascii: " "))
            default: bytes.append(byte)
            }
        }
        guard !bytes.contains(0) else { return nil }
        return String(validating: bytes, as: UTF8.self)
    }

    /// The text in which all but letters and digits stand for themselves as `%` and two digits.
    static func encode(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "a")...UInt8(ascii: "z"):
                bytes.append(byte)
            default: bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
