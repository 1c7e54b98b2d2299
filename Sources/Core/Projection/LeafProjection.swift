public import Cryptography
public import Primitives
public import Statements
public import Venue

/// Turns what the journal records into what the leaves of the log say.
///
/// It depends on nothing but the records, so a log that is rebuilt has the same leaves in the same order, and
/// an observer knows what each leaf must say. All leaves of an interval come when it ends, because each names
/// the state hash at its end. The commitments to accounts are the only part that somebody else must lend: they
/// are made with a secret of the venue.
public struct LeafProjection: ~Copyable {
    /// Something that will be a leaf when the interval's state hash is known.
    enum Pending {
        case traded(Trade, InstrumentDefinition)
        case ended(ContractEnded)
        case complete(Statement)
    }

    struct Entry {
        var pending: Pending
        var sequence: UInt64
        var time: Timestamp
    }

    /// A document that was filed and gives no leaf.
    public struct Refused: Equatable, Sendable {
        /// The command that filed it.
        public var sequence: UInt64
        /// What is wrong with it.
        public var error: FilingError
    }

    let venue: VenueName
    /// The number of the interval that ended last; 0 before the first.
    public private(set) var lastNumber: UInt64
    /// The last command of that interval; 0 before the first.
    public private(set) var lastSequence: UInt64
    /// Which documents that were filed are not in the log, the last of them.
    ///
    /// They were checked before they were filed, so there should be none; one that slipped through must not keep
    /// everything after it out of the log.
    public private(set) var refused: [Refused] = []
    private(set) var entries: [Entry] = []
    private(set) var isWorthAttesting = false
    /// The definitions of the instruments that were traded, by their numbers: they never change, and asking the venue
    /// copies it whole (`ARCHITECTURE.md`).
    private var definitions: [InstrumentDefinition?] = []

    /// How many refused documents are remembered.
    public static var refusedMax: Int { 64 }

    /// Goes on behind an interval.
    ///
    /// - Parameters:
    ///   - venue: Whose journal it is.
    ///   - number: The number of the interval; 0 to start with the first command.
    ///   - sequence: The interval's last command.
    public init(
        venue: VenueName,
        afterInterval number: UInt64 = 0,
        endingWith sequence: UInt64 = 0
    ) {
        self.venue = venue
        lastNumber = number
        lastSequence = sequence
    }

    /// Takes a command that has just been applied.
    ///
    /// - Parameters:
    ///   - command: The command; those of intervals that ended before are passed over.
    ///   - sequence: Its number.
    ///   - time: When it was stamped.
    ///   - events: What it did, and nothing else.
    ///   - state: The venue after it.
    @inline(__always)
    public mutating func take(
        _ command: Command,
        sequence: UInt64,
        time: Timestamp,
        events: borrowing EventBuffer,
        state: borrowing Venue
    ) {
        guard sequence > lastSequence else { return }
        if !isWorthAttesting { noteWorth(command) }
        for index in 0..<events.count {
            switch events[index] {
            case .traded(let trade):
                append(.traded(trade, definition(of: trade.instrument, state)), sequence, time)
            case .contractEnded(let ended):
                append(.ended(ended), sequence, time)
            case .rulebookChanged(let version):
                takeRule(version, command, sequence, time)
            default: break
            }
        }
    }

    private mutating func definition(
        of instrument: InstrumentID,
        _ state: borrowing Venue
    ) -> InstrumentDefinition {
        let place = Int(instrument.rawValue)
        if place < definitions.count, let known = definitions[place] { return known }
        guard let definition = state.definition(of: instrument) else {
            preconditionFailure("what is traded is defined")
        }
        while definitions.count <= place { definitions.append(nil) }
        definitions[place] = definition
        return definition
    }

    /// Takes a document that has just been filed.
    ///
    /// - Parameters:
    ///   - filing: The command that files it.
    ///   - document: The document.
    ///   - sequence: The command's number.
    ///   - time: When it was stamped.
    public mutating func take(
        _ filing: Filing,
        document: [UInt8],
        sequence: UInt64,
        time: Timestamp
    ) {
        guard sequence > lastSequence else { return }
        guard filing.kind.statementType != nil else { return }
        do throws(FilingError) {
            let filed = try FiledStatement(filing.kind, document, venue)
            if filing.kind != .attestation, filing.kind != .dissent { isWorthAttesting = true }
            append(.complete(filed.statement), sequence, time)
        } catch {
            if refused.count < Self.refusedMax {
                refused.append(Refused(sequence: sequence, error: error))
            }
        }
    }

    /// Ends the interval.
    ///
    /// - Parameters:
    ///   - sequence: Its last command, which is behind that of the interval before; an earlier one is passed
    ///     over.
    ///   - time: When that was stamped.
    ///   - hash: The state hash after it.
    ///   - commitments: Gives the commitments to the accounts of a trade.
    /// - Returns: What it gives the log; nothing for an interval that ended before.
    public mutating func close(
        sequence: UInt64,
        time: Timestamp,
        hash: SHA256.Digest,
        commitments: (Trade) -> AccountCommitments
    ) -> ClosedInterval? {
        guard let interval = next(endingWith: sequence, hash) else { return nil }
        let closed = ClosedInterval(
            interval: interval,
            time: time,
            statements: entries.map { entry in
                statement(entry, interval, commitments)
            },
            isWorthAttesting: isWorthAttesting
        )
        end(interval)
        return closed
    }

    /// The interval that ends with a command; none if that ended one before.
    func next(endingWith sequence: UInt64, _ hash: SHA256.Digest) -> Interval? {
        guard sequence > lastSequence else { return nil }
        return Interval(
            number: lastNumber + 1,
            firstSequence: lastSequence + 1,
            lastSequence: sequence,
            stateHash: hash
        )
    }

    /// Forgets what was collected for an interval, and begins the next.
    mutating func end(_ interval: Interval) {
        lastNumber = interval.number
        lastSequence = interval.lastSequence
        entries.removeAll(keepingCapacity: true)
        isWorthAttesting = false
    }

    private mutating func noteWorth(_ command: Command) {
        switch command {
        case .advanceTime, .file: break
        default: isWorthAttesting = true
        }
    }

    private mutating func takeRule(
        _ version: RulebookVersion,
        _ command: Command,
        _ sequence: UInt64,
        _ time: Timestamp
    ) {
        guard let change = RulebookChange(command) else { return }
        let statement = RulebookStatement(
            venue: venue,
            version: version.version,
            sequence: sequence,
            time: time,
            change: change
        )
        append(.complete(.rulebook(statement)), sequence, time)
    }

    private mutating func append(_ pending: Pending, _ sequence: UInt64, _ time: Timestamp) {
        entries.append(Entry(pending: pending, sequence: sequence, time: time))
    }

    func statement(
        _ entry: Entry,
        _ interval: Interval,
        _ commitments: (Trade) -> AccountCommitments
    ) -> Statement {
        switch entry.pending {
        case .complete(let statement): statement
        case .ended(let ended):
            .settlement(
                SettlementStatement(
                    ended: ended,
                    sequence: entry.sequence,
                    time: entry.time,
                    interval: interval,
                    venue: venue
                )
            )
        case .traded(let trade, let definition):
            .trade(
                TradeStatement(
                    trade: trade,
                    definition: definition,
                    sequence: entry.sequence,
                    time: entry.time,
                    interval: interval,
                    venue: venue,
                    commitments: commitments(trade)
                )
            )
        }
    }
}
