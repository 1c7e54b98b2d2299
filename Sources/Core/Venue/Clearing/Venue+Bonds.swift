public import Primitives
public import Cryptography

// Bonds answer for what an observer does. They are part of what is locked; see "Bonds and penalties" in
// docs/rules.md.
extension Venue {
    /// What an account has posted as a bond in an asset; zero where it never posted any.
    ///
    /// - Complexity: O(bonds).
    public func bond(of account: AccountID, in asset: AssetID) -> Amount {
        let index = findBond(account, asset)
        return index == 0 ? 0 : bonds[index].amount
    }

    /// How many penalties there were.
    public var penaltyCount: UInt32 { penalties.count - 1 }

    mutating func postBond(_ transfer: Transfer, _ events: inout EventBuffer) throws(Refusal) {
        try checkBond(transfer)
        var index = findBond(transfer.account, transfer.asset)
        // The insurance account's balance is made now, so that a penalty always finds it.
        guard hasRoom(forBalances: 1), index != 0 || bonds.count <= Limits.bondsMax
        else { throw .venueFull }
        let balance = balanceIndex(transfer.account.rawValue, transfer.asset.rawValue)
        guard transfer.amount <= balances[balance].available else { throw .insufficientFunds }
        let insurance = openBalance(AccountID.insurance.rawValue, transfer.asset.rawValue)
        if index == 0 {
            index = bonds.append(BondRecord(balance: balance, insurance: insurance))
        }
        lock(transfer.amount, in: balance)
        bonds[index].amount += transfer.amount
        events.append(.bondPosted(transfer))
    }

    mutating func releaseBond(_ transfer: Transfer, _ events: inout EventBuffer) throws(Refusal) {
        try checkBond(transfer)
        let index = findBond(transfer.account, transfer.asset)
        guard index != 0, transfer.amount <= bonds[index].amount else { throw .insufficientBond }
        bonds[index].amount -= transfer.amount
        unlock(transfer.amount, in: bonds[index].balance)
        events.append(.bondReleased(transfer))
    }

    /// Whether a penalty named this evidence.
    ///
    /// - Complexity: O(penalties).
    public func hasPenalty(for evidence: SHA256.Digest) -> Bool {
        for index in 1..<max(penalties.count, 1) where penalties[index].names(evidence) {
            return true
        }
        return false
    }

    /// Takes the fault's share of every bond of the account, and remembers the evidence.
    mutating func penalise(_ penalty: Penalty, _ events: inout EventBuffer) throws(Refusal) {
        try checkOpen(penalty.account)
        guard !penalty.account.isReserved else { throw .reservedAccount }
        if hasPenalty(for: penalty.evidence) { throw .evidenceUsed }
        guard penalties.count <= Limits.penaltiesMax else { throw .venueFull }
        penalties.append(PenaltyRecord(penalty))
        let rate = penalty.fault.penaltyRate
        events.append(
            .penalised(
                Penalised(
                    account: penalty.account,
                    fault: penalty.fault,
                    evidence: penalty.evidence,
                    rate: rate
                )
            )
        )
        for index in 1..<max(bonds.count, 1)
        where balances[bonds[index].balance].account == penalty.account.rawValue {
            let amount = fee(on: bonds[index].amount, rate: rate)
            if amount == 0 { continue }
            bonds[index].amount -= amount
            debitLocked(amount, in: bonds[index].balance)
            credit(amount, to: bonds[index].insurance)
            let asset = AssetID(balances[bonds[index].balance].asset)
            events.append(
                .bondSlashed(Transfer(account: penalty.account, asset: asset, amount: amount))
            )
        }
    }

    private func checkBond(_ transfer: Transfer) throws(Refusal) {
        try checkOpen(transfer.account)
        guard !transfer.account.isReserved else { throw .reservedAccount }
        try checkDefined(transfer.asset)
        guard transfer.amount > 0, transfer.amount <= Limits.amountMax
        else { throw .invalidAmount }
    }

    /// The record of a bond; 0 if there is none.
    private func findBond(_ account: AccountID, _ asset: AssetID) -> UInt32 {
        let balance = balanceIndex(account.rawValue, asset.rawValue)
        if balance == 0 { return 0 }
        for index in 1..<max(bonds.count, 1) where bonds[index].balance == balance {
            return index
        }
        return 0
    }
}
