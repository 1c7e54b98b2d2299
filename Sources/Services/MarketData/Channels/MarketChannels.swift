internal import Primitives
internal import Synchronization

/// Brings to every subscriber what it asked for: one state, and then exactly the changes behind it.
///
/// A message is encoded when its first subscriber gets it, and shared by all others. Nobody is waited for: who is
/// behind is told to subscribe again, and gets nothing more of that channel until then.
public final class MarketChannels<Frame: Sendable>: MarketSink {
    /// The answer to a subscription.
    public enum Answer: Equatable, Sendable {
        /// The state was sent, changes follow.
        case subscribed
        /// The rulebook has no such instrument.
        case unknownInstrument
        /// The subscriber has as many channels as it may have.
        case tooMany
    }

    private let market: MarketData
    private let channelsMax: Int
    private let encode: @Sendable (MarketMessage) -> Frame
    private let routes = Mutex(MarketRoutes<Frame>())

    /// Makes channels and subscribes them to a market.
    ///
    /// - Parameters:
    ///   - market: The market.
    ///   - channelsMax: How many channels one subscriber may have.
    ///   - encode: Makes what is sent of a message; called while locks are held.
    public init(
        _ market: MarketData,
        channelsMax: Int = 64,
        encode: @escaping @Sendable (MarketMessage) -> Frame
    ) {
        self.market = market
        self.channelsMax = channelsMax
        self.encode = encode
        market.subscribe(self)
    }

    /// Sends a subscriber the state of a channel and, from then on, what changes.
    ///
    /// Whoever has the channel already gets the state anew. Whether the subscriber may see the orders of an account is
    /// for the caller to know.
    public func subscribe(
        _ subscriber: any MarketSubscriber<Frame>,
        to channel: MarketChannel
    ) -> Answer {
        // The market's lock keeps the next update from being made before the state is on its way.
        market.read { state in
            guard state.has(channel) else { return .unknownInstrument }
            return routes.withLock { routes in
                let sequence = state.sequence
                guard routes.add(subscriber, to: channel, since: sequence, most: channelsMax) else {
                    return .tooMany
                }
                if let frame = routes.firstFrame(channel, sequence) {
                    subscriber.send(frame)
                } else if let message = state.firstMessage(channel) {
                    let frame = encode(message)
                    routes.keep(frame, channel, sequence)
                    subscriber.send(frame)
                }
                return .subscribed
            }
        }
    }

    /// Sends a subscriber nothing more of a channel.
    public func unsubscribe(
        _ subscriber: any MarketSubscriber<Frame>,
        from channel: MarketChannel
    ) {
        routes.withLock { routes in routes.remove(subscriber, from: channel) }
    }

    /// Forgets a subscriber, whose connection has ended.
    public func remove(_ subscriber: any MarketSubscriber<Frame>) {
        routes.withLock { routes in routes.remove(subscriber) }
    }

    /// How many channels somebody is subscribed to.
    public var activeChannelCount: Int { routes.withLock { routes in routes.channelCount } }

    /// Sends what a flush changed.
    public func receive(_ update: MarketUpdate) {
        routes.withLock { routes in
            for delta in update.books {
                send(.book(delta.instrument), update, &routes) { .bookDelta(delta) }
            }
            if !update.trades.isEmpty { sendTrades(update, &routes) }
            for ticker in update.tickers {
                send(.ticker(ticker.instrument), update, &routes) { .ticker(ticker) }
            }
            for change in update.candles {
                send(.candles(change.instrument, change.interval), update, &routes) {
                    .candles(change)
                }
            }
            for order in update.orders {
                send(.orders(order.account), update, &routes) { .order(order) }
            }
            for fill in update.fills {
                send(.orders(fill.account), update, &routes) { .fill(fill) }
            }
        }
    }

    /// Sends each instrument's trades in one message.
    private func sendTrades(_ update: MarketUpdate, _ routes: inout MarketRoutes<Frame>) {
        var places: [InstrumentID: Int] = [:]
        var groups: [[MarketTrade]] = []
        for trade in update.trades {
            if let place = places[trade.instrument] {
                groups[place].append(trade)
            } else {
                places[trade.instrument] = groups.count
                groups.append([trade])
            }
        }
        for trades in groups {
            let instrument = trades[0].instrument
            send(.trades(instrument), update, &routes) { .trades(instrument, trades) }
        }
    }

    private func send(
        _ channel: MarketChannel,
        _ update: MarketUpdate,
        _ routes: inout MarketRoutes<Frame>,
        _ message: () -> MarketMessage
    ) {
        routes.send(
            channel,
            update.sequence,
            { encode(message()) },
            { encode(.resubscribe(channel)) }
        )
    }
}
