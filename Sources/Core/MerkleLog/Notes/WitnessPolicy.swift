internal import Encoding

/// Which logs and which witnesses make a checkpoint valid (C2SP tlog-policy).
///
/// Names are bytes without a meaning outside the policy: they are compared byte by byte, and need not be UTF-8.
public struct WitnessPolicy: Equatable, Sendable {
    /// A log whose checkpoints are accepted.
    public struct Log: Equatable, Sendable {
        /// Its key; the name of the key is the origin of its checkpoints.
        public let key: NoteVerifierKey
        /// Where it is reached; not needed to verify.
        public let url: [UInt8]?
    }

    /// Somebody who cosigns checkpoints.
    public struct Witness: Equatable, Sendable {
        /// What the policy calls it.
        public let name: [UInt8]
        /// Its key; of a type for cosignatures.
        public let key: NoteVerifierKey
        /// The prefix under which it takes checkpoints; not needed to verify.
        public let url: [UInt8]?
    }

    /// A group counts as having cosigned when enough of its members have.
    public struct Group: Equatable, Sendable {
        /// What the policy calls it.
        public let name: [UInt8]
        /// How many members are enough; from 1 to their number.
        public let threshold: Int
        /// Its members; each witness and group is a member once in the whole policy.
        public let members: [Member]
    }

    /// A witness or a group, by its place in the policy.
    public enum Member: Equatable, Sendable {
        /// The witness at that place.
        case witness(Int)
        /// The group at that place; as a member of a group it stands before it.
        case group(Int)
    }

    /// The logs in the order of their lines; none if they are known from elsewhere.
    public let logs: [Log]
    /// The witnesses in the order of their lines.
    public let witnesses: [Witness]
    /// The groups in the order of their lines.
    public let groups: [Group]
    /// What must have cosigned; nobody if none.
    public let quorum: Member?

    /// The keys of the logs, then those of the witnesses.
    public var keys: [NoteVerifierKey] { logs.map { $0.key } + witnesses.map { $0.key } }

    /// What the policy calls a member.
    public func name(of member: Member) -> [UInt8] {
        switch member {
        case .witness(let index): witnesses[index].name
        case .group(let index): groups[index].name
        }
    }

    /// The policy as text, without the comments that it was read with: logs, witnesses, groups, quorum.
    ///
    /// - Complexity: O(n).
    public var text: [UInt8] {
        var bytes: [UInt8] = []
        func append(_ words: [[UInt8]]) {
            for (index, word) in words.enumerated() {
                if index > 0 { bytes.append(space) }
                bytes += word
            }
            bytes.append(newline)
        }
        for log in logs { append([Word.log, log.key.vkey.utf8] + [log.url].compactMap { $0 }) }
        for witness in witnesses {
            let url = [witness.url].compactMap { $0 }
            append([Word.witness, witness.name, witness.key.vkey.utf8] + url)
        }
        for group in groups {
            let threshold = [decimal(UInt64(group.threshold))]
            append([Word.group, group.name] + threshold + group.members.map(name))
        }
        append([Word.quorum, quorum.map(name) ?? Word.none])
        return bytes
    }

    /// The words of the format.
    enum Word {
        static var log: [UInt8] { Array("log".utf8) }
        static var witness: [UInt8] { Array("witness".utf8) }
        static var group: [UInt8] { Array("group".utf8) }
        static var quorum: [UInt8] { Array("quorum".utf8) }
        static var none: [UInt8] { Array("none".utf8) }
        static var any: [UInt8] { Array("any".utf8) }
        static var all: [UInt8] { Array("all".utf8) }
    }
}

/// Why a text is no policy; lines are counted from 1.
public enum PolicyError: Error, Equatable, Sendable {
    /// There are more bytes than the limit allows.
    case tooLarge(count: Int, limit: Int)
    /// The line has a control character other than tab.
    case controlCharacter(line: Int)
    /// The line begins with no word of the format, or has too few or too many words.
    case malformed(line: Int)
    /// The line has a key that is none.
    case invalidKey(line: Int, NoteError)
    /// The line gives a log or a witness a key whose type is not for that.
    case wrongKeyType(line: Int, NoteKeyType)
    /// The line has a public key that a line of the same kind had before, or one with its name and ID.
    case duplicateKey(line: Int)
    /// The line defines a name that is defined already, or `none`.
    case duplicateName(line: Int)
    /// The line uses a name that no line before defines.
    case undefinedName(line: Int)
    /// The line makes something a member that is a member already.
    case repeatedMember(line: Int)
    /// The line has a number of members that is not between 1 and all of them.
    case invalidThreshold(line: Int)
    /// The line is a second quorum.
    case secondQuorum(line: Int)
    /// There is no line with the quorum.
    case missingQuorum
    /// The line is one log, witness or group more than the limit allows.
    case tooMany(line: Int)
}

extension PolicyError: CustomStringConvertible {
    /// One line that says what is wrong and where.
    public var description: String {
        switch self {
        case .tooLarge(let count, let limit): "\(count) bytes are more than \(limit)"
        case .controlCharacter(let line): "line \(line) has a control character"
        case .malformed(let line):
            "line \(line) is none of: log VKEY [URL], witness NAME VKEY [URL], "
                + "group NAME any|all|NUMBER NAME…, quorum NAME"
        case .invalidKey(let line, let error): "the key in line \(line): " + error.description
        case .wrongKeyType(let line, let type):
            "the key in line \(line) is of type \(type.rawValue), which is not for this"
        case .duplicateKey(let line): "the key in line \(line) occurred before"
        case .duplicateName(let line): "the name that line \(line) defines is taken"
        case .undefinedName(let line): "line \(line) uses a name that no line before it defines"
        case .repeatedMember(let line): "line \(line) has a member that is a member already"
        case .invalidThreshold(let line):
            "line \(line) should ask for at least one member and at most all"
        case .secondQuorum(let line): "line \(line) is a second quorum"
        case .missingQuorum: "there is no line with the quorum; write \"quorum none\" for none"
        case .tooMany(let line): "line \(line) is one too many of its kind"
        }
    }
}
