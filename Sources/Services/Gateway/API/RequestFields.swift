internal import Encoding
internal import Follower
internal import Primitives

/// The members of a request's body, read by name; what nobody has read in the end is refused.
struct RequestFields {
    private let members: [ExactJSON.Member]
    private var known: [String] = []

    /// The bounds of a body: requests are flat, and small.
    static let limits = DecodingLimits(bytesMax: 64 << 10, depthMax: 8)

    /// Reads a body, which must be an object; none at all counts as an empty one.
    init(_ body: [UInt8]) throws(APIError) {
        if body.isEmpty {
            try self.init(.object([]))
            return
        }
        let value: ExactJSON
        do throws(JSONError) {
            value = try ExactJSON(decoding: body, limits: Self.limits)
        } catch {
            throw APIError(.invalidJSON, "the body is not good JSON: \(error)")
        }
        try self.init(value)
    }

    /// Reads a value, which must be an object.
    init(_ value: ExactJSON) throws(APIError) {
        guard case .object(let members) = value else {
            throw APIError(.invalidJSON, "the body must be an object")
        }
        self.members = members
    }

    /// Counts a member as read without looking at it.
    mutating func ignore(_ name: String) { known.append(name) }

    /// The value of a member; none if it is missing or null.
    mutating func value(_ name: String) -> ExactJSON? {
        known.append(name)
        let found = members.first { member in member.name == name }?.value
        return found == .null ? nil : found
    }

    /// A text that may be left out.
    mutating func optionalText(_ name: String, bytesMax: Int = 256) throws(APIError) -> String? {
        guard let value = value(name) else { return nil }
        guard case .string(let text) = value, text.utf8.count <= bytesMax else {
            throw Self.wrong(name, "must be a text of at most \(bytesMax) bytes")
        }
        return text
    }

    /// A text that must be there.
    mutating func text(_ name: String, bytesMax: Int = 256) throws(APIError) -> String {
        guard let text = try optionalText(name, bytesMax: bytesMax), !text.isEmpty else {
            throw Self.wrong(name, "is missing")
        }
        return text
    }

    /// One of some words, in whatever case it is written; none if it is left out.
    mutating func word<Value>(
        _ name: String,
        _ words: KeyValuePairs<String, Value>
    ) throws(APIError) -> Value? {
        guard let text = try optionalText(name) else { return nil }
        let upper = text.uppercased()
        if let found = words.first(where: { word in word.key == upper }) { return found.value }
        let list = words.map(\.key).joined(separator: ", ")
        throw Self.wrong(name, "must be one of \(list)")
    }

    /// A decimal number, as a text or as a number of JSON, whose digits count as they are written; none if it is left out.
    mutating func decimal(_ name: String) throws(APIError) -> ExactDecimal? {
        switch value(name) {
        case nil: return nil
        case .number(let number): return number
        case .string(let text):
            if text.utf8.count <= 64, let number = ExactDecimal(text) { return number }
            throw Self.wrong(name, "must be a decimal number such as \"12.50\"")
        default: throw Self.wrong(name, "must be a decimal number such as \"12.50\"")
        }
    }

    /// A whole number from 1 on, as digits in a text or as a number; none if it is left out.
    mutating func identifier(_ name: String, atMost largest: UInt64) throws(APIError) -> UInt64? {
        guard let number = try decimal(name) else { return nil }
        guard let whole = number.scaled(toPlaces: 0), let value = UInt64(exactly: whole),
            1...largest ~= value
        else { throw Self.wrong(name, "must be a whole number from 1 to \(largest)") }
        return value
    }

    /// A truth value; false if it is left out.
    mutating func flag(_ name: String) throws(APIError) -> Bool {
        switch value(name) {
        case nil: return false
        case .boolean(let value): return value
        default: throw Self.wrong(name, "must be true or false")
        }
    }

    /// A time; none if it is left out.
    mutating func time(_ name: String) throws(APIError) -> Timestamp? {
        guard let text = try optionalText(name) else { return nil }
        guard let time = Timestamp(rfc3339: text) else {
            throw Self.wrong(name, "must be a time such as \"2026-12-01T00:00:00Z\"")
        }
        return time
    }

    /// The instrument that a member names by its symbol.
    mutating func instrument(
        _ name: String,
        _ listing: Listing
    ) throws(APIError) -> ListedInstrument {
        let symbol = try text(name)
        guard let instrument = listing.instrument(symbol) else {
            throw APIError(.unknownInstrument, "no instrument has that symbol", field: name)
        }
        return instrument
    }

    /// Refuses members that nobody has read.
    func finish() throws(APIError) {
        for member in members where !known.contains(member.name) {
            let name = String(member.name.unicodeScalars.prefix(64))
            throw APIError(
                .unknownField,
                "a member is not known; see the documentation for those that are",
                field: name
            )
        }
    }

    /// The error for a member.
    static func wrong(_ name: String, _ reason: String) -> APIError {
        APIError(.invalidRequest, "\(name) \(reason)", field: name)
    }
}
