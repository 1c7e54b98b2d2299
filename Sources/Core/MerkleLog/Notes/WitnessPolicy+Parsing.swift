internal import Encoding

extension WitnessPolicy {
    /// Reads a policy; the last line may lack its newline.
    ///
    /// - Throws: `PolicyError` for the first line that is wrong, or when there is no quorum.
    /// - Complexity: O(n), and quadratic in the number of names.
    public init(parsing text: [UInt8]) throws(PolicyError) {
        let limit = NoteLimits.policyBytesMax
        guard text.count <= limit else { throw .tooLarge(count: text.count, limit: limit) }
        var builder = Builder()
        var line = 0
        for bytes in text.split(separator: newline, omittingEmptySubsequences: false) {
            line += 1
            let isControl = { (byte: UInt8) in byte < 0x20 && byte != tab || byte == 0x7f }
            if bytes.contains(where: isControl) { throw .controlCharacter(line: line) }
            let words = bytes.split(whereSeparator: { byte in byte == space || byte == tab })
                .map { word in [UInt8](word) }
            guard let first = words.first, first.first != UInt8(ascii: "#") else { continue }
            try builder.add(first, Array(words.dropFirst()), line)
        }
        guard let quorum = builder.quorum else { throw .missingQuorum }
        logs = builder.logs
        witnesses = builder.witnesses
        groups = builder.groups
        self.quorum = quorum.member
    }

    private struct Builder {
        var logs: [Log] = []
        var witnesses: [Witness] = []
        var groups: [Group] = []
        /// The quorum once its line was read; its member is none for `quorum none`.
        var quorum: (member: Member?, line: Int)?
        var isWitnessMember: [Bool] = []
        var isGroupMember: [Bool] = []

        mutating func add(_ kind: [UInt8], _ words: [[UInt8]], _ line: Int) throws(PolicyError) {
            switch kind {
            case Word.log: try addLog(words, line)
            case Word.witness: try addWitness(words, line)
            case Word.group: try addGroup(words, line)
            case Word.quorum:
                guard words.count == 1 else { throw .malformed(line: line) }
                if quorum != nil { throw .secondQuorum(line: line) }
                let isNone = words[0] == Word.none
                quorum = (isNone ? nil : try member(words[0], line), line)
            default: throw .malformed(line: line)
            }
        }

        private mutating func addLog(_ words: [[UInt8]], _ line: Int) throws(PolicyError) {
            guard (1...2).contains(words.count) else { throw .malformed(line: line) }
            guard logs.count < NoteLimits.policyCountMax else { throw .tooMany(line: line) }
            let key = try Self.key(words[0], line)
            try Self.check(key, among: logs.map { $0.key }, line)
            logs.append(Log(key: key, url: words.count > 1 ? words[1] : nil))
        }

        private mutating func addWitness(_ words: [[UInt8]], _ line: Int) throws(PolicyError) {
            guard (2...3).contains(words.count) else { throw .malformed(line: line) }
            guard witnesses.count < NoteLimits.policyCountMax else { throw .tooMany(line: line) }
            try checkFree(words[0], line)
            let key = try Self.key(words[1], line)
            guard key.type == .cosignature || key.type == .mldsa44Cosignature else {
                throw .wrongKeyType(line: line, key.type)
            }
            try Self.check(key, among: witnesses.map { $0.key }, line)
            let url = words.count > 2 ? words[2] : nil
            witnesses.append(Witness(name: words[0], key: key, url: url))
            isWitnessMember.append(false)
        }

        private mutating func addGroup(_ words: [[UInt8]], _ line: Int) throws(PolicyError) {
            guard words.count >= 3 else { throw .malformed(line: line) }
            guard groups.count < NoteLimits.policyCountMax else { throw .tooMany(line: line) }
            try checkFree(words[0], line)
            var members: [Member] = []
            for name in words[2...] {
                let member = try member(name, line)
                try take(member, line)
                members.append(member)
            }
            let threshold: Int
            switch words[1] {
            case Word.any: threshold = 1
            case Word.all: threshold = members.count
            default:
                guard let number = decodedDecimal(words[1]), number >= 1,
                    number <= UInt64(members.count)
                else { throw .invalidThreshold(line: line) }
                threshold = Int(number)
            }
            groups.append(Group(name: words[0], threshold: threshold, members: members))
            isGroupMember.append(false)
        }

        /// Notes that something is a member, which it may be only once.
        private mutating func take(_ member: Member, _ line: Int) throws(PolicyError) {
            switch member {
            case .witness(let index):
                if isWitnessMember[index] { throw .repeatedMember(line: line) }
                isWitnessMember[index] = true
            case .group(let index):
                if isGroupMember[index] { throw .repeatedMember(line: line) }
                isGroupMember[index] = true
            }
        }

        private func find(_ name: [UInt8]) -> Member? {
            if let index = witnesses.firstIndex(where: { $0.name == name }) {
                return .witness(index)
            }
            return groups.firstIndex { $0.name == name }.map(Member.group)
        }

        private func member(_ name: [UInt8], _ line: Int) throws(PolicyError) -> Member {
            guard let member = find(name) else { throw .undefinedName(line: line) }
            return member
        }

        private func checkFree(_ name: [UInt8], _ line: Int) throws(PolicyError) {
            if name == Word.none || find(name) != nil { throw .duplicateName(line: line) }
        }

        private static func key(_ word: [UInt8], _ line: Int) throws(PolicyError) -> NoteVerifierKey
        {
            guard let text = Text(utf8: word) else {
                throw .invalidKey(line: line, .notText(position: 0))
            }
            do throws(NoteError) {
                return try NoteVerifierKey(vkey: text)
            } catch {
                throw .invalidKey(line: line, error)
            }
        }

        /// Refuses a key that wraps the same public key as another one, or that a signature line could not
        /// tell from it.
        private static func check(
            _ key: NoteVerifierKey,
            among others: [NoteVerifierKey],
            _ line: Int
        ) throws(PolicyError) {
            for other in others
            where other.publicKey == key.publicKey
                || (other.name == key.name && other.keyID == key.keyID)
            {
                throw .duplicateKey(line: line)
            }
        }
    }
}

private let tab = UInt8(ascii: "\t")
