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

    func append(_ price: Price, to bytes: inout [UInt8]) {
        ExactDecimal.append(Int128(price.ticks) * tick, places: tickPlaces, to: &bytes)
    }

    func append(_ quantity: Quantity, to bytes: inout [UInt8]) {
        ExactDecimal.append(Int128(quantity.lots) * lot, places: lotPlaces, to: &bytes)
    }

    func write(_ price: Price, to json: inout JSONText) { write(ticks: price.ticks, to: &json) }

    /// A price or none.
    func write(_ price: Price?, to json: inout JSONText) {
        if let price, price != .none { write(ticks: price.ticks, to: &json) } else { json.null() }
    }

    func write(ticks: Int64, to json: inout JSONText) {
        json.decimal(Int128(ticks) * tick, places: tickPlaces)
    }

    func write(_ quantity: Quantity, to json: inout JSONText) {
        write(lots: Int128(quantity.lots), to: &json)
    }

    func write(lots: Int128, to json: inout JSONText) {
        json.decimal(lots * lot, places: lotPlaces)
    }

    func write(_ amount: Amount, to json: inout JSONText) {
        json.decimal(amount, places: amountPlaces)
    }
}
