internal import Encoding
internal import Follower
internal import Primitives

/// How the numbers of an instrument are written.
struct InstrumentNotation: Sendable {
    /// What it is called.
    let symbol: [UInt8]
    private let tick: Int128
    private let tickPlaces: Int
    private let lot: Int128
    private let lotPlaces: Int
    private let amountPlaces: Int

    init(_ listed: ListedInstrument) {
        symbol = Array(listed.symbol.utf8)
        tick = listed.tick.coefficient
        tickPlaces = listed.tick.places
        lot = listed.lot.coefficient
        lotPlaces = listed.lot.places
        amountPlaces = listed.quote.decimals
    }

    /// The notation of an instrument that is not listed: its number, ticks, lots and smallest units.
    init(_ instrument: InstrumentID) {
        symbol = Array("\(instrument.rawValue)".utf8)
        tick = 1
        tickPlaces = 0
        lot = 1
        lotPlaces = 0
        amountPlaces = 0
    }

    func append(_ price: Price, to bytes: inout [UInt8]) { append(ticks: price.ticks, to: &bytes) }

    func append(ticks: Int64, to bytes: inout [UInt8]) {
        ExactDecimal.append(Int128(ticks) * tick, places: tickPlaces, to: &bytes)
    }

    func append(_ quantity: Quantity, to bytes: inout [UInt8]) {
        append(lots: Int128(quantity.lots), to: &bytes)
    }

    func append(lots: Int128, to bytes: inout [UInt8]) {
        ExactDecimal.append(lots * lot, places: lotPlaces, to: &bytes)
    }

    func append(_ amount: Amount, to bytes: inout [UInt8]) {
        ExactDecimal.append(amount, places: amountPlaces, to: &bytes)
    }
}

/// Members whose values are numbers of an instrument.
extension JSONWriter {
    mutating func add(_ name: StaticString, _ price: Price, _ notation: InstrumentNotation) {
        self.name(name)
        text { bytes in notation.append(price, to: &bytes) }
    }

    /// A price, or null where there is none.
    mutating func add(
        _ name: StaticString,
        optional price: Price?,
        _ notation: InstrumentNotation
    ) {
        if let price, price != .none { add(name, price, notation) } else { add(null: name) }
    }

    /// A difference of prices.
    mutating func add(_ name: StaticString, ticks: Int64, _ notation: InstrumentNotation) {
        self.name(name)
        text { bytes in notation.append(ticks: ticks, to: &bytes) }
    }

    mutating func add(_ name: StaticString, _ quantity: Quantity, _ notation: InstrumentNotation) {
        self.name(name)
        text { bytes in notation.append(quantity, to: &bytes) }
    }

    /// A quantity, or null where there is none.
    mutating func add(
        _ name: StaticString,
        optional quantity: Quantity?,
        _ notation: InstrumentNotation
    ) {
        if let quantity { add(name, quantity, notation) } else { add(null: name) }
    }

    /// A sum of quantities.
    mutating func add(_ name: StaticString, lots: Int128, _ notation: InstrumentNotation) {
        self.name(name)
        text { bytes in notation.append(lots: lots, to: &bytes) }
    }

    /// An amount of the quote asset.
    mutating func add(_ name: StaticString, amount: Amount, _ notation: InstrumentNotation) {
        self.name(name)
        text { bytes in notation.append(amount, to: &bytes) }
    }

    /// The symbol.
    mutating func add(_ name: StaticString, symbolOf notation: InstrumentNotation) {
        self.name(name)
        text { bytes in bytes.append(contentsOf: notation.symbol) }
    }

    mutating func add(_ name: StaticString, _ time: Timestamp) {
        self.name(name)
        text { bytes in bytes.append(contentsOf: time.rfc3339) }
    }

    mutating func add(null name: StaticString) {
        self.name(name)
        null()
    }
}
