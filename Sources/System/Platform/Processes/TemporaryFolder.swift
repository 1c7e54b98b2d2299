internal import Glibc

/// A directory for the time of some work.
public enum TemporaryFolder {
    /// Makes an empty directory with a name that nobody else has.
    ///
    /// It is made in the folder `.build` of the working directory if there is one, because that is on a
    /// real device; otherwise where the environment variable `TMPDIR` says, or in `/tmp`.
    ///
    /// - Returns: Its path.
    /// - Throws: `PlatformError.failed` when none can be made.
    public static func make() throws(PlatformError) -> String {
        var parent = "/tmp"
        if unsafe access(".build", W_OK | X_OK) == 0 {
            parent = ".build"
        } else if let variable = unsafe getenv("TMPDIR") {
            parent = unsafe String(cString: variable)
        }
        var path = Array((parent + "/parallax-XXXXXX").utf8CString)
        guard unsafe mkdtemp(&path) != nil else {
            throw .failed(.create, path: parent, code: errno)
        }
        return String(decoding: path.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Removes a directory with all files and directories in it, except hidden ones.
    ///
    /// - Throws: `PlatformError.failed` when something cannot be removed.
    public static func remove(_ path: String) throws(PlatformError) {
        for name in try LinuxDirectory.open(path).list() {
            let entry = path + "/" + name
            if unsafe unlink(entry) == 0 { continue }
            guard errno == EISDIR else { throw .failed(.remove, path: entry, code: errno) }
            try remove(entry)
        }
        guard unsafe rmdir(path) == 0 else { throw .failed(.remove, path: path, code: errno) }
    }
}
