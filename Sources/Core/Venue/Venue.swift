public import Cryptography
public import Primitives

/// The exchange and clearing house as one deterministic state machine.
///
/// `apply` turns a command into events and reads nothing but its arguments and its own state.
/// `docs/rules.md` is its specification.
///
/// State is what the tables and the header hold; it is hashed and written to snapshots. Everything else
/// only finds things in the tables faster, and is rebuilt from them.
public struct Venue: ~Copyable {
    // State.
    var header = VenueHeader()
    var orders: Table<Order>
    var balances: Table<BalanceRecord>
    var accounts: Table<AccountRecord>
    var assets: Table<AssetRecord>
    var instruments: Table<InstrumentRecord>
    var contracts: Table<ContractRecord>
    var bonds: Table<BondRecord>
    var penalties: Table<PenaltyRecord>

    // Derived from the state.
    var book: OrderBook
    var ordersByClientID: SlotIndex
    var ordersOfAccount = AccountLists()
    var expiries = ExpiryQueue()
    /// The waiting trailing stops of each instrument, at its number plus one, by rising id.
    var trailing: [[UInt32]] = [[]]
    var balanceRecords = BalanceIndex()
    var contractsByTrade = SlotIndex(capacity: 1 << 6)

    // Meaningful only while a command is applied.
    /// Prices of the first and the last trade of the taker at work; 0 before its first trade.
    var firstPrice: Int64 = 0
    var lastPrice: Int64 = 0
    /// Stops that triggered and have not been worked off, first come first.
    var triggered: [UInt32] = []
    /// Orders that a command selected to end.
    var selected: [UInt32] = []

    let hashSeed: UInt64
    let pageHash: PageHash

    /// Makes an empty venue.
    ///
    /// - Parameters:
    ///   - ordersCapacity: How many live orders fit before memory grows; memory is used as it is needed.
    ///   - hashSeed: Seeds the look-up of client order ids. Nothing observable depends on it; a
    ///     secret one keeps members from choosing ids that collide.
    ///   - pageHash: Computes SHA-256 for the state hash.
    public init(
        ordersCapacity: UInt32 = 1 << 16,
        hashSeed: UInt64 = 0x5851_F42D_4C95_7F2D,
        pageHash: @escaping PageHash = { SHA256.hash(of: $0) }
    ) {
        self.hashSeed = hashSeed
        self.pageHash = pageHash
        orders = Table(capacity: ordersCapacity + 1, recordsPerPage: 8, unused: Order())
        balances = Table(capacity: 1 << 10, recordsPerPage: 16, unused: BalanceRecord())
        accounts = Table(capacity: 1 << 10, recordsPerPage: 64, unused: AccountRecord())
        assets = Table(capacity: 64, recordsPerPage: 16, unused: AssetRecord())
        instruments = Table(capacity: 64, recordsPerPage: 4, unused: InstrumentRecord())
        contracts = Table(capacity: 64, recordsPerPage: 8, unused: ContractRecord())
        bonds = Table(capacity: 16, recordsPerPage: 16, unused: BondRecord())
        penalties = Table(capacity: 16, recordsPerPage: 16, unused: PenaltyRecord())
        book = OrderBook(ordersCapacity: ordersCapacity)
        ordersByClientID = SlotIndex(capacity: Swift.min(ordersCapacity, 1 << 10))
        accounts.extend(to: AccountID.reservedCount + 1, with: AccountRecord(isOpen: 1))
        extendIndices(toAccounts: AccountID.reservedCount + 1)
    }

    /// The sequence number of the last command applied; 0 before the first.
    public var sequence: UInt64 { header.sequence }

    /// The time of the last command.
    public var time: Timestamp { Timestamp(header.time) }

    /// How many orders are live, waiting stops included.
    public var liveOrderCount: UInt32 { header.liveOrders }

    /// How many trades there were.
    public var tradeCount: UInt64 { header.tradeCount }

    /// How many service contracts wait for their settlement.
    public var waitingContractCount: UInt32 { header.waitingContracts }

    /// How often the rulebook has changed.
    public var rulebookVersion: UInt64 { header.rulebookVersion }

    /// The terms of an instrument; nil if the rulebook has none of that number.
    public func definition(of instrument: InstrumentID) -> InstrumentDefinition? {
        guard instrument.rawValue < instruments.count &- 1,
            instruments[instrument.rawValue &+ 1].isDefined == 1
        else { return nil }
        let index = instrument.rawValue &+ 1
        return InstrumentDefinition(
            instrument: instrument,
            base: AssetID(instruments[index].base),
            quote: AssetID(instruments[index].quote),
            settlement: instruments[index].settlement,
            lotUnits: instruments[index].lotUnits,
            tickUnits: instruments[index].tickUnits,
            windowStart: Timestamp(instruments[index].windowStart),
            windowEnd: Timestamp(instruments[index].windowEnd)
        )
    }

    /// Applies one command.
    ///
    /// - Parameters:
    ///   - command: What to do.
    ///   - sequence: Its number: one more than that of the command before.
    ///   - time: When the sequencer stamped it; a time before the last one counts as the last one.
    ///   - events: Receives what happened, after what it holds already.
    public mutating func apply(
        _ command: Command,
        sequence: UInt64,
        time: Timestamp,
        into events: inout EventBuffer
    ) {
        precondition(sequence == header.sequence &+ 1, "commands are applied in order, each once")
        header.sequence = sequence
        if time.nanoseconds > header.time { header.time = time.nanoseconds }
        if expiries.nextExpiry <= header.time { expireOrders(&events) }
        do throws(Refusal) {
            switch command {
            case .placeOrder(let order): try placeOrder(order, &events)
            case .cancelOrder(let reference): try cancelOrder(reference, &events)
            case .amendOrder(let amendment): try amendOrder(amendment, &events)
            default: try applyRare(command, &events)
            }
        } catch {
            events.append(.refused(command.refused(error)))
        }
    }

    /// The commands that are not on the fast path.
    @inline(never)
    private mutating func applyRare(
        _ command: Command,
        _ events: inout EventBuffer
    ) throws(Refusal) {
        switch command {
        case .placeOrder, .cancelOrder, .amendOrder, .advanceTime: break
        case .massCancel(let scope): try massCancel(scope, &events)
        case .openAccount(let account): try openAccount(account, &events)
        case .deposit(let transfer): try deposit(transfer, &events)
        case .withdraw(let transfer): try withdraw(transfer, &events)
        case .defineAsset(let asset): try defineAsset(asset, &events)
        case .defineInstrument(let definition): try defineInstrument(definition, &events)
        case .setIncrements(let rule): try setIncrements(rule, &events)
        case .setFees(let rule): try setFees(rule, &events)
        case .setBand(let rule): try setBand(rule, &events)
        case .setLimits(let rule): try setLimits(rule, &events)
        case .setPhase(let change): try setPhase(change, &events)
        case .settleContract(let settlement):
            try endContract(
                settlement.trade,
                .settled,
                certificate: settlement.certificate,
                &events
            )
        case .failContract(let trade): try endContract(trade, .failed, &events)
        case .expireContract(let trade): try endContract(trade, .expired, &events)
        case .file(let filing): events.append(.filed(filing))
        case .postBond(let transfer): try postBond(transfer, &events)
        case .releaseBond(let transfer): try releaseBond(transfer, &events)
        case .penalise(let penalty): try penalise(penalty, &events)
        }
    }
}

extension Command {
    /// The answer when this command is refused.
    func refused(_ refusal: Refusal) -> CommandRefused {
        var answer = CommandRefused(
            refusal: refusal,
            account: .clearingHouse,
            clientID: 0,
            order: .none
        )
        switch self {
        case .placeOrder(let order):
            answer.account = order.account
            answer.clientID = order.clientID
        case .cancelOrder(let reference):
            answer.name(reference)
        case .amendOrder(let amendment):
            answer.name(amendment.reference)
        case .massCancel(let scope):
            if scope.scope != .instrument { answer.account = scope.account }
        case .openAccount(let account):
            answer.account = account
        case .deposit(let transfer), .withdraw(let transfer), .postBond(let transfer),
            .releaseBond(let transfer):
            answer.account = transfer.account
        case .penalise(let penalty):
            answer.account = penalty.account
        default: break
        }
        return answer
    }
}

extension CommandRefused {
    fileprivate mutating func name(_ reference: OrderReference) {
        account = reference.account
        clientID = reference.clientID
        order = reference.order
    }
}
