import Primitives

extension Venue {
    /// Executes a trade between two orders and novates it: money, goods, fees, contracts, event.
    ///
    /// Both orders' open and filled quantities change; their records and the book are the caller's.
    @inline(__always)
    mutating func exchange(
        _ maker: inout Order,
        _ taker: inout Order,
        price: Int64,
        quantity: Int64,
        budget: inout Amount,
        _ events: inout EventBuffer
    ) {
        let instrument = taker.instrument
        let notional = notional(price, quantity, instrument)
        let makerFee = fee(on: notional, rate: maker.makerRate)
        let takerFee = fee(on: notional, rate: taker.takerRate)
        let takerBuys = taker.side == .buy
        var trade = Trade(
            trade: TradeID(header.tradeCount &+ 1),
            instrument: InstrumentID(instrument &- 1),
            takerSide: taker.side,
            settlement: instruments[instrument].settlement,
            price: Price(price),
            quantity: Quantity(quantity),
            maker: OrderID(maker.id),
            taker: OrderID(taker.id),
            makerClientID: maker.clientID,
            takerClientID: taker.clientID,
            buyer: AccountID(maker.account),
            seller: AccountID(taker.account),
            notional: notional,
            buyerFee: makerFee,
            sellerFee: takerFee
        )
        if takerBuys {
            trade.buyer = AccountID(taker.account)
            trade.seller = AccountID(maker.account)
            trade.buyerFee = takerFee
            trade.sellerFee = makerFee
        }
        header.tradeCount &+= 1
        if takerBuys {
            novate(trade, buyer: taker, budget: &budget)
        } else {
            novate(trade, buyer: maker, budget: &budget)
        }
        maker.open &-= quantity
        maker.filled &+= quantity
        taker.open &-= quantity
        taker.filled &+= quantity
        instruments[instrument].lastPrice = price
        if firstPrice == 0 { firstPrice = price }
        lastPrice = price
        events.append(trade)
    }

    /// Replaces a trade by two contracts with the clearing house, and settles them if they are spot.
    ///
    /// The buyer's order is given as it was before the trade.
    @inline(__always)
    private mutating func novate(_ trade: Trade, buyer: Order, budget: inout Amount) {
        let instrument = buyer.instrument
        let quote = instruments[instrument].quote
        let cost = trade.notional &+ trade.buyerFee
        let buyerQuote = balanceIndex(trade.buyer.rawValue, quote)
        if buyer.price != 0 {
            let before = buyHold(buyer, price: buyer.price, quantity: buyer.open)
            let after = buyHold(
                buyer,
                price: buyer.price,
                quantity: buyer.open &- trade.quantity.lots
            )
            unlock(before &- after &- cost, in: buyerQuote)
        } else {
            precondition(cost <= budget)
            budget &-= cost
        }
        let delivery = delivery(trade.quantity.lots, instrument)
        let buyerBase = openBalance(trade.buyer.rawValue, instruments[instrument].base)
        let sellerQuote = openBalance(trade.seller.rawValue, quote)
        let sellerBase = balanceIndex(trade.seller.rawValue, instruments[instrument].base)
        var contract = ContractRecord()
        contract.notional = trade.notional
        contract.buyerFee = trade.buyerFee
        contract.sellerFee = trade.sellerFee
        contract.delivery = delivery
        contract.trade = trade.trade.rawValue
        contract.instrument = instrument
        contract.buyerQuote = buyerQuote
        contract.buyerBase = buyerBase
        contract.sellerQuote = sellerQuote
        contract.sellerBase = sellerBase
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
        _ events: inout EventBuffer
    ) throws(Refusal) {
        guard trade.rawValue != 0, trade.rawValue <= header.tradeCount
        else { throw .unknownContract }
        let slot = findContract(trade.rawValue)
        guard slot != 0 else { throw .contractEnded }
        let contract = contracts[slot]
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
                    delivery: contract.delivery
                )
            )
        )
    }

    private func findContract(_ trade: UInt64) -> UInt32 {
        var probe = contractsByTrade.probe(contractHash(trade))
        while true {
            let slot = contractsByTrade.next(&probe)
            if slot == 0 || contracts[slot].trade == trade { return slot }
        }
    }
}
