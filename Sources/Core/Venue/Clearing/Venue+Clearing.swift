import Cryptography
import Primitives

extension Venue {
    /// Executes a trade between two orders and novates it: money, goods, fees, contracts, event.
    ///
    /// Both orders' open and filled quantities change; their state and the book are the caller's.
    @inline(__always)
    mutating func exchange(
        _ maker: UInt32,
        _ taker: UInt32,
        price: Int64,
        quantity: Int64,
        budget: inout Amount,
        _ events: inout EventBuffer
    ) {
        let instrument = orders[taker].instrument
        let notional = notional(price, quantity, instrument)
        let makerFee = fee(on: notional, rate: orders[maker].makerRate)
        let takerFee = fee(on: notional, rate: orders[taker].takerRate)
        let takerBuys = orders[taker].side == .buy
        let buyer = takerBuys ? taker : maker
        let seller = takerBuys ? maker : taker
        header.tradeCount &+= 1
        let trade = Trade(
            trade: TradeID(header.tradeCount),
            instrument: InstrumentID(instrument &- 1),
            takerSide: orders[taker].side,
            settlement: instruments[instrument].settlement,
            price: Price(price),
            quantity: Quantity(quantity),
            maker: OrderID(orders[maker].id),
            taker: OrderID(orders[taker].id),
            makerClientID: orders[maker].clientID,
            takerClientID: orders[taker].clientID,
            buyer: AccountID(orders[buyer].account),
            seller: AccountID(orders[seller].account),
            notional: notional,
            buyerFee: takerBuys ? takerFee : makerFee,
            sellerFee: takerBuys ? makerFee : takerFee
        )
        events.append(trade)
        novate(trade, buyer: buyer, budget: &budget)
        orders.modify(maker) { order in
            order.open &-= quantity
            order.filled &+= quantity
        }
        orders.modify(taker) { order in
            order.open &-= quantity
            order.filled &+= quantity
        }
        instruments[instrument].lastPrice = price
        if firstPrice == 0 { firstPrice = price }
        lastPrice = price
    }

    /// Replaces a trade by two contracts with the clearing house, and settles them if they are spot.
    ///
    /// The buyer's order is still as it was before the trade.
    @inline(__always)
    private mutating func novate(_ trade: Trade, buyer: UInt32, budget: inout Amount) {
        let instrument = orders[buyer].instrument
        let quote = instruments[instrument].quote
        let cost = trade.notional &+ trade.buyerFee
        let buyerQuote = balanceIndex(trade.buyer.rawValue, quote)
        let price = orders[buyer].price
        if price != 0 {
            let rate = orders[buyer].holdRate
            let open = orders[buyer].open
            let before = buyHold(price, open, rate: rate, instrument)
            let after = buyHold(price, open &- trade.quantity.lots, rate: rate, instrument)
            unlock(before &- after &- cost, in: buyerQuote)
        } else {
            precondition(cost <= budget)
            budget &-= cost
        }
        let buyerBase = openBalance(trade.buyer.rawValue, instruments[instrument].base)
        let sellerQuote = openBalance(trade.seller.rawValue, quote)
        let sellerBase = balanceIndex(trade.seller.rawValue, instruments[instrument].base)
        let contract = ContractRecord(
            notional: trade.notional,
            buyerFee: trade.buyerFee,
            sellerFee: trade.sellerFee,
            delivery: delivery(trade.quantity.lots, instrument),
            trade: trade.trade.rawValue,
            instrument: instrument,
            buyerQuote: buyerQuote,
            buyerBase: buyerBase,
            sellerQuote: sellerQuote,
            sellerBase: sellerBase
        )
        switch trade.settlement {
        case .spot: settle(contract)
        case .service: keep(contract)
        }
    }

    /// Delivery against payment: both legs at once, out of what is locked, and the fees.
    @inline(__always)
    private mutating func settle(_ contract: ContractRecord) {
        debitLocked(contract.notional &+ contract.buyerFee, in: contract.buyerQuote)
        debitLocked(contract.delivery, in: contract.sellerBase)
        credit(contract.delivery, to: contract.buyerBase)
        credit(contract.notional &- contract.sellerFee, to: contract.sellerQuote)
        let fees = contract.buyerFee &+ contract.sellerFee
        if fees != 0 { credit(fees, to: instruments[contract.instrument].feeBalance) }
    }

    /// Lets the two contracts of a service trade wait for their settlement.
    @inline(never)
    private mutating func keep(_ contract: ContractRecord) {
        var slot = header.freeContract
        if slot == 0 {
            slot = contracts.append(contract)
        } else {
            header.freeContract = contracts[slot].nextFree
            contracts[slot] = contract
        }
        contractsByTrade.insert(contractHash(contract.trade), slot)
        header.waitingContracts += 1
    }

    func contractHash(_ trade: UInt64) -> UInt32 {
        SlotIndex.hash(trade, 0, seed: hashSeed)
    }

    /// Settles, fails or expires the two contracts of a service trade.
    mutating func endContract(
        _ trade: TradeID,
        _ outcome: ContractOutcome,
        certificate: SHA256.Digest? = nil,
        _ events: inout EventBuffer
    ) throws(Refusal) {
        guard trade.rawValue != 0, trade.rawValue <= header.tradeCount
        else { throw .unknownContract }
        let slot = findContract(trade.rawValue)
        guard slot != 0 else { throw .contractEnded }
        let contract = contracts[slot]
        if let certificate, certificate.words == (0, 0, 0, 0) { throw .invalidRule }
        if outcome == .expired {
            guard instruments[contract.instrument].windowEnd <= header.time
            else { throw .contractWindowOpen }
        }
        if outcome == .settled {
            settle(contract)
        } else {
            unlock(contract.notional + contract.buyerFee, in: contract.buyerQuote)
            unlock(contract.delivery, in: contract.sellerBase)
        }
        contractsByTrade.remove(contractHash(contract.trade), slot)
        contracts[slot].trade = 0
        contracts[slot].nextFree = header.freeContract
        header.freeContract = slot
        header.waitingContracts -= 1
        events.append(
            .contractEnded(
                ContractEnded(
                    trade: trade,
                    instrument: InstrumentID(contract.instrument - 1),
                    outcome: outcome,
                    buyer: AccountID(balances[contract.buyerQuote].account),
                    seller: AccountID(balances[contract.sellerBase].account),
                    notional: contract.notional,
                    buyerFee: contract.buyerFee,
                    sellerFee: contract.sellerFee,
                    delivery: contract.delivery,
                    certificate: certificate
                )
            )
        )
    }

    func findContract(_ trade: UInt64) -> UInt32 {
        var probe = contractsByTrade.probe(contractHash(trade))
        while true {
            let slot = contractsByTrade.next(&probe)
            if slot == 0 || contracts[slot].trade == trade { return slot }
        }
    }
}
