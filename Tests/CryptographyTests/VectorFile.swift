import Cryptography
import Foundation
import SeededRandomness
import Testing

private let testsFolder = URL(filePath: #filePath).deletingLastPathComponent()

/// The lines of a vector file beside the tests, each split at its blanks into at most `parts` parts.
func vectorLines(_ name: String, parts: Int = .max) throws -> [[String]] {
    try String(contentsOf: testsFolder.appending(path: "Vectors/\(name)"), encoding: .utf8)
        .split(separator: "\n")
        .map { line in line.split(separator: " ", maxSplits: parts - 1).map(String.init) }
}

/// The bytes of a field of a vector file, where `-` stands for none.
func field(_ text: String) throws -> [UInt8] { text == "-" ? [] : try Hex.decode(text) }

/// The large vector sets of others, in a folder beside the repository; the tests that need one are skipped,
/// with a reason, where it is not.
enum SharedVectors {
    private static let folder =
        testsFolder
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "shared/vectors")

    /// The condition under which a test that reads the file runs.
    static func needs(_ path: String) -> ConditionTrait {
        .enabled(
            if: FileManager.default.fileExists(atPath: folder.appending(path: path).path),
            "needs the vectors ../shared/vectors/\(path), which are not beside this repository"
        )
    }

    /// A file of JSON.
    static func json<Value: Decodable>(_ path: String, as type: Value.Type) throws -> Value {
        try JSONDecoder().decode(type, from: Data(contentsOf: folder.appending(path: path)))
    }
}

/// Bytes that look random and are the same in every run.
func bytes(count: Int, seed: UInt64) -> [UInt8] {
    var random = RandomSource(seed: seed)
    return random.bytes(count)
}
