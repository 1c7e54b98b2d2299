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
