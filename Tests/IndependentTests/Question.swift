import Cryptography
import MerkleLog
import Testing
import SeededRandomness

/// A question to a script: a task, and a list of cases for it.
private struct Question<Case: Encodable>: Encodable {
    var task: String
    var cases: [Case]
}

extension Interpreter {
    /// Gives a script some cases of a task; there is one answer for each.
    static func ask<Case: Encodable, Answer: Decodable>(
        _ script: String,
        _ task: String,
        _ cases: [Case],
        as answer: Answer.Type
    ) throws -> [Answer] {
        let answers = try ask(script, Question(task: task, cases: cases), as: [Answer].self)
        try #require(answers.count == cases.count)
        return answers
    }
}

/// A small tree in memory, which knows all its entries.
struct EntryTree {
    var entries: [[UInt8]]

    init(_ count: Int, seed: UInt64) {
        var generator = RandomSource(seed: seed)
        entries = (0..<count).map { _ in generator.bytes(generator.below(60)) }
    }

    /// The hash of a complete node.
    private func node(_ level: Int, _ index: UInt64) -> SHA256.Digest {
        if level == 0 { return MerkleTree.leafHash(entries[Int(index)]) }
        return MerkleTree.nodeHash(node(level - 1, 2 * index), node(level - 1, 2 * index + 1))
    }

    /// The root of the first leaves.
    func root(_ size: Int) -> SHA256.Digest {
        var range = CompactRange()
        for entry in entries[..<size] { range.append(MerkleTree.leafHash(entry)) }
        return range.root
    }

    func inclusion(_ index: Int, _ size: Int) -> InclusionProof {
        InclusionProof(index: UInt64(index), size: UInt64(size), node: node)
    }

    func consistency(_ oldSize: Int, _ newSize: Int) -> ConsistencyProof {
        ConsistencyProof(oldSize: UInt64(oldSize), newSize: UInt64(newSize), node: node)
    }
}

/// The bytes with one bit changed.
func flipped(_ bytes: [UInt8], at bit: Int) -> [UInt8] {
    var bytes = bytes
    bytes[bit / 8] ^= 1 << UInt8(bit % 8)
    return bytes
}
