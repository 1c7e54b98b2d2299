internal import Cryptography
internal import Encoding
internal import Journal
internal import LogStore
internal import Primitives
internal import Statements
internal import Venue

/// Turns the records of the journal into leaves.
///
/// It depends on nothing but the records, so a log that is rebuilt has the same leaves in the same order. All
/// leaves of an interval come when it ends, because each names the state hash at its end.
struct LeafProjection: ~Copyable {
    /// Something that will be a leaf when the interval's state hash is known.
    private enum Pending {
        case traded(Trade, InstrumentDefinition, AccountCommitments)
        case ended(ContractEnded)
        case complete(Statement, keys: [LogKey])
    }

    private struct Entry {
        var pending: Pending
        var sequence: UInt64
        var time: Timestamp
    }

    private let venue: VenueName
    private let identity: VenueIdentity
    /// The number and the last command of the interval that ended last; 0 before the first.
    private(set) var lastNumber: UInt64
    private(set) var lastSequence: UInt64
    /// Why documents that were filed are not in the log.
    ///
    /// They were checked before they were filed, so there should be none; one that slipped through must not keep
    /// everything after it out of the log.
    private(set) var refused: [TransparencyError] = []
    private var entries: [Entry] = []
    private var isWorthAttesting = false

    /// Goes on behind an interval.
    ///
    /// - Parameters:
    ///   - identity: Whose journal it is.
    ///   - number: The number of the interval; 0 to start with the first command.
    ///   - sequence: The interval's last command.
    init(
        identity: VenueIdentity,
        afterInterval number: UInt64,
        endingWith sequence: UInt64
    ) {
        self.identity = identity
        venue = identity.venue
        lastNumber = number
        lastSequence = sequence
    }

    /// Takes the next record, which has just been replayed.
    ///
    /// - Parameters:
    ///   - record: The record; those of intervals that ended before are passed over.
    ///   - replay: Has the record's events, and the venue after it.
    /// - Returns: The interval that the record ends.
    mutating func take(
        _ record: JournalRecord,
        _ replay: borrowing JournalReplay
    ) -> ClosedInterval? {
        guard record.sequence > lastSequence else { return nil }
        switch record.content {
        case .stateHash(let hash): return close(record, hash)
        case .filed(let filing, let document): file(filing, document, record)
        case .command(let command):
            if command != .advanceTime { isWorthAttesting = true }
            for index in 0..<replay.events.count {
                take(replay.events[index], command, record, replay)
            }
        }
        return nil
    }

    private mutating func take(
        _ event: Event,
        _ command: Command,
        _ record: JournalRecord,
        _ replay: borrowing JournalReplay
    ) {
        switch event {
        case .traded(let trade):
            guard let definition = replay.venue.definition(of: trade.instrument) else {
                preconditionFailure("what is traded is defined")
            }
            let commitments = AccountCommitments(trade, key: identity.saltKey)
            append(.traded(trade, definition, commitments), record)
        case .contractEnded(let ended):
            append(.ended(ended), record)
        case .rulebookChanged(let version):
            guard let change = RulebookChange(command) else { return }
            let statement = RulebookStatement(
                venue: venue,
                version: version.version,
                sequence: record.sequence,
                time: record.time,
                change: change
            )
            append(.complete(.rulebook(statement), keys: []), record)
        default: break
        }
    }

    private mutating func file(
        _ filing: Filing,
        _ document: [UInt8],
        _ record: JournalRecord
    ) {
        // A key ceremony's messages are in the journal only: the log has the roster that comes of them.
        if filing.kind == .ceremony { return }
        let statement: FiledStatement
        do throws(TransparencyError) {
            statement = try FiledStatement(filing.kind, document, venue, at: record.sequence)
        } catch {
            refused.append(error)
            return
        }
        if filing.kind != .attestation { isWorthAttesting = true }
        append(.complete(statement.statement, keys: statement.keys), record)
    }

    private mutating func append(_ pending: Pending, _ record: JournalRecord) {
        entries.append(Entry(pending: pending, sequence: record.sequence, time: record.time))
    }

    private mutating func close(_ record: JournalRecord, _ hash: SHA256.Digest) -> ClosedInterval {
        let interval = Interval(
            number: lastNumber + 1,
            firstSequence: lastSequence + 1,
            lastSequence: record.sequence,
            stateHash: hash
        )
        let closed = ClosedInterval(
            interval: interval,
            time: record.time,
            drafts: entries.map { entry in draft(entry, interval) },
            isWorthAttesting: isWorthAttesting
        )
        lastNumber = interval.number
        lastSequence = interval.lastSequence
        entries.removeAll(keepingCapacity: true)
        isWorthAttesting = false
        return closed
    }

    private func draft(_ entry: Entry, _ interval: Interval) -> LeafDraft {
        switch entry.pending {
        case .complete(let statement, let keys): LeafDraft(statement: statement, keys: keys)
        case .ended(let ended):
            LeafDraft(
                statement: .settlement(
                    SettlementStatement(
                        ended: ended,
                        sequence: entry.sequence,
                        time: entry.time,
                        interval: interval,
                        venue: venue
                    )
                ),
                keys: [.number(.settlements, ended.trade.rawValue)]
            )
        case .traded(let trade, let definition, let commitments):
            LeafDraft(
                statement: .trade(
                    TradeStatement(
                        trade: trade,
                        definition: definition,
                        sequence: entry.sequence,
                        time: entry.time,
                        interval: interval,
                        venue: venue,
                        commitments: commitments
                    )
                ),
                keys: [.number(.trades, trade.trade.rawValue)]
            )
        }
    }
}
