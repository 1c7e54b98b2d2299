import Cryptography
import Encoding
import MerkleLog
import Primitives
import Statements
import Venue

// A leaf is compared with the bytes that it must have. Two parts of it are the venue's secret: the commitments to
// the accounts, 64 digits each behind `"account":"`, and the signature, its last 64 bytes.

private let signatureSize = 64
private let commitmentDigits = 64

extension JournalFollower {
    private static var unknown: AccountCommitments {
        let nothing = AccountCommitment(digest: SHA256.Digest(words: (0, 0, 0, 0)))
        return AccountCommitments(buyer: nothing, seller: nothing)
    }

    /// Checks a leaf against what happened.
    func check(
        _ leaf: UnsafeRawBufferPointer,
        against index: Int,
        _ interval: Interval
    ) throws(FollowError) {
        let statement = projection.statement(projection.entries[index], interval) { _ in
            Self.unknown
        }
        let expected = expectedLeaf(statement)
        var hidden: [Int] = []
        if case .trade = statement { hidden = Self.commitments(in: expected) }
        guard unsafe Self.isSame(leaf, expected, hidden) else {
            let what = unsafe Self.difference([UInt8](leaf), expected)
            throw .leafDiffers(index: range.size, what: what)
        }
    }

    /// Checks the first leaf: whose log it is; the origin and the log's key are taken as it names them.
    mutating func checkGenesis(_ leaf: UnsafeRawBufferPointer) throws(FollowError) {
        let bytes = unsafe [UInt8](leaf)
        guard let statement = Self.genesis(bytes) else {
            throw .leafDiffers(index: 0, what: "it is not the first leaf of a log")
        }
        guard statement.venue == name, statement.venueKey == venueKey else {
            throw .leafDiffers(index: 0, what: "it is the first leaf of another venue's log")
        }
        guard statement.groupKey == nil, statement.time == closedTime else {
            throw .leafDiffers(index: 0, what: "it names a group key or another time")
        }
        let expected = expectedLeaf(.genesis(statement))
        guard unsafe Self.isSame(leaf, expected, []) else {
            throw .leafDiffers(index: 0, what: Self.difference(bytes, expected))
        }
        genesis = statement
    }

    private static func genesis(_ leaf: [UInt8]) -> GenesisStatement? {
        do throws(COSEError) {
            let signed = try SignedStatement(decoding: leaf)
            do throws(StatementError) {
                return try GenesisStatement(decoding: signed.payload)
            } catch {
                return nil
            }
        } catch {
            return nil
        }
    }

    /// The bytes that a leaf must have, with zeros for what only the venue knows.
    private func expectedLeaf(_ statement: Statement) -> [UInt8] {
        switch statement {
        case .trade(let content): unsigned(content)
        case .settlement(let content): unsigned(content)
        case .rulebook(let content): unsigned(content)
        case .did(let content): unsigned(content)
        case .revocation(let content): unsigned(content)
        case .attestation(let content): unsigned(content)
        case .epoch(let content): unsigned(content)
        case .keyRotation(let content): unsigned(content)
        case .genesis(let content): unsigned(content)
        case .report(let content): unsigned(content)
        case .dissent(let content): unsigned(content)
        case .penalty(let content): unsigned(content)
        case .decision(let content): unsigned(content)
        case .audit(let content): unsigned(content)
        }
    }

    private func unsigned<Content: StatementContent>(_ content: Content) -> [UInt8] {
        issuer.leaf(content) { _ in [UInt8](repeating: 0, count: signatureSize) }
    }

    /// Where the digits of the commitments begin.
    private static func commitments(in leaf: [UInt8]) -> [Int] {
        let name = Array(#""account":""#.utf8)
        var found: [Int] = []
        var index = 0
        while index + name.count <= leaf.count {
            if leaf[index] == name[0], holds(leaf, name, at: index) {
                index += name.count
                found.append(index)
                index += commitmentDigits
            } else {
                index += 1
            }
        }
        return found
    }

    private static func holds(_ leaf: [UInt8], _ name: [UInt8], at start: Int) -> Bool {
        for offset in 0..<name.count where leaf[start + offset] != name[offset] { return false }
        return true
    }

    /// Whether a leaf is the expected one but for the signature and the digits at `hidden`, which must be
    /// digits.
    private static func isSame(
        _ leaf: UnsafeRawBufferPointer,
        _ expected: [UInt8],
        _ hidden: [Int]
    ) -> Bool {
        guard leaf.count == expected.count else { return false }
        var position = 0
        for offset in hidden {
            guard unsafe isSame(leaf, expected, position..<offset) else { return false }
            position = offset + commitmentDigits
            for index in offset..<position {
                switch unsafe leaf[index] {
                case UInt8(ascii: "0")...UInt8(ascii: "9"): break
                case UInt8(ascii: "a")...UInt8(ascii: "f"): break
                default: return false
                }
            }
        }
        return unsafe isSame(leaf, expected, position..<expected.count - signatureSize)
    }

    private static func isSame(
        _ leaf: UnsafeRawBufferPointer,
        _ expected: [UInt8],
        _ range: Range<Int>
    ) -> Bool {
        unsafe expected.withUnsafeBytes { expected in
            for index in range where unsafe leaf[index] != expected[index] { return false }
            return true
        }
    }

    /// Says in which part a leaf differs from the expected one.
    private static func difference(_ leaf: [UInt8], _ expected: [UInt8]) -> String {
        do throws(COSEError) {
            let found = try SignedStatement(decoding: leaf)
            let right = try SignedStatement(decoding: expected)
            guard found.payload != right.payload else {
                return "its header is not the one that belongs to what it says"
            }
            do throws(JSONError) {
                let foundValue = try JSONValue(decodingCanonical: found.payload)
                let rightValue = try JSONValue(decodingCanonical: right.payload)
                return difference(foundValue, rightValue, path: [])
                    ?? "its commitments are not in their form"
            } catch {
                return "its payload is \(error.explanation)"
            }
        } catch {
            return "it is no signed statement: \(error.explanation)"
        }
    }

    /// The first member that differs, with both values; the commitments do not count.
    private static func difference(
        _ found: JSONValue,
        _ right: JSONValue,
        path: [UInt8]
    ) -> String? {
        guard let foundMembers = found.object?.members, let rightMembers = right.object?.members
        else {
            if found.canonical == right.canonical || isCommitment(path) { return nil }
            return "\(name(path)) is \(text(found)), and must be \(text(right))"
        }
        for member in rightMembers {
            let inner = path.isEmpty ? member.name.utf8 : path + Array(".".utf8) + member.name.utf8
            guard let other = foundMembers.first(where: { $0.name == member.name }) else {
                return "\(name(inner)) is missing"
            }
            if let what = difference(other.value, member.value, path: inner) { return what }
        }
        guard foundMembers.count == rightMembers.count else {
            return "it has members that have no place in it"
        }
        return nil
    }

    private static func isCommitment(_ path: [UInt8]) -> Bool {
        path == Array("buyer.account".utf8) || path == Array("seller.account".utf8)
    }

    private static func name(_ path: [UInt8]) -> String { String(decoding: path, as: UTF8.self) }

    /// A value as a person reads it, cut where it is long.
    private static func text(_ value: JSONValue) -> String {
        let bytes = value.canonical
        guard bytes.count > 80 else { return String(decoding: bytes, as: UTF8.self) }
        return String(decoding: bytes[..<77], as: UTF8.self) + "..."
    }
}
