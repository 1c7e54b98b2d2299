public import Encoding
public import Primitives

/// What the venue's numbers are called and how they are written: its assets and instruments by symbol.
///
/// The venue knows ticks, lots and smallest units; people and their programs know symbols and decimal
/// numbers. A listing translates exactly, without floating point, and refuses what has no exact translation.
public struct Listing: Equatable, Sendable {
    /// The assets, by rising number.
    public let assets: [ListedAsset]
    /// The instruments, by rising number.
    public let instruments: [ListedInstrument]

    private let assetIndices: [String: Int]
    private let instrumentIndices: [String: Int]
    private let assetNumbers: [AssetID: Int]
    private let instrumentNumbers: [InstrumentID: Int]

    /// Makes a listing.
    ///
    /// - Throws: `ListingError` when two have the same number or symbol, or an instrument's assets are not listed.
    public init(
        assets: [ListedAsset],
        instruments: [ListedInstrument]
    ) throws(ListingError) {
        self.assets = assets.sorted { left, right in left.id.rawValue < right.id.rawValue }
        self.instruments = instruments.sorted { left, right in
            left.id.rawValue < right.id.rawValue
        }
        var assetIndices: [String: Int] = [:]
        var assetNumbers: [AssetID: Int] = [:]
        for (index, asset) in self.assets.enumerated() {
            guard assetIndices.updateValue(index, forKey: asset.symbol) == nil,
                assetNumbers.updateValue(index, forKey: asset.id) == nil
            else { throw .listedTwice(asset.symbol) }
        }
        var instrumentIndices: [String: Int] = [:]
        var instrumentNumbers: [InstrumentID: Int] = [:]
        for (index, instrument) in self.instruments.enumerated() {
            guard instrumentIndices.updateValue(index, forKey: instrument.symbol) == nil,
                instrumentNumbers.updateValue(index, forKey: instrument.id) == nil
            else { throw .listedTwice(instrument.symbol) }
            for asset in [instrument.base, instrument.quote] {
                guard let index = assetNumbers[asset.id], self.assets[index] == asset else {
                    throw .unknownAsset(asset.symbol, instrument: instrument.symbol)
                }
            }
        }
        self.assetIndices = assetIndices
        self.assetNumbers = assetNumbers
        self.instrumentIndices = instrumentIndices
        self.instrumentNumbers = instrumentNumbers
    }

    /// The asset of that symbol.
    public func asset(_ symbol: String) -> ListedAsset? {
        assetIndices[symbol].map { index in assets[index] }
    }

    /// The asset of that number.
    public func asset(_ id: AssetID) -> ListedAsset? {
        assetNumbers[id].map { index in assets[index] }
    }

    /// The instrument of that symbol.
    public func instrument(_ symbol: String) -> ListedInstrument? {
        instrumentIndices[symbol].map { index in instruments[index] }
    }

    /// The instrument of that number.
    public func instrument(_ id: InstrumentID) -> ListedInstrument? {
        instrumentNumbers[id].map { index in instruments[index] }
    }
}

/// An asset with its symbol and its smallest unit.
public struct ListedAsset: Equatable, Sendable {
    /// Most decimals that an asset may have.
    public static let decimalsMax = 18

    /// The venue's number.
    public let id: AssetID
    /// What it is called, such as `BTC`.
    public let symbol: String
    /// What people call it.
    public let name: String
    /// Ten to the power of this many smallest units make one; 0 … `decimalsMax`.
    public let decimals: Int

    /// Makes an asset.
    ///
    /// - Throws: `ListingError` when the number, the symbol or the decimals are out of range.
    public init(
        id: AssetID,
        symbol: String,
        name: String? = nil,
        decimals: Int
    ) throws(ListingError) {
        try ListingError.checkSymbol(symbol)
        guard id.rawValue < Limits.assetsMax else { throw .numberOutOfRange(symbol) }
        guard 0...Self.decimalsMax ~= decimals else { throw .decimalsOutOfRange(symbol) }
        self.id = id
        self.symbol = symbol
        self.name = name ?? symbol
        self.decimals = decimals
    }

    /// The amount in smallest units; none if it is not a whole number of them.
    public func amount(_ number: ExactDecimal) -> Amount? { number.scaled(toPlaces: decimals) }

    /// The amount as a decimal number with all decimals.
    public func text(_ amount: Amount) -> String {
        var text: [UInt8] = []
        append(amount, to: &text)
        return String(decoding: text, as: UTF8.self)
    }

    /// Appends the amount as a decimal number.
    public func append(_ amount: Amount, to text: inout [UInt8]) {
        ExactDecimal.append(amount, places: decimals, to: &text)
    }
}
