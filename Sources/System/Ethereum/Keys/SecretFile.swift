internal import Cryptography
internal import Glibc

/// Small files with secrets.
public enum SecretFile {
    /// Bytes of a file at most; what follows is not read.
    public static let byteCountMax = 4_096

    /// Reads a file that its owner alone may use.
    ///
    /// - Parameter path: Where it is.
    /// - Returns: Its first bytes, which the caller wipes.
    /// - Throws: `unreadableFile`, `exposedFile`.
    public static func read(_ path: String) throws(EthereumError) -> [UInt8] {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .unreadableFile(path: path, code: errno) }
        defer { close(descriptor) }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else {
            throw .unreadableFile(path: path, code: errno)
        }
        guard status.st_mode & 0o077 == 0 else { throw .exposedFile(path: path) }
        var bytes = [UInt8](repeating: 0, count: byteCountMax)
        defer { SecretBytes.wipe(&bytes) }
        let count = unsafe bytes.withUnsafeMutableBytes { buffer in
            unsafe Glibc.read(descriptor, buffer.baseAddress, buffer.count)
        }
        guard count >= 0 else { throw .unreadableFile(path: path, code: errno) }
        return Array(bytes[..<count])
    }
}
