/// Every bound of the venue, each with its unit.
///
/// `LimitsTests` checks the relations between them.
public enum Limits {
    /// Highest price, in ticks: a price has at most 36 bits, six digits of the price index's 64-way tree.
    @inlinable public static var priceMax: Int64 { 1 << 36 - 1 }
    /// Largest quantity of one order, in lots: the sum over all live orders fits 63 bits.
    @inlinable public static var quantityMax: Int64 { 1 << 40 }
    /// Most parts in which an iceberg is shown: each is a trade of its own for whoever takes them all.
    @inlinable public static var icebergPartsMax: Int64 { 1_000 }
    /// Most quote units that one tick on one lot can be worth.
    @inlinable public static var tickUnitsMax: Int64 { 1 << 32 }
    /// Most base units in one lot.
    @inlinable public static var lotUnitsMax: Int64 { 1 << 48 }
    /// Most units of one asset that the venue can hold in custody; every balance is at most that.
    @inlinable public static var amountMax: Amount { 1 << 120 }
    /// Highest fee rate, in millionths of the notional: the whole of it.
    @inlinable public static var feeRateMax: UInt32 { 1_000_000 }

    /// Most accounts, the house's included.
    @inlinable public static var accountsMax: UInt32 { 1 << 20 }
    /// Most assets.
    @inlinable public static var assetsMax: UInt32 { 1 << 12 }
    /// Most instruments.
    @inlinable public static var instrumentsMax: UInt32 { 1 << 12 }
    /// Most pairs of account and asset with a balance before orders and deposits are refused.
    ///
    /// A trade always finds room for what it delivers.
    @inlinable public static var balancesMax: UInt32 { 1 << 24 }
    /// Most live orders: the slots that an `OrderID` can name, without slot 0.
    @inlinable public static var ordersMax: UInt32 { 1 << 22 - 1 }
    /// Most orders ever accepted: the counters that an `OrderID` can hold.
    @inlinable public static var orderCounterMax: UInt64 { 1 << 42 - 1 }
    /// Most service contracts that wait for their settlement.
    @inlinable public static var contractsMax: UInt32 { 1 << 24 }
    /// Most pairs of account and asset with a bond: an observer posts in a few assets.
    @inlinable public static var bondsMax: UInt32 { 1 << 10 }
    /// Most penalties ever: each one's evidence is remembered, so that it counts once.
    @inlinable public static var penaltiesMax: UInt32 { 1 << 14 }
    /// Most trailing stops that wait on one instrument; each moves with the market.
    @inlinable public static var trailingStopsMax: UInt32 { 4096 }
}
