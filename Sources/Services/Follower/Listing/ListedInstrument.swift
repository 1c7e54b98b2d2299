public import Encoding
public import Primitives
public import Venue

/// An instrument with its symbol, its tick and its lot, and the rules that it begins with.
public struct ListedInstrument: Equatable, Sendable {
    /// The rules that an instrument begins with; commands may change them later.
    public struct Rules: Equatable, Sendable {
        /// What the resting side pays, in millionths of the notional.
        public var makerRate: UInt32 = 0
        /// What the arriving side pays, in millionths of the notional.
        public var takerRate: UInt32 = 0
        /// The largest order, in lots.
        public var quantityMax: Int64 = Limits.quantityMax
        /// The lowest and the highest price, in ticks; none for no band.
        public var band: ClosedRange<Int64>?
        /// The phase that it enters when the venue starts and finds it closed.
        public var phase = Phase.continuous

        /// Makes the plainest rules: no fees, no band, open.
        public init() {}
    }

    /// The venue's number.
    public let id: InstrumentID
    /// What it is called, such as `BTC-USD`.
    public let symbol: String
    /// What is bought.
    public let base: ListedAsset
    /// What is paid.
    public let quote: ListedAsset
    /// The smallest difference of two prices, in the quote asset for one of the base asset.
    public let tick: ExactDecimal
    /// The smallest quantity, in the base asset.
    public let lot: ExactDecimal
    /// How trades settle.
    public let settlement: SettlementKind
    /// When a service's window opens and ends; `.zero` for spot.
    public let window: (start: Timestamp, end: Timestamp)
    /// The rules that it begins with.
    public let rules: Rules
    /// Base units in one lot.
    public let lotUnits: Int64
    /// Quote units that one tick on one lot is worth.
    public let tickUnits: Int64

    /// Makes an instrument.
    ///
    /// - Throws: `ListingError` when a tick on a lot is no whole number of the quote asset's smallest units, a lot none
    ///   of the base asset's, or something is out of the venue's range.
    public init(
        id: InstrumentID,
        symbol: String,
        base: ListedAsset,
        quote: ListedAsset,
        tick: ExactDecimal,
        lot: ExactDecimal,
        settlement: SettlementKind = .spot,
        window: (start: Timestamp, end: Timestamp) = (.zero, .zero),
        rules: Rules = Rules()
    ) throws(ListingError) {
        try ListingError.checkSymbol(symbol)
        guard id.rawValue < Limits.instrumentsMax else { throw .numberOutOfRange(symbol) }
        guard base.id != quote.id else { throw .sameAssets(symbol) }
        guard let lotUnits = base.amount(lot), 1...Amount(Limits.lotUnitsMax) ~= lotUnits else {
            throw .lotOutOfRange(symbol)
        }
        let worth = tick.coefficient.multipliedReportingOverflow(by: lot.coefficient)
        let product = ExactDecimal(
            coefficient: worth.partialValue,
            places: tick.places + lot.places
        )
        guard !worth.overflow, let tickUnits = product.flatMap(quote.amount),
            1...Amount(Limits.tickUnitsMax) ~= tickUnits
        else { throw .tickOutOfRange(symbol) }
        switch settlement {
        case .spot:
            guard window == (.zero, .zero) else { throw .windowOutOfRange(symbol) }
        case .service:
            guard window.end > window.start else { throw .windowOutOfRange(symbol) }
        }
        self.id = id
        self.symbol = symbol
        self.base = base
        self.quote = quote
        self.tick = tick
        self.lot = lot
        self.settlement = settlement
        self.window = window
        self.rules = rules
        self.lotUnits = Int64(lotUnits)
        self.tickUnits = Int64(tickUnits)
    }

    /// Compares everything.
    public static func == (left: ListedInstrument, right: ListedInstrument) -> Bool {
        left.definition == right.definition && left.symbol == right.symbol
            && left.base == right.base && left.quote == right.quote && left.tick == right.tick
            && left.lot == right.lot && left.rules == right.rules
    }

    /// The terms that never change, as the venue has them.
    public var definition: InstrumentDefinition {
        InstrumentDefinition(
            instrument: id,
            base: base.id,
            quote: quote.id,
            settlement: settlement,
            lotUnits: lotUnits,
            tickUnits: tickUnits,
            windowStart: window.start,
            windowEnd: window.end
        )
    }

    // MARK: Prices and quantities

    /// The price in ticks; none if it is not a whole number of them, is not above 0, or is too high.
    public func price(_ number: ExactDecimal) -> Price? {
        Self.multiple(number, of: tick, atMost: Limits.priceMax).map { ticks in Price(ticks) }
    }

    /// The quantity in lots; none if it is not a whole number of them, is not above 0, or is too large.
    public func quantity(_ number: ExactDecimal) -> Quantity? {
        Self.multiple(number, of: lot, atMost: Limits.quantityMax).map { lots in Quantity(lots) }
    }

    /// The price as a decimal number, with as many decimals as the tick.
    public func text(_ price: Price) -> String {
        var text: [UInt8] = []
        append(price, to: &text)
        return String(decoding: text, as: UTF8.self)
    }

    /// The quantity as a decimal number, with as many decimals as the lot.
    public func text(_ quantity: Quantity) -> String {
        var text: [UInt8] = []
        append(quantity, to: &text)
        return String(decoding: text, as: UTF8.self)
    }

    /// Appends the price as a decimal number.
    public func append(_ price: Price, to text: inout [UInt8]) {
        let value = Int128(price.ticks) * tick.coefficient
        ExactDecimal.append(value, places: tick.places, to: &text)
    }

    /// Appends the quantity as a decimal number; sums over many orders have their text too.
    public func append(_ quantity: Quantity, to text: inout [UInt8]) {
        let value = Int128(quantity.lots) * lot.coefficient
        ExactDecimal.append(value, places: lot.places, to: &text)
    }

    /// How often a step is in a number; none if it is not contained a whole number of times, from 1 to `largest`.
    private static func multiple(
        _ number: ExactDecimal,
        of step: ExactDecimal,
        atMost largest: Int64
    ) -> Int64? {
        guard let value = number.reduced.scaled(toPlaces: step.places), value > 0 else {
            return nil
        }
        let (count, rest) = value.quotientAndRemainder(dividingBy: step.coefficient)
        guard rest == 0, count <= largest else { return nil }
        return Int64(count)
    }
}
