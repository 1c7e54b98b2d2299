import Encoding

extension Evidence {
    private static var domain: Text { "parallax.key-evidence/1" }

    /// The number of the case and its bundles.
    private var parts: (kind: UInt64, first: [UInt8], second: [UInt8]?) {
        switch self {
        case .equivocation(let first, let second): (1, first, second)
        case .flawedBundle(let bundle): (2, bundle, nil)
        case .unmatchedCommit(let commit, let deal): (3, commit, deal)
        case .wrongShare(let deal, let complaint): (4, deal, complaint)
        case .falseComplaint(let deal, let complaint): (5, deal, complaint)
        case .wrongJustification(let deal, let justification): (6, deal, justification)
        case .wrongPartial(let confirmation, let keySet): (7, confirmation, keySet)
        }
    }

    /// The evidence in deterministic CBOR: a text, the number of the case, and one or two bundles.
    ///
    /// - Complexity: O(n).
    public var encoded: [UInt8] {
        let (kind, first, second) = parts
        var encoder = CBOREncoder(capacity: 64 + first.count + (second?.count ?? 0))
        encoder.append(arrayCount: second == nil ? 3 : 4)
        encoder.append(text: Self.domain)
        encoder.append(unsigned: kind)
        encoder.append(bytes: first)
        if let second { encoder.append(bytes: second) }
        return encoder.bytes
    }

    /// Reads an evidence, which says nothing before `verify` does.
    ///
    /// - Throws: `malformed` or `unexpectedField`.
    /// - Complexity: O(n).
    public init(decoding bytes: [UInt8]) throws(ThresholdKeysError) {
        var reader = try BundleReader(bytes, byteCountMax: Limits.evidenceByteCountMax)
        let count = try reader.readArray(upTo: 4)
        try reader.readText(Self.domain)
        let kind = try reader.readUnsigned()
        guard count == (kind == 2 ? 3 : 4) else { throw .unexpectedField }
        let first = try reader.readBytes()
        let second = kind == 2 ? [] : try reader.readBytes()
        try reader.requireEnd()
        switch kind {
        case 1: self = .equivocation(first: first, second: second)
        case 2: self = .flawedBundle(first)
        case 3: self = .unmatchedCommit(commit: first, deal: second)
        case 4: self = .wrongShare(deal: first, complaint: second)
        case 5: self = .falseComplaint(deal: first, complaint: second)
        case 6: self = .wrongJustification(deal: first, justification: second)
        case 7: self = .wrongPartial(confirmation: first, keySet: second)
        default: throw .unexpectedField
        }
    }
}
