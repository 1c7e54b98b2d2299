import Cryptography
import Foundation
import LogStore
import MerkleLog
import Platform
import Synchronization

/// A log's checkpoints in a small format, and a memory of all tree heads that were ever signed.
final class TestSigner: Sendable {
    private let signed = Mutex<[UInt64: SHA256.Digest]>([:])
    private let contradiction = Mutex<String?>(nil)
    let origin: String
    let key: String

    init(origin: String = "example.com/log", key: String = "key") {
        self.origin = origin
        self.key = key
    }

    /// How two roots were signed for one size; nil if none were.
    var contradictions: String? { contradiction.withLock { $0 } }

    /// All tree heads that were signed.
    var heads: [TreeHead] {
        signed.withLock { signed in
            signed.sorted { left, right in left.key < right.key }
                .map { size, root in TreeHead(size: size, root: root) }
        }
    }

    var format: CheckpointFormat {
        CheckpointFormat(
            sign: { [self] head throws(LogStoreError) in
                signed.withLock { signed in
                    let before = signed.updateValue(head.root, forKey: head.size)
                    if let before, before != head.root {
                        contradiction.withLock { $0 = "two roots for size \(head.size)" }
                    }
                }
                return text(head)
            },
            read: { [self] bytes throws(LogStoreError) in try head(bytes) }
        )
    }

    private func text(_ head: TreeHead) -> [UInt8] {
        let body = "\(origin)\n\(head.size)\n\(head.root.hex)\n"
        return [UInt8]((body + SHA256.hash(of: [UInt8]((key + body).utf8)).hex + "\n").utf8)
    }

    private func head(_ bytes: [UInt8]) throws(LogStoreError) -> TreeHead {
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
        guard lines.count == 4, let size = UInt64(lines[1]),
            let root = try? Hex.decode(String(lines[2])),
            root.count == 32
        else { throw .foreignCheckpoint(reason: "it cannot be read") }
        guard lines[0] == origin else {
            throw .foreignCheckpoint(reason: "its origin is \(lines[0])")
        }
        let head = TreeHead(size: size, root: SHA256.Digest(bytes: root))
        guard text(head) == bytes else {
            throw .foreignCheckpoint(reason: "it is not signed by the key")
        }
        return head
    }
}

/// Entries whose bytes and keys follow from what they begin with.
enum TestEntries {
    /// An entry with a number in some space, a subject of its own and one that it shares with others.
    static func entry(_ index: UInt64, attempt: Int = 0, padding: Int = 0) -> LogEntry {
        let text = "\(index) \(attempt) " + String(repeating: "·", count: padding)
        return LogEntry([UInt8](text.utf8), keys: keys([UInt8](text.utf8)))
    }

    /// The keys of an entry, from its bytes.
    static func keys(_ entry: [UInt8]) -> [LogKey] {
        let words = String(decoding: entry, as: UTF8.self).split(separator: " ")
        guard words.count >= 2, let index = UInt64(words[0]) else { return [] }
        var keys: [LogKey] = [.subject(subject(index % 3))]
        switch index % 4 {
        case 0: keys.append(.number(.trades, index / 4 + 1))
        // Not in the order of the numbers, as settlements are.
        case 1: keys.append(.number(.settlements, (index / 4) ^ 5))
        case 2: keys.append(.number(.intervals, index / 2))
        default: keys.append(.subject(subject(1_000 + index)))
        }
        return keys
    }

    static func subject(_ number: UInt64) -> SHA256.Digest {
        SHA256.hash(of: [UInt8]("subject \(number)".utf8))
    }
}
