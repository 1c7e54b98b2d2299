import Encoding
import Follower
import Primitives
import Testing

/// Three instruments over two assets, with ticks and lots of different decimals.
func listing() throws -> Listing {
    let dollar = try ListedAsset(id: AssetID(0), symbol: "USD", decimals: 6)
    let coin = try ListedAsset(id: AssetID(1), symbol: "BTC", decimals: 8)
    return try Listing(
        assets: [dollar, coin],
        instruments: [
            ListedInstrument(
                id: InstrumentID(0),
                symbol: "BTC-USD",
                base: coin,
                quote: dollar,
                tick: #require(ExactDecimal("0.01")),
                lot: #require(ExactDecimal("0.0001"))
            )
        ]
    )
}
