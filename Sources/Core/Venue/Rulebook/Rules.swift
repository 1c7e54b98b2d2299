public import Primitives

/// How an instrument's trades are settled.
public enum SettlementKind: UInt8, BitwiseCopyable, Sendable, CaseIterable {
    /// Delivery against payment in the step that makes the trade.
    case spot = 0
    /// Delivery against payment when a fact is attested, within a window.
    case service = 1
}

/// The terms of an instrument that never change.
public struct InstrumentDefinition: Equatable, BitwiseCopyable, Sendable {
    /// The number of the instrument.
    public var instrument: InstrumentID
    /// What is bought.
    public var base: AssetID
    /// What is paid.
    public var quote: AssetID
    /// How trades settle.
    public var settlement: SettlementKind
    /// Base units in one lot; 1 … `Limits.lotUnitsMax`.
    public var lotUnits: Int64
    /// Quote units that one tick on one lot is worth; 1 … `Limits.tickUnitsMax`.
    public var tickUnits: Int64
    /// When the service's window opens; `.zero` for spot.
    public var windowStart: Timestamp
    /// When the service's window ends; `.zero` for spot.
    public var windowEnd: Timestamp

    /// Makes a definition; spot by default, with one unit a lot and one a tick.
    public init(
        instrument: InstrumentID,
        base: AssetID,
        quote: AssetID,
        settlement: SettlementKind = .spot,
        lotUnits: Int64 = 1,
        tickUnits: Int64 = 1,
        windowStart: Timestamp = .zero,
        windowEnd: Timestamp = .zero
    ) {
        self.instrument = instrument
        self.base = base
        self.quote = quote
        self.settlement = settlement
        self.lotUnits = lotUnits
        self.tickUnits = tickUnits
        self.windowStart = windowStart
        self.windowEnd = windowEnd
    }
}

/// Which prices and quantities an instrument's orders may have.
public struct IncrementRule: Equatable, BitwiseCopyable, Sendable {
    /// The instrument.
    public var instrument: InstrumentID
    /// Prices are multiples of this many ticks; at least 1.
    public var priceIncrement: Int64
    /// Quantities are multiples of this many lots; at least 1.
    public var quantityIncrement: Int64
    /// Largest quantity of one order, in lots; 1 … `Limits.quantityMax`.
    public var quantityMax: Int64

    /// Makes a rule; every price and every quantity by default.
    public init(
        instrument: InstrumentID,
        priceIncrement: Int64 = 1,
        quantityIncrement: Int64 = 1,
        quantityMax: Int64 = Limits.quantityMax
    ) {
        self.instrument = instrument
        self.priceIncrement = priceIncrement
        self.quantityIncrement = quantityIncrement
        self.quantityMax = quantityMax
    }
}

/// What a trade costs each side, in millionths of its notional, rounded down, paid in the quote asset.
public struct FeeRule: Equatable, BitwiseCopyable, Sendable {
    /// The instrument.
    public var instrument: InstrumentID
    /// What the resting side pays; 0 … `Limits.feeRateMax`.
    public var makerRate: UInt32
    /// What the arriving side pays; 0 … `Limits.feeRateMax`.
    public var takerRate: UInt32

    /// Makes a rule.
    public init(instrument: InstrumentID, makerRate: UInt32, takerRate: UInt32) {
        self.instrument = instrument
        self.makerRate = makerRate
        self.takerRate = takerRate
    }
}

/// The prices at which an instrument may trade; both `.none` for no band.
public struct BandRule: Equatable, BitwiseCopyable, Sendable {
    /// The instrument.
    public var instrument: InstrumentID
    /// The lowest price allowed.
    public var low: Price
    /// The highest price allowed.
    public var high: Price

    /// Makes a rule.
    public init(instrument: InstrumentID, low: Price, high: Price) {
        self.instrument = instrument
        self.low = low
        self.high = high
    }
}

/// Limits that hold for every account.
public struct LimitRule: Equatable, BitwiseCopyable, Sendable {
    /// Most live orders of one account; 1 … `Limits.ordersMax`.
    public var ordersPerAccountMax: UInt32

    /// Makes a rule.
    public init(ordersPerAccountMax: UInt32) { self.ordersPerAccountMax = ordersPerAccountMax }
}

/// A phase of an instrument's trading day.
public enum Phase: UInt8, BitwiseCopyable, Sendable, CaseIterable {
    /// Not trading: orders can be cancelled, not placed.
    case closed = 0
    /// Orders gather, nothing trades until the phase ends.
    case openingAuction = 1
    /// Orders match as they arrive.
    case continuous = 2
    /// Trading is suspended: orders can be cancelled, not placed.
    case halted = 3
    /// As the opening auction, before the close.
    case closingAuction = 4
}

/// Moves an instrument into a phase.
public struct PhaseChange: Equatable, BitwiseCopyable, Sendable {
    /// The instrument.
    public var instrument: InstrumentID
    /// The phase it enters.
    public var phase: Phase

    /// Makes a change.
    public init(instrument: InstrumentID, phase: Phase) {
        self.instrument = instrument
        self.phase = phase
    }
}
