/// A directory of files on a device that may lose what was not synced.
///
/// What the journal needs of a file system, and no more, so that a simulation can take its place. Names are
/// plain file names without a slash. Every operation may be called from any thread.
public protocol StorageDirectory: AnyObject, Sendable {
    /// Where it is, for messages.
    var path: String { get }

    /// The names of the files in it, in ascending order of their bytes.
    func list() throws(PlatformError) -> [String]

    /// Makes a new, empty file for reading and writing; fails if the name is taken.
    ///
    /// The name survives a crash only after `sync`.
    func create(_ name: String) throws(PlatformError) -> any StorageFile

    /// Opens a file that exists, for reading and, unless `readOnly`, for writing.
    ///
    /// The name may have the names of subdirectories before it, each with a slash, so that whoever only reads
    /// makes no directories.
    func open(_ name: String, readOnly: Bool) throws(PlatformError) -> any StorageFile

    /// Gives a file another name, replacing a file that has it; all or nothing, even in a crash.
    func rename(_ source: String, to target: String) throws(PlatformError)

    /// Moves a file under its own name into the directory that `subdirectory(target)` opens.
    func move(_ name: String, toSubdirectory target: String) throws(PlatformError)

    /// Removes a file's name.
    func remove(_ name: String) throws(PlatformError)

    /// Makes creations, renamings and removals durable.
    func sync() throws(PlatformError)

    /// Opens the directory of that name in this one, which is made first if it is missing.
    func subdirectory(_ name: String) throws(PlatformError) -> any StorageDirectory

    /// Removes the empty directory of that name in this one.
    func removeSubdirectory(_ name: String) throws(PlatformError)

    /// Takes the directory's lock, or throws `locked` at once if somebody else has it.
    func lock(_ name: String) throws(PlatformError) -> any StorageLock
}

extension StorageDirectory {
    /// Replaces a file, all or nothing even in a crash: writes it under its name with `.new` behind it, makes that
    /// durable, gives it its name, and makes that durable too.
    ///
    /// - Throws: `PlatformError`; the file may have either contents then.
    public func replace(_ name: String, with bytes: [UInt8]) throws(PlatformError) {
        let temporary = name + ".new"
        do throws(PlatformError) {
            try remove(temporary)
        } catch {
            guard error.isNotFound else { throw error }
        }
        let file = try create(temporary)
        try unsafe bytes.span.withUnsafeBytes { bytes throws(PlatformError) in
            try unsafe file.write(bytes, at: 0)
        }
        try file.syncData()
        try rename(temporary, to: name)
        try sync()
    }
}

/// An open file; it is closed when nobody uses it any more.
public protocol StorageFile: AnyObject, Sendable {
    /// Reads as many bytes as fit from `offset` on; fewer only where the file ends.
    ///
    /// - Returns: How many bytes were read.
    func read(
        into bytes: UnsafeMutableRawBufferPointer,
        at offset: UInt64
    ) throws(PlatformError) -> Int

    /// Writes all bytes at `offset`; after an error any part of them may have been written.
    func write(_ bytes: UnsafeRawBufferPointer, at offset: UInt64) throws(PlatformError)

    /// Makes all that was written durable, with the size where reading needs it.
    ///
    /// After an error nothing is known about what was written since the last success, and trying again
    /// proves nothing: the system may have dropped it.
    func syncData() throws(PlatformError)

    /// Begins to bring written bytes to the device without waiting; it makes nothing durable.
    func startWriting(at offset: UInt64, count: Int) throws(PlatformError)

    /// How many bytes the file has.
    func size() throws(PlatformError) -> UInt64

    /// Cuts the file, or lengthens it with zeros.
    func truncate(to size: UInt64) throws(PlatformError)
}

/// Keeps others out of a directory as long as it lives.
public protocol StorageLock: AnyObject, Sendable {}
