public import Platform
public import Venue

/// A journal that is ready to be continued, with the venue as of its end.
@frozen public struct RecoveredJournal: ~Copyable {
    /// The venue after the last command of the journal.
    public var venue: Venue
    /// Continues the journal.
    public var writer: JournalWriter
    /// What was done.
    public let report: Report

    /// What a recovery did.
    public struct Report: Equatable, Sendable {
        /// The last command of the snapshot that was used; 0 without one.
        public var snapshotSequence: UInt64
        /// How many commands were replayed after it.
        public var replayedCount: UInt64
        /// The last command of the journal; 0 if there is none.
        public var lastSequence: UInt64
        /// What the operator should know.
        public var warnings: [JournalWarning]
    }

    /// Locks a directory and recovers what is in it: the newest usable snapshot and the journal behind it.
    ///
    /// An empty directory is a new journal. What an unfinished batch left is cut, and what follows the last
    /// whole batch is zero afterwards.
    ///
    /// - Parameters:
    ///   - directory: The journal.
    ///   - configuration: Sizes of what will be written.
    /// - Throws: `JournalError.platform(.locked)` when a writer is at work there; `damaged`, `segmentMissing`
    ///   and the like when it cannot be continued without a loss.
    public init(
        _ directory: any StorageDirectory,
        configuration: JournalConfiguration = JournalConfiguration()
    ) throws(JournalError) {
        let lock = try JournalError.wrap { () throws(PlatformError) in
            try directory.lock(JournalFormat.lockName)
        }
        try JournalError.wrap { () throws(PlatformError) in
            try Self.removeTemporaries(from: directory)
        }
        var replay = try JournalReplay(directory: directory)
        try replay.advance()
        guard let tail = replay.reader.tail else {
            preconditionFailure("the journal was read to its end")
        }
        var warnings = replay.warnings
        if case .torn(let file, let offset) = tail {
            warnings.append(.tornTail(file: file, offset: offset))
        }
        let position = replay.reader.position
        let batchStart = replay.reader.batchStart
        let segment = try JournalError.wrap { () throws(PlatformError) in
            try Self.repair(directory, position, batchStart: batchStart, tail)
        }
        report = Report(
            snapshotSequence: replay.snapshotSequence,
            replayedCount: replay.commandCount,
            lastSequence: position.nextSequence - 1,
            warnings: warnings
        )
        venue = replay.venue
        writer = JournalWriter(
            directory: directory,
            configuration: configuration,
            lock: lock,
            segment: segment,
            position: position
        )
    }

    private static func removeTemporaries(
        from directory: any StorageDirectory
    ) throws(PlatformError) {
        for name in try directory.list() where name.hasSuffix(JournalFormat.temporarySuffix) {
            try directory.remove(name)
        }
    }

    /// Makes the end of the journal such that it can be continued; returns the segment to continue.
    private static func repair(
        _ directory: any StorageDirectory,
        _ position: JournalPosition,
        batchStart: UInt64,
        _ tail: JournalTail
    ) throws(PlatformError) -> PreparedSegment? {
        for ordinal in JournalReader.ordinals(try directory.list())
        where ordinal > position.segment {
            try directory.remove(JournalFormat.segmentName(ordinal))
        }
        try directory.sync()
        guard position.segment > 0 else { return nil }
        let name = JournalFormat.segmentName(position.segment)
        let window = try FileWindow(
            file: directory.open(name, readOnly: false),
            ordinal: position.segment
        )
        guard let header = window.header else {
            preconditionFailure("the segment was read until here")
        }
        // Whatever the last writer did not sync may be in the cache only. Nothing may be acknowledged on top of
        // it before it is on the device, and only what is written again is sure to be synced.
        try window.rewrite(from: 0, to: UInt64(JournalFormat.segmentHeaderBytes))
        try window.rewrite(from: batchStart, to: position.offset)
        if tail != .clean || window.byteCount < header.byteCount {
            try window.file.writeZeros(from: position.offset, to: header.byteCount)
        }
        try window.file.syncData()
        return PreparedSegment(
            ordinal: position.segment,
            file: window.file,
            byteCount: header.byteCount
        )
    }
}

extension FileWindow {
    fileprivate func rewrite(from start: UInt64, to end: UInt64) throws(PlatformError) {
        guard start < end else { return }
        guard try load(at: start, count: Int(end - start)) else {
            throw .endOfFile(path: name, offset: end)
        }
        try unsafe file.write(bytes(at: start, count: Int(end - start)), at: start)
    }
}
