internal import Glibc
internal import Platform

/// Files that nobody but their owner may use.
enum PrivateFile {
    /// Opens a file or pipe for reading.
    ///
    /// - Throws: `platform`; `notFile` for a directory or device; `tooPermissive` when its group or others
    ///   have any right to it.
    static func open(_ path: String) throws(KeyStoreError) -> Int32 {
        let descriptor = unsafe Glibc.open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw .platform(.failed(.open, path: path, code: errno))
        }
        do throws(KeyStoreError) {
            var status = stat()
            guard unsafe fstat(descriptor, &status) == 0 else {
                throw .platform(.failed(.size, path: path, code: errno))
            }
            let type = status.st_mode & S_IFMT
            guard type == S_IFREG || type == S_IFIFO else { throw .notFile(path: path) }
            guard status.st_mode & 0o077 == 0 else {
                throw .tooPermissive(path: path, mode: status.st_mode & 0o7777)
            }
        } catch {
            close(descriptor)
            throw error
        }
        return descriptor
    }

    /// The bytes of a file, at most `byteCountMax` + 1 of them.
    ///
    /// - Throws: As `open`.
    static func read(_ path: String, byteCountMax: Int) throws(KeyStoreError) -> [UInt8] {
        let descriptor = try open(path)
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: byteCountMax + 1)
        var filled = 0
        while filled < bytes.count {
            let count = unsafe bytes.withUnsafeMutableBytes { buffer in
                let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[filled...])
                return unsafe Glibc.read(descriptor, rest.baseAddress, rest.count)
            }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw .platform(.failed(.read, path: path, code: errno)) }
            if count == 0 { break }
            filled += count
        }
        bytes.removeLast(bytes.count - filled)
        return bytes
    }

    /// Says early that a name is taken; only `create` can tell for sure that it is not.
    ///
    /// - Throws: `exists`.
    static func checkAbsent(_ path: String) throws(KeyStoreError) {
        var status = stat()
        if unsafe lstat(path, &status) == 0 { throw .exists(path: path) }
    }

    /// Makes a file with the mode 0600 and these bytes, and makes it durable with its name.
    ///
    /// - Throws: `exists` when the name is taken, be it by a link; `platform`. Then there is no new file.
    static func create(_ path: String, _ bytes: [UInt8]) throws(KeyStoreError) {
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
        let descriptor = unsafe Glibc.open(path, flags, 0o600)
        guard descriptor >= 0 else {
            if errno == EEXIST { throw .exists(path: path) }
            throw .platform(.failed(.create, path: path, code: errno))
        }
        do throws(KeyStoreError) {
            defer { close(descriptor) }
            // The process's mask may have taken rights from the owner too.
            guard fchmod(descriptor, 0o600) == 0 else {
                throw .platform(.failed(.create, path: path, code: errno))
            }
            try write(bytes, to: descriptor, path)
            guard fsync(descriptor) == 0 else {
                throw .platform(.failed(.sync, path: path, code: errno))
            }
            try syncDirectory(of: path)
        } catch {
            _ = unsafe unlink(path)
            throw error
        }
    }

    /// Gives a file the name of another one, which it replaces, all or nothing.
    static func replace(_ path: String, with source: String) throws(KeyStoreError) {
        guard unsafe rename(source, path) == 0 else {
            throw .platform(.failed(.rename, path: source, code: errno))
        }
    }

    /// Removes a file.
    static func remove(_ path: String) throws(KeyStoreError) {
        guard unsafe unlink(path) == 0 else {
            throw .platform(.failed(.remove, path: path, code: errno))
        }
    }

    private static func write(
        _ bytes: [UInt8],
        to descriptor: Int32,
        _ path: String
    ) throws(KeyStoreError) {
        var written = 0
        while written < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { buffer in
                let rest = unsafe UnsafeRawBufferPointer(rebasing: buffer[written...])
                return unsafe Glibc.write(descriptor, rest.baseAddress, rest.count)
            }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw .platform(.failed(.write, path: path, code: errno)) }
            written += count
        }
    }

    /// Makes the names in the directory of a file durable.
    static func syncDirectory(of path: String) throws(KeyStoreError) {
        let parts = path.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(path[...$0]) }
        do throws(PlatformError) {
            try LinuxDirectory.open(parts ?? ".").sync()
        } catch {
            throw .platform(error)
        }
    }
}
