internal import Glibc

/// One end of a pipe, or one of the standard streams; it is closed when nobody uses it any more.
public final class Pipe: Sendable {
    let descriptor: Int32
    private let isOwned: Bool

    init(descriptor: Int32, isOwned: Bool) {
        self.descriptor = descriptor
        self.isOwned = isOwned
    }

    deinit { if isOwned { close(descriptor) } }

    /// Standard input of this process.
    public static let standardInput = Pipe(descriptor: 0, isOwned: false)
    /// Standard output of this process.
    public static let standardOutput = Pipe(descriptor: 1, isOwned: false)

    /// Reads what is there, and waits while there is nothing.
    ///
    /// - Parameter bytes: Receives the bytes behind what it has already.
    /// - Returns: Whether something was read; false at the end.
    /// - Throws: `PlatformError.failed`.
    public func read(appendingTo bytes: inout [UInt8]) throws(PlatformError) -> Bool {
        let before = bytes.count
        let room = 1 << 16
        bytes.append(contentsOf: repeatElement(0, count: room))
        var count = 0
        repeat {
            count = unsafe bytes.withUnsafeMutableBytes { buffer in
                unsafe Glibc.read(descriptor, buffer.baseAddress.map { unsafe $0 + before }, room)
            }
        } while count < 0 && errno == EINTR
        let code = errno
        bytes.removeLast(room - max(count, 0))
        if count < 0 { throw .failed(.read, path: "pipe", code: code) }
        return count > 0
    }

    /// Writes all bytes, and waits while the reader has no room.
    ///
    /// - Throws: `PlatformError.failed`, above all when the reader is gone.
    public func write(_ bytes: [UInt8]) throws(PlatformError) {
        var written = 0
        while written < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { buffer in
                let base = unsafe buffer.baseAddress.map { unsafe $0 + written }
                return unsafe Glibc.write(descriptor, base, buffer.count - written)
            }
            if count < 0 {
                if errno == EINTR { continue }
                throw .failed(.write, path: "pipe", code: errno)
            }
            written += count
        }
    }
}
