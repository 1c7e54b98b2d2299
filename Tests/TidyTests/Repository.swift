import Foundation

/// The files of this repository, as text.
struct Repository {
    /// One file: its path from the root and what it says.
    struct File {
        var path: String
        var text: String

        var isSwift: Bool { path.hasSuffix(".swift") }
    }

    /// All text files, ordered by path.
    var files: [File] = []

    /// The sources in Swift.
    var swiftFiles: [File] { files.filter(\.isSwift) }

    private static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    private static let skipped: Set<String> = [".build", ".git", "data", "LICENSE", "__pycache__"]

    /// Reads every file that is text; what was built and the history are left out.
    static func load() throws -> Repository {
        var repository = Repository()
        try repository.load(root, path: "")
        repository.files.sort { left, right in left.path < right.path }
        return repository
    }

    private mutating func load(_ folder: URL, path: String) throws {
        let entries = try FileManager.default.contentsOfDirectory(
            at: folder,
            includingPropertiesForKeys: [.isDirectoryKey]
        )
        for entry in entries where !Self.skipped.contains(entry.lastPathComponent) {
            let entryPath = path + entry.lastPathComponent
            if try entry.resourceValues(forKeys: [.isDirectoryKey]).isDirectory == true {
                try load(entry, path: entryPath + "/")
            } else if let text = String(bytes: try Data(contentsOf: entry), encoding: .utf8) {
                files.append(File(path: entryPath, text: text))
            }
        }
    }
}

/// One thing that is not as it should be.
struct Violation: Equatable, CustomStringConvertible {
    var path: String
    /// Counted from 1; 0 for a file as a whole.
    var line: Int
    var rule: String

    var description: String { "\(path):\(line): \(rule)" }
}
