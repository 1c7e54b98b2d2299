import Cryptography
package import Primitives
import Venue

/// What an account has posted in one asset.
struct ReferenceBond {
    var account: AccountID
    var asset: AssetID
    var amount: Amount
}

/// Bonds and penalties.
extension ReferenceVenue {
    /// What an account has posted as a bond in an asset.
    package func bond(of account: AccountID, in asset: AssetID) -> Amount {
        bonds.first { $0.account == account && $0.asset == asset }?.amount ?? 0
    }

    func postBond(_ transfer: Transfer) {
        if let refusal = refusal(of: transfer) { return refuse(refusal, account: transfer.account) }
        let isNew = !bonds.contains { $0.account == transfer.account && $0.asset == transfer.asset }
        let isFull = isNew && bonds.count == Int(Limits.bondsMax)
        let missing = missingBalances(of: .insurance, in: [transfer.asset])
        if isFull || missing > roomForBalances {
            return refuse(.venueFull, account: transfer.account)
        }
        if transfer.amount > balance(of: transfer.account, in: transfer.asset).available {
            return refuse(.insufficientFunds, account: transfer.account)
        }
        if isNew {
            bonds.append(
                ReferenceBond(account: transfer.account, asset: transfer.asset, amount: 0)
            )
        }
        change(.insurance, transfer.asset) { _ in }
        change(transfer.account, transfer.asset) {
            $0.available -= transfer.amount
            $0.locked += transfer.amount
        }
        changeBond(transfer, by: transfer.amount)
        events.append(.bondPosted(transfer))
    }

    func releaseBond(_ transfer: Transfer) {
        if let refusal = refusal(of: transfer) { return refuse(refusal, account: transfer.account) }
        if transfer.amount > bond(of: transfer.account, in: transfer.asset) {
            return refuse(.insufficientBond, account: transfer.account)
        }
        change(transfer.account, transfer.asset) {
            $0.available += transfer.amount
            $0.locked -= transfer.amount
        }
        changeBond(transfer, by: -transfer.amount)
        events.append(.bondReleased(transfer))
    }

    func penalise(_ penalty: Penalty) {
        let account = penalty.account
        if !accounts.contains(account.rawValue) { return refuse(.unknownAccount, account: account) }
        if account.isReserved { return refuse(.reservedAccount, account: account) }
        if usedEvidence.contains(penalty.evidence) {
            return refuse(.evidenceUsed, account: account)
        }
        if usedEvidence.count == Int(Limits.penaltiesMax) {
            return refuse(.venueFull, account: account)
        }
        usedEvidence.append(penalty.evidence)
        let rate = Self.penaltyRate(penalty.fault)
        events.append(
            .penalised(
                Penalised(
                    account: account,
                    fault: penalty.fault,
                    evidence: penalty.evidence,
                    rate: rate
                )
            )
        )
        for bond in bonds where bond.account == account {
            let lost = fee(on: bond.amount, rate: rate)
            if lost == 0 { continue }
            let transfer = Transfer(account: account, asset: bond.asset, amount: lost)
            change(account, bond.asset) { $0.locked -= lost }
            change(.insurance, bond.asset) { $0.available += lost }
            changeBond(transfer, by: -lost)
            events.append(.bondSlashed(transfer))
        }
    }

    /// The table of `docs/rules.md`, in millionths.
    private static func penaltyRate(_ fault: SeatFault) -> UInt32 {
        switch fault {
        case .equivocation: 1_000_000
        case .invalidShares: 250_000
        case .attendance: 100_000
        case .diversityBreach: 0
        case .keyCompromise: 0
        case .sanction: 0
        case .badDeal: 0
        }
    }

    private func refusal(of transfer: Transfer) -> Refusal? {
        if !accounts.contains(transfer.account.rawValue) { return .unknownAccount }
        if transfer.account.isReserved { return .reservedAccount }
        if !assets.contains(transfer.asset.rawValue) { return .unknownAsset }
        if transfer.amount <= 0 || transfer.amount > Limits.amountMax { return .invalidAmount }
        return nil
    }

    private func changeBond(_ transfer: Transfer, by amount: Amount) {
        for index in bonds.indices
        where bonds[index].account == transfer.account && bonds[index].asset == transfer.asset {
            bonds[index].amount += amount
            precondition(bonds[index].amount >= 0)
        }
    }
}
