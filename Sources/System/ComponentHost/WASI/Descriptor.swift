internal import CWasmtime
internal import Glibc

/// Why a file did not do what it was asked: a case of `error-code` of `wasi:filesystem/types`.
struct FileFault: Error {
    let code: String

    init(_ code: String) { self.code = code }

    /// The fault that the system's last error is.
    init(errno code: Int32) { self.code = Self.names[code] ?? "io" }

    private static let names: [Int32: String] = [
        EACCES: "access", EAGAIN: "would-block", EBADF: "bad-descriptor", EBUSY: "busy",
        EDQUOT: "quota", EEXIST: "exist", EFBIG: "file-too-large", EINTR: "interrupted",
        EINVAL: "invalid", EISDIR: "is-directory", ELOOP: "loop", EMLINK: "too-many-links",
        ENAMETOOLONG: "name-too-long", ENOENT: "no-entry", ENOMEM: "insufficient-memory",
        ENOSPC: "insufficient-space", ENOTDIR: "not-directory", ENOTEMPTY: "not-empty",
        EPERM: "not-permitted", EROFS: "read-only", EXDEV: "not-permitted",
    ]

    var value: WITValue { .failure(.enumeration(code)) }
}

/// A file or directory of a service that a program has opened.
final class Descriptor: HostResource {
    static let type = ResourceType.descriptor

    /// Bytes that a file may have, so that one program does not fill the disk.
    static let fileBytesMax: UInt64 = 64 << 20

    let number: Int32
    let isDirectory: Bool
    let mayWrite: Bool

    /// Takes an open descriptor of the system.
    private init(_ number: Int32, isDirectory: Bool, mayWrite: Bool) {
        self.number = number
        self.isDirectory = isDirectory
        self.mayWrite = mayWrite
    }

    deinit { close(number) }

    /// Opens the directory of a service.
    static func root(_ path: String) throws(FileFault) -> Descriptor {
        let number = unsafe Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard number >= 0 else { throw FileFault(errno: errno) }
        return Descriptor(number, isDirectory: true, mayWrite: true)
    }

    /// Opens what lies below this directory; only files and directories can be opened.
    func open(
        _ path: String,
        flags: Int32,
        mayWrite: Bool,
        followsLinks: Bool
    ) throws(FileFault) -> Descriptor {
        try checkDirectory()
        try Self.check(path)
        // Without blocking, because another program may have put a pipe there.
        var all = flags | O_CLOEXEC | O_NONBLOCK | O_NOCTTY
        if !followsLinks { all |= O_NOFOLLOW }
        let mode: UInt32 = flags & O_CREAT != 0 ? 0o600 : 0
        let opened = unsafe cwasmtime_open_below(number, path, all, mode)
        guard opened >= 0 else { throw FileFault(errno: errno) }
        var status = stat()
        guard unsafe fstat(opened, &status) == 0 else {
            let code = errno
            close(opened)
            throw FileFault(errno: code)
        }
        let kind = status.st_mode & S_IFMT
        guard kind == S_IFREG || kind == S_IFDIR else {
            close(opened)
            throw FileFault("not-permitted")
        }
        return Descriptor(opened, isDirectory: kind == S_IFDIR, mayWrite: mayWrite)
    }

    /// Does something with the directory that a path's last name is in.
    func withParent<R>(
        of path: String,
        _ body: (Int32, String) throws(FileFault) -> R
    ) throws(FileFault) -> R {
        try checkDirectory()
        try Self.check(path)
        let trimmed = path.hasSuffix("/") ? String(path.dropLast()) : path
        let slash = trimmed.lastIndex(of: "/")
        let name = slash.map { String(trimmed[trimmed.index(after: $0)...]) } ?? trimmed
        guard !name.isEmpty, name != ".", name != ".." else { throw FileFault("invalid") }
        let folder = slash.map { String(trimmed[..<$0]) } ?? "."
        let parent = unsafe cwasmtime_find_below(number, folder, O_DIRECTORY | O_CLOEXEC)
        guard parent >= 0 else { throw FileFault(errno: errno) }
        defer { close(parent) }
        return try body(parent, name)
    }

    /// Does something with what a path names, links followed, without opening it for reading or writing.
    func withPath<R>(
        _ path: String,
        _ body: (Int32) throws(FileFault) -> R
    ) throws(FileFault) -> R {
        try checkDirectory()
        try Self.check(path)
        let named = unsafe cwasmtime_find_below(number, path, O_CLOEXEC)
        guard named >= 0 else { throw FileFault(errno: errno) }
        defer { close(named) }
        return try body(named)
    }

    func checkDirectory() throws(FileFault) {
        guard isDirectory else { throw FileFault("not-directory") }
    }

    func checkFile() throws(FileFault) {
        guard !isDirectory else { throw FileFault("is-directory") }
    }

    func checkWritable() throws(FileFault) {
        guard mayWrite else { throw FileFault("not-permitted") }
    }

    /// A path that the system would not cut short or take for another.
    private static func check(_ path: String) throws(FileFault) {
        guard !path.isEmpty, path.utf8.count < 4_096 else { throw FileFault("invalid") }
        guard !path.utf8.contains(0) else { throw FileFault("illegal-byte-sequence") }
        guard !path.hasPrefix("/") else { throw FileFault("not-permitted") }
    }

    func status() throws(FileFault) -> stat {
        var status = stat()
        guard unsafe fstat(number, &status) == 0 else { throw FileFault(errno: errno) }
        return status
    }

    /// At most `count` bytes from `offset` on; none at the end.
    func read(_ count: Int, at offset: UInt64) throws(FileFault) -> [UInt8] {
        try checkFile()
        guard let position = off_t(exactly: offset) else { throw FileFault("invalid-seek") }
        var result = 0
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            result = unsafe pread(number, buffer.baseAddress, count, position)
            filled = max(result, 0)
        }
        guard result >= 0 else { throw FileFault(errno: errno) }
        return bytes
    }

    /// Writes all bytes at `offset`.
    func write(_ bytes: [UInt8], at offset: UInt64) throws(FileFault) {
        try checkFile()
        try checkWritable()
        let (end, overflows) = offset.addingReportingOverflow(UInt64(bytes.count))
        guard !overflows, end <= Self.fileBytesMax else { throw FileFault("file-too-large") }
        var written = 0
        while written < bytes.count {
            let result = unsafe bytes.withUnsafeBytes { buffer in
                let rest = unsafe UnsafeRawBufferPointer(rebasing: buffer[written...])
                return unsafe pwrite(
                    number,
                    rest.baseAddress,
                    rest.count,
                    off_t(offset) + off_t(written)
                )
            }
            if result < 0, errno == EINTR { continue }
            guard result >= 0 else { throw FileFault(errno: errno) }
            written += result
        }
    }
}

/// A file as a stream of bytes to read.
final class FileInput: InputStream {
    private let descriptor: Descriptor
    private var offset: UInt64

    init(_ descriptor: Descriptor, offset: UInt64) {
        self.descriptor = descriptor
        self.offset = offset
    }

    override func read(_ count: Int) throws(StreamFault) -> [UInt8] {
        guard count > 0 else { return [] }
        do throws(FileFault) {
            let bytes = try descriptor.read(count, at: offset)
            guard !bytes.isEmpty else { throw FileFault("end") }
            offset += UInt64(bytes.count)
            return bytes
        } catch {
            throw error.code == "end" ? .closed : .failed(error.code)
        }
    }
}

/// A file as a stream of bytes to write.
final class FileOutput: OutputStream {
    private let descriptor: Descriptor
    private unowned let state: CallState
    /// Where the next bytes go; none for the end of the file, wherever it is then.
    private var offset: UInt64?

    init(_ descriptor: Descriptor, _ state: CallState, offset: UInt64?) {
        self.descriptor = descriptor
        self.state = state
        self.offset = offset
    }

    override func write(_ bytes: [UInt8]) throws(StreamFault) {
        do throws(FileFault) {
            try state.countWritten(bytes.count)
            let start: UInt64
            if let offset {
                start = offset
            } else {
                start = UInt64(try descriptor.status().st_size)
            }
            try descriptor.write(bytes, at: start)
            if let offset { self.offset = offset + UInt64(bytes.count) }
        } catch {
            throw .failed(error.code)
        }
    }
}

/// The names in a directory, read at once.
final class DirectoryEntries: HostResource {
    static let type = ResourceType.directoryEntryStream

    /// Names that are given at most.
    private static let countMax = 10_000

    private var entries: [(type: String, name: String)] = []

    init(_ descriptor: Descriptor) throws(FileFault) {
        try descriptor.checkDirectory()
        let copy = unsafe openat(descriptor.number, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard copy >= 0 else { throw FileFault(errno: errno) }
        guard let stream = unsafe fdopendir(copy) else {
            let code = errno
            close(copy)
            throw FileFault(errno: code)
        }
        defer { unsafe closedir(stream) }
        while entries.count < Self.countMax, let entry = unsafe readdir(stream) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { name in
                unsafe name.withMemoryRebound(to: CChar.self, capacity: 256) { name in
                    unsafe String(cString: name)
                }
            }
            if name == "." || name == ".." { continue }
            unsafe entries.append((Self.type(Int(entry.pointee.d_type)), name))
        }
        entries.sort { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        entries.reverse()
    }

    func next() -> (type: String, name: String)? { entries.popLast() }

    private static func type(_ number: Int) -> String {
        switch number {
        case Int(DT_REG): "regular-file"
        case Int(DT_DIR): "directory"
        case Int(DT_LNK): "symbolic-link"
        default: "unknown"
        }
    }
}
