import Cryptography
import Foundation
import Testing

private let testsFolder = URL(filePath: #filePath).deletingLastPathComponent()

/// The lines of a vector file of Core's own tests, each split at its blanks.
func vectorLines(_ name: String) throws -> [[String]] {
    let folder = testsFolder.deletingLastPathComponent().appending(
        path: "CryptographyTests/Vectors"
    )
    return try String(contentsOf: folder.appending(path: name), encoding: .utf8)
        .split(separator: "\n").map { line in line.split(separator: " ").map(String.init) }
}

/// The bytes of a field of a vector file, where `-` stands for none.
func field(_ text: String) throws -> [UInt8] { text == "-" ? [] : try Hex.decode(text) }

/// The large vector sets of others, in a folder beside the repository.
enum SharedVectors {
    private static let folder =
        testsFolder
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "shared/vectors")

    /// The condition under which a test that reads the sets runs.
    static func needs(_ sets: String...) -> ConditionTrait {
        .enabled(
            if: sets.allSatisfy { set in
                FileManager.default.fileExists(atPath: folder.appending(path: set).path)
            },
            "needs the vectors \(sets) in ../shared/vectors, which are not beside this repository"
        )
    }

    /// A file of JSON, as arrays and dictionaries.
    static func json(_ path: String) throws -> Any {
        try JSONSerialization.jsonObject(with: Data(contentsOf: folder.appending(path: path)))
    }
}

/// How many times as many random cases to run.
let casesMultiplier =
    ProcessInfo.processInfo.environment["PARALLAX_SIMULATION_SEEDS"].flatMap(
        Int.init
    ) ?? 1
