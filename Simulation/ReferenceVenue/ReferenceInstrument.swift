import Primitives
package import Venue

/// An instrument of the reference model, with the rules in force for it.
package final class ReferenceInstrument {
    /// Its unchanging terms.
    package let definition: InstrumentDefinition
    /// Its phase.
    package internal(set) var phase = Phase.closed
    /// Which prices and quantities its orders may have.
    package internal(set) var increments: IncrementRule
    /// What a new order's trades cost.
    var fees: FeeRule
    /// The prices at which it may trade.
    package internal(set) var band: BandRule
    /// The price of its last trade in ticks, if it ever traded.
    package internal(set) var lastPrice: Int64?

    init(_ definition: InstrumentDefinition) {
        self.definition = definition
        increments = IncrementRule(instrument: definition.instrument)
        fees = FeeRule(instrument: definition.instrument, makerRate: 0, takerRate: 0)
        band = BandRule(instrument: definition.instrument, low: .none, high: .none)
    }

    /// Whether orders gather without being matched.
    var isInAuction: Bool { phase == .openingAuction || phase == .closingAuction }

    /// Whether the band, if there is one, allows a price.
    func bandAllows(_ ticks: Int64) -> Bool {
        band.low == .none || (band.low.ticks <= ticks && ticks <= band.high.ticks)
    }
}
