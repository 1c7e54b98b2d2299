import Foundation
import Platform

/// A directory of its own for each test; it is removed with this value.
final class TemporaryDirectory {
    let path: String

    init() throws {
        path =
            FileManager.default.temporaryDirectory
            .appendingPathComponent("parallax-test-\(ProcessInfo.processInfo.globallyUniqueString)")
            .path
        try FileManager.default.createDirectory(
            atPath: path,
            withIntermediateDirectories: true
        )
    }

    deinit {
        // What cannot be removed is left to the system's own cleaning.
        try? FileManager.default.removeItem(atPath: path)
    }

    func open() throws -> any StorageDirectory { try LinuxDirectory.open(path) }
}
