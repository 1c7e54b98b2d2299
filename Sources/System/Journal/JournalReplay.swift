public import Platform
public import Venue

/// A venue that is brought up to date from the journal.
public struct JournalReplay: ~Copyable {
    /// The venue as of the last command that was replayed.
    public var venue: Venue
    /// Reads the journal behind that command.
    public private(set) var reader: JournalReader
    /// The last command of the snapshot from which the replay started; 0 without one.
    public let snapshotSequence: UInt64
    /// How many commands were replayed.
    public private(set) var commandCount: UInt64 = 0
    /// What the operator should know.
    public let warnings: [JournalWarning]

    /// What the last record did.
    public private(set) var events = EventBuffer()

    /// Loads the newest usable snapshot, or starts empty, and checks the journal up to there.
    ///
    /// - Parameters:
    ///   - directory: The journal.
    ///   - usesSnapshots: Whether to start from a snapshot; otherwise everything is replayed, from the
    ///     archive on if there is one.
    /// - Throws: `JournalError` when the journal is damaged, or nothing tells what was before it.
    public init(
        directory: any StorageDirectory,
        usesSnapshots: Bool = true
    ) throws(JournalError) {
        var warnings: [JournalWarning] = []
        let snapshot = usesSnapshots ? try Self.loadSnapshot(from: directory, &warnings) : nil
        var reader = try JournalReader(directory: directory, includingArchive: snapshot == nil)
        guard let snapshot else {
            let oldest = reader.position.segment + 1
            guard oldest == 1 else {
                throw .historyMissing(file: JournalFormat.segmentName(oldest))
            }
            self.init(venue: .empty(), reader: reader, snapshotSequence: 0, warnings)
            return
        }
        let position = snapshot.position
        let sequence = position.nextSequence - 1
        guard try reader.skip(through: sequence) else {
            throw .endMissing(
                file: JournalFormat.segmentName(reader.position.segment),
                snapshotSequence: sequence
            )
        }
        guard reader.position == position else {
            throw .damaged(file: JournalFormat.snapshotName(sequence), offset: 0, .chain)
        }
        self.init(venue: snapshot.venue, reader: reader, snapshotSequence: sequence, warnings)
    }

    /// Starts a second venue that follows a journal which a writer has recovered, and so has checked.
    ///
    /// - Parameters:
    ///   - directory: The journal.
    ///   - sequence: The last command that the follower has taken in already. The replay starts with the newest
    ///     snapshot that holds no later one, or with the first command, so the commands up to this one may
    ///     still be to be replayed.
    /// - Throws: `JournalError` when the snapshot or the journal cannot be used.
    public init(
        following directory: any StorageDirectory,
        after sequence: UInt64 = .max
    ) throws(JournalError) {
        var warnings: [JournalWarning] = []
        guard let snapshot = try Self.loadSnapshot(from: directory, notAfter: sequence, &warnings)
        else {
            let reader = try JournalReader(directory: directory, includingArchive: true)
            let oldest = reader.position.segment + 1
            guard oldest == 1 else {
                throw .historyMissing(file: JournalFormat.segmentName(oldest))
            }
            self.init(venue: .empty(), reader: reader, snapshotSequence: 0, warnings)
            return
        }
        let position = snapshot.position
        let reader = try JournalReader(directory: directory, at: position)
        self.init(
            venue: snapshot.venue,
            reader: reader,
            snapshotSequence: position.nextSequence - 1,
            warnings
        )
    }

    private init(
        venue: consuming Venue,
        reader: consuming JournalReader,
        snapshotSequence: UInt64,
        _ warnings: [JournalWarning]
    ) {
        self.venue = venue
        self.reader = reader
        self.snapshotSequence = snapshotSequence
        self.warnings = warnings
    }

    /// Replays commands.
    ///
    /// - Parameters:
    ///   - upTo: The last command that is known to be durable; without it, to the end of the journal.
    ///   - commandsMax: How many to replay at most, rounded up to a whole batch.
    /// - Throws: `JournalError`; `stateDiverged` when a recorded state hash is not the venue's.
    public mutating func advance(
        upTo: UInt64 = .max,
        commandsMax: UInt64 = .max
    ) throws(JournalError) {
        let stop = commandCount.addingReportingOverflow(commandsMax)
        let countMax = stop.overflow ? .max : stop.partialValue
        while commandCount < countMax || !reader.isBetweenBatches {
            guard try next(upTo: upTo) != nil else { return }
        }
    }

    /// Replays the commands up to one that is known to be durable, as far as they were not replayed before; the next
    /// record is then the first one behind it.
    ///
    /// - Throws: `JournalError`; `stateDiverged` when a recorded state hash is not the venue's.
    public mutating func advance(through sequence: UInt64) throws(JournalError) {
        while venue.sequence < sequence, try next(upTo: sequence) != nil {}
    }

    /// Replays one record; `events` then holds what it did.
    ///
    /// - Parameter upTo: The last command that is known to be durable; without it, to the end of the journal.
    /// - Returns: The record, or nil when there is no further one.
    /// - Throws: `JournalError`; `stateDiverged` when a recorded state hash is not the venue's.
    @inline(__always)
    public mutating func next(upTo: UInt64 = .max) throws(JournalError) -> JournalRecord? {
        guard let record = try reader.next(upTo: upTo) else { return nil }
        events.removeAll()
        switch record.content {
        case .command(let command):
            apply(command, record)
        case .filed(let filing, _):
            apply(.file(filing), record)
        case .stateHash(let hash):
            guard venue.stateHash() == hash else {
                throw .stateDiverged(sequence: record.sequence)
            }
        }
        return record
    }

    @inline(__always)
    private mutating func apply(_ command: Command, _ record: JournalRecord) {
        venue.apply(command, sequence: record.sequence, time: record.time, into: &events)
        commandCount += 1
    }

    /// Loads the newest snapshot that is usable and holds no later command; none if there is none.
    private static func loadSnapshot(
        from directory: any StorageDirectory,
        notAfter sequence: UInt64 = .max,
        _ warnings: inout [JournalWarning]
    ) throws(JournalError) -> LoadedSnapshot? {
        let names = try JournalError.wrap { () throws(PlatformError) in try directory.list() }
        let snapshots = names.filter { name in
            let number = JournalFormat.number(in: name, prefix: JournalFormat.snapshotPrefix)
            return number.map { number in number <= sequence } ?? false
        }
        for name in snapshots.reversed() {
            do throws(JournalError) {
                return try LoadedSnapshot.load(name, from: directory)
            } catch {
                guard case .damaged = error else { throw error }
                warnings.append(.snapshotUnusable(error))
            }
        }
        return nil
    }
}
