import Primitives

extension Venue {
    /// Every service contract that waits for its settlement, in no order that means anything.
    ///
    /// - Complexity: O(n) in the most contracts that ever waited at once.
    public func waitingContracts() -> [WaitingContract] {
        guard header.waitingContracts > 0 else { return [] }
        return (1..<contracts.count).compactMap { slot in
            let trade = contracts[slot].trade
            return trade == 0 ? nil : waitingContract(TradeID(trade))
        }
    }
}
