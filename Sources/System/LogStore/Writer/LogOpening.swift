internal import Platform

/// What is found when a log is opened for writing.
struct LogOpening {
    let lock: any StorageLock
    let index: any StorageDirectory
    let recordFile: any StorageFile
    /// The newest commit record; it is durable.
    let record: CommitRecord
    private let directory: any StorageDirectory

    init(_ directory: any StorageDirectory) throws(LogStoreError) {
        self.directory = directory
        do throws(PlatformError) {
            lock = try directory.lock(LogFormat.lock)
            index = try directory.subdirectory(LogFormat.index)
        } catch {
            throw .platform(error)
        }
        let bytes = try LogStoreError.wrap { () throws(PlatformError) in
            try directory.contents(CommitRecord.fileName)
        }
        if let found = CommitRecord.all(in: bytes ?? []).first {
            record = found
        } else {
            try Self.requireEmpty(directory)
            record = CommitRecord()
        }
        do throws(PlatformError) {
            if bytes == nil {
                recordFile = try Self.create(in: directory)
            } else {
                recordFile = try directory.open(CommitRecord.fileName, readOnly: false)
            }
            // What was found may be what a failed sync left in memory: it is made durable before it counts.
            try record.write(to: recordFile)
            try index.sync()
            try directory.sync()
        } catch {
            throw .platform(error)
        }
    }

    /// Refuses a directory that has no valid record although there is more than an empty log.
    private static func requireEmpty(_ directory: any StorageDirectory) throws(LogStoreError) {
        let names = try LogStoreError.wrap { () throws(PlatformError) in try directory.list() }
        guard !names.contains(LogFormat.checkpoint), !names.contains(LogFormat.tiles) else {
            throw .recordMissing(directory: directory.path)
        }
    }

    /// Makes the file of records, with room for both, and under its name only when that is durable.
    private static func create(
        in directory: any StorageDirectory
    ) throws(PlatformError) -> any StorageFile {
        let temporary = CommitRecord.fileName + LogFormat.temporarySuffix
        let file = try directory.createAnew(temporary)
        try file.write([UInt8](repeating: 0, count: CommitRecord.fileBytes)[...], at: 0)
        try file.syncData()
        try directory.rename(temporary, to: CommitRecord.fileName)
        return file
    }

    /// The published checkpoint; none if it is older than the record and has to be published anew.
    ///
    /// - Throws: `foreignCheckpoint`, or `checkpointContradicts`.
    func published(_ format: CheckpointFormat) throws(LogStoreError) -> [UInt8]? {
        let bytes = try LogStoreError.wrap { () throws(PlatformError) in
            try directory.contents(LogFormat.checkpoint)
        }
        guard let bytes else {
            if record.head.size > 0 { throw .noCheckpoint(directory: directory.path) }
            return nil
        }
        let head = try format.read(bytes)
        if head == record.head { return bytes }
        // The tile edge is checked against the record afterwards, so an older checkpoint is one of the same log
        // if the tree continues it.
        guard head.size < record.head.size else {
            throw .checkpointContradicts(published: head, recorded: record.head)
        }
        let tree = LogTree(directory: directory)
        let root = try tree.root(size: head.size, inTreeOfSize: record.head.size)
        guard root == head.root else {
            throw .checkpointContradicts(published: head, recorded: record.head)
        }
        return nil
    }
}

extension CommitRecord {
    /// Makes the record durable.
    func write(to file: any StorageFile) throws(PlatformError) {
        try file.write(encoded[...], at: offset)
        try file.syncData()
    }
}
