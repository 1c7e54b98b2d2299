import Primitives

extension Venue {
    /// The record number of an instrument.
    @inline(__always)
    func known(_ instrument: InstrumentID) throws(Refusal) -> UInt32 {
        guard instrument.rawValue < instruments.count &- 1,
            instruments[instrument.rawValue &+ 1].isDefined == 1
        else { throw .unknownInstrument }
        return instrument.rawValue &+ 1
    }

    mutating func defineAsset(_ asset: AssetID, _ events: inout EventBuffer) throws(Refusal) {
        let number = asset.rawValue
        if number < assets.count - 1 && assets[number + 1].isDefined == 1 { throw .assetExists }
        guard number < Limits.assetsMax else { throw .invalidRule }
        assets.extend(to: number + 2, with: AssetRecord())
        assets[number + 1].isDefined = 1
        raiseVersion(&events)
    }

    mutating func defineInstrument(
        _ rule: InstrumentDefinition,
        _ events: inout EventBuffer
    ) throws(Refusal) {
        try checkDefined(rule.base)
        try checkDefined(rule.quote)
        let number = rule.instrument.rawValue
        if number < instruments.count - 1 && instruments[number + 1].isDefined == 1 {
            throw .instrumentExists
        }
        guard number < Limits.instrumentsMax, rule.base != rule.quote,
            1...Limits.lotUnitsMax ~= rule.lotUnits, 1...Limits.tickUnitsMax ~= rule.tickUnits
        else { throw .invalidRule }
        switch rule.settlement {
        case .spot:
            guard rule.windowStart == .zero, rule.windowEnd == .zero else { throw .invalidRule }
        case .service:
            guard rule.windowEnd > rule.windowStart, rule.windowEnd.nanoseconds > header.time
            else { throw .invalidRule }
        }
        guard hasRoom(forBalances: 1) else { throw .venueFull }

        instruments.extend(to: number + 2, with: InstrumentRecord())
        book.extend(toInstruments: number + 2)
        while trailing.count < Int(number) + 2 { trailing.append([]) }
        var record = InstrumentRecord()
        record.isDefined = 1
        record.base = rule.base.rawValue
        record.quote = rule.quote.rawValue
        record.feeBalance = openBalance(AccountID.fees.rawValue, rule.quote.rawValue)
        record.lotUnits = rule.lotUnits
        record.tickUnits = rule.tickUnits
        record.windowStart = rule.windowStart.nanoseconds
        record.windowEnd = rule.windowEnd.nanoseconds
        record.settlement = rule.settlement
        instruments[number + 1] = record
        raiseVersion(&events)
    }

    mutating func setIncrements(
        _ rule: IncrementRule,
        _ events: inout EventBuffer
    ) throws(Refusal) {
        let instrument = try known(rule.instrument)
        guard 1...Limits.priceMax ~= rule.priceIncrement,
            1...Limits.quantityMax ~= rule.quantityMax,
            1...rule.quantityMax ~= rule.quantityIncrement
        else { throw .invalidRule }
        instruments[instrument].priceIncrement = rule.priceIncrement
        instruments[instrument].quantityIncrement = rule.quantityIncrement
        instruments[instrument].quantityMax = rule.quantityMax
        raiseVersion(&events)
    }

    mutating func setFees(_ rule: FeeRule, _ events: inout EventBuffer) throws(Refusal) {
        let instrument = try known(rule.instrument)
        guard rule.makerRate <= Limits.feeRateMax, rule.takerRate <= Limits.feeRateMax
        else { throw .invalidRule }
        instruments[instrument].makerRate = rule.makerRate
        instruments[instrument].takerRate = rule.takerRate
        raiseVersion(&events)
    }

    mutating func setBand(_ rule: BandRule, _ events: inout EventBuffer) throws(Refusal) {
        let instrument = try known(rule.instrument)
        let low = rule.low.ticks
        let high = rule.high.ticks
        guard (low == 0 && high == 0) || (low >= 1 && low <= high && high <= Limits.priceMax)
        else { throw .invalidRule }
        instruments[instrument].bandLow = low
        instruments[instrument].bandHigh = high
        raiseVersion(&events)
        guard high != 0 else { return }
        select(instrument) { $0.isPending || (low...high ~= $0.price) ? false : true }
        endSelected(.cancelled, .band, &events)
    }

    mutating func setLimits(_ rule: LimitRule, _ events: inout EventBuffer) throws(Refusal) {
        guard 1...Limits.ordersMax ~= rule.ordersPerAccountMax else { throw .invalidRule }
        header.ordersPerAccountMax = rule.ordersPerAccountMax
        raiseVersion(&events)
    }

    private mutating func raiseVersion(_ events: inout EventBuffer) {
        header.rulebookVersion += 1
        events.append(.rulebookChanged(RulebookVersion(version: header.rulebookVersion)))
    }

    mutating func setPhase(_ change: PhaseChange, _ events: inout EventBuffer) throws(Refusal) {
        let instrument = try known(change.instrument)
        guard change.phase.mayFollow(instruments[instrument].phase)
        else { throw .illegalPhaseChange }
        instruments[instrument].phase = change.phase
        events.append(.phaseChanged(change))
        switch change.phase {
        case .continuous:
            uncross(instrument, &events)
            let last = instruments[instrument].lastPrice
            if last != 0 { observe(last, on: instrument, &events) }
            workTriggered(&events)
        case .closed:
            uncross(instrument, &events)
            select(instrument) { $0.timeInForce == .day }
            endSelected(.expired, .expired, &events)
        case .openingAuction, .closingAuction, .halted: break
        }
    }
}

extension Phase {
    /// Whether an instrument may go from `previous` to this phase.
    func mayFollow(_ previous: Phase) -> Bool {
        switch previous {
        case .closed: self == .openingAuction || self == .continuous
        case .openingAuction: self == .continuous || self == .halted || self == .closed
        case .continuous: self != .continuous
        case .closingAuction: self == .continuous || self == .halted || self == .closed
        case .halted: self != .halted
        }
    }
}
