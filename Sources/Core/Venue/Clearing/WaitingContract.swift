public import Primitives

/// A service contract that waits for its settlement.
public struct WaitingContract: Equatable, BitwiseCopyable, Sendable {
    /// The trade from which both its legs were made.
    public var trade: TradeID
    /// What was traded.
    public var instrument: InstrumentID
    /// The account that pays.
    public var buyer: AccountID
    /// The account that delivers.
    public var seller: AccountID
    /// From when on it may be delivered.
    public var windowStart: Timestamp
    /// Until when it may be delivered.
    public var windowEnd: Timestamp

    /// Makes a contract of its parts.
    public init(
        trade: TradeID,
        instrument: InstrumentID,
        buyer: AccountID,
        seller: AccountID,
        windowStart: Timestamp,
        windowEnd: Timestamp
    ) {
        self.trade = trade
        self.instrument = instrument
        self.buyer = buyer
        self.seller = seller
        self.windowStart = windowStart
        self.windowEnd = windowEnd
    }
}

extension Venue {
    /// The service contract of a trade, if it waits for its settlement.
    ///
    /// - Parameter trade: The trade.
    /// - Returns: The contract; none if there is no such trade, it was spot, or its contract has ended.
    public func waitingContract(_ trade: TradeID) -> WaitingContract? {
        guard trade.rawValue != 0, trade.rawValue <= header.tradeCount else { return nil }
        let slot = findContract(trade.rawValue)
        guard slot != 0 else { return nil }
        let contract = contracts[slot]
        return WaitingContract(
            trade: trade,
            instrument: InstrumentID(contract.instrument - 1),
            buyer: AccountID(balances[contract.buyerQuote].account),
            seller: AccountID(balances[contract.sellerBase].account),
            windowStart: Timestamp(instruments[contract.instrument].windowStart),
            windowEnd: Timestamp(instruments[contract.instrument].windowEnd)
        )
    }
}
