internal import Cryptography
internal import Primitives
internal import Venue

// The rows of each table from their columns, in the order of `LedgerTable.layout`.

extension LedgerBalance {
    init(from row: inout LedgerRow) throws(LedgerStoreError) {
        account = AccountID(try row.number())
        asset = AssetID(try row.number())
        available = try row.amount()
        locked = try row.amount()
    }
}

extension LedgerEntry {
    init(from row: inout LedgerRow) throws(LedgerStoreError) {
        sequence = try row.number()
        number = try row.number()
        time = Timestamp(try row.number())
        trade = TradeID(try row.number())
        account = AccountID(try row.number())
        asset = AssetID(try row.number())
        kind = try row.enumeration()
        amount = try row.amount()
    }
}

extension LedgerTrade {
    init(from row: inout LedgerRow) throws(LedgerStoreError) {
        trade = TradeID(try row.number())
        sequence = try row.number()
        time = Timestamp(try row.number())
        instrument = InstrumentID(try row.number())
        takerSide = try row.enumeration()
        settlement = try row.enumeration()
        price = Price(try row.integer())
        quantity = Quantity(try row.integer())
        notional = try row.amount()
    }
}

extension LedgerOrder {
    init(from row: inout LedgerRow) throws(LedgerStoreError) {
        account = AccountID(try row.number())
        order = OrderID(try row.number())
        clientID = try row.bits()
        instrument = InstrumentID(try row.number())
        side = try row.enumeration()
        type = try row.enumeration()
        timeInForce = try row.enumeration()
        state = try row.enumeration()
        reason = try row.enumeration()
        price = Price(try row.integer())
        trigger = Price(try row.integer())
        quantity = Quantity(try row.integer())
        open = Quantity(try row.integer())
        filled = Quantity(try row.integer())
        placedSequence = try row.number()
        placedTime = Timestamp(try row.number())
        changedSequence = try row.number()
        changedTime = Timestamp(try row.number())
    }
}

extension LedgerContract {
    init(from row: inout LedgerRow) throws(LedgerStoreError) {
        account = AccountID(try row.number())
        contract = ContractID(try row.number())
        instrument = InstrumentID(try row.number())
        side = try row.enumeration()
        isTaker = try row.integer() != 0
        order = OrderID(try row.number())
        clientID = try row.bits()
        settlement = try row.enumeration()
        state = try row.enumeration()
        price = Price(try row.integer())
        quantity = Quantity(try row.integer())
        notional = try row.amount()
        fee = try row.amount()
        delivery = try row.amount()
        sequence = try row.number()
        time = Timestamp(try row.number())
        endedSequence = try row.number()
        endedTime = Timestamp(try row.number())
        certificate = try row.digest()
    }
}

extension LedgerAuditRecord {
    init(from row: inout LedgerRow) throws(LedgerStoreError) {
        sequence = try row.number()
        number = try row.number()
        time = Timestamp(try row.number())
        account = AccountID(try row.number())
        kind = try row.enumeration()
        subject = try row.bits()
        detail = try row.bits()
        amount = try row.amount()
        digest = try row.digest()
    }
}
