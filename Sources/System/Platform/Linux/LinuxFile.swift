internal import CLinux
internal import Glibc

/// An open file of Linux.
public final class LinuxFile: StorageFile {
    private let descriptor: Int32
    private let path: String

    init(descriptor: Int32, path: String) {
        self.descriptor = descriptor
        self.path = path
    }

    deinit { close(descriptor) }

    /// Reads as many bytes as fit from `offset` on; fewer only where the file ends.
    public func read(
        into bytes: UnsafeMutableRawBufferPointer,
        at offset: UInt64
    ) throws(PlatformError) -> Int {
        var count = 0
        while count < bytes.count {
            let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: bytes[count...])
            let result = unsafe pread(
                descriptor,
                rest.baseAddress,
                rest.count,
                off_t(offset) + count
            )
            if result == 0 { break }
            if result > 0 {
                count += result
            } else if errno != EINTR {
                throw .failed(.read, path: path, code: errno)
            }
        }
        return count
    }

    /// Writes all bytes at `offset`.
    public func write(_ bytes: UnsafeRawBufferPointer, at offset: UInt64) throws(PlatformError) {
        var count = 0
        while count < bytes.count {
            let rest = unsafe UnsafeRawBufferPointer(rebasing: bytes[count...])
            let result = unsafe pwrite(
                descriptor,
                rest.baseAddress,
                rest.count,
                off_t(offset) + count
            )
            if result >= 0 {
                count += result
            } else if errno != EINTR {
                throw .failed(.write, path: path, code: errno)
            }
        }
    }

    /// Makes all that was written durable with `fdatasync`.
    public func syncData() throws(PlatformError) {
        guard fdatasync(descriptor) == 0 else { throw .failed(.sync, path: path, code: errno) }
    }

    /// Begins to bring written bytes to the device with `sync_file_range`.
    public func startWriting(at offset: UInt64, count: Int) throws(PlatformError) {
        guard clinux_start_writing(descriptor, off_t(offset), off_t(count)) == 0 else {
            throw .failed(.sync, path: path, code: errno)
        }
    }

    /// How many bytes the file has.
    public func size() throws(PlatformError) -> UInt64 {
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else {
            throw .failed(.size, path: path, code: errno)
        }
        return UInt64(status.st_size)
    }

    /// Cuts the file, or lengthens it with zeros.
    public func truncate(to size: UInt64) throws(PlatformError) {
        guard ftruncate(descriptor, off_t(size)) == 0 else {
            throw .failed(.truncate, path: path, code: errno)
        }
    }
}
