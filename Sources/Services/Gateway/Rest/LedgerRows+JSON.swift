internal import Cryptography
internal import Encoding
internal import Follower
internal import LedgerStore
internal import Primitives
internal import Venue

// How the rows of the ledger are written.

extension LedgerOrder {
    /// Writes the members of an order, named as in the messages of the channel `orders`.
    func write(_ listing: Listing, to writer: inout JSONWriter) {
        writer.add("order_id", digits: order.rawValue)
        writer.name("client_order_id")
        if clientID == 0 || clientID > OrderRequest.clientIDMax {
            writer.null()
        } else {
            writer.digits(clientID)
        }
        let listed = listing.instrument(instrument)
        writer.add("instrument", listed?.symbol ?? String(instrument.rawValue))
        writer.add("side", side.word)
        writer.add("order_type", type.word)
        writer.add("time_in_force", timeInForce.word)
        writer.add("status", state.word)
        writer.add("reason", reason.word)
        writer.name("price")
        writer.price(price, listed)
        writer.name("trigger_price")
        writer.price(trigger, listed)
        writer.name("quantity")
        writer.quantity(quantity, listed)
        writer.name("filled_qty")
        writer.quantity(filled, listed)
        writer.name("remaining_qty")
        writer.quantity(open, listed)
        writer.name("placed_at")
        writer.time(placedTime)
        writer.name("time")
        writer.time(changedTime)
        writer.add("sequence", digits: changedSequence)
    }
}

extension LedgerContract {
    /// Writes the members of a contract, which is a trade of its account too.
    func write(_ listing: Listing, to writer: inout JSONWriter) {
        let listed = listing.instrument(instrument)
        writer.add("trade_id", digits: contract.trade.rawValue)
        writer.add("contract_id", digits: contract.rawValue)
        writer.add("order_id", digits: order.rawValue)
        writer.name("client_order_id")
        if clientID == 0 || clientID > OrderRequest.clientIDMax {
            writer.null()
        } else {
            writer.digits(clientID)
        }
        writer.add("instrument", listed?.symbol ?? String(instrument.rawValue))
        writer.add("side", side.word)
        writer.add("liquidity", isTaker ? "taker" : "maker")
        writer.name("price")
        writer.price(price, listed)
        writer.name("quantity")
        writer.quantity(quantity, listed)
        writer.name("notional")
        writer.amount(notional, listed?.quote)
        writer.name("fee")
        writer.amount(fee, listed?.quote)
        writer.name("delivery")
        writer.amount(delivery, listed?.base)
        writer.add("counterparty", OrderResult.clearingHouse)
        writer.add("settlement", settlement.word)
        writer.add("state", state.word)
        writer.name("time")
        writer.time(time)
        writer.name("ended_at")
        if endedTime == .zero { writer.null() } else { writer.time(endedTime) }
        writer.add("certificate", optional: certificate?.hex)
        writer.add("sequence", digits: sequence)
    }
}

extension LedgerContractState {
    /// What the state is called.
    var word: String {
        switch self {
        case .waiting: "waiting"
        case .settled: "settled"
        case .failed: "failed"
        case .expired: "expired"
        }
    }
}

extension LedgerEntry {
    /// Writes the members of a line of the ledger.
    func write(_ listing: Listing, to writer: inout JSONWriter) {
        let listed = listing.asset(asset)
        writer.add("asset", listed?.symbol ?? String(asset.rawValue))
        writer.add("kind", kind.word)
        writer.name("amount")
        writer.amount(amount, listed)
        writer.name("trade_id")
        if trade.rawValue == 0 { writer.null() } else { writer.digits(trade.rawValue) }
        writer.name("time")
        writer.time(time)
        writer.add("sequence", digits: sequence)
        writer.add("number", number: number)
    }
}

extension LedgerEntryKind {
    /// What the kind is called.
    var word: String {
        switch self {
        case .payment: "payment"
        case .delivery: "delivery"
        case .fee: "fee"
        case .deposit: "deposit"
        case .withdrawal: "withdrawal"
        case .custody: "custody"
        case .contractFunding: "contract_funding"
        case .contractHolding: "contract_holding"
        case .bondFunding: "bond_funding"
        case .bondHolding: "bond_holding"
        case .penalty: "penalty"
        }
    }
}

extension LedgerBalance {
    /// Writes the members of a balance.
    func write(_ listing: Listing, to writer: inout JSONWriter) {
        let listed = listing.asset(asset)
        writer.add("asset", listed?.symbol ?? String(asset.rawValue))
        writer.name("available")
        writer.amount(available, listed)
        writer.name("locked")
        writer.amount(locked, listed)
    }
}

extension JSONWriter {
    /// Writes a price, or null for none; in ticks where the instrument is not listed.
    mutating func price(_ price: Price, _ listed: ListedInstrument?) {
        if price == .none { return null() }
        guard let listed else { return digits(price.ticks) }
        text { text in listed.append(price, to: &text) }
    }

    /// Writes a quantity; in lots where the instrument is not listed.
    mutating func quantity(_ quantity: Quantity, _ listed: ListedInstrument?) {
        guard let listed else { return digits(quantity.lots) }
        text { text in listed.append(quantity, to: &text) }
    }

    /// Writes an amount; in smallest units where the asset is not listed.
    mutating func amount(_ amount: Amount, _ listed: ListedAsset?) {
        guard let listed else { return digits(amount) }
        text { text in listed.append(amount, to: &text) }
    }

    /// Writes a time.
    mutating func time(_ time: Timestamp) {
        text { text in text.append(contentsOf: time.rfc3339) }
    }
}
