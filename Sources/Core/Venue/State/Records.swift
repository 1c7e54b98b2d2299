import Cryptography
import Primitives

// The records of the state's tables, apart from `Order`. No padding; fixed-width fields only.

/// What an account has of one asset.
///
/// Found by (account, asset); never removed.
struct BalanceRecord: BitwiseCopyable {
    var available: Amount = 0
    var locked: Amount = 0
    var account: UInt32 = 0
    var asset: UInt32 = 0
    var reserved: UInt64 = 0
}

/// An account, at its number plus one.
struct AccountRecord: BitwiseCopyable {
    /// 1 when it has been opened.
    var isOpen: UInt32 = 0
    /// How many of its orders are live.
    var liveOrders: UInt32 = 0
}

/// An asset, at its number plus one.
struct AssetRecord: BitwiseCopyable {
    /// What entered from outside and did not leave.
    var custody: Amount = 0
    /// 1 when it has been defined.
    var isDefined: UInt64 = 0
    var reserved: UInt64 = 0
}

/// An instrument, at its number plus one: its terms, its rules and where its market stands.
struct InstrumentRecord: BitwiseCopyable {
    /// 1 when it has been defined.
    var isDefined: UInt32 = 0
    var base: UInt32 = 0
    var quote: UInt32 = 0
    /// The fee account's balance in the quote asset.
    var feeBalance: UInt32 = 0
    var lotUnits: Int64 = 0
    var tickUnits: Int64 = 0
    var windowStart: UInt64 = 0
    var windowEnd: UInt64 = 0
    var priceIncrement: Int64 = 1
    var quantityIncrement: Int64 = 1
    var quantityMax: Int64 = Limits.quantityMax
    var bandLow: Int64 = 0
    /// 0 when there is no band.
    var bandHigh: Int64 = 0
    /// Price of the last trade; 0 before the first.
    var lastPrice: Int64 = 0
    var makerRate: UInt32 = 0
    var takerRate: UInt32 = 0
    var trailingStops: UInt32 = 0
    var settlement = SettlementKind.spot
    var phase = Phase.closed
    var reserved: UInt16 = 0

    @inline(__always) var isAuction: Bool { phase == .openingAuction || phase == .closingAuction }
    @inline(__always) var hasBand: Bool { bandHigh != 0 }

    @inline(__always)
    func bandAllows(_ price: Int64) -> Bool {
        !hasBand || (price >= bandLow && price <= bandHigh)
    }
}

/// A service trade whose two contracts wait for their settlement.
struct ContractRecord: BitwiseCopyable {
    var notional: Amount = 0
    var buyerFee: Amount = 0
    var sellerFee: Amount = 0
    var delivery: Amount = 0
    /// Number of the trade; 0 marks a free record.
    var trade: UInt64 = 0
    var instrument: UInt32 = 0
    var buyerQuote: UInt32 = 0
    var buyerBase: UInt32 = 0
    var sellerQuote: UInt32 = 0
    var sellerBase: UInt32 = 0
    /// In a free record, the next free one.
    var nextFree: UInt32 = 0
}

/// What an account posted in one asset.
///
/// Found by its balance; never removed, not even when nothing is left.
struct BondRecord: BitwiseCopyable {
    var amount: Amount = 0
    /// The account's balance in the asset.
    var balance: UInt32 = 0
    /// The insurance account's balance in the asset.
    var insurance: UInt32 = 0
    var reserved: UInt64 = 0
}

/// A penalty, so that its evidence counts once.
struct PenaltyRecord: BitwiseCopyable {
    var evidence: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
    var account: UInt32 = 0
    var fault: UInt32 = 0
    var reserved: UInt64 = 0

    init() {}

    init(_ penalty: Penalty) {
        evidence = penalty.evidence.words
        account = penalty.account.rawValue
        fault = UInt32(penalty.fault.rawValue)
    }

    func names(_ digest: SHA256.Digest) -> Bool { evidence == digest.words }
}

/// The rest of the state.
struct VenueHeader: BitwiseCopyable {
    var sequence: UInt64 = 0
    var time: UInt64 = 0
    var orderCount: UInt64 = 0
    var tradeCount: UInt64 = 0
    var priorityCount: UInt64 = 0
    var rulebookVersion: UInt64 = 0
    var freeOrder: UInt32 = 0
    var freeContract: UInt32 = 0
    var liveOrders: UInt32 = 0
    var waitingContracts: UInt32 = 0
    var ordersPerAccountMax: UInt32 = Limits.ordersMax
    var reserved: UInt32 = 0
}
