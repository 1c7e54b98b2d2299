public import Encoding

/// The checks of a bundle, in the order in which a verdict lists them.
public enum Check: UInt8, Sendable, CaseIterable {
    /// The statement is signed by a trusted key of the issuer, and its header agrees with its payload.
    case envelope
    /// The payload is canonical and says all that its type must say, and nothing else.
    case payload
    /// What is opened to one side is what the statement commits to.
    case disclosure
    /// The statement is a leaf of the log; receipt and tlog-proof agree.
    case inclusion
    /// The log signed the checkpoint, and every other signature on it is known and good.
    case checkpoint
    /// Enough witnesses cosigned the checkpoint.
    case witnesses
    /// The group's key signed what the quorum attests to.
    case quorum
    /// Every vote is by its seat, for this, and its share is part of the group's signature.
    case votes
    /// The seats that voted are far enough from each other.
    case diversity
    /// The roster is the one that the quorum attested with, and held at that time.
    case roster
    /// What the quorum attests to covers this statement.
    case coverage
    /// The claim on which a contract was settled is attested by a quorum, and about the report.
    case claim
    /// The log continues the one that the client saw before.
    case consistency
    /// The log is anchored elsewhere.
    case anchors

    /// The name in verdicts; it does not change.
    public var name: Text {
        switch self {
        case .envelope: "envelope"
        case .payload: "payload"
        case .disclosure: "disclosure"
        case .inclusion: "inclusion"
        case .checkpoint: "checkpoint"
        case .witnesses: "witnesses"
        case .quorum: "quorum"
        case .votes: "votes"
        case .diversity: "diversity"
        case .roster: "roster"
        case .coverage: "coverage"
        case .claim: "claim"
        case .consistency: "consistency"
        case .anchors: "anchors"
        }
    }
}

/// What one check found.
public struct CheckResult: Equatable, Sendable {
    /// How a check ended.
    public enum Outcome: UInt8, Equatable, Sendable {
        /// It holds.
        case passed
        /// It does not hold.
        case failed
        /// It could not be made or was not asked for; the sentence says why.
        case notChecked

        /// The name in verdicts; it does not change.
        public var name: Text {
            switch self {
            case .passed: "passed"
            case .failed: "failed"
            case .notChecked: "notChecked"
            }
        }
    }

    /// The check.
    public let check: Check
    /// How it ended.
    public let outcome: Outcome
    /// What was found, without control characters.
    public let sentence: Text

    init(_ check: Check, _ outcome: Outcome, _ sentence: String) {
        self.check = check
        self.outcome = outcome
        self.sentence = Self.printable(sentence)
    }

    /// Replaces control characters: parts of the sentence are from a file that nobody vouches for.
    private static func printable(_ sentence: String) -> Text {
        var bytes = Array(sentence.utf8)
        for index in bytes.indices {
            let isC1 = bytes[index] & 0xe0 == 0x80 && index > 0 && bytes[index - 1] == 0xc2
            if bytes[index] < 0x20 || bytes[index] == 0x7f {
                bytes[index] = UInt8(ascii: "?")
            } else if isC1 {
                // U+0080 to U+009F become U+00BF, an inverted question mark.
                bytes[index] = 0xbf
            }
        }
        return Text(utf8: bytes) ?? "?"
    }
}

/// Why a check does not pass.
enum Finding: Error {
    /// It does not hold.
    case failed(String)
    /// It cannot be made.
    case notChecked(String)
}
