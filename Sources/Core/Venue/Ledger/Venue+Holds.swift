import Primitives

// What an order reserves, and how it is released. See "Holds" in docs/rules.md.
extension Venue {
    /// `price × quantity × tickUnits`, in quote units; below 2^108 for all that passes the checks.
    @inline(__always)
    func notional(_ price: Int64, _ quantity: Int64, _ instrument: UInt32) -> Amount {
        let value = product(price, quantity)
        let tickUnits = instruments[instrument].tickUnits
        return tickUnits == 1 ? value : value &* Amount(tickUnits)
    }

    /// `quantity × lotUnits`, in base units.
    @inline(__always)
    func delivery(_ quantity: Int64, _ instrument: UInt32) -> Amount {
        product(quantity, instruments[instrument].lotUnits)
    }

    /// What a buy order reserves for a quantity at a price, with the larger of its fee rates.
    @inline(__always)
    func buyHold(_ price: Int64, _ quantity: Int64, rate: UInt32, _ instrument: UInt32) -> Amount {
        let notional = notional(price, quantity, instrument)
        return notional &+ fee(on: notional, rate: rate)
    }

    /// What the order in a slot reserves for its open quantity, the budget of a market buy apart.
    @inline(__always)
    func hold(of slot: UInt32) -> Amount {
        let instrument = orders[slot].instrument
        if orders[slot].price == 0 && (orders[slot].isPending || orders[slot].side == .buy) {
            return 0
        }
        if orders[slot].side == .sell { return delivery(orders[slot].open, instrument) }
        return buyHold(
            orders[slot].price,
            orders[slot].open,
            rate: orders[slot].holdRate,
            instrument
        )
    }

    /// What a new order at `price` reserves, the budget of a market buy apart.
    @inline(__always)
    func hold(of new: NewOrder, price: Int64, _ instrument: UInt32) -> Amount {
        if price == 0 && (new.type != .market || new.side == .buy) { return 0 }
        if new.side == .sell { return delivery(new.quantity.lots, instrument) }
        let rate = Swift.max(instruments[instrument].makerRate, instruments[instrument].takerRate)
        return buyHold(price, new.quantity.lots, rate: rate, instrument)
    }

    /// An account's balance in the asset in which orders of a side reserve.
    @inline(__always)
    func holdBalance(_ account: UInt32, _ side: Side, _ instrument: UInt32) -> UInt32 {
        balanceIndex(
            account,
            side == .buy ? instruments[instrument].quote : instruments[instrument].base
        )
    }

    /// Reserves what a new order needs.
    ///
    /// - Returns: The budget of a market buy, all of which is locked; otherwise 0.
    @inline(__always)
    mutating func reserve(
        for new: NewOrder,
        price: Int64,
        _ instrument: UInt32
    ) throws(Refusal) -> Amount {
        if new.type == .market && new.side == .buy {
            let rate = Swift.max(
                instruments[instrument].makerRate,
                instruments[instrument].takerRate
            )
            return try reserveBudget(new.account.rawValue, new.quantity.lots, rate, instrument)
        }
        try reserve(
            hold(of: new, price: price, instrument),
            new.account.rawValue,
            new.side,
            instrument
        )
        return 0
    }

    @inline(__always)
    mutating func reserve(
        _ needed: Amount,
        _ account: UInt32,
        _ side: Side,
        _ instrument: UInt32
    ) throws(Refusal) {
        if needed == 0 { return }
        let balance = holdBalance(account, side, instrument)
        guard needed <= balances[balance].available else { throw .insufficientFunds }
        lock(needed, in: balance)
    }

    /// Locks what a market buy may spend: all that is available, or what the band allows it to need.
    @inline(never)
    mutating func reserveBudget(
        _ account: UInt32,
        _ quantity: Int64,
        _ rate: UInt32,
        _ instrument: UInt32
    ) throws(Refusal) -> Amount {
        let balance = holdBalance(account, .buy, instrument)
        var budget = balances[balance].available
        guard budget > 0 else { throw .insufficientFunds }
        let high = instruments[instrument].bandHigh
        if high != 0 {
            budget = Swift.min(budget, buyHold(high, quantity, rate: rate, instrument))
        }
        lock(budget, in: balance)
        return budget
    }

    /// Gives back what the order in a slot had locked.
    @inline(__always)
    mutating func release(_ amount: Amount, of slot: UInt32) {
        release(amount, orders[slot].account, orders[slot].side, orders[slot].instrument)
    }

    @inline(__always)
    mutating func release(
        _ amount: Amount,
        _ account: UInt32,
        _ side: Side,
        _ instrument: UInt32
    ) {
        if amount != 0 { unlock(amount, in: holdBalance(account, side, instrument)) }
    }
}
