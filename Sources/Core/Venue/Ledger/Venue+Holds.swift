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

    /// What a buy order at `price` reserves for a quantity.
    @inline(__always)
    func buyHold(_ order: Order, price: Int64, quantity: Int64) -> Amount {
        let notional = notional(price, quantity, order.instrument)
        return notional &+ fee(on: notional, rate: order.holdRate)
    }

    /// What an order that has a price, or is a market sell at work, reserves for its open quantity.
    @inline(__always)
    func hold(of order: Order) -> Amount {
        if order.price == 0 && (order.isPending || order.side == .buy) { return 0 }
        return order.side == .buy
            ? buyHold(order, price: order.price, quantity: order.open)
            : delivery(order.open, order.instrument)
    }

    /// The asset in which an order reserves.
    @inline(__always)
    func holdAsset(of order: Order) -> UInt32 {
        order.side == .buy
            ? instruments[order.instrument].quote : instruments[order.instrument].base
    }

    /// Reserves what an order needs.
    ///
    /// - Returns: The budget of a market buy, all of which is locked; otherwise 0.
    @inline(__always)
    mutating func reserve(for order: Order) throws(Refusal) -> Amount {
        let isBudgeted = order.price == 0 && order.side == .buy && !order.isPending
        var needed = hold(of: order)
        if needed == 0 && !isBudgeted { return 0 }
        let balance = balanceIndex(order.account, holdAsset(of: order))
        if isBudgeted {
            needed = balances[balance].available
            guard needed > 0 else { throw .insufficientFunds }
            let high = instruments[order.instrument].bandHigh
            if high != 0 {
                needed = Swift.min(needed, buyHold(order, price: high, quantity: order.open))
            }
        }
        guard needed <= balances[balance].available else { throw .insufficientFunds }
        lock(needed, in: balance)
        return isBudgeted ? needed : 0
    }

    @inline(__always)
    mutating func release(_ amount: Amount, of order: Order) {
        if amount == 0 { return }
        unlock(amount, in: balanceIndex(order.account, holdAsset(of: order)))
    }
}
