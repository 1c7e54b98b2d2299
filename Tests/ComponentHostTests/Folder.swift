import Platform

/// A directory for the time of a test.
enum Folder {
    static func with<R>(_ body: (String) throws -> R) throws -> R {
        let path = try TemporaryFolder.make()
        let result = Result { try body(path) }
        try TemporaryFolder.remove(path)
        return try result.get()
    }
}
