internal import Venue

// The words of the interfaces for what the venue counts by numbers.

extension Side {
    var text: String { self == .buy ? "BUY" : "SELL" }
}

extension Phase {
    var text: String {
        switch self {
        case .closed: "closed"
        case .openingAuction: "opening_auction"
        case .continuous: "continuous"
        case .halted: "halted"
        case .closingAuction: "closing_auction"
        }
    }
}

extension OrderType {
    var text: String {
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
    var text: String {
        switch self {
        case .goodTillCancel: "GTC"
        case .immediateOrCancel: "IOC"
        case .fillOrKill: "FOK"
        case .goodTillTime: "GTT"
        case .day: "DAY"
        }
    }
}

extension OrderState {
    var text: String {
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
    var text: String {
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
