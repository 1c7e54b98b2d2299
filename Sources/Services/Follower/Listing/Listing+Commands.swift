internal import Primitives
public import Venue

extension Listing {
    /// The commands that a venue lacks to have everything that is listed.
    ///
    /// They may be sent at each start: what the venue has is left out, so that a crash in between is made up for.
    /// Fees, bands and the largest order follow the listing; the phase does so only where the venue has the
    /// instrument closed, so that a halted one stays halted. Assets come before the instruments that name them.
    ///
    /// - Parameter venue: The venue as it is now.
    /// - Returns: The commands in their order.
    /// - Throws: `ListingError.definedOtherwise` when the venue knows a number with other terms.
    public func missingCommands(in venue: borrowing Venue) throws(ListingError) -> [Command] {
        var commands: [Command] = []
        for asset in assets where !venue.hasAsset(asset.id) {
            commands.append(.defineAsset(asset.id))
        }
        for instrument in instruments {
            try instrument.appendMissing(in: venue, to: &commands)
        }
        return commands
    }
}

extension ListedInstrument {
    fileprivate func appendMissing(
        in venue: borrowing Venue,
        to commands: inout [Command]
    ) throws(ListingError) {
        if let known = venue.definition(of: id) {
            guard known == definition else { throw .definedOtherwise(symbol) }
        } else {
            commands.append(.defineInstrument(definition))
        }
        let status = venue.status(of: id)
        var increments = status?.increments ?? IncrementRule(instrument: id)
        if increments.quantityMax != rules.quantityMax {
            increments.quantityMax = rules.quantityMax
            commands.append(.setIncrements(increments))
        }
        let fees = FeeRule(instrument: id, makerRate: rules.makerRate, takerRate: rules.takerRate)
        if fees != status?.fees ?? FeeRule(instrument: id, makerRate: 0, takerRate: 0) {
            commands.append(.setFees(fees))
        }
        let band = rules.band.map { range in
            BandRule(instrument: id, low: Price(range.lowerBound), high: Price(range.upperBound))
        }
        let noBand = BandRule(instrument: id, low: .none, high: .none)
        if band ?? noBand != status?.band ?? noBand { commands.append(.setBand(band ?? noBand)) }
        if rules.phase != .closed, status?.phase ?? .closed == .closed {
            commands.append(.setPhase(PhaseChange(instrument: id, phase: rules.phase)))
        }
    }
}
