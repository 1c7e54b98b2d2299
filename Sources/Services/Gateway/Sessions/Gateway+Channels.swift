internal import Follower
internal import MarketData
internal import Primitives
internal import Venue

extension Gateway {
    /// The channel that a request for one names, over whatever interface it comes.
    ///
    /// - Parameters:
    ///   - fields: The members of the request, of which all are read.
    ///   - account: Whose orders the caller may see; asked only for the channel `orders`.
    /// - Returns: The channel.
    /// - Throws: What is wrong with the request, and what `account` throws.
    func channel(
        _ fields: inout RequestFields,
        account: () throws(APIError) -> AccountID
    ) throws(APIError) -> MarketChannel {
        let word = try fields.text("channel", bytesMax: 32)
        if word == "orders" {
            try fields.finish()
            return .orders(try account())
        }
        let instrument = try fields.instrument("instrument", parts.listing).id
        let channel: MarketChannel
        switch word {
        case "book": channel = .book(instrument)
        case "trades": channel = .trades(instrument)
        case "ticker": channel = .ticker(instrument)
        case "candles":
            let text = try fields.optionalText("interval") ?? "1m"
            guard let interval = CandleInterval(name: text) else {
                throw RequestFields.wrong("interval", "is none that is known")
            }
            channel = .candles(instrument, interval)
        default:
            throw RequestFields.wrong(
                "channel",
                "must be book, trades, ticker, candles or orders"
            )
        }
        try fields.finish()
        return channel
    }
}
