public import Encoding

/// Why bytes are not the statement, or the part of one, that they should be.
///
/// Paths name a member with the objects around it, such as `buyer.fee`; an empty path is the whole payload.
public enum StatementError: Error, Equatable, Sendable {
    /// The payload is not canonical JSON.
    case notCanonicalJSON(JSONError)
    /// A member that must be there is not.
    case missingMember(path: Text)
    /// A member has no place where it is.
    case unknownMember(path: Text)
    /// A member's value is not what it must be; `expected` says what that is.
    case invalidMember(path: Text, expected: Text)
    /// The member `type` names no kind of statement, or another one than asked for.
    case wrongType(found: Text)
    /// A text is not a DID of the method `orbit`; `reason` says what is wrong with it.
    case invalidDID(Text, reason: Text)
    /// A text is not the name of a venue or registrar.
    case invalidVenueName(Text)
    /// Bytes are not a signed statement.
    case invalidEnvelope(COSEError)
    /// The protected header, or the claim, called `name` contradicts the payload or the rules for statements.
    case headerMismatch(name: Text, expected: Text, found: Text)
    /// A text is not a key in Multikey form.
    case invalidMultikey(Text)
}

extension StatementError: CustomStringConvertible {
    /// One line: where it is, what is wrong, and what should be there.
    public var description: String {
        switch self {
        case .notCanonicalJSON(let error): "the JSON is malformed: \(error.explanation)"
        case .missingMember(let path): "the member \(path.string) is missing"
        case .unknownMember(let path): "the member \(path.string) is unknown"
        case .invalidMember(let path, let expected):
            path.utf8.isEmpty
                ? "the payload is not \(expected.string)"
                : "the member \(path.string) is not \(expected.string)"
        case .wrongType(let found): "the type \"\(found.string)\" is not the one expected"
        case .invalidDID(let text, let reason): "\"\(text.string)\" is no DID: \(reason.string)"
        case .invalidVenueName(let text):
            "\"\(text.string)\" is no venue name: 1 to 63 of a-z, 0-9, '.' and '-', a letter or digit first"
        case .invalidEnvelope(let error): "the envelope is malformed: \(error.explanation)"
        case .headerMismatch(let name, let expected, let found):
            "the header \(name.string) is \"\(found.string)\", expected \"\(expected.string)\""
        case .invalidMultikey(let text): "\"\(text.string)\" is no Multikey"
        }
    }
}
