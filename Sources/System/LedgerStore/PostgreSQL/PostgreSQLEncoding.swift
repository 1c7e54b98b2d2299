internal import Primitives
internal import Venue

extension LedgerBatch {
    /// Writes the rows of a statement column by column, in the order of its values; returns how many rows.
    func encode(_ statement: PostgreSQLInsert, into out: PostgreSQLParameters) -> Int {
        switch statement {
        case .entries: entries.encode(into: out)
        case .trades: trades.encode(into: out)
        case .placed: placed.encode(into: out)
        case .changed: changed.encode(into: out)
        case .contracts: contracts.encode(into: out)
        case .ended: ended.encode(into: out)
        case .balances: balances.encode(into: out)
        case .audit: audit.encode(into: out)
        }
    }
}

extension [LedgerEntry] {
    fileprivate func encode(into out: PostgreSQLParameters) -> Int {
        out.int8(self) { row in Int64(row.sequence) }
        out.int4(self) { row in Int32(bitPattern: row.number) }
        out.int8(self) { row in Int64(row.time.nanoseconds) }
        out.int8(self) { row in Int64(row.trade.rawValue) }
        out.int4(self) { row in Int32(row.account.rawValue) }
        out.int4(self) { row in Int32(row.asset.rawValue) }
        out.int2(self) { row in Int16(row.kind.rawValue) }
        out.numeric(self) { row in row.amount }
        return count
    }
}

extension [LedgerTrade] {
    fileprivate func encode(into out: PostgreSQLParameters) -> Int {
        out.int8(self) { row in Int64(row.trade.rawValue) }
        out.int8(self) { row in Int64(row.sequence) }
        out.int8(self) { row in Int64(row.time.nanoseconds) }
        out.int4(self) { row in Int32(row.instrument.rawValue) }
        out.int2(self) { row in Int16(row.takerSide.rawValue) }
        out.int2(self) { row in Int16(row.settlement.rawValue) }
        out.int8(self) { row in row.price.ticks }
        out.int8(self) { row in row.quantity.lots }
        out.numeric(self) { row in row.notional }
        return count
    }
}

extension [LedgerOrder] {
    fileprivate func encode(into out: PostgreSQLParameters) -> Int {
        out.int4(self) { row in Int32(row.account.rawValue) }
        out.int8(self) { row in Int64(row.order.rawValue) }
        out.int8(self) { row in Int64(bitPattern: row.clientID) }
        out.int4(self) { row in Int32(row.instrument.rawValue) }
        out.int2(self) { row in Int16(row.side.rawValue) }
        out.int2(self) { row in Int16(row.type.rawValue) }
        out.int2(self) { row in Int16(row.timeInForce.rawValue) }
        out.int2(self) { row in Int16(row.state.rawValue) }
        out.int2(self) { row in Int16(row.reason.rawValue) }
        out.int8(self) { row in row.price.ticks }
        out.int8(self) { row in row.trigger.ticks }
        out.int8(self) { row in row.quantity.lots }
        out.int8(self) { row in row.open.lots }
        out.int8(self) { row in row.filled.lots }
        out.int8(self) { row in Int64(row.placedSequence) }
        out.int8(self) { row in Int64(row.placedTime.nanoseconds) }
        out.int8(self) { row in Int64(row.changedSequence) }
        out.int8(self) { row in Int64(row.changedTime.nanoseconds) }
        return count
    }
}

extension [LedgerOrderChange] {
    fileprivate func encode(into out: PostgreSQLParameters) -> Int {
        out.int4(self) { row in Int32(row.account.rawValue) }
        out.int8(self) { row in Int64(row.order.rawValue) }
        out.int2(self) { row in Int16(row.state.rawValue) }
        out.int2(self) { row in Int16(row.reason.rawValue) }
        out.int8(optional: self) { row in row.price?.ticks }
        out.int8(optional: self) { row in row.trigger?.ticks }
        out.int8(optional: self) { row in row.quantity?.lots }
        out.int8(self) { row in row.open.lots }
        out.int8(self) { row in row.filled.lots }
        out.int8(self) { row in Int64(row.sequence) }
        out.int8(self) { row in Int64(row.time.nanoseconds) }
        return count
    }
}

extension [LedgerContract] {
    fileprivate func encode(into out: PostgreSQLParameters) -> Int {
        out.int4(self) { row in Int32(row.account.rawValue) }
        out.int8(self) { row in Int64(row.contract.rawValue) }
        out.int4(self) { row in Int32(row.instrument.rawValue) }
        out.int2(self) { row in Int16(row.side.rawValue) }
        out.int2(self) { row in row.isTaker ? 1 : 0 }
        out.int8(self) { row in Int64(row.order.rawValue) }
        out.int8(self) { row in Int64(bitPattern: row.clientID) }
        out.int2(self) { row in Int16(row.settlement.rawValue) }
        out.int2(self) { row in Int16(row.state.rawValue) }
        out.int8(self) { row in row.price.ticks }
        out.int8(self) { row in row.quantity.lots }
        out.numeric(self) { row in row.notional }
        out.numeric(self) { row in row.fee }
        out.numeric(self) { row in row.delivery }
        out.int8(self) { row in Int64(row.sequence) }
        out.int8(self) { row in Int64(row.time.nanoseconds) }
        out.int8(self) { row in Int64(row.endedSequence) }
        out.int8(self) { row in Int64(row.endedTime.nanoseconds) }
        out.digests(self) { row in row.certificate }
        return count
    }
}

extension [LedgerContractEnd] {
    fileprivate func encode(into out: PostgreSQLParameters) -> Int {
        out.int4(self) { row in Int32(row.account.rawValue) }
        out.int8(self) { row in Int64(row.contract.rawValue) }
        out.int2(self) { row in Int16(row.state.rawValue) }
        out.int8(self) { row in Int64(row.sequence) }
        out.int8(self) { row in Int64(row.time.nanoseconds) }
        out.digests(self) { row in row.certificate }
        return count
    }
}

extension [LedgerBalance] {
    fileprivate func encode(into out: PostgreSQLParameters) -> Int {
        out.int4(self) { row in Int32(row.account.rawValue) }
        out.int4(self) { row in Int32(row.asset.rawValue) }
        out.numeric(self) { row in row.available }
        out.numeric(self) { row in row.locked }
        return count
    }
}

extension [LedgerAuditRecord] {
    fileprivate func encode(into out: PostgreSQLParameters) -> Int {
        out.int8(self) { row in Int64(row.sequence) }
        out.int4(self) { row in Int32(bitPattern: row.number) }
        out.int8(self) { row in Int64(row.time.nanoseconds) }
        out.int4(self) { row in Int32(row.account.rawValue) }
        out.int2(self) { row in Int16(row.kind.rawValue) }
        out.int8(self) { row in Int64(bitPattern: row.subject) }
        out.int8(self) { row in Int64(bitPattern: row.detail) }
        out.numeric(self) { row in row.amount }
        out.digests(self) { row in row.digest }
        return count
    }
}
