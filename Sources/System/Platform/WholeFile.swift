internal import CLinux
internal import Glibc

/// Reads and writes files in one piece.
public enum WholeFile {
    /// The bytes of a file, a pipe or a device, up to its end.
    ///
    /// - Throws: `PlatformError.failed` when it is missing, unreadable, or a directory.
    /// - Complexity: O(n).
    public static func read(_ path: String) throws(PlatformError) -> [UInt8] {
        let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
        if file < 0 { throw .failed(.open, path: path, code: errno) }
        defer { close(file) }
        var status = stat()
        if unsafe fstat(file, &status) != 0 { throw .failed(.size, path: path, code: errno) }
        // One byte more than the file has, so that its end is seen without growing.
        var bytes = [UInt8](repeating: 0, count: max(Int(status.st_size) + 1, 1 << 16))
        var filled = 0
        while true {
            let count = unsafe bytes.withUnsafeMutableBytes { buffer in
                let free = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[filled...])
                return unsafe Glibc.read(file, free.baseAddress, free.count)
            }
            if count < 0 {
                if errno == EINTR { continue }
                throw .failed(.read, path: path, code: errno)
            }
            if count == 0 { break }
            filled += count
            if filled == bytes.count {
                bytes.append(contentsOf: [UInt8](repeating: 0, count: filled))
            }
        }
        bytes.removeLast(bytes.count - filled)
        return bytes
    }

    /// Writes a file, replacing what it held.
    ///
    /// It is not for what must survive a crash: a directory with its own rules is.
    ///
    /// - Parameters:
    ///   - bytes: What it holds afterwards.
    ///   - path: The file.
    ///   - mode: Who may read and write it if it is new.
    /// - Throws: `PlatformError.failed` when it cannot be made, or the disk is full.
    /// - Complexity: O(n).
    public static func write(
        _ bytes: [UInt8],
        to path: String,
        mode: UInt32 = 0o644
    ) throws(PlatformError) {
        let file = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)
        if file < 0 { throw .failed(.create, path: path, code: errno) }
        defer { close(file) }
        var written = 0
        while written < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { buffer in
                let rest = unsafe UnsafeRawBufferPointer(rebasing: buffer[written...])
                return unsafe Glibc.write(file, rest.baseAddress, rest.count)
            }
            if count < 0 {
                if errno == EINTR { continue }
                throw .failed(.write, path: path, code: errno)
            }
            written += count
        }
    }
}
