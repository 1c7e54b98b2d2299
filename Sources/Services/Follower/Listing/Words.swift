package import Venue

// What the venue counts by numbers, as interfaces spell it.

extension Side {
    package static var words: KeyValuePairs<String, Side> { ["BUY": .buy, "SELL": .sell] }

    package var word: String { self == .buy ? "BUY" : "SELL" }
}

extension OrderType {
    package static var words: KeyValuePairs<String, OrderType> {
        [
            "LIMIT": .limit, "MARKET": .market, "STOP": .stop, "STOP_LIMIT": .stopLimit,
            "TRAILING_STOP": .trailingStop,
        ]
    }

    package var word: String {
        switch self {
        case .limit: "LIMIT"
        case .market: "MARKET"
        case .stop: "STOP"
        case .stopLimit: "STOP_LIMIT"
        case .trailingStop: "TRAILING_STOP"
        }
    }
}

extension TimeInForce {
    package static var words: KeyValuePairs<String, TimeInForce> {
        [
            "GTC": .goodTillCancel, "IOC": .immediateOrCancel, "FOK": .fillOrKill,
            "GTT": .goodTillTime, "DAY": .day,
        ]
    }

    package var word: String {
        switch self {
        case .goodTillCancel: "GTC"
        case .immediateOrCancel: "IOC"
        case .fillOrKill: "FOK"
        case .goodTillTime: "GTT"
        case .day: "DAY"
        }
    }
}

extension SelfTradePrevention {
    package static var words: KeyValuePairs<String, SelfTradePrevention> {
        [
            "NONE": .none, "CANCEL_NEWEST": .cancelNewest, "CANCEL_OLDEST": .cancelOldest,
            "CANCEL_BOTH": .cancelBoth, "DECREMENT": .decrement,
        ]
    }
}

extension OrderState {
    /// Every state by its word.
    package static var words: KeyValuePairs<String, OrderState> {
        [
            "NEW": .new, "OPEN": .open, "PARTIAL": .partial, "FILLED": .filled,
            "CANCELLED": .cancelled, "REJECTED": .rejected, "EXPIRED": .expired,
            "PENDING_TRIGGER": .pendingTrigger,
        ]
    }

    package var word: String {
        switch self {
        case .new: "new"
        case .open: "open"
        case .partial: "partial"
        case .filled: "filled"
        case .cancelled: "cancelled"
        case .rejected: "rejected"
        case .expired: "expired"
        case .pendingTrigger: "pending_trigger"
        }
    }
}

extension ChangeReason {
    package var word: String {
        switch self {
        case .matching: "matching"
        case .cancelled: "cancelled"
        case .amended: "amended"
        case .massCancelled: "mass_cancelled"
        case .immediateRemainder: "immediate_remainder"
        case .fillOrKill: "fill_or_kill"
        case .selfTrade: "self_trade"
        case .expired: "expired"
        case .triggered: "triggered"
        case .trailed: "trailed"
        case .replenished: "replenished"
        case .band: "band"
        case .insufficientFunds: "insufficient_funds"
        case .repriced: "repriced"
        }
    }
}

extension Phase {
    package var word: String {
        switch self {
        case .closed: "closed"
        case .openingAuction: "opening_auction"
        case .continuous: "continuous"
        case .halted: "halted"
        case .closingAuction: "closing_auction"
        }
    }
}

extension SettlementKind {
    package var word: String { self == .spot ? "spot" : "service" }
}
