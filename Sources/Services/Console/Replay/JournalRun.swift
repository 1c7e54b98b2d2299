import Cryptography
import Journal
import Platform
import Primitives
import Venue

extension Replay {
    /// Applies a journal to a new venue.
    ///
    /// The summary counts the commands of members' orders alone: placing, amending, cancelling. So a journal
    /// that a flow was written to gives the flow's summary, whatever opened the accounts before.
    ///
    /// - Throws: `JournalError` when the journal is damaged or a recorded state is not the venue's.
    static func run(
        _ directory: LinuxDirectory,
        progress: (Int) -> Void
    ) throws(JournalError) -> Summary {
        var reader = try JournalReader(directory: directory, includingArchive: true)
        if reader.position.segment > 0 {
            throw .historyMissing(file: "segment \(reader.position.segment + 1)")
        }
        var run = JournalRun()
        while let record = try reader.next() {
            switch record.content {
            case .command(let command): run.add(command, record)
            case .filed(let filing, _): run.add(.file(filing), record)
            case .stateHash(let hash):
                if run.stateHash() != hash { throw .stateDiverged(sequence: record.sequence) }
            }
            if run.commands.isMultiple(of: 1 << 16) { progress(Int(run.commands)) }
        }
        return run.summary()
    }
}

/// A venue that commands of a journal are applied to, some at a time.
private struct JournalRun: ~Copyable {
    private static let batchCount = 256

    private(set) var commands: UInt64 = 0
    private var venue = Venue(pageHash: AcceleratedSHA256.hash)
    private var events = EventBuffer()
    private var tally = TradeTally()
    private var pending: [(command: Command, sequence: UInt64, time: Timestamp)] = []
    private var elapsed: UInt64 = 0
    private let clock = LinuxClock()

    mutating func add(_ command: Command, _ record: JournalRecord) {
        if command.isOrderEntry {
            pending.append((command, record.sequence, record.time))
            if pending.count == Self.batchCount { flush() }
            return
        }
        flush()
        venue.apply(command, sequence: record.sequence, time: record.time, into: &events)
        for index in 0..<events.count {
            // What is not order entry can trade, but its refusals are not those of orders.
            if case .refused = events[index] { continue }
            tally.add(events[index])
        }
        events.removeAll()
    }

    mutating func stateHash() -> SHA256.Digest {
        flush()
        return venue.stateHash()
    }

    private mutating func flush() {
        let start = clock.monotonicNanoseconds()
        for (command, sequence, time) in pending {
            venue.apply(command, sequence: sequence, time: time, into: &events)
        }
        elapsed += clock.monotonicNanoseconds() - start
        for index in 0..<events.count { tally.add(events[index]) }
        events.removeAll()
        commands += UInt64(pending.count)
        pending.removeAll(keepingCapacity: true)
    }

    mutating func summary() -> Replay.Summary {
        let hash = stateHash()
        return Replay.Summary(
            commands: commands,
            rejected: tally.refused,
            trades: tally.trades,
            volume: tally.volume,
            notional: tally.notional,
            resting: venue.liveOrderCount,
            tradesHash: tally.tradesHash,
            stateHash: hash,
            elapsedNanoseconds: elapsed
        )
    }
}

extension Command {
    fileprivate var isOrderEntry: Bool {
        switch self {
        case .placeOrder, .amendOrder, .cancelOrder, .massCancel: true
        default: false
        }
    }
}
