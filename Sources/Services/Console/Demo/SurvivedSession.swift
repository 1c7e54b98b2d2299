import Journal
import Platform
import Primitives
import Venue

/// What a journal has of a session, besides what the venue itself put there: documents, and the ends of contracts.
struct SurvivedSession {
    /// How many commands of the session are in the journal, without a gap and in their order.
    private(set) var count: UInt64 = 0
    private(set) var tally = TradeTally()
    /// The last trade on the flow's instrument.
    private(set) var lastTrade: Trade?
    private(set) var fees: Amount = 0
    /// How many records there are.
    private(set) var sequence: UInt64 = 0

    /// Carries a journal out again, and compares it with the session.
    ///
    /// - Parameters:
    ///   - session: The session.
    ///   - directory: The journal.
    ///   - countMax: Behind so many commands of the session the journal may go on with others.
    /// - Throws: `disagreement` when a command is missing, changed or in another place, or a recorded state hash
    ///   is not that of the commands before it.
    init(
        _ session: DemoSession,
        in directory: LinuxDirectory,
        countMax: UInt64 = .max
    ) throws(ConsoleError) {
        let countMax = min(countMax, session.count)
        var replay = try Console.journal { () throws(JournalError) in
            try JournalReplay(directory: directory, usesSnapshots: false)
        }
        while let record = try Console.journal({ () throws(JournalError) in try replay.next() }) {
            sequence = record.sequence
            guard case .command(let command) = record.content, !Self.isOfVenue(command),
                count < countMax
            else { continue }
            count += 1
            guard command == session.command(count) else {
                throw .disagreement(
                    "command \(count) of the session is another one in the journal, at "
                        + "sequence \(record.sequence)"
                )
            }
            for index in 0..<replay.events.count {
                tally.add(replay.events[index])
                if case .traded(let trade) = replay.events[index] { lastTrade = trade }
            }
        }
        fees = replay.venue.balance(of: .fees, in: FlowSession.quote).available
        if !replay.venue.isTrialBalanceZero { throw .disagreement("the trial balance is not zero") }
    }

    /// Whether a command is one that the venue gives itself.
    private static func isOfVenue(_ command: Command) -> Bool {
        switch command {
        case .advanceTime, .file, .settleContract, .failContract, .expireContract, .penalise: true
        default: false
        }
    }
}
