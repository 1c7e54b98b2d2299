/// A member's account at the venue.
///
/// Accounts below `reservedCount` belong to the house; members' accounts start there.
@frozen public struct AccountID: Hashable, BitwiseCopyable, Sendable {
    /// The number of the account, below `Limits.accountsMax`.
    public var rawValue: UInt32

    /// The central counterparty that stands between buyer and seller.
    @inlinable public static var clearingHouse: AccountID { AccountID(0) }
    /// The account that receives maker and taker fees.
    @inlinable public static var fees: AccountID { AccountID(1) }
    /// The account that receives what penalised bonds lose.
    @inlinable public static var insurance: AccountID { AccountID(2) }
    /// How many account numbers are kept for the house.
    @inlinable public static var reservedCount: UInt32 { 16 }

    /// Makes an identifier from its number.
    @inlinable public init(_ rawValue: UInt32) { self.rawValue = rawValue }

    /// Whether the account belongs to the house and can therefore place no orders.
    @inlinable public var isReserved: Bool { rawValue < Self.reservedCount }
}

/// A thing that can be owned: a currency, a share, minutes of downlink time.
@frozen public struct AssetID: Hashable, BitwiseCopyable, Sendable {
    /// The number of the asset, below `Limits.assetsMax`.
    public var rawValue: UInt32

    /// Makes an identifier from its number.
    @inlinable public init(_ rawValue: UInt32) { self.rawValue = rawValue }
}

/// A pair of assets, or a service, that can be traded.
@frozen public struct InstrumentID: Hashable, BitwiseCopyable, Sendable {
    /// The number of the instrument, below `Limits.instrumentsMax`.
    public var rawValue: UInt32

    /// Makes an identifier from its number.
    @inlinable public init(_ rawValue: UInt32) { self.rawValue = rawValue }
}

/// An order, named by the venue when it accepts it.
///
/// The low `slotBits` bits name the slot that holds the order while it lives, the rest is a counter
/// that never repeats: looking an order up needs no search, and an old name never finds a new order.
@frozen public struct OrderID: Hashable, BitwiseCopyable, Sendable {
    /// Counter and slot; 0 names no order.
    public var rawValue: UInt64

    /// How many low bits hold the slot.
    @inlinable public static var slotBits: UInt64 { 22 }

    /// No order.
    @inlinable public static var none: OrderID { OrderID(0) }

    /// Makes an identifier from its number.
    @inlinable public init(_ rawValue: UInt64) { self.rawValue = rawValue }

    /// Makes the identifier of the order number `counter` that lives in `slot`.
    @inlinable public init(counter: UInt64, slot: UInt32) {
        rawValue = counter << Self.slotBits | UInt64(slot)
    }

    /// The slot that holds the order while it lives.
    @inlinable public var slot: UInt32 {
        UInt32(truncatingIfNeeded: rawValue & (1 << Self.slotBits - 1))
    }
}

/// A trade, numbered from 1 in the order of execution.
@frozen public struct TradeID: Hashable, BitwiseCopyable, Sendable {
    /// The number of the trade; 0 names no trade.
    public var rawValue: UInt64

    /// Makes an identifier from its number.
    @inlinable public init(_ rawValue: UInt64) { self.rawValue = rawValue }

    /// The contract between the buyer and the clearing house that replaces the trade.
    @inlinable public var buyerContract: ContractID { ContractID(rawValue &* 2) }
    /// The contract between the seller and the clearing house that replaces the trade.
    @inlinable public var sellerContract: ContractID { ContractID(rawValue &* 2 &+ 1) }
}

/// One leg of a novated trade: a contract between one party and the clearing house.
@frozen public struct ContractID: Hashable, BitwiseCopyable, Sendable {
    /// Twice the number of the trade, plus one for the seller's leg.
    public var rawValue: UInt64

    /// Makes an identifier from its number.
    @inlinable public init(_ rawValue: UInt64) { self.rawValue = rawValue }

    /// The trade from which the contract was made.
    @inlinable public var trade: TradeID { TradeID(rawValue / 2) }
}
