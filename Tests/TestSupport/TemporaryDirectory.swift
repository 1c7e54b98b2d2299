internal import Foundation
package import Platform
internal import Testing

/// A directory of its own that is gone with its owner.
///
/// It lies in the folder `.build` of the package, because that is on a real device, and is named after the source
/// that made it.
package final class TemporaryDirectory: Sendable {
    /// Its path, which is absolute.
    package let path: String
    private let isOwned: Bool

    /// Makes an empty directory that is named after the caller's source.
    package init(_ caller: String = #fileID) throws {
        let name = URL(filePath: caller).deletingPathExtension().lastPathComponent
        let folder = Places.root.appending(path: ".build")
        let hasFolder = FileManager.default.isWritableFile(atPath: folder.path)
        path =
            (hasFolder ? folder : FileManager.default.temporaryDirectory)
            .appending(path: "test-\(name)-\(ProcessInfo.processInfo.globallyUniqueString)").path
        isOwned = true
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    }

    /// The directory of another process, which keeps it.
    package init(path: String) {
        self.path = path
        isOwned = false
    }

    deinit {
        guard isOwned else { return }
        do {
            try FileManager.default.removeItem(atPath: path)
        } catch {
            Issue.record("\(path) remains: \(error)")
        }
    }

    /// Lends an empty directory, by its path, for the time of some work.
    package static func with<Result>(
        _ body: (String) throws -> Result,
        caller: String = #fileID
    ) throws -> Result {
        let directory = try TemporaryDirectory(caller)
        return try withExtendedLifetime(directory) { try body(directory.path) }
    }

    /// The path of something in it; a whole path stays what it is.
    package func path(of name: String) -> String {
        name.hasPrefix("/") ? name : path + "/" + name
    }

    /// Opens it as a store does.
    package func open() throws -> any StorageDirectory { try LinuxDirectory.open(path) }

    /// Writes a file with a mode, and returns where it is.
    @discardableResult
    package func write(_ bytes: [UInt8], to name: String, mode: Int = 0o600) throws -> String {
        let file = path(of: name)
        try Data(bytes).write(to: URL(filePath: file))
        try setMode(mode, of: file)
        return file
    }

    /// Writes a file of text with a mode, and returns where it is.
    @discardableResult
    package func write(_ text: String, to name: String, mode: Int = 0o600) throws -> String {
        try write(Array(text.utf8), to: name, mode: mode)
    }

    /// Changes who may use a file.
    package func setMode(_ mode: Int, of name: String) throws {
        try FileManager.default.setAttributes(
            [.posixPermissions: mode],
            ofItemAtPath: path(of: name)
        )
    }

    /// Who may use a file.
    package func mode(of name: String) throws -> Int? {
        let attributes = try FileManager.default.attributesOfItem(atPath: path(of: name))
        return attributes[.posixPermissions] as? Int
    }

    /// What is in a file.
    package func bytes(of name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(filePath: path(of: name))))
    }

    /// The names of the files in it, sorted.
    package func names() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: path).sorted()
    }
}
