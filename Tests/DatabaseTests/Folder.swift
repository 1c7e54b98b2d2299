import Foundation
import Platform

/// A folder of its own that is gone with its owner.
final class Folder: Sendable {
    let path: String
    /// Where the database of a test lies.
    var file: String { path + "/test.db" }

    init() throws { path = try TemporaryFolder.make() }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// The permission bits of a file in it.
    func mode(of name: String) -> Int? {
        let attributes = try? FileManager.default.attributesOfItem(atPath: path + "/" + name)
        return attributes?[.posixPermissions] as? Int
    }
}
