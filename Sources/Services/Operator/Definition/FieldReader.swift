internal import Cryptography
internal import Encoding

/// A value of JSON with the way that leads to it, for errors that name the place.
struct FieldReader {
    let value: JSONValue
    let path: String

    func fail(_ reason: String) -> OperatorError { .badDocument(path: path, reason: reason) }

    /// The members, whose names must be among some.
    func members(_ names: [String]) throws(OperatorError) -> JSONObject {
        guard let object = value.object else { throw fail("must be an object") }
        for member in object.members where !names.contains(member.name.string) {
            let known = names.joined(separator: ", ")
            throw fail("has no member \(member.name.string); there are \(known)")
        }
        return object
    }

    /// A member that must be there.
    func field(_ name: String) throws(OperatorError) -> FieldReader {
        guard let field = optional(name) else { throw fail("needs the member \(name)") }
        return field
    }

    /// A member that may be missing or null.
    func optional(_ name: String) -> FieldReader? {
        guard let value = value.object?[Text(name)], value != .null else { return nil }
        return FieldReader(value: value, path: path.isEmpty ? name : path + "." + name)
    }

    /// The one member of an externally tagged value, or the text that stands for one without contents.
    func variant() throws(OperatorError) -> (name: String, content: FieldReader?) {
        if WideJSON.isText(value), let text = value.string { return (text.string, nil) }
        guard let members = value.object?.members, members.count == 1, let member = members.first
        else { throw fail("must be a text, or an object with one member") }
        let name = member.name.string
        return (name, FieldReader(value: member.value, path: path + "." + name))
    }

    func text(bytesMax: Int = 4_096) throws(OperatorError) -> String {
        guard WideJSON.isText(value), let text = value.string else { throw fail("must be a text") }
        guard text.utf8.count <= bytesMax else { throw fail("has more than \(bytesMax) bytes") }
        return text.string
    }

    func unsigned() throws(OperatorError) -> UInt64 {
        guard let number = WideJSON.unsigned(value) else {
            throw fail("must be an integer from 0 to 2^64 - 1")
        }
        return number
    }

    func positive() throws(OperatorError) -> UInt64 {
        let number = try unsigned()
        guard number > 0 else { throw fail("must be above 0") }
        return number
    }

    func signed() throws(OperatorError) -> Int64 {
        guard let number = WideJSON.signed(value) else { throw fail("must be an integer") }
        return number
    }

    func boolean() throws(OperatorError) -> Bool {
        guard case .boolean(let flag) = value else { throw fail("must be true or false") }
        return flag
    }

    /// The items of an array.
    func items(countMax: Int = 1_024) throws(OperatorError) -> [FieldReader] {
        guard let array = value.array else { throw fail("must be an array") }
        guard array.count <= countMax else { throw fail("has more than \(countMax) items") }
        return array.enumerated().map { index, item in
            FieldReader(value: item, path: "\(path)[\(index)]")
        }
    }

    /// Bytes as hexadecimal digits, with or without the prefix `0x`.
    func hexadecimal(count: Int? = nil) throws(OperatorError) -> [UInt8] {
        let text = try text(bytesMax: 16 << 20)
        let digits = text.hasPrefix("0x") ? String(text.dropFirst(2)) : text
        do throws(Hex.DecodingError) {
            let bytes = try Hex.decode(digits)
            if let count, bytes.count != count { throw .oddCount(count: bytes.count) }
            return bytes
        } catch {
            throw fail("must be " + (count.map { "\($0) bytes in " } ?? "") + "hexadecimal digits")
        }
    }

    /// Bytes as an array of numbers.
    func octets(countMax: Int = 8 << 20) throws(OperatorError) -> [UInt8] {
        guard let array = value.array, array.count <= countMax else {
            throw fail("must be an array of at most \(countMax) bytes")
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(array.count)
        for item in array {
            guard let byte = item.number?.integer.flatMap(UInt8.init(exactly:)) else {
                throw fail("must hold numbers from 0 to 255")
            }
            bytes.append(byte)
        }
        return bytes
    }
}

/// Short forms for writing JSON.
enum JSONForm {
    static func object(_ members: KeyValuePairs<String, JSONValue>) -> JSONValue {
        var object = JSONObject()
        for (name, value) in members { object[Text(name)] = value }
        return .object(object)
    }

    static func text(_ text: String) -> JSONValue { .string(Text(text)) }

    static func text(_ text: String?) -> JSONValue { text.map { .string(Text($0)) } ?? .null }

    static func number(_ number: UInt64?) -> JSONValue {
        number.map { WideJSON.unsigned($0) } ?? .null
    }

    static func number(_ number: Int) -> JSONValue { WideJSON.signed(Int64(number)) }

    static func hexadecimal(_ bytes: [UInt8]) -> JSONValue { text("0x" + Hex.encode(bytes)) }

    static func octets(_ bytes: [UInt8]) -> JSONValue {
        .array(bytes.map { byte in number(Int(byte)) })
    }
}
