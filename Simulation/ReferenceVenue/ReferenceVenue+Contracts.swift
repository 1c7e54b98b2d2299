import Cryptography
import Primitives
import Venue

/// What both sides of a trade owe each other and the venue.
struct ReferenceContract {
    var instrument: InstrumentID
    var buyer: AccountID
    var seller: AccountID
    var notional: Amount
    var buyerFee: Amount
    var sellerFee: Amount
    var delivery: Amount
}

/// Settling trades, at once or when their contract ends.
extension ReferenceVenue {
    /// Exchanges goods against cash out of what both sides have locked.
    func exchange(_ contract: ReferenceContract) {
        let definition = definition(contract.instrument)
        let payment = contract.notional + contract.buyerFee
        change(contract.buyer, definition.quote) { $0.locked -= payment }
        change(contract.buyer, definition.base) { $0.available += contract.delivery }
        change(contract.seller, definition.base) { $0.locked -= contract.delivery }
        change(contract.seller, definition.quote) {
            $0.available += contract.notional - contract.sellerFee
        }
        change(.fees, definition.quote) { $0.available += contract.buyerFee + contract.sellerFee }
    }

    /// Gives both sides back what they have locked.
    private func unlock(_ contract: ReferenceContract) {
        let definition = definition(contract.instrument)
        let payment = contract.notional + contract.buyerFee
        change(contract.buyer, definition.quote) {
            $0.locked -= payment
            $0.available += payment
        }
        change(contract.seller, definition.base) {
            $0.locked -= contract.delivery
            $0.available += contract.delivery
        }
    }

    /// Settles a contract if it may end, and the settlement names a certificate.
    func settle(_ settlement: ContractSettlement) {
        endContract(settlement.trade, .settled, certificate: settlement.certificate)
    }

    func endContract(
        _ trade: TradeID,
        _ outcome: ContractOutcome,
        certificate: SHA256.Digest? = nil
    ) {
        if trade.rawValue == 0 || trade.rawValue > tradeCount { return refuse(.unknownContract) }
        guard let contract = waitingContracts[trade.rawValue] else {
            return refuse(.contractEnded)
        }
        if outcome == .expired && time < definition(contract.instrument).windowEnd {
            return refuse(.contractWindowOpen)
        }
        if certificate?.bytes.allSatisfy({ $0 == 0 }) == true { return refuse(.invalidRule) }
        waitingContracts[trade.rawValue] = nil
        switch outcome {
        case .settled: exchange(contract)
        case .failed, .expired: unlock(contract)
        }
        events.append(
            .contractEnded(
                ContractEnded(
                    trade: trade,
                    instrument: contract.instrument,
                    outcome: outcome,
                    buyer: contract.buyer,
                    seller: contract.seller,
                    notional: contract.notional,
                    buyerFee: contract.buyerFee,
                    sellerFee: contract.sellerFee,
                    delivery: contract.delivery,
                    certificate: certificate
                )
            )
        )
    }
}
