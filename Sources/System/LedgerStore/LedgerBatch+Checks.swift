internal import Primitives

extension LedgerBatch {
    /// Checks that all numbers fit columns of 64 bits with a sign.
    ///
    /// Client order ids and what audit records name are stored by their bits, and amounts are bounded by the venue (`Limits.amountMax`).
    ///
    /// - Throws: `outOfRange`.
    func checkRange() throws(LedgerStoreError) {
        let max = UInt64(Int64.max)
        guard lastSequence <= max else { throw .outOfRange(what: "the sequence \(lastSequence)") }
        for row in trades where row.time.nanoseconds > max {
            throw .outOfRange(what: "the time \(row.time.nanoseconds)")
        }
        for row in placed where row.order.rawValue > max || row.placedTime.nanoseconds > max {
            throw .outOfRange(what: "the number or time of order \(row.order.rawValue)")
        }
        for row in changed where row.order.rawValue > max || row.time.nanoseconds > max {
            throw .outOfRange(what: "the number or time of order \(row.order.rawValue)")
        }
        for row in contracts where row.contract.rawValue > max || row.order.rawValue > max {
            throw .outOfRange(what: "the number of contract \(row.contract.rawValue)")
        }
        for row in audit where row.time.nanoseconds > max {
            throw .outOfRange(what: "the time \(row.time.nanoseconds)")
        }
        for row in entries where row.time.nanoseconds > max {
            throw .outOfRange(what: "the time \(row.time.nanoseconds)")
        }
        for row in ended where row.time.nanoseconds > max {
            throw .outOfRange(what: "the time \(row.time.nanoseconds)")
        }
    }

    /// Whether the store behind `cursor` lacks the batch.
    ///
    /// - Throws: `wrongSequence` if it neither begins behind the cursor nor is there already.
    func isNew(behind cursor: UInt64, store: String) throws(LedgerStoreError) -> Bool {
        precondition(firstSequence <= lastSequence, "a batch has at least one command")
        if lastSequence <= cursor { return false }
        guard firstSequence == cursor + 1 else {
            throw .wrongSequence(
                store: store,
                cursor: cursor,
                first: firstSequence,
                last: lastSequence
            )
        }
        return true
    }
}
