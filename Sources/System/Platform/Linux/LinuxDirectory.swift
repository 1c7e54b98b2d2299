internal import Glibc

/// A directory of Linux.
public final class LinuxDirectory: StorageDirectory {
    /// Where it is, as it was opened.
    public let path: String
    private let descriptor: Int32

    private init(path: String, descriptor: Int32) {
        self.path = path
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    /// Opens a directory.
    ///
    /// - Parameters:
    ///   - path: Where it is.
    ///   - create: Whether to make it first if it is missing; its parent must exist.
    /// - Returns: The open directory.
    /// - Throws: `PlatformError.failed` when that is not possible.
    public static func open(
        _ path: String,
        create: Bool = false
    ) throws(PlatformError) -> LinuxDirectory {
        try open(path, at: AT_FDCWD, create: create, fullPath: path)
    }

    private static func open(
        _ path: String,
        at parent: Int32,
        create: Bool,
        fullPath: String
    ) throws(PlatformError) -> LinuxDirectory {
        if create {
            let result = unsafe mkdirat(parent, path, 0o755)
            guard result == 0 || errno == EEXIST else {
                throw .failed(.create, path: fullPath, code: errno)
            }
        }
        let descriptor = unsafe openat(parent, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .failed(.open, path: fullPath, code: errno) }
        return LinuxDirectory(path: fullPath, descriptor: descriptor)
    }

    /// The names of the files in it, in ascending order of their bytes; hidden ones left out.
    public func list() throws(PlatformError) -> [String] {
        // The stream takes the descriptor and its position, so it gets its own.
        let copy = unsafe openat(descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard copy >= 0 else { throw .failed(.list, path: path, code: errno) }
        guard let stream = unsafe fdopendir(copy) else {
            let code = errno
            close(copy)
            throw .failed(.list, path: path, code: code)
        }
        defer { unsafe closedir(stream) }
        var names: [String] = []
        while true {
            errno = 0
            guard let entry = unsafe readdir(stream) else {
                guard errno == 0 else { throw .failed(.list, path: path, code: errno) }
                break
            }
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { name in
                unsafe name.withMemoryRebound(to: CChar.self, capacity: 256) { name in
                    unsafe String(cString: name)
                }
            }
            if !name.hasPrefix(".") { names.append(name) }
        }
        return names.sorted { left, right in left.utf8.lexicographicallyPrecedes(right.utf8) }
    }

    /// Makes a new, empty file for reading and writing; fails if the name is taken.
    public func create(_ name: String) throws(PlatformError) -> any StorageFile {
        let flags = O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC
        let file = unsafe openat(descriptor, name, flags, 0o644)
        guard file >= 0 else { throw .failed(.create, path: full(name), code: errno) }
        return LinuxFile(descriptor: file, path: full(name))
    }

    /// Opens a file that exists, for reading and, unless `readOnly`, for writing.
    public func open(_ name: String, readOnly: Bool) throws(PlatformError) -> any StorageFile {
        let flags = (readOnly ? O_RDONLY : O_RDWR) | O_CLOEXEC
        let file = unsafe openat(descriptor, name, flags)
        guard file >= 0 else { throw .failed(.open, path: full(name), code: errno) }
        return LinuxFile(descriptor: file, path: full(name))
    }

    /// Gives a file another name, replacing a file that has it.
    public func rename(_ source: String, to target: String) throws(PlatformError) {
        guard unsafe renameat(descriptor, source, descriptor, target) == 0 else {
            throw .failed(.rename, path: full(source), code: errno)
        }
    }

    /// Moves a file under its own name into the directory that `subdirectory(target)` opens.
    public func move(_ name: String, toSubdirectory target: String) throws(PlatformError) {
        let moved = target + "/" + name
        guard unsafe renameat(descriptor, name, descriptor, moved) == 0 else {
            throw .failed(.rename, path: full(name), code: errno)
        }
    }

    /// Removes a file's name.
    public func remove(_ name: String) throws(PlatformError) {
        guard unsafe unlinkat(descriptor, name, 0) == 0 else {
            throw .failed(.remove, path: full(name), code: errno)
        }
    }

    /// Makes creations, renamings and removals durable with `fsync`.
    public func sync() throws(PlatformError) {
        guard fsync(descriptor) == 0 else { throw .failed(.sync, path: path, code: errno) }
    }

    /// Opens the directory of that name in this one, which is made first if it is missing.
    public func subdirectory(_ name: String) throws(PlatformError) -> any StorageDirectory {
        try Self.open(name, at: descriptor, create: true, fullPath: full(name))
    }

    /// Removes the empty directory of that name in this one.
    public func removeSubdirectory(_ name: String) throws(PlatformError) {
        guard unsafe unlinkat(descriptor, name, AT_REMOVEDIR) == 0 else {
            throw .failed(.remove, path: full(name), code: errno)
        }
    }

    /// Takes an exclusive `flock` on the file of that name, which is made first if it is missing.
    public func lock(_ name: String) throws(PlatformError) -> any StorageLock {
        let file = unsafe openat(descriptor, name, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard file >= 0 else { throw .failed(.lock, path: full(name), code: errno) }
        guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
            let code = errno
            close(file)
            if code == EWOULDBLOCK { throw .locked(path: path) }
            throw .failed(.lock, path: full(name), code: code)
        }
        return LinuxLock(descriptor: file)
    }

    private func full(_ name: String) -> String { path + "/" + name }
}

/// A lock on a directory; it ends with this value, or with the process.
public final class LinuxLock: StorageLock {
    private let descriptor: Int32

    init(descriptor: Int32) { self.descriptor = descriptor }

    deinit { close(descriptor) }
}
