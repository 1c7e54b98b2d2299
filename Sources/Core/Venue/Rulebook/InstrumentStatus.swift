public import Primitives

/// The rules of an instrument that commands can change, and where its market stands.
public struct InstrumentStatus: Equatable, Sendable {
    /// Which prices and quantities orders may have.
    public var increments: IncrementRule
    /// What trades cost.
    public var fees: FeeRule
    /// Between which prices it may trade; both `.none` for no band.
    public var band: BandRule
    /// The phase it is in.
    public var phase: Phase
    /// The price of the last trade; `.none` before the first.
    public var lastPrice: Price
}

extension Venue {
    /// The rules of an instrument and where its market stands; nil if the rulebook has none of that number.
    public func status(of instrument: InstrumentID) -> InstrumentStatus? {
        guard instrument.rawValue < instruments.count &- 1,
            instruments[instrument.rawValue &+ 1].isDefined == 1
        else { return nil }
        let index = instrument.rawValue &+ 1
        return InstrumentStatus(
            increments: IncrementRule(
                instrument: instrument,
                priceIncrement: instruments[index].priceIncrement,
                quantityIncrement: instruments[index].quantityIncrement,
                quantityMax: instruments[index].quantityMax
            ),
            fees: FeeRule(
                instrument: instrument,
                makerRate: instruments[index].makerRate,
                takerRate: instruments[index].takerRate
            ),
            band: BandRule(
                instrument: instrument,
                low: Price(instruments[index].bandLow),
                high: Price(instruments[index].bandHigh)
            ),
            phase: instruments[index].phase,
            lastPrice: Price(instruments[index].lastPrice)
        )
    }

    /// Whether an account was opened; those of the house always are.
    public func isOpen(_ account: AccountID) -> Bool {
        account.rawValue < accounts.count &- 1 && accounts[account.rawValue &+ 1].isOpen == 1
    }

    /// Whether the rulebook has an asset of that number.
    public func hasAsset(_ asset: AssetID) -> Bool {
        asset.rawValue < assets.count &- 1 && assets[asset.rawValue &+ 1].isDefined == 1
    }
}
