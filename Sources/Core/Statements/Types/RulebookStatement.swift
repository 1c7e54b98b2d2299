import Encoding
public import Primitives
public import Venue

/// What a version of the rulebook changes.
public enum RulebookChange: Equatable, Sendable {
    /// Adds an asset.
    case defineAsset(AssetID)
    /// Adds an instrument.
    case defineInstrument(InstrumentDefinition)
    /// Sets the increments of an instrument.
    case setIncrements(IncrementRule)
    /// Sets the fees of an instrument.
    case setFees(FeeRule)
    /// Sets the price band of an instrument.
    case setBand(BandRule)
    /// Sets the limits of all accounts.
    case setLimits(LimitRule)

    /// Takes the change from a command; none if the command changes no rule.
    public init?(_ command: Command) {
        switch command {
        case .defineAsset(let asset): self = .defineAsset(asset)
        case .defineInstrument(let rule): self = .defineInstrument(rule)
        case .setIncrements(let rule): self = .setIncrements(rule)
        case .setFees(let rule): self = .setFees(rule)
        case .setBand(let rule): self = .setBand(rule)
        case .setLimits(let rule): self = .setLimits(rule)
        default: return nil
        }
    }
}

/// A version of the rulebook: which rule was set to what.
public struct RulebookStatement: StatementContent {
    /// The kind of statement.
    public static var type: StatementType { .rulebook }

    /// Whose rulebook it is.
    public var venue: VenueName
    /// The version that the change made, from 1.
    public var version: UInt64
    /// The sequence number of the command that made it.
    public var sequence: UInt64
    /// When that command was stamped.
    public var time: Timestamp
    /// What changed.
    public var change: RulebookChange

    /// Makes a statement of its parts.
    public init(
        venue: VenueName,
        version: UInt64,
        sequence: UInt64,
        time: Timestamp,
        change: RulebookChange
    ) {
        self.venue = venue
        self.version = version
        self.sequence = sequence
        self.time = time
        self.change = change
    }

    /// Reads a payload.
    ///
    /// - Throws: What is wrong and where.
    public init(decoding payload: [UInt8]) throws(StatementError) {
        var object = try ObjectReader(decoding: payload)
        try object.requireType(.rulebook)
        venue = try object.venue()
        version = try object.decimal("version")
        sequence = try object.decimal("sequence")
        time = try object.time()
        var rule = try object.object("change")
        change = try rule.rulebookChange()
        try rule.requireEnd()
        try object.requireEnd()
    }

    /// The payload: canonical JSON.
    public var encoded: [UInt8] {
        var writer = CanonicalWriter(capacity: 512)
        writer.beginObject()
        writer.name("change")
        writer.rulebookChange(change)
        writer.member("sequence", decimal: sequence)
        writer.member("time", decimal: time.nanoseconds)
        writer.type(.rulebook)
        writer.member("venue", plain: venue.text)
        writer.member("version", decimal: version)
        writer.endObject()
        return writer.bytes
    }

    /// The venue.
    public var subject: OrbitDID { venue.did }
}

extension CanonicalWriter {
    /// Writes the command as an object with the member `rule`.
    fileprivate mutating func rulebookChange(_ change: RulebookChange) {
        beginObject()
        switch change {
        case .defineAsset(let asset):
            member("asset", number: asset.rawValue)
            member("rule", plain: "defineAsset")
        case .defineInstrument(let rule):
            member("base", number: rule.base.rawValue)
            member("instrument", number: rule.instrument.rawValue)
            member("lotUnits", decimal: rule.lotUnits)
            member("quote", number: rule.quote.rawValue)
            member("rule", plain: "defineInstrument")
            member("settlement", plain: rule.settlement.text)
            member("tickUnits", decimal: rule.tickUnits)
            member("windowEnd", decimal: rule.windowEnd.nanoseconds)
            member("windowStart", decimal: rule.windowStart.nanoseconds)
        case .setIncrements(let rule):
            member("instrument", number: rule.instrument.rawValue)
            member("priceIncrement", decimal: rule.priceIncrement)
            member("quantityIncrement", decimal: rule.quantityIncrement)
            member("quantityMax", decimal: rule.quantityMax)
            member("rule", plain: "setIncrements")
        case .setFees(let rule):
            member("instrument", number: rule.instrument.rawValue)
            member("makerRate", number: rule.makerRate)
            member("rule", plain: "setFees")
            member("takerRate", number: rule.takerRate)
        case .setBand(let rule):
            member("high", decimal: rule.high.ticks)
            member("instrument", number: rule.instrument.rawValue)
            member("low", decimal: rule.low.ticks)
            member("rule", plain: "setBand")
        case .setLimits(let rule):
            member("ordersPerAccountMax", number: rule.ordersPerAccountMax)
            member("rule", plain: "setLimits")
        }
        endObject()
    }
}

extension ObjectReader {
    fileprivate mutating func rulebookChange() throws(StatementError) -> RulebookChange {
        let rule = try text("rule")
        if rule == "defineAsset" { return .defineAsset(AssetID(try number("asset"))) }
        if rule == "defineInstrument" { return .defineInstrument(try instrumentDefinition()) }
        if rule == "setIncrements" {
            return .setIncrements(
                IncrementRule(
                    instrument: InstrumentID(try number("instrument")),
                    priceIncrement: try positive("priceIncrement"),
                    quantityIncrement: try positive("quantityIncrement"),
                    quantityMax: try positive("quantityMax")
                )
            )
        }
        if rule == "setFees" {
            return .setFees(
                FeeRule(
                    instrument: InstrumentID(try number("instrument")),
                    makerRate: try number("makerRate", in: 0...Limits.feeRateMax),
                    takerRate: try number("takerRate", in: 0...Limits.feeRateMax)
                )
            )
        }
        if rule == "setBand" {
            return .setBand(
                BandRule(
                    instrument: InstrumentID(try number("instrument")),
                    low: Price(Int64(try decimal("low", in: 0...UInt64(Limits.priceMax)))),
                    high: Price(Int64(try decimal("high", in: 0...UInt64(Limits.priceMax))))
                )
            )
        }
        if rule == "setLimits" {
            return .setLimits(LimitRule(ordersPerAccountMax: try number("ordersPerAccountMax")))
        }
        throw invalid("rule", "the name of a rule")
    }

    private mutating func instrumentDefinition() throws(StatementError) -> InstrumentDefinition {
        InstrumentDefinition(
            instrument: InstrumentID(try number("instrument")),
            base: AssetID(try number("base")),
            quote: AssetID(try number("quote")),
            settlement: try settlement("settlement"),
            lotUnits: try positive("lotUnits"),
            tickUnits: try positive("tickUnits"),
            windowStart: try time("windowStart"),
            windowEnd: try time("windowEnd")
        )
    }
}
