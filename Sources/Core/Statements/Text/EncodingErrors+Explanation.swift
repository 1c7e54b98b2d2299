public import Encoding

// Embedded Swift has no reflection, so the sentences are written out; the errors themselves are data.

extension JSONError {
    /// What is wrong and at which byte, as a part of a sentence.
    public var explanation: String {
        switch self {
        case .tooLarge(let position): "more than \(position) bytes"
        case .tooDeep(let position): "nested too deep at byte \(position)"
        case .truncated(let position): "it ends early, at byte \(position)"
        case .trailingBytes(let position): "it goes on after its end, at byte \(position)"
        case .unexpectedByte(let position): "unexpected byte at \(position)"
        case .numberOutOfRange(let position): "number out of range at byte \(position)"
        case .invalidUTF8(let position): "malformed UTF-8 at byte \(position)"
        case .controlCharacter(let position): "unescaped control character at byte \(position)"
        case .invalidEscape(let position): "unknown escape at byte \(position)"
        case .loneSurrogate(let position): "half of a surrogate pair at byte \(position)"
        case .duplicateName(let position): "a name is repeated at byte \(position)"
        case .notCanonical(let position): "not in canonical form from byte \(position) on"
        }
    }
}

extension CBORError {
    /// What is wrong and at which byte, as a part of a sentence.
    public var explanation: String {
        switch self {
        case .tooLarge(let position): "more than \(position) bytes"
        case .tooDeep(let position): "nested too deep at byte \(position)"
        case .truncated(let position): "the item at byte \(position) is cut off"
        case .trailingBytes(let position): "it goes on after its end, at byte \(position)"
        case .reserved(let position): "reserved first byte at \(position)"
        case .indefiniteLength(let position): "indefinite length at byte \(position)"
        case .notShortest(let position): "a number in a longer form than needed at byte \(position)"
        case .notShortestFloat(let position): "a float in a longer form at byte \(position)"
        case .invalidUTF8(let position): "malformed UTF-8 at byte \(position)"
        case .unsortedKey(let position): "a key out of order at byte \(position)"
        case .duplicateKey(let position): "a key is repeated at byte \(position)"
        case .unexpectedType(let position): "unexpected type at byte \(position)"
        }
    }
}

extension COSEError {
    /// What is wrong and where, as a part of a sentence.
    public var explanation: String {
        switch self {
        case .malformed(let part, let error): "\(part.name): \(error.explanation)"
        case .invalidLabel: "a label is neither an integer nor a text"
        case .invalidValue(let label): "the header \(label) has a value it cannot have"
        case .repeatedLabel(let label): "the header \(Self.name(label)) is in both headers"
        case .notUnderstood(let label):
            "the header \(Self.name(label)) must be understood and is not"
        case .missing(let label): "the header \(label) is missing"
        case .unexpected(let label): "the header \(Self.name(label)) has no place here"
        case .missingClaim(let claim): "the claim \(claim) is missing"
        case .invalidClaim(let claim): "the claim \(claim) has a value it cannot have"
        case .missingPayload: "the payload is missing"
        case .invalidRoot: "the root does not have 32 bytes"
        case .unsupportedTree(let tree): "the tree algorithm \(tree) is not supported"
        case .invalidProofs: "there are not 1 to 16 proofs of one kind"
        case .invalidProof(let index): "proof \(index) has numbers or a path that no tree has"
        case .invalidReceipt(let index, let error): "receipt \(index): \(error.explanation)"
        }
    }

    private static func name(_ label: CBORValue) -> String {
        if let integer = label.integer { return "\(integer)" }
        if let text = label.text { return "\"\(text.string)\"" }
        return "of an unknown kind"
    }
}

extension COSEError.Part {
    fileprivate var name: String {
        switch self {
        case .message: "the message"
        case .protectedHeader: "the protected header"
        case .proof(let index): "proof \(index)"
        }
    }
}
