import TestSupport

extension TemporaryDirectory {
    /// Where the database of a test lies.
    var file: String { path + "/test.db" }
}
