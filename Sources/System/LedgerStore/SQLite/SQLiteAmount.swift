internal import Primitives

// How SQLite keeps an amount exactly, as it has no integers above 64 bits: in two integer columns, `high` and
// `low`, with amount = high · 10^18 + low, |low| < 10^18, and neither part of the other sign. So every amount
// has one form, ordering by (high, low) is ordering by amount, amounts below 10^18 take no more room than an
// integer of their size, anybody can read them, and sums are exact: see `SQLiteAmount.sum`.

/// An amount as two columns of SQLite.
struct SQLiteAmount: Equatable {
    /// What `high` counts.
    static let unit: Amount = 1_000_000_000_000_000_000
    /// What splits `low` so that the sum of 2^33 rows cannot overflow.
    private static let half: Amount = 1_000_000_000

    let high: Int64
    let low: Int64

    /// Splits an amount between −2^120 and 2^120, which is all that a venue can hold.
    init(_ amount: Amount) {
        if let small = Int64(exactly: amount), small.magnitude < 1_000_000_000_000_000_000 {
            high = 0
            low = small
            return
        }
        let (quotient, remainder) = amount.quotientAndRemainder(dividingBy: Self.unit)
        high = Int64(quotient)
        low = Int64(remainder)
    }

    /// Takes what two columns hold; nil if they are no amount.
    init?(high: Int64, low: Int64) {
        guard low.magnitude < 1_000_000_000_000_000_000,
            high == 0 || low == 0 || (high < 0) == (low < 0)
        else { return nil }
        self.high = high
        self.low = low
    }

    /// The amount.
    var amount: Amount { Amount(high) * Self.unit + Amount(low) }

    /// The columns of an exact sum.
    static let sumColumns =
        "SUM(amount_high), SUM(amount_low / 1000000000), SUM(amount_low % 1000000000)"

    /// The amount from the columns of a sum.
    static func sum(_ high: Int64, _ middle: Int64, _ low: Int64) -> Amount {
        Amount(high) * unit + Amount(middle) * half + Amount(low)
    }
}
