public import Primitives

/// What a vote is about: the one thing for which an observer signs one digest and never another.
///
/// As a number, a slot below 2^63 is the number of an interval; a claim's is 2^63 + trade × 2^8 + revision.
public enum AttestedSlot: Hashable, Sendable {
    /// An interval, by its number; below 2^63.
    case interval(UInt64)
    /// A claim about a service trade; the trade is from 1 to 2^54 − 1.
    case claim(TradeID, revision: UInt8)

    private static var claimBit: UInt64 { 1 << 63 }

    /// Reads the number of a slot; none if no slot has it.
    public init?(rawValue: UInt64) {
        if rawValue < Self.claimBit {
            self = .interval(rawValue)
            return
        }
        let trade = (rawValue & ~Self.claimBit) >> 8
        guard StatementLimits.claimedTrades.contains(trade) else { return nil }
        self = .claim(TradeID(trade), revision: UInt8(truncatingIfNeeded: rawValue))
    }

    /// The number.
    public var rawValue: UInt64 {
        switch self {
        case .interval(let number):
            precondition(number < Self.claimBit)
            return number
        case .claim(let trade, let revision):
            precondition(StatementLimits.claimedTrades.contains(trade.rawValue))
            return Self.claimBit | trade.rawValue << 8 | UInt64(revision)
        }
    }

    /// The trade that a claim is about; none for an interval.
    public var trade: TradeID? {
        switch self {
        case .interval: nil
        case .claim(let trade, _): trade
        }
    }
}

extension AttestedSlot: CustomStringConvertible {
    /// The slot in words.
    public var description: String {
        switch self {
        case .interval(let number): "interval \(number)"
        case .claim(let trade, let revision):
            "claim \(revision) about trade \(trade.rawValue)"
        }
    }
}
