internal import Cryptography
internal import LedgerStore
internal import Primitives
internal import Venue

/// Gathers what commands did until it is stored.
struct LedgerGathering: ~Copyable {
    /// What a trade of an instrument moves.
    struct Terms {
        var base: AssetID
        var quote: AssetID
        var lotUnits: Int64
    }

    private static let sides = [Side.buy, .sell]

    /// The last command that was handed over to be stored.
    private(set) var handedSequence: UInt64
    private var gathered: LedgerBatch
    var totals: LedgerTotals
    private var placed: [OrderID: Int] = [:]
    private var changed: [OrderID: Int] = [:]
    private var contracts: [ContractID: Int] = [:]
    private var terms: [Terms?] = []
    /// Whether the rows were sorted, so that the places noted above are no longer theirs.
    private var isSealed = false

    // Of the command at work.
    private var sequence: UInt64
    private var time = Timestamp.zero
    private var entryNumber: UInt32 = 0
    private var auditNumber: UInt32 = 0

    /// Begins behind what a store has.
    init(after sequence: UInt64, _ balances: [LedgerBalance]) {
        handedSequence = sequence
        self.sequence = sequence
        gathered = LedgerBatch(firstSequence: sequence + 1, lastSequence: sequence + 1)
        totals = LedgerTotals(balances)
    }

    /// What was gathered, with the balances that it touched; nil if that is nothing.
    mutating func batch(_ venue: borrowing Venue) -> LedgerBatch? {
        precondition(venue.sequence == sequence, "the venue is the one after the last command")
        guard sequence > handedSequence else { return nil }
        gathered.lastSequence = sequence
        gathered.balances = totals.balances(venue)
        gathered.sort()
        isSealed = true
        return gathered
    }

    /// Begins anew, as what was gathered is somebody else's task.
    mutating func handedOver() {
        handedSequence = sequence
        isSealed = false
        gathered.removeAll()
        gathered.firstSequence = sequence + 1
        totals.settle()
        placed.removeAll(keepingCapacity: true)
        changed.removeAll(keepingCapacity: true)
        contracts.removeAll(keepingCapacity: true)
    }

    /// Takes in what one command did.
    mutating func take(_ events: borrowing EventBuffer, _ venue: borrowing Venue) {
        precondition(venue.sequence == sequence + 1, "commands come in order, none is left out")
        precondition(!isSealed, "nothing is taken between a batch and its being handed over")
        sequence = venue.sequence
        time = venue.time
        entryNumber = 0
        auditNumber = 0
        for index in 0..<events.count { take(events[index], venue) }
    }

    private mutating func take(_ event: Event, _ venue: borrowing Venue) {
        switch event {
        case .orderPlaced(let order): take(order, venue)
        case .orderChanged(let order): take(order, venue)
        case .traded(let trade): take(trade, venue)
        case .contractEnded(let contract): take(contract, venue)
        case .deposited(let transfer):
            enter(.deposit, transfer.account, transfer.asset, transfer.amount)
            enter(.custody, .clearingHouse, transfer.asset, -transfer.amount)
            note(.deposited, transfer)
        case .withdrawn(let transfer):
            enter(.withdrawal, transfer.account, transfer.asset, -transfer.amount)
            enter(.custody, .clearingHouse, transfer.asset, transfer.amount)
            note(.withdrawn, transfer)
        case .bondPosted(let transfer):
            enter(.bondFunding, transfer.account, transfer.asset, -transfer.amount)
            enter(.bondHolding, transfer.account, transfer.asset, transfer.amount)
            note(.bondPosted, transfer)
        case .bondReleased(let transfer):
            enter(.bondHolding, transfer.account, transfer.asset, -transfer.amount)
            enter(.bondFunding, transfer.account, transfer.asset, transfer.amount)
            note(.bondReleased, transfer)
        case .bondSlashed(let transfer):
            enter(.bondHolding, transfer.account, transfer.asset, -transfer.amount)
            enter(.penalty, .insurance, transfer.asset, transfer.amount)
            note(.bondSlashed, transfer)
        default: takeNote(event)
        }
    }

    /// What moves no money.
    private mutating func takeNote(_ event: Event) {
        switch event {
        case .refused(let refused):
            note(
                .refused,
                refused.account,
                subject: UInt64(refused.refusal.rawValue),
                detail: refused.order.rawValue
            )
        case .accountOpened(let account): note(.accountOpened, account)
        case .rulebookChanged(let version):
            note(.rulebookChanged, .clearingHouse, subject: version.version)
        case .phaseChanged(let change):
            note(
                .phaseChanged,
                .clearingHouse,
                subject: UInt64(change.instrument.rawValue),
                detail: UInt64(change.phase.rawValue)
            )
        case .uncrossed(let result):
            note(
                .uncrossed,
                .clearingHouse,
                subject: UInt64(result.instrument.rawValue),
                detail: UInt64(result.price.ticks)
            )
        case .filed(let filing):
            note(
                .filed,
                .clearingHouse,
                subject: UInt64(filing.kind.rawValue),
                digest: filing.digest
            )
        case .penalised(let penalty):
            note(
                .penalised,
                penalty.account,
                subject: UInt64(penalty.fault.rawValue),
                detail: UInt64(penalty.rate),
                digest: penalty.evidence
            )
        default: preconditionFailure("what moves money was handled before")
        }
    }

    // MARK: Orders

    private mutating func take(_ order: OrderPlaced, _ venue: borrowing Venue) {
        placed[order.order] = gathered.placed.count
        gathered.placed.append(LedgerOrder(order, sequence: sequence, time: time))
        touchHold(order.account, order.side, order.instrument, venue)
    }

    private mutating func take(_ order: OrderChanged, _ venue: borrowing Venue) {
        let change = LedgerOrderChange(order, sequence: sequence, time: time)
        if let index = placed[order.order] {
            gathered.placed[index].apply(change)
        } else if let index = changed[order.order] {
            gathered.changed[index].merge(change)
        } else {
            changed[order.order] = gathered.changed.count
            gathered.changed.append(change)
        }
        touchHold(order.account, order.side, order.instrument, venue)
    }

    /// Notes that what an order has locked changes.
    private mutating func touchHold(
        _ account: AccountID,
        _ side: Side,
        _ instrument: InstrumentID,
        _ venue: borrowing Venue
    ) {
        let terms = terms(of: instrument, venue)
        totals.touch(account, side == .buy ? terms.quote : terms.base)
    }

    // MARK: Trades

    private mutating func take(_ trade: Trade, _ venue: borrowing Venue) {
        let terms = terms(of: trade.instrument, venue)
        let delivery = Amount(trade.quantity.lots) * Amount(terms.lotUnits)
        gathered.trades.append(LedgerTrade(trade, sequence: sequence, time: time))
        for side in Self.sides {
            let contract = LedgerContract(
                trade,
                side: side,
                delivery: delivery,
                sequence: sequence,
                time: time
            )
            if trade.settlement == .service {
                contracts[contract.contract] = gathered.contracts.count
            }
            gathered.contracts.append(contract)
        }
        let exchange = Exchange(
            trade: trade.trade,
            buyer: trade.buyer,
            seller: trade.seller,
            base: terms.base,
            quote: terms.quote,
            notional: trade.notional,
            delivery: delivery,
            buyerFee: trade.buyerFee,
            sellerFee: trade.sellerFee
        )
        switch trade.settlement {
        case .spot: settle(exchange)
        case .service: hold(exchange, 1)
        }
    }

    private mutating func take(_ ended: ContractEnded, _ venue: borrowing Venue) {
        let terms = terms(of: ended.instrument, venue)
        for side in Self.sides {
            let end = LedgerContractEnd(ended, side: side, sequence: sequence, time: time)
            if let index = contracts[end.contract] {
                gathered.contracts[index].apply(end)
            } else {
                gathered.ended.append(end)
            }
        }
        let exchange = Exchange(
            trade: ended.trade,
            buyer: ended.buyer,
            seller: ended.seller,
            base: terms.base,
            quote: terms.quote,
            notional: ended.notional,
            delivery: ended.delivery,
            buyerFee: ended.buyerFee,
            sellerFee: ended.sellerFee
        )
        hold(exchange, -1)
        if ended.outcome == .settled { settle(exchange) }
    }

    /// What a trade, or the settlement of its contracts, moves.
    private struct Exchange {
        var trade: TradeID
        var buyer: AccountID
        var seller: AccountID
        var base: AssetID
        var quote: AssetID
        var notional: Amount
        var delivery: Amount
        var buyerFee: Amount
        var sellerFee: Amount
    }

    /// Delivery against payment: four entries, and those of the fees.
    private mutating func settle(_ it: Exchange) {
        enter(.payment, it.buyer, it.quote, -it.notional, it.trade)
        enter(.payment, it.seller, it.quote, it.notional, it.trade)
        enter(.delivery, it.seller, it.base, -it.delivery, it.trade)
        enter(.delivery, it.buyer, it.base, it.delivery, it.trade)
        let fees = it.buyerFee + it.sellerFee
        if fees == 0 { return }
        if it.buyerFee != 0 { enter(.fee, it.buyer, it.quote, -it.buyerFee, it.trade) }
        if it.sellerFee != 0 { enter(.fee, it.seller, it.quote, -it.sellerFee, it.trade) }
        enter(.fee, .fees, it.quote, fees, it.trade)
    }

    /// What both sides put into their service contracts (`sign` 1), or get back from them (−1): four entries.
    private mutating func hold(_ it: Exchange, _ sign: Amount) {
        let cost = sign * (it.notional + it.buyerFee)
        enter(.contractFunding, it.buyer, it.quote, -cost, it.trade)
        enter(.contractHolding, it.buyer, it.quote, cost, it.trade)
        enter(.contractFunding, it.seller, it.base, -sign * it.delivery, it.trade)
        enter(.contractHolding, it.seller, it.base, sign * it.delivery, it.trade)
    }

    /// The terms of an instrument, which never change.
    private mutating func terms(
        of instrument: InstrumentID,
        _ venue: borrowing Venue
    ) -> Terms {
        let index = Int(instrument.rawValue)
        if index < terms.count, let known = terms[index] { return known }
        guard let definition = venue.definition(of: instrument) else {
            preconditionFailure("what is traded is defined")
        }
        let found = Terms(
            base: definition.base,
            quote: definition.quote,
            lotUnits: definition.lotUnits
        )
        while terms.count <= index { terms.append(nil) }
        terms[index] = found
        return found
    }

    // MARK: Rows

    private mutating func enter(
        _ kind: LedgerEntryKind,
        _ account: AccountID,
        _ asset: AssetID,
        _ amount: Amount,
        _ trade: TradeID = TradeID(0)
    ) {
        gathered.entries.append(
            LedgerEntry(
                sequence: sequence,
                number: entryNumber,
                time: time,
                trade: trade,
                account: account,
                asset: asset,
                kind: kind,
                amount: amount
            )
        )
        entryNumber += 1
        if kind.isOwned { totals.touch(account, asset, adding: amount) }
    }

    private mutating func note(_ kind: LedgerAuditKind, _ transfer: Transfer) {
        note(
            kind,
            transfer.account,
            subject: UInt64(transfer.asset.rawValue),
            amount: transfer.amount
        )
    }

    private mutating func note(
        _ kind: LedgerAuditKind,
        _ account: AccountID,
        subject: UInt64 = 0,
        detail: UInt64 = 0,
        amount: Amount = 0,
        digest: SHA256.Digest? = nil
    ) {
        // A command that is refused may name an account that there can never be.
        let isPossible = account.rawValue < Limits.accountsMax
        gathered.audit.append(
            LedgerAuditRecord(
                sequence: sequence,
                number: auditNumber,
                time: time,
                account: isPossible ? account : .clearingHouse,
                kind: kind,
                subject: subject,
                detail: detail,
                amount: amount,
                digest: digest
            )
        )
        auditNumber += 1
    }
}

extension LedgerBatch {
    /// Puts the rows into the order in which databases keep them, so that those of a page come one after the other.
    fileprivate mutating func sort() {
        entries.sort { left, right in
            (left.account.rawValue, left.sequence, left.number)
                < (right.account.rawValue, right.sequence, right.number)
        }
        placed.sort { left, right in
            (left.account.rawValue, left.order.rawValue)
                < (right.account.rawValue, right.order.rawValue)
        }
        contracts.sort { left, right in
            (left.account.rawValue, left.contract.rawValue)
                < (right.account.rawValue, right.contract.rawValue)
        }
    }

    /// Removes all rows, and keeps their memory for the next ones.
    fileprivate mutating func removeAll() {
        entries.removeAll(keepingCapacity: true)
        trades.removeAll(keepingCapacity: true)
        placed.removeAll(keepingCapacity: true)
        changed.removeAll(keepingCapacity: true)
        contracts.removeAll(keepingCapacity: true)
        ended.removeAll(keepingCapacity: true)
        balances.removeAll(keepingCapacity: true)
        audit.removeAll(keepingCapacity: true)
    }
}
