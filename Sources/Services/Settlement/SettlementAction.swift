package import Cryptography
package import Primitives
package import Statements

/// What the settlement coordinator is to do.
package enum SettlementAction: Equatable {
    /// Ask the committee about a claim.
    case request(ClaimStatement, report: [UInt8])
    /// Ask no more.
    case withdraw(AttestedSlot)
    /// Settle a contract with the filed certificate of that hash.
    case settle(TradeID, SHA256.Digest)
    /// End a contract because the service was not rendered.
    case fail(TradeID)
    /// End a contract whose window is over.
    case expire(TradeID)
}
