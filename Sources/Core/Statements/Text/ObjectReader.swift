package import Cryptography
package import Encoding
package import Primitives

/// Reads the members of a JSON object by name, and refuses the object in the end if it has others.
package struct ObjectReader {
    private let members: [JSONObject.Member]
    private let path: [UInt8]
    private var isRead: [Bool]

    /// Reads the payload of a statement: one object in canonical form.
    package init(decoding bytes: [UInt8], limits: DecodingLimits = .standard) throws(StatementError)
    {
        let value: JSONValue
        do throws(JSONError) {
            value = try JSONValue(decodingCanonical: bytes, limits: limits)
        } catch {
            throw .notCanonicalJSON(error)
        }
        try self.init(value, path: [])
    }

    /// Reads a value that must be an object.
    package init(_ value: JSONValue, path: [UInt8]) throws(StatementError) {
        guard let object = value.object else {
            throw .invalidMember(path: Self.text(path), expected: "an object")
        }
        members = object.members
        self.path = path
        isRead = [Bool](repeating: false, count: members.count)
    }

    /// Whether the object has a member.
    package func has(_ name: Text) -> Bool { members.contains { member in member.name == name } }

    /// The value of a member that must be there.
    package mutating func value(_ name: Text) throws(StatementError) -> JSONValue {
        for index in members.indices where members[index].name == name {
            isRead[index] = true
            return members[index].value
        }
        throw .missingMember(path: pathText(name))
    }

    /// Checks that every member was read.
    package func requireEnd() throws(StatementError) {
        for index in members.indices where !isRead[index] {
            throw .unknownMember(path: pathText(members[index].name))
        }
    }

    // MARK: Types of values

    package mutating func text(
        _ name: Text,
        expected: Text = "a text"
    ) throws(StatementError) -> Text {
        guard let text = try value(name).string else { throw invalid(name, expected) }
        return text
    }

    package mutating func object(_ name: Text) throws(StatementError) -> ObjectReader {
        try ObjectReader(value(name), path: pathBytes(name))
    }

    /// The items of an array, each with its own path.
    package mutating func array(
        _ name: Text,
        count: ClosedRange<Int>
    ) throws(StatementError) -> [(value: JSONValue, path: [UInt8])] {
        guard let values = try value(name).array, count.contains(values.count) else {
            throw invalid(
                name,
                Text("an array of \(count.lowerBound) to \(count.upperBound) items")
            )
        }
        return values.enumerated().map { index, value in
            (value, pathBytes(name) + Array("[\(index)]".utf8))
        }
    }

    /// An array of texts.
    package mutating func texts(
        _ name: Text,
        count: ClosedRange<Int>
    ) throws(StatementError) -> [Text] {
        var texts: [Text] = []
        for item in try array(name, count: count) {
            guard let text = item.value.string else {
                throw .invalidMember(path: Self.text(item.path), expected: "a text")
            }
            texts.append(text)
        }
        return texts
    }

    /// A JSON number without fraction.
    package mutating func number(
        _ name: Text,
        in range: ClosedRange<UInt32> = 0...UInt32.max
    ) throws(StatementError) -> UInt32 {
        if let integer = try value(name).number?.integer, let number = UInt32(exactly: integer),
            range.contains(number)
        {
            return number
        }
        throw invalid(
            name,
            Text("a whole number from \(range.lowerBound) to \(range.upperBound)")
        )
    }

    /// A number of up to 64 bits in decimal digits.
    package mutating func decimal(
        _ name: Text,
        in range: ClosedRange<UInt64> = 0...UInt64.max
    ) throws(StatementError) -> UInt64 {
        let amount = try decimalAmount(name, max: Amount(range.upperBound))
        guard let number = UInt64(exactly: amount), range.contains(number) else {
            throw invalid(name, Text("a decimal text from \(range.lowerBound) on"))
        }
        return number
    }

    /// A number of up to 127 bits in decimal digits, none of them a leading zero.
    package mutating func decimalAmount(
        _ name: Text,
        max: Amount = Amount.max
    ) throws(StatementError) -> Amount {
        guard let text = try value(name).string, let amount = Self.amount(text.utf8),
            amount <= max
        else {
            throw invalid(name, "a text of decimal digits in range")
        }
        return amount
    }

    /// So many bytes in lower-case hexadecimal digits.
    package mutating func hexadecimal(
        _ name: Text,
        count: Int
    ) throws(StatementError) -> [UInt8] {
        try Self.hexadecimal(value(name), pathBytes(name), count: count)
    }

    /// So many bytes in lower-case hexadecimal digits.
    package static func hexadecimal(
        _ value: JSONValue,
        _ path: [UInt8],
        count: Int
    ) throws(StatementError) -> [UInt8] {
        guard let text = value.string, let bytes = bytes(text.utf8), bytes.count == count else {
            throw .invalidMember(
                path: Self.text(path),
                expected: Text("a text of \(2 * count) lower-case hexadecimal digits")
            )
        }
        return bytes
    }

    package mutating func digest(_ name: Text) throws(StatementError) -> SHA256.Digest {
        SHA256.Digest(bytes: try hexadecimal(name, count: SHA256.Digest.byteCount))
    }

    package mutating func did(_ name: Text) throws(StatementError) -> OrbitDID {
        try OrbitDID(parsing: text(name))
    }

    package mutating func venue() throws(StatementError) -> VenueName {
        try VenueName(text("venue"))
    }

    package mutating func time(_ name: Text = "time") throws(StatementError) -> Timestamp {
        Timestamp(try decimal(name))
    }

    /// Checks that the member `type` is the one given.
    package mutating func requireType(_ type: StatementType) throws(StatementError) {
        let found = try text("type")
        guard found == type.name else { throw .wrongType(found: found) }
    }

    /// Checks that a member is the DID of a contract.
    package mutating func requireContract(
        _ contract: ContractID,
        at venue: VenueName
    ) throws(StatementError) {
        let expected = OrbitDID(contract: contract, at: venue).text
        guard try text("contract") == expected else { throw invalid("contract", expected) }
    }

    /// The error for a member with a wrong value.
    package func invalid(_ name: Text, _ expected: Text) -> StatementError {
        .invalidMember(path: pathText(name), expected: expected)
    }

    // MARK: Paths and digits

    package func pathText(_ name: Text) -> Text { Self.text(pathBytes(name)) }

    private func pathBytes(_ name: Text) -> [UInt8] {
        path.isEmpty ? name.utf8 : path + [UInt8(ascii: ".")] + name.utf8
    }

    package static func text(_ path: [UInt8]) -> Text { Text(utf8: path) ?? "" }

    private static func amount(_ digits: [UInt8]) -> Amount? {
        guard let first = digits.first, digits.count <= 39 else { return nil }
        if first == UInt8(ascii: "0"), digits.count > 1 { return nil }
        var amount: Amount = 0
        for character in digits {
            let digit = character &- UInt8(ascii: "0")
            guard digit < 10 else { return nil }
            let (product, overflows) = amount.multipliedReportingOverflow(by: 10)
            let (sum, carries) = product.addingReportingOverflow(Amount(digit))
            if overflows || carries { return nil }
            amount = sum
        }
        return amount
    }

    /// The bytes of lower-case digits: one text for each sequence of bytes.
    private static func bytes(_ digits: [UInt8]) -> [UInt8]? {
        guard digits.count.isMultiple(of: 2) else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(digits.count / 2)
        for index in stride(from: 0, to: digits.count, by: 2) {
            guard let high = value(digits[index]), let low = value(digits[index + 1]) else {
                return nil
            }
            bytes.append(high << 4 | low)
        }
        return bytes
    }

    private static func value(_ digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        default: nil
        }
    }
}
