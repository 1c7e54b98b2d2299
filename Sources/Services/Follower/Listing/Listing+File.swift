public import Configuration
internal import Encoding
internal import Primitives
internal import Venue

// The part of the venue's file that lists assets and instruments:
//
//     [[asset]]
//     symbol = "USD"        number = 0      decimals = 6      name = "US dollar" (may be left out)
//
//     [[instrument]]
//     symbol = "BTC-USD"    number = 0      base = "BTC"      quote = "USD"
//     tick = "0.01"         lot = "0.0001"                    decimal texts, exact
//     maker_fee = 100       taker_fee = 250                   millionths of the notional, 0 if left out
//     price_low = "1000"    price_high = "500000"             both or none
//     largest_order = "1000"                                  in the base asset
//     phase = "continuous"                                    or "openingAuction", "closed"
//     settlement = "spot"                                     or "service", then also
//     window_start = "2026-12-01T00:00:00Z"    window_end = "2026-12-01T01:00:00Z"

extension Listing {
    /// Reads the listing of a venue's file: all tables `[[asset]]` and `[[instrument]]`.
    ///
    /// - Parameter file: The whole file; the two keys are then known in it.
    /// - Throws: `ConfigurationError` with the place of what is wrong.
    public init(_ file: inout ConfigurationSection) throws(ConfigurationError) {
        var assets: [ListedAsset] = []
        for var section in try file.sections("asset") {
            let asset = try ListedAsset(&section)
            try section.finish()
            assets.append(asset)
        }
        var instruments: [ListedInstrument] = []
        for var section in try file.sections("instrument") {
            let instrument = try ListedInstrument(&section, assets)
            try section.finish()
            instruments.append(instrument)
        }
        do throws(ListingError) {
            self = try Listing(assets: assets, instruments: instruments)
        } catch {
            throw file.wrong("instrument", "is wrong: \(error)")
        }
    }
}

extension ListedAsset {
    fileprivate init(_ section: inout ConfigurationSection) throws(ConfigurationError) {
        let symbol = try section.text("symbol")
        let number = try section.integer("number", in: 0...Int64(Limits.assetsMax) - 1)
        let decimals = try section.integer("decimals", in: 0...Int64(Self.decimalsMax))
        let name = try section.optionalText("name")
        do throws(ListingError) {
            try self.init(
                id: AssetID(UInt32(number)),
                symbol: symbol,
                name: name,
                decimals: Int(decimals)
            )
        } catch {
            throw section.wrong("symbol", "is wrong: \(error)")
        }
    }
}

extension ListedInstrument {
    fileprivate init(
        _ section: inout ConfigurationSection,
        _ assets: [ListedAsset]
    ) throws(ConfigurationError) {
        let symbol = try section.text("symbol")
        let number = try section.integer("number", in: 0...Int64(Limits.instrumentsMax) - 1)
        let base = try Self.asset("base", &section, assets)
        let quote = try Self.asset("quote", &section, assets)
        guard let tick = try Self.decimal("tick", &section),
            let lot = try Self.decimal("lot", &section)
        else { throw section.wrong("symbol", "needs a tick and a lot beside it") }
        let kind = try section.word("settlement", among: ["spot", "service"])
        let start = try Self.time("window_start", &section)
        let end = try Self.time("window_end", &section)
        let settlement = kind == "spot" ? SettlementKind.spot : .service
        let plain = try Self.listed(section) { () throws(ListingError) in
            try ListedInstrument(
                id: InstrumentID(UInt32(number)),
                symbol: symbol,
                base: base,
                quote: quote,
                tick: tick,
                lot: lot,
                settlement: settlement,
                window: (start, end)
            )
        }
        let rules = try plain.rules(&section)
        self = try Self.listed(section) { () throws(ListingError) in
            try ListedInstrument(
                id: plain.id,
                symbol: symbol,
                base: base,
                quote: quote,
                tick: tick,
                lot: lot,
                settlement: settlement,
                window: (start, end),
                rules: rules
            )
        }
    }

    private static func listed(
        _ section: ConfigurationSection,
        _ body: () throws(ListingError) -> ListedInstrument
    ) throws(ConfigurationError) -> ListedInstrument {
        do throws(ListingError) { return try body() } catch {
            throw section.wrong("symbol", "is wrong: \(error)")
        }
    }

    private func rules(
        _ section: inout ConfigurationSection
    ) throws(ConfigurationError) -> Rules {
        var rules = Rules()
        let rates = 0...Int64(Limits.feeRateMax)
        rules.makerRate = UInt32(try section.integer("maker_fee", in: rates, standard: 0))
        rules.takerRate = UInt32(try section.integer("taker_fee", in: rates, standard: 0))
        if let largest = try Self.decimal("largest_order", &section) {
            guard let quantity = quantity(largest) else {
                throw section.wrong("largest_order", "is no whole number of lots")
            }
            rules.quantityMax = quantity.lots
        }
        let low = try Self.decimal("price_low", &section).map(price)
        let high = try Self.decimal("price_high", &section).map(price)
        switch (low, high) {
        case (nil, nil): break
        case (.some(.some(let low)), .some(.some(let high))) where low <= high:
            rules.band = low.ticks...high.ticks
        default:
            throw section.wrong(
                "symbol",
                "needs both price_low and price_high as prices in ticks, in order, or none of them"
            )
        }
        let phase = try section.word("phase", among: ["continuous", "openingAuction", "closed"])
        rules.phase =
            switch phase {
            case "openingAuction": .openingAuction
            case "closed": .closed
            default: .continuous
            }
        return rules
    }

    private static func asset(
        _ key: String,
        _ section: inout ConfigurationSection,
        _ assets: [ListedAsset]
    ) throws(ConfigurationError) -> ListedAsset {
        let symbol = try section.text(key)
        guard let asset = assets.first(where: { asset in asset.symbol == symbol }) else {
            throw section.wrong(key, "is \"\(symbol)\", which no [[asset]] lists")
        }
        return asset
    }

    private static func decimal(
        _ key: String,
        _ section: inout ConfigurationSection
    ) throws(ConfigurationError) -> ExactDecimal? {
        guard let text = try section.optionalText(key) else { return nil }
        guard let number = ExactDecimal(text), number.coefficient > 0 else {
            throw section.wrong(key, "is \"\(text)\"; write a decimal number above 0, in quotes")
        }
        return number
    }

    private static func time(
        _ key: String,
        _ section: inout ConfigurationSection
    ) throws(ConfigurationError) -> Timestamp {
        guard let text = try section.optionalText(key) else { return .zero }
        guard let time = Timestamp(rfc3339: text) else {
            throw section.wrong(
                key,
                "is \"\(text)\"; write a time such as \"2026-12-01T00:00:00Z\""
            )
        }
        return time
    }
}
