package import Primitives
import Venue

/// What an account has of one asset in the reference model.
package struct ReferenceBalance: Equatable {
    /// What can be withdrawn or reserved.
    package var available: Amount = 0
    /// What is reserved for orders and waiting contracts.
    package var locked: Amount = 0
}

struct BalanceKey: Hashable {
    var account: AccountID
    var asset: AssetID
}

/// Accounts, money, and the holds of orders.
extension ReferenceVenue {
    func openAccount(_ account: AccountID) {
        if account.isReserved { return refuse(.reservedAccount, account: account) }
        if accounts.contains(account.rawValue) { return refuse(.accountExists, account: account) }
        if account.rawValue >= Limits.accountsMax { return refuse(.invalidRule, account: account) }
        accounts.insert(account.rawValue)
        events.append(.accountOpened(account))
    }

    func deposit(_ transfer: Transfer) {
        let custody = custody(of: transfer.asset)
        if !accounts.contains(transfer.account.rawValue) {
            return refuse(.unknownAccount, account: transfer.account)
        }
        if transfer.account.isReserved {
            return refuse(.reservedAccount, account: transfer.account)
        }
        if !assets.contains(transfer.asset.rawValue) {
            return refuse(.unknownAsset, account: transfer.account)
        }
        if transfer.amount <= 0 || transfer.amount > Limits.amountMax - custody {
            return refuse(.invalidAmount, account: transfer.account)
        }
        if missingBalances(of: transfer.account, in: [transfer.asset]) > roomForBalances {
            return refuse(.venueFull, account: transfer.account)
        }
        custodies[transfer.asset.rawValue] = custody + transfer.amount
        change(transfer.account, transfer.asset) { $0.available += transfer.amount }
        events.append(.deposited(transfer))
    }

    func withdraw(_ transfer: Transfer) {
        if !accounts.contains(transfer.account.rawValue) {
            return refuse(.unknownAccount, account: transfer.account)
        }
        if transfer.account.isReserved && transfer.account != .fees
            && transfer.account != .insurance
        {
            return refuse(.reservedAccount, account: transfer.account)
        }
        if !assets.contains(transfer.asset.rawValue) {
            return refuse(.unknownAsset, account: transfer.account)
        }
        if transfer.amount <= 0 || transfer.amount > Limits.amountMax {
            return refuse(.invalidAmount, account: transfer.account)
        }
        if transfer.amount > balance(of: transfer.account, in: transfer.asset).available {
            return refuse(.insufficientFunds, account: transfer.account)
        }
        custodies[transfer.asset.rawValue] = custody(of: transfer.asset) - transfer.amount
        change(transfer.account, transfer.asset) { $0.available -= transfer.amount }
        events.append(.withdrawn(transfer))
    }

    /// Changes one balance; neither part may become negative.
    func change(_ account: AccountID, _ asset: AssetID, _ body: (inout ReferenceBalance) -> Void) {
        let key = BalanceKey(account: account, asset: asset)
        var balance = balances[key] ?? ReferenceBalance()
        body(&balance)
        precondition(balance.available >= 0)
        precondition(balance.locked >= 0)
        balances[key] = balance
    }

    var roomForBalances: Int { Int(Limits.balancesMax) - balances.count }

    func missingBalances(of account: AccountID, in assets: [AssetID]) -> Int {
        assets.count { balances[BalanceKey(account: account, asset: $0)] == nil }
    }

    /// Makes what is locked for an order `amount`; the difference comes from or goes to what is available.
    func setHold(of order: ReferenceOrder, to amount: Amount) {
        let growth = amount - order.held
        change(order.placed.account, assetGiven(by: order.placed)) {
            $0.available -= growth
            $0.locked += growth
        }
        order.held = amount
    }

    /// The asset that an order gives: the quote asset to buy, the base asset to sell.
    func assetGiven(by order: NewOrder) -> AssetID {
        let definition = definition(order.instrument)
        return order.side == .buy ? definition.quote : definition.base
    }

    /// What is available to the owner of an order, in the asset that the order gives.
    func available(to order: NewOrder) -> Amount {
        balance(of: order.account, in: assetGiven(by: order)).available
    }

    /// The terms of an instrument that is known to exist.
    func definition(_ id: InstrumentID) -> InstrumentDefinition { known(id).definition }

    /// An instrument that is known to exist.
    func known(_ id: InstrumentID) -> ReferenceInstrument {
        guard let instrument = instruments[id.rawValue] else {
            preconditionFailure("orders and contracts only ever name defined instruments")
        }
        return instrument
    }
}

/// The arithmetic of money. Everything fits 128 bits; the comments say why.
extension ReferenceVenue {
    /// `price × quantity × tickUnits`: at most 2^(36 + 48 + 32).
    func notional(_ definition: InstrumentDefinition, price: Int64, quantity: Int64) -> Amount {
        Amount(price) * Amount(quantity) * Amount(definition.tickUnits)
    }

    /// `quantity × lotUnits`: at most 2^(48 + 48).
    func delivery(_ definition: InstrumentDefinition, quantity: Int64) -> Amount {
        Amount(quantity) * Amount(definition.lotUnits)
    }

    /// `⌊notional × rate / 1,000,000⌋`, with whole millions taken out first so that nothing overflows.
    func fee(on notional: Amount, rate: UInt32) -> Amount {
        let million: Amount = 1_000_000
        return notional / million * Amount(rate) + notional % million * Amount(rate) / million
    }

    /// What a buy order needs at a price: notional and fee at the larger of its rates.
    func buyHold(
        _ definition: InstrumentDefinition,
        price: Int64,
        quantity: Int64,
        rate: UInt32
    ) -> Amount {
        let notional = notional(definition, price: price, quantity: quantity)
        return notional + fee(on: notional, rate: rate)
    }

    /// `⌊budget × 10⁶ / (price × tickUnits × (10⁶ + rate))⌋`, how many lots a budget pays for.
    ///
    /// With budget = whole × divisor + rest the quotient is whole × 10⁶ + ⌊rest × 10⁶ / divisor⌋; the
    /// divisor is at most 2^(36 + 32 + 21) and at least 10⁶, so neither product overflows.
    func lotsPayable(
        _ definition: InstrumentDefinition,
        budget: Amount,
        price: Int64,
        rate: UInt32
    ) -> Amount {
        let million: Amount = 1_000_000
        let divisor = Amount(price) * Amount(definition.tickUnits) * (million + Amount(rate))
        return budget / divisor * million + budget % divisor * million / divisor
    }

    /// What the rules reserve for the open `quantity` of an order at `price` (0 for none).
    func requiredHold(
        _ order: NewOrder,
        price: Int64,
        quantity: Int64,
        rate: UInt32
    ) -> Amount {
        let instrument = known(order.instrument)
        if order.side == .sell { return delivery(instrument.definition, quantity: quantity) }
        if price != 0 {
            return buyHold(instrument.definition, price: price, quantity: quantity, rate: rate)
        }
        let available = available(to: order)
        if instrument.band.high == .none { return available }
        let most = buyHold(
            instrument.definition,
            price: instrument.band.high.ticks,
            quantity: quantity,
            rate: rate
        )
        return min(available, most)
    }
}
