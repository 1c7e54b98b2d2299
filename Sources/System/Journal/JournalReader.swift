public import Cryptography
public import Platform
internal import Primitives
internal import Venue

/// A place between two batches of the journal.
public struct JournalPosition: Equatable, Sendable {
    /// The number of the segment; 0 before the first.
    public var segment: UInt64
    /// Where in the segment the next batch starts, if it is in this segment.
    public var offset: UInt64
    /// The sequence of the next command.
    public var nextSequence: UInt64
    /// The chain hash of everything before.
    public var chain: SHA256.Digest

    /// Before everything.
    public static let start = JournalPosition(
        segment: 0,
        offset: 0,
        nextSequence: 1,
        chain: .chainStart
    )
}

/// How a journal ends.
public enum JournalTail: Equatable, Sendable {
    /// With a whole batch.
    case clean
    /// With something that was not finished, at that place.
    case torn(file: String, offset: UInt64)
}

/// Reads a journal record by record and checks everything that it reads.
///
/// It takes no lock and changes nothing. While a writer is at work it may be used with `upTo`, the sequence of
/// the last command that the writer reported as durable.
public struct JournalReader: ~Copyable {
    let directory: any StorageDirectory
    /// Whether segments that are not in the directory any more are looked for in the archive.
    private let readsArchive: Bool
    var window: FileWindow?
    /// After the batch that is being read.
    public private(set) var position: JournalPosition
    /// Set when `next` returned nil at the end of the journal.
    public private(set) var tail: JournalTail?
    /// Where the batch that is being read starts.
    public private(set) var batchStart: UInt64 = 0
    /// How many batches were read.
    public private(set) var batchCount: UInt64 = 0
    /// How many bytes the batches took that were read.
    public private(set) var byteCount: UInt64 = 0

    /// Where the next record of the batch starts, and where the last one ends.
    private var recordOffset: UInt64 = 0
    private var recordsEnd: UInt64 = 0
    /// Whether what came before the next segment is unknown, so that its header is believed.
    private var believesHeader: Bool

    /// Starts at the oldest segment.
    ///
    /// - Parameters:
    ///   - directory: The journal.
    ///   - includingArchive: Whether to begin with the segments that were archived.
    /// - Throws: `JournalError.platform`.
    public init(directory: any StorageDirectory, includingArchive: Bool = false)
        throws(JournalError)
    {
        self.directory = directory
        let names = try JournalError.wrap { () throws(PlatformError) in try directory.list() }
        var first = Self.ordinals(names).first
        if includingArchive, names.contains(JournalFormat.archiveName) {
            let folder = try JournalError.wrap { () throws(PlatformError) in
                try directory.subdirectory(JournalFormat.archiveName)
            }
            let archived = try JournalError.wrap { () throws(PlatformError) in try folder.list() }
            first = Self.ordinals(archived).first ?? first
        }
        readsArchive = includingArchive
        position = .start
        position.segment = (first ?? 1) - 1
        believesHeader = position.segment > 0
    }

    /// Starts at a place that an earlier reader of the same journal reached; segments that were archived
    /// since then are found.
    ///
    /// - Parameters:
    ///   - directory: The journal.
    ///   - position: Where to start.
    /// - Throws: `JournalError` if its segment is gone or damaged.
    public init(directory: any StorageDirectory, at position: JournalPosition) throws(JournalError)
    {
        self.directory = directory
        readsArchive = true
        self.position = position
        believesHeader = false
        guard position.segment > 0 else { return }
        window = try openSegment(position.segment)
        guard window != nil else {
            throw .segmentMissing(file: JournalFormat.segmentName(position.segment))
        }
    }

    /// Whether a batch was read to its end, so that `position` is the place of the next record.
    public var isBetweenBatches: Bool { recordOffset == recordsEnd }

    /// Reads the next record.
    ///
    /// - Parameter upTo: The last command that is known to be durable; nothing after it is looked at. Without
    ///   it the journal is read to its end, which is then checked and described by `tail`.
    /// - Returns: The record, or nil when there is no further one.
    /// - Throws: `JournalError.damaged`, `segmentMissing` or `platform`; the reader is of no more use then.
    @inline(__always)
    public mutating func next(upTo: UInt64 = .max) throws(JournalError) -> JournalRecord? {
        while recordOffset == recordsEnd {
            guard position.nextSequence <= upTo, try nextBatch(isLive: upTo != .max) else {
                return nil
            }
        }
        return try record()
    }

    /// Checks batches without looking at their commands.
    ///
    /// - Parameter sequence: The command at which to stop.
    /// - Returns: Whether the journal reaches that command; `position` is then behind its batch.
    /// - Throws: As `next`.
    public mutating func skip(through sequence: UInt64) throws(JournalError) -> Bool {
        while position.nextSequence <= sequence {
            guard try nextBatch(isLive: false) else { return false }
            recordOffset = recordsEnd
        }
        return true
    }

    private mutating func record() throws(JournalError) -> JournalRecord {
        guard let window else { preconditionFailure("a batch is in the window") }
        let rest = unsafe window.bytes(at: recordOffset, count: Int(recordsEnd - recordOffset))
        guard let header = unsafe RecordHeader(rest) else {
            preconditionFailure("the records of a valid batch were checked")
        }
        let payload = unsafe UnsafeRawBufferPointer(
            rebasing: rest[JournalFormat.recordHeaderBytes..<header.byteCount]
        )
        defer { recordOffset += UInt64(header.byteCount) }
        let time = Timestamp(header.time)
        if header.type == JournalFormat.stateHashType {
            guard payload.count == SHA256.Digest.byteCount else {
                throw .damaged(file: window.name, offset: recordOffset, .records)
            }
            return unsafe JournalRecord(
                sequence: header.sequence,
                time: time,
                content: .stateHash(SHA256.Digest(bytes: payload))
            )
        }
        if header.type == JournalFormat.filingType {
            return try unsafe filing(payload, header, window.name)
        }
        do throws(CommandDecodingError) {
            let command = try unsafe Command(typeNumber: header.type, payload: payload)
            return JournalRecord(
                sequence: header.sequence,
                time: time,
                content: .command(command)
            )
        } catch {
            throw .damaged(file: window.name, offset: recordOffset, .command(error))
        }
    }

    /// A filed document, checked against its hash.
    private func filing(
        _ payload: UnsafeRawBufferPointer,
        _ header: RecordHeader,
        _ file: String
    ) throws(JournalError) -> JournalRecord {
        let count = min(payload.count, JournalFormat.filingBytes)
        let head = unsafe UnsafeRawBufferPointer(rebasing: payload[..<count])
        let document = unsafe [UInt8](payload[count...])
        let command: Command
        do throws(CommandDecodingError) {
            command = try unsafe Command(typeNumber: header.type, payload: head)
        } catch {
            throw .damaged(file: file, offset: recordOffset, .command(error))
        }
        guard case .file(let filing) = command,
            Filing(kind: filing.kind, content: document) == filing
        else { throw .damaged(file: file, offset: recordOffset, .document) }
        return JournalRecord(
            sequence: header.sequence,
            time: Timestamp(header.time),
            content: .filed(filing, document: document)
        )
    }

    /// Makes the next batch the one that is read; false at the end of the journal.
    private mutating func nextBatch(isLive: Bool) throws(JournalError) -> Bool {
        while true {
            var damage = JournalError.Damage.batchHeader
            if window != nil {
                switch try find(isLive: isLive) {
                case .valid(let header, let lastSequence):
                    try take(header, lastSequence: lastSequence)
                    return true
                case .invalid(let reason):
                    damage = reason
                }
            }
            if try enterNextSegment() { continue }
            if isLive {
                throw .damaged(file: currentName, offset: position.offset, damage)
            }
            tail = try surveyEnd(damage)
            return false
        }
    }

    private mutating func find(isLive: Bool) throws(JournalError) -> FoundBatch {
        do throws(PlatformError) {
            let found = try window?.batch(at: position.offset) ?? .invalid(.batchHeader)
            guard isLive, case .invalid = found else { return found }
            // The window may be older than what the writer reported.
            window?.forget()
            return try window?.batch(at: position.offset) ?? found
        } catch {
            throw .platform(error)
        }
    }

    /// Begins to read a batch if it continues what was read before.
    private mutating func take(
        _ header: BatchHeader,
        lastSequence: UInt64
    ) throws(JournalError) {
        guard header.firstSequence == position.nextSequence else {
            throw .damaged(
                file: currentName,
                offset: position.offset,
                .sequence(expected: position.nextSequence, found: header.firstSequence)
            )
        }
        guard header.previous == position.chain, let window else {
            throw .damaged(file: currentName, offset: position.offset, .chain)
        }
        let bytes = unsafe window.bytes(at: position.offset, count: header.byteCount)
        position.chain = unsafe Checksums.sha256(bytes)
        batchStart = position.offset
        recordOffset = position.offset + UInt64(JournalFormat.batchHeaderBytes)
        recordsEnd = position.offset + UInt64(header.end)
        position.offset += UInt64(header.byteCount)
        position.nextSequence = lastSequence &+ 1
        batchCount += 1
        byteCount += UInt64(header.byteCount)
    }

    var currentName: String { JournalFormat.segmentName(position.segment) }

    /// Goes on in the next segment if it is in use and continues this one.
    private mutating func enterNextSegment() throws(JournalError) -> Bool {
        guard let next = try openSegment(position.segment &+ 1), let header = next.header
        else { return false }
        if believesHeader {
            position.nextSequence = header.firstSequence
            position.chain = header.previous
        }
        guard header.firstSequence == position.nextSequence, header.previous == position.chain
        else { return false }
        believesHeader = false
        position.segment += 1
        position.offset = UInt64(JournalFormat.segmentHeaderBytes)
        recordOffset = 0
        recordsEnd = 0
        window = next
        return true
    }
}

extension JournalReader {
    static func ordinals(_ names: [String]) -> [UInt64] {
        names.compactMap { name in
            JournalFormat.number(in: name, prefix: JournalFormat.segmentPrefix)
        }
    }

    /// Opens a segment; nil if there is none of that number.
    func openSegment(_ ordinal: UInt64) throws(JournalError) -> FileWindow? {
        do throws(PlatformError) {
            guard let file = try open(JournalFormat.segmentName(ordinal)) else { return nil }
            return try FileWindow(file: file, ordinal: ordinal)
        } catch {
            throw .platform(error)
        }
    }

    private func open(_ name: String) throws(PlatformError) -> (any StorageFile)? {
        do throws(PlatformError) { return try directory.open(name, readOnly: true) } catch {
            guard error.isNotFound else { throw error }
        }
        guard readsArchive else { return nil }
        do throws(PlatformError) {
            return try directory.open(JournalFormat.archiveName + "/" + name, readOnly: true)
        } catch {
            guard error.isNotFound else { throw error }
            return nil
        }
    }
}
