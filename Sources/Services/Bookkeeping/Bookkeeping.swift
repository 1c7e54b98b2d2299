public import Follower
public import Journal
public import LedgerStore
internal import Primitives
internal import Synchronization
public import Venue

/// Keeps a ledger store up to date with a journal: the projection that turns events into double entries.
///
/// It checks as it goes: what the entries of an account and an asset add up to must be what the venue says the account
/// has, for every balance at the first flush and afterwards for every balance that a batch touches. A difference
/// stops it, before anything wrong is stored.
///
/// While it is far behind it stores several flushes in one transaction: a transaction writes every page of the database
/// that it changes once, and many trades of one account change the same pages. Another thread does so while the next
/// ones are gathered. When it has caught up, a flush returns when all is stored.
public final class Bookkeeping: Projection {
    /// After so many commands they are stored, also while there are more.
    public static let commandsMax: UInt64 = 8 * Follower.commandsMax

    private struct State: ~Copyable {
        var gathering: LedgerGathering
        /// Whether all balances were compared with the venue's.
        var isReconciled = false
        /// The last command at the last flush.
        var flushedSequence: UInt64
        /// What another thread is storing.
        var pending: PendingAppend?
    }

    /// Where the rows go.
    public let store: any LedgerStore
    private let state: Mutex<State>
    /// How many commands between two flushes say that there are more.
    private let flushCommands: UInt64
    /// After how many commands they are stored, also while there are more.
    private let storeCommands: UInt64

    /// Begins where a store ends.
    ///
    /// - Parameter store: The store.
    /// - Throws: `LedgerStoreError` when it cannot be read.
    public convenience init(_ store: any LedgerStore) throws(LedgerStoreError) {
        try self.init(
            store,
            flushCommands: Follower.commandsMax,
            storeCommands: Self.commandsMax
        )
    }

    /// Begins where a store ends, with other bounds.
    ///
    /// - Parameters:
    ///   - store: The store.
    ///   - flushCommands: How many commands between two flushes say that there are more.
    ///   - storeCommands: After how many commands they are stored, also while there are more.
    /// - Throws: `LedgerStoreError` when the store cannot be read.
    package init(
        _ store: any LedgerStore,
        flushCommands: UInt64,
        storeCommands: UInt64
    ) throws(LedgerStoreError) {
        self.flushCommands = flushCommands
        self.storeCommands = storeCommands
        let (sequence, balances) = try store.withBooks { books throws(LedgerStoreError) in
            (books.sequence, try books.balances())
        }
        self.store = store
        state = Mutex(
            State(gathering: LedgerGathering(after: sequence, balances), flushedSequence: sequence)
        )
    }

    /// The last command that the store has durably.
    public var cursor: UInt64 { store.cursor }

    /// Takes in one record of the journal.
    public func take(
        _ record: JournalRecord,
        _ events: borrowing EventBuffer,
        _ venue: inout Venue
    ) {
        if case .stateHash = record.content { return }
        take(events, venue)
    }

    /// Takes in what one command did.
    ///
    /// - Parameters:
    ///   - events: What it did.
    ///   - venue: The state after it.
    package func take(_ events: borrowing EventBuffer, _ venue: borrowing Venue) {
        state.withLock { state in state.gathering.take(events, venue) }
    }

    /// Stores what was taken, in one transaction, after comparing it with the venue.
    ///
    /// After as many commands as a follower takes at most, more are expected, and it may wait for them: a follower
    /// that has caught up flushes again with fewer, or with none.
    ///
    /// - Parameter venue: The state after the last command that was taken.
    /// - Throws: `unavailable` while the database is not there or full; `failed` for any other fault, a
    ///   difference between ledger and venue included.
    public func flush(_ venue: inout Venue) throws(FollowerError) {
        try state.withLock { state throws(FollowerError) in
            let taken = venue.sequence - state.flushedSequence
            state.flushedSequence = venue.sequence
            let gathered = venue.sequence - state.gathering.handedSequence
            let isBehind = taken >= flushCommands
            if isBehind, gathered < storeCommands { return }
            do throws(LedgerStoreError) {
                try state.pending?.finish()
                state.pending = nil
                try check(&state, venue)
                guard let batch = state.gathering.batch(venue) else { return }
                if isBehind {
                    state.pending = PendingAppend(batch, store)
                } else {
                    try store.append(batch)
                }
                state.gathering.handedOver()
            } catch {
                throw error.isTemporary
                    ? .unavailable(error.description) : .failed(error.description)
            }
        }
    }

    /// Compares what is to be stored with the venue; the first time everything.
    private func check(
        _ state: inout State,
        _ venue: borrowing Venue
    ) throws(LedgerStoreError) {
        let differences =
            state.isReconciled
            ? state.gathering.differences(venue) : state.gathering.allDifferences(venue)
        guard differences.isEmpty else {
            throw .corrupt(store: "ledger", message: LedgerDifference.text(differences))
        }
        state.isReconciled = true
    }

    /// Makes a store again from a journal, from its first command on.
    ///
    /// - Parameters:
    ///   - store: The store; all of its rows are removed first.
    ///   - replay: The journal, from the beginning: no command of it replayed yet.
    ///   - upTo: The last command that is known to be durable; without it, to the end of the journal.
    ///   - progress: Told the last command that was taken in, every now and then.
    /// - Returns: The last command.
    /// - Throws: `FollowerError`.
    public static func rebuild(
        _ store: any LedgerStore,
        from replay: inout JournalReplay,
        upTo: UInt64 = .max,
        progress: (UInt64) -> Void = { _ in }
    ) throws(FollowerError) -> UInt64 {
        precondition(replay.venue.sequence == 0, "a ledger is made from the first command on")
        let bookkeeping: Bookkeeping
        do throws(LedgerStoreError) {
            try store.removeAll()
            bookkeeping = try Bookkeeping(store)
        } catch {
            throw .failed(error.description)
        }
        var isBehind = true
        while isBehind {
            let end = replay.venue.sequence + Follower.commandsMax
            do throws(JournalError) {
                isBehind = try bookkeeping.advance(&replay, through: end, upTo: upTo)
            } catch {
                throw .journal(error)
            }
            try bookkeeping.flush(&replay.venue)
            progress(replay.venue.sequence)
        }
        return replay.venue.sequence
    }

    /// Takes in commands from a journal; returns whether there may be more.
    private func advance(
        _ replay: inout JournalReplay,
        through end: UInt64,
        upTo: UInt64
    ) throws(JournalError) -> Bool {
        while replay.venue.sequence < end {
            guard let record = try replay.next(upTo: upTo) else { return false }
            take(record, replay.events, &replay.venue)
        }
        return true
    }
}
