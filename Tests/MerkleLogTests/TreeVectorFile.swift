import Cryptography
import Foundation
import Testing

/// What the tests of the tree read from beside them, and from beside the repository.
enum TreeVectors {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    static let shared =
        folder
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "shared/vectors")

    /// The condition under which a test that reads a large set of others runs.
    static func needs(_ set: String) -> ConditionTrait {
        .enabled(
            if: FileManager.default.fileExists(atPath: shared.appending(path: set).path),
            "needs the vector set ../shared/vectors/\(set), which is not beside this repository"
        )
    }

    /// The lines of a vector file, each split at its blanks.
    static func lines(_ name: String) throws -> [[String]] {
        try String(contentsOf: folder.appending(path: "Vectors/\(name)"), encoding: .utf8)
            .split(separator: "\n")
            .map { line in
                line.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
            }
    }
}

/// A digest of hexadecimal digits; none if they are not those of 32 bytes.
func digest(_ text: String) -> SHA256.Digest? {
    guard let bytes = try? Hex.decode(text), bytes.count == 32 else { return nil }
    return SHA256.Digest(bytes: bytes)
}
