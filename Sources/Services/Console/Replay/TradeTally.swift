public import Cryptography
import Primitives
public import Venue

/// Counts what a venue's events say, and hashes the list of trades.
public struct TradeTally {
    /// How many commands were refused.
    public private(set) var refused: UInt64 = 0
    /// How many trades there were.
    public private(set) var trades: UInt64 = 0
    /// How many lots changed hands.
    public private(set) var volume: Int128 = 0
    /// What was paid for them, in quote units.
    public private(set) var notional: Int128 = 0
    /// What both sides paid to the venue, in quote units.
    public private(set) var fees: Int128 = 0
    private var hasher = SHA256.Hasher()
    private var text: [UInt8] = []

    /// Makes a tally of nothing.
    public init() {}

    /// Counts one event.
    public mutating func add(_ event: Event) {
        switch event {
        case .refused: refused += 1
        case .traded(let trade): add(trade)
        default: break
        }
    }

    private mutating func add(_ trade: Trade) {
        trades += 1
        volume += Int128(trade.quantity.lots)
        notional += trade.notional
        fees += trade.buyerFee + trade.sellerFee
        append(trade.makerClientID, UInt8(ascii: ","))
        append(trade.takerClientID, UInt8(ascii: ","))
        append(UInt64(trade.price.ticks), UInt8(ascii: ","))
        append(UInt64(trade.quantity.lots), UInt8(ascii: "\n"))
        if text.count > 1 << 14 {
            hasher.update(text)
            text.removeAll(keepingCapacity: true)
        }
    }

    private mutating func append(_ number: UInt64, _ end: UInt8) {
        let start = text.count
        var rest = number
        repeat {
            text.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10))
            rest /= 10
        } while rest > 0
        text[start...].reverse()
        text.append(end)
    }

    /// The SHA-256 of the list of trades: one line `maker,taker,price,quantity` each, orders named by
    /// their client ids.
    public var tradesHash: SHA256.Digest {
        var copy = hasher
        copy.update(text)
        return copy.finalize()
    }
}
