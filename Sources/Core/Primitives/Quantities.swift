/// A price in ticks of its instrument: 1 … `Limits.priceMax` where a price is required, 0 where none is.
@frozen public struct Price: Hashable, Comparable, BitwiseCopyable, Sendable {
    /// The number of ticks.
    public var ticks: Int64

    /// No price.
    @inlinable public static var none: Price { Price(0) }

    /// Makes a price from a number of ticks.
    @inlinable public init(_ ticks: Int64) { self.ticks = ticks }

    /// Orders prices by their ticks.
    @inlinable public static func < (left: Price, right: Price) -> Bool { left.ticks < right.ticks }
}

/// A quantity in lots of its instrument: 0 … `Limits.quantityMax`.
@frozen public struct Quantity: Hashable, Comparable, BitwiseCopyable, Sendable {
    /// The number of lots.
    public var lots: Int64

    /// Nothing.
    @inlinable public static var zero: Quantity { Quantity(0) }

    /// Makes a quantity from a number of lots.
    @inlinable public init(_ lots: Int64) { self.lots = lots }

    /// Orders quantities by their lots.
    @inlinable public static func < (left: Quantity, right: Quantity) -> Bool {
        left.lots < right.lots
    }
}

/// An amount of one asset, in its smallest units.
///
/// Signed, so that a sum over a ledger can be formed.
public typealias Amount = Int128

/// A point in time, in nanoseconds since an epoch that the venue's clock defines.
///
/// The live venue uses 1970-01-01T00:00:00Z without leap seconds; a replayed session uses its own.
@frozen public struct Timestamp: Hashable, Comparable, BitwiseCopyable, Sendable {
    /// Nanoseconds since the epoch.
    public var nanoseconds: UInt64

    /// The epoch itself; where a time is optional, no time.
    @inlinable public static var zero: Timestamp { Timestamp(0) }

    /// Makes a timestamp from nanoseconds since the epoch.
    @inlinable public init(_ nanoseconds: UInt64) { self.nanoseconds = nanoseconds }

    /// Orders points in time.
    @inlinable public static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.nanoseconds < right.nanoseconds
    }
}
