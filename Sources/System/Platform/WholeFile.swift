internal import Glibc

/// Reads files in one piece.
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
}
