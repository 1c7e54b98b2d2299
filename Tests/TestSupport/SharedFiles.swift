package import Foundation
package import Testing

/// The large files of others in the folder `shared` beside this repository.
///
/// The tests that need one are skipped, with a reason, where it is not.
package struct SharedFiles: Sendable {
    /// Vectors of standards and of other implementations.
    package static let vectors = SharedFiles("vectors")
    /// Recorded and published data.
    package static let data = SharedFiles("data")

    /// The folder that all paths begin at.
    package let folder: URL
    private let name: String

    private init(_ name: String) {
        folder = Places.root.deletingLastPathComponent().appending(path: "shared/\(name)")
        self.name = name
    }

    /// Where a file or a folder is.
    package func url(_ path: String) -> URL { folder.appending(path: path) }

    /// Whether a file or a folder is there.
    package func has(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: url(path).path)
    }

    /// The condition under which a test that reads these files or folders runs.
    package func needs(_ paths: String...) -> ConditionTrait {
        let missing = paths.filter { path in !has(path) }
            .map { path in "../shared/\(name)/\(path)" }
        let names = missing.joined(separator: ", ")
        return .enabled(if: missing.isEmpty, "needs \(names), not beside this repository")
    }

    /// The bytes of a file.
    package func bytes(_ path: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: url(path)))
    }

    /// A file as text.
    package func text(_ path: String) throws -> String {
        try String(contentsOf: url(path), encoding: .utf8)
    }

    /// A file of JSON, read by another parser than ours.
    package func json<Value: Decodable>(_ path: String, as type: Value.Type) throws -> Value {
        try JSONDecoder().decode(type, from: Data(contentsOf: url(path)))
    }

    /// A file of JSON whose members differ from case to case, read by another parser than ours.
    package func json(_ path: String) throws -> Any {
        try JSONSerialization.jsonObject(with: Data(contentsOf: url(path)))
    }

    /// The names of the files or folders in a folder, sorted.
    package func names(in path: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: url(path).path).sorted()
    }
}
