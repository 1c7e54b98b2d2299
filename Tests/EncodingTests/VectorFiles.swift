import Cryptography
import Foundation
import Testing

private let testsFolder = URL(filePath: #filePath).deletingLastPathComponent()

/// The lines of a vector file beside the tests, each split at its blanks into at most `parts` parts.
func vectorLines(_ name: String, parts: Int) throws -> [[String]] {
    try String(contentsOf: testsFolder.appending(path: "Vectors/\(name)"), encoding: .utf8)
        .split(separator: "\n")
        .map { line in line.split(separator: " ", maxSplits: parts - 1).map(String.init) }
}

/// The large vector sets of others, in a folder beside the repository; the tests that need one are skipped,
/// with a reason, where it is not.
enum SharedVectors {
    private static let folder =
        testsFolder
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "shared/vectors")

    /// The condition under which a test that reads the set runs.
    static func needs(_ set: String) -> ConditionTrait {
        let path = folder.appending(path: set).path
        return .enabled(
            if: FileManager.default.fileExists(atPath: path),
            "needs the vector set ../shared/vectors/\(set), which is not beside this repository"
        )
    }

    static func bytes(_ path: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: folder.appending(path: path)))
    }

    static func text(_ path: String) throws -> String {
        String(decoding: try bytes(path), as: UTF8.self)
    }

    /// A file of JSON as an object, read by another parser than ours.
    static func object(_ path: String) throws -> [String: Any] {
        let object = try JSONSerialization.jsonObject(with: Data(try bytes(path)))
        return try #require(object as? [String: Any])
    }

    /// The names of the files or folders in a folder, sorted.
    static func names(in path: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.appending(path: path).path)
            .sorted()
    }
}

/// Bytes of a message of hexadecimal digits.
func hex(_ text: String) throws -> [UInt8] { try Hex.decode(text) }

/// A generator of numbers that look random and are the same in every run (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
        return mixed ^ mixed >> 31
    }

    /// A number from 0 to `bound` − 1.
    mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }

    /// Changes some bytes: flips, replaces, inserts, removes, repeats or cuts off.
    mutating func mutate(_ bytes: inout [UInt8]) {
        for _ in 0...below(3) {
            guard !bytes.isEmpty else { return bytes.append(UInt8(below(256))) }
            let index = below(bytes.count)
            switch below(6) {
            case 0: bytes[index] ^= 1 << UInt8(below(8))
            case 1: bytes[index] = UInt8(below(256))
            case 2: bytes.insert(UInt8(below(256)), at: index)
            case 3: bytes.remove(at: index)
            case 4: bytes.insert(contentsOf: bytes[index..<min(index + 8, bytes.count)], at: index)
            default: bytes.removeLast(min(below(4), bytes.count))
            }
        }
    }
}
