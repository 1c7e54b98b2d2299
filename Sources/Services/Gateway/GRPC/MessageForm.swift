internal import Encoding

/// How a message of `proto/` and an object of the REST interface become each other.
///
/// Requests become the members that REST reads, so both are checked by the same code and refused with the same
/// words. What has proto3's standard value counts as left out.
struct MessageForm: Sendable {
    /// What a field carries.
    indirect enum Kind: Sendable {
        /// A text.
        case text
        /// A whole number without sign; in JSON a number, or a text of digits.
        case number
        /// A whole number with a sign.
        case signed
        /// False or true.
        case flag
        /// A message.
        case message(MessageForm)
        /// A list of messages.
        case messages(MessageForm)
    }

    /// One field.
    struct Field: Sendable {
        let number: UInt32
        let name: String
        let kind: Kind
    }

    let fields: [Field]

    /// Makes a form of fields with the numbers from 1 on.
    init(_ fields: KeyValuePairs<String, Kind>) {
        self.fields = fields.enumerated().map { index, field in
            Field(number: UInt32(index + 1), name: field.key, kind: field.value)
        }
    }

    /// The bounds of a request.
    static let limits = DecodingLimits(bytesMax: 64 << 10, depthMax: 4)
    /// Members of one object, at most: a field may stand in a message any number of times.
    private static let itemsMax = 256

    // MARK: Requests

    /// The members of a request.
    func fields(of bytes: [UInt8]) throws(APIError) -> RequestFields {
        let value = try Self.refusing { () throws(ProtobufError) in
            var reader = try ProtobufReader(bytes, limits: Self.limits)
            return try decode(&reader)
        }
        return try RequestFields(value)
    }

    /// The members of a message that lies in another one.
    func fields(in reader: consuming ProtobufReader) throws(APIError) -> RequestFields {
        var reader = reader
        let value = try Self.refusing { () throws(ProtobufError) in try decode(&reader) }
        return try RequestFields(value)
    }

    /// Runs something that reads a message: what goes wrong there is the caller's fault.
    static func refusing<Result>(
        _ body: () throws(ProtobufError) -> Result
    ) throws(APIError) -> Result {
        do throws(ProtobufError) {
            return try body()
        } catch {
            throw APIError(.invalidMessage, "the message is not good Protocol Buffers: \(error)")
        }
    }

    private func decode(_ reader: inout ProtobufReader) throws(ProtobufError) -> ExactJSON {
        var values: [ExactJSON?] = Array(repeating: nil, count: fields.count)
        while let found = try reader.next() {
            guard let index = fields.firstIndex(where: { $0.number == found.number }) else {
                continue
            }
            // The last one counts, and lists grow.
            switch fields[index].kind {
            case .text:
                let text = try reader.text(found)
                values[index] = text.utf8.isEmpty ? nil : .string(text.string)
            case .number, .signed:
                let number = try reader.number(found)
                values[index] = number == 0 ? nil : Self.number(Int128(number))
            case .flag: values[index] = try reader.number(found) == 0 ? nil : .boolean(true)
            case .message(let form):
                var inner = try reader.message(found)
                values[index] = try form.decode(&inner)
            case .messages(let form):
                var inner = try reader.message(found)
                let list = values[index]?.array ?? []
                guard list.count < Self.itemsMax else { throw .tooLarge(position: found.position) }
                values[index] = .array(list + [try form.decode(&inner)])
            }
        }
        return .object(
            zip(fields, values).compactMap { field, value in
                value.map { value in ExactJSON.Member(field.name, value) }
            }
        )
    }

    private static func number(_ value: Int128) -> ExactJSON? {
        ExactDecimal(coefficient: value, places: 0).map(ExactJSON.number)
    }

    // MARK: Answers

    /// The message that says what an object says; members that the form does not have are left out.
    ///
    /// - Throws: `internalError` if a member has another type than the form.
    func message(_ value: ExactJSON) throws(APIError) -> [UInt8] {
        var writer = ProtobufWriter()
        guard encode(value, to: &writer) else {
            throw APIError(.internalError, "the answer has another form than its message")
        }
        return writer.bytes
    }

    private func encode(_ value: ExactJSON, to writer: inout ProtobufWriter) -> Bool {
        for field in fields {
            guard let value = value[field.name], value != .null else { continue }
            guard encode(value, field, to: &writer) else { return false }
        }
        return true
    }

    private func encode(
        _ value: ExactJSON,
        _ field: Field,
        to writer: inout ProtobufWriter
    ) -> Bool {
        switch (field.kind, value) {
        case (.text, .string(let text)): writer.add(field.number, text)
        case (.flag, .boolean(let flag)): writer.add(field.number, flag)
        case (.number, .string(let digits)):
            guard let number = UInt64(digits) else { return false }
            writer.add(field.number, number)
        case (.number, .number(let decimal)):
            guard let number = decimal.scaled(toPlaces: 0).flatMap({ UInt64(exactly: $0) }) else {
                return false
            }
            writer.add(field.number, number)
        case (.signed, .number(let decimal)):
            guard let number = decimal.scaled(toPlaces: 0).flatMap({ Int64(exactly: $0) }) else {
                return false
            }
            writer.add(field.number, signed: number)
        case (.message(let form), .object):
            return add(value, form, field.number, to: &writer)
        case (.messages(let form), .array(let values)):
            for value in values {
                guard add(value, form, field.number, to: &writer) else { return false }
            }
        default: return false
        }
        return true
    }

    private func add(
        _ value: ExactJSON,
        _ form: MessageForm,
        _ number: UInt32,
        to writer: inout ProtobufWriter
    ) -> Bool {
        var isGood = true
        writer.add(number, message: { writer in isGood = form.encode(value, to: &writer) })
        return isGood
    }
}
