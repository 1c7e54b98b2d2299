import Primitives
import Venue

/// The commands that change the rulebook.
extension ReferenceVenue {
    private func raiseVersion() {
        rulebookVersion += 1
        events.append(.rulebookChanged(RulebookVersion(version: rulebookVersion)))
    }

    func defineAsset(_ asset: AssetID) {
        if assets.contains(asset.rawValue) { return refuse(.assetExists) }
        if asset.rawValue >= Limits.assetsMax { return refuse(.invalidRule) }
        assets.insert(asset.rawValue)
        raiseVersion()
    }

    func defineInstrument(_ definition: InstrumentDefinition) {
        if !assets.contains(definition.base.rawValue) { return refuse(.unknownAsset) }
        if !assets.contains(definition.quote.rawValue) { return refuse(.unknownAsset) }
        if instruments[definition.instrument.rawValue] != nil { return refuse(.instrumentExists) }
        if definition.instrument.rawValue >= Limits.instrumentsMax { return refuse(.invalidRule) }
        if definition.base == definition.quote { return refuse(.invalidRule) }
        if !(1...Limits.lotUnitsMax).contains(definition.lotUnits) { return refuse(.invalidRule) }
        if !(1...Limits.tickUnitsMax).contains(definition.tickUnits) { return refuse(.invalidRule) }
        switch definition.settlement {
        case .spot:
            if definition.windowStart != .zero { return refuse(.invalidRule) }
            if definition.windowEnd != .zero { return refuse(.invalidRule) }
        case .service:
            if definition.windowEnd <= definition.windowStart { return refuse(.invalidRule) }
            if definition.windowEnd <= time { return refuse(.invalidRule) }
        }
        instruments[definition.instrument.rawValue] = ReferenceInstrument(definition)
        raiseVersion()
    }

    func setIncrements(_ rule: IncrementRule) {
        guard let instrument = instrument(rule.instrument) else {
            return refuse(.unknownInstrument)
        }
        if !(1...Limits.priceMax).contains(rule.priceIncrement) { return refuse(.invalidRule) }
        if !(1...Limits.quantityMax).contains(rule.quantityMax) { return refuse(.invalidRule) }
        if !(1...rule.quantityMax).contains(rule.quantityIncrement) { return refuse(.invalidRule) }
        instrument.increments = rule
        raiseVersion()
    }

    func setFees(_ rule: FeeRule) {
        guard let instrument = instrument(rule.instrument) else {
            return refuse(.unknownInstrument)
        }
        if rule.makerRate > Limits.feeRateMax { return refuse(.invalidRule) }
        if rule.takerRate > Limits.feeRateMax { return refuse(.invalidRule) }
        instrument.fees = rule
        raiseVersion()
    }

    func setBand(_ rule: BandRule) {
        guard let instrument = instrument(rule.instrument) else {
            return refuse(.unknownInstrument)
        }
        let isNone = rule.low == .none && rule.high == .none
        let isBand =
            Price(1) <= rule.low && rule.low <= rule.high
            && rule.high.ticks <= Limits.priceMax
        if !isNone && !isBand { return refuse(.invalidRule) }
        instrument.band = rule
        raiseVersion()
        for order in instrumentOrder(rule.instrument)
        where order.place == .book && !instrument.bandAllows(order.price) {
            end(order, .cancelled, .band)
        }
    }

    func setLimits(_ rule: LimitRule) {
        if !(1...Limits.ordersMax).contains(rule.ordersPerAccountMax) {
            return refuse(.invalidRule)
        }
        ordersPerAccountMax = rule.ordersPerAccountMax
        raiseVersion()
    }
}
