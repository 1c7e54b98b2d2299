public import Primitives
internal import Venue

/// The market as it is given out: as it was at the last flush.
public struct MarketState: ~Copyable, Sendable {
    /// The last command that was taken in.
    public private(set) var sequence: UInt64 = 0
    /// The venue's time of that command.
    public private(set) var time = Timestamp.zero
    /// How many trades there were.
    private(set) var tradeCount: UInt64 = 0
    /// Every instrument at its number.
    private(set) var markets: [InstrumentMarket] = []
    private(set) var table = OrderTable()
    /// Whether the live orders were taken from the venue.
    private var hasBegun = false
    /// The markets in which something may have changed since the last update.
    private var stale: [Int] = []
    private var lastSecond = Timestamp.zero
    /// How much is kept and given out.
    let bounds: MarketBounds
    private let texts: MarketDataJSON

    init(_ bounds: MarketBounds, _ texts: MarketDataJSON) {
        self.bounds = bounds
        self.texts = texts
    }

    /// Whether the rulebook has an instrument.
    func has(_ instrument: InstrumentID) -> Bool {
        instrument.rawValue < markets.count && markets[Int(instrument.rawValue)].isDefined
    }

    /// The market of an instrument, if the rulebook has it.
    func market(_ instrument: InstrumentID) -> InstrumentMarket? {
        has(instrument) ? markets[Int(instrument.rawValue)] : nil
    }

    /// Makes the market that was stored; books and orders come with the first flush.
    init(_ stored: StoredMarket, _ bounds: MarketBounds, _ texts: MarketDataJSON) {
        self.init(bounds, texts)
        sequence = stored.sequence
        time = stored.time
        tradeCount = stored.tradeCount
        for market in stored.markets {
            extend(to: market.instrument)
            markets[Int(market.instrument.rawValue)] = market
        }
    }

    /// What is to be stored.
    var stored: StoredMarket {
        StoredMarket(
            sequence: sequence,
            time: time,
            tradeCount: tradeCount,
            markets: markets.filter(\.isDefined)
        )
    }

    /// Takes in what gathered, and says what it changed.
    ///
    /// - Parameters:
    ///   - gathering: What happened.
    ///   - venue: The venue after all of it.
    /// - Returns: Empty if nothing changed.
    mutating func take(
        _ gathering: borrowing Gathering,
        _ venue: borrowing Venue
    ) -> MarketUpdate {
        var update = MarketUpdate(sequence: venue.sequence, time: venue.time)
        let hadBegun = hasBegun
        let previous = sequence
        sequence = venue.sequence
        time = venue.time
        if !hadBegun || gathering.changesRules { takeRules(venue, previous: previous) }
        update.orders = ownOrders(gathering, venue)
        if hadBegun {
            takeOrders(slots: gathering.slots, venue)
        } else {
            takeOrders(slots: Array(1..<max(venue.orderSlots, 1)), venue)
            hasBegun = true
        }
        for trade in gathering.trades {
            let index = Int(trade.instrument.rawValue)
            markets[index].take(trade)
            mark(index)
        }
        tradeCount += UInt64(gathering.trades.count)
        update.trades = gathering.trades
        update.fills = gathering.fills
        appendChanges(to: &update, begins: !hadBegun)
        return update
    }

    /// Gives out what changed in the markets that were marked, and in all when a second has passed.
    private mutating func appendChanges(to update: inout MarketUpdate, begins: Bool) {
        let second = CandleInterval.second.start(of: time)
        if begins || second != lastSecond {
            stale = Array(markets.indices)
            lastSecond = second
        } else {
            stale.sort()
        }
        for index in stale where markets[index].isDefined {
            markets[index].isStale = false
            if markets[index].book.isTouched { markets[index].isTickerStale = true }
            if begins {
                markets[index].book.begin(at: sequence)
            } else if let delta = delta(index) {
                update.books.append(delta)
            }
            markets[index].advance(to: time)
            markets[index].candleChanges(into: &update.candles)
            if let ticker = markets[index].tickerChange(sequence, time) {
                update.tickers.append(ticker)
            }
        }
        stale.removeAll(keepingCapacity: true)
    }

    private mutating func mark(_ index: Int) {
        if markets[index].isStale { return }
        markets[index].isStale = true
        stale.append(index)
    }

    private mutating func delta(_ index: Int) -> BookDelta? {
        let previous = markets[index].book.sequence
        guard let changes = markets[index].book.changes(sequence) else { return nil }
        return BookDelta(
            instrument: markets[index].instrument,
            sequence: sequence,
            previous: previous,
            time: time,
            bids: changes.bids,
            asks: changes.asks,
            checksum: checksum(markets[index])
        )
    }

    /// The checksum of a book.
    func checksum(_ market: InstrumentMarket) -> UInt32 {
        texts.checksum(
            market.instrument,
            bids: market.book.bids.levels(BookChecksum.depth),
            asks: market.book.asks.levels(BookChecksum.depth)
        )
    }

    private mutating func extend(to instrument: InstrumentID) {
        while markets.count <= instrument.rawValue {
            let next = InstrumentID(UInt32(markets.count))
            markets.append(InstrumentMarket(next, bounds))
        }
    }

    /// Takes over which instruments there are, and their phases; a new one had an empty book at the last flush.
    private mutating func takeRules(_ venue: borrowing Venue, previous: UInt64) {
        for number in 0..<Limits.instrumentsMax {
            let instrument = InstrumentID(number)
            guard let status = venue.status(of: instrument) else { continue }
            extend(to: instrument)
            let index = Int(number)
            if !markets[index].isDefined || markets[index].phase != status.phase {
                markets[index].isTickerStale = true
                mark(index)
            }
            if !markets[index].isDefined {
                markets[index].isDefined = true
                markets[index].book.begin(at: previous)
            }
            markets[index].phase = status.phase
        }
    }

    /// The orders that changed, with the terms that no event tells.
    private func ownOrders(
        _ gathering: borrowing Gathering,
        _ venue: borrowing Venue
    ) -> [OwnOrder] {
        gathering.orders.map { changed in
            var order = changed
            let slot = order.order.slot
            if let live = venue.liveOrder(inSlot: slot), live.order == order.order {
                order.complete(from: live)
            } else if let known = table.order(inSlot: slot), known.order == order.order {
                order.complete(from: known)
            }
            return order
        }
    }

    /// Takes over what became of the orders in some slots.
    private mutating func takeOrders(slots: [UInt32], _ venue: borrowing Venue) {
        var queued: [LiveOrder] = []
        for slot in slots {
            let before = table.order(inSlot: slot)
            let after = venue.liveOrder(inSlot: slot)
            if let before, let after, before.order == after.order {
                if before.isInBook && after.isInBook && before.priority == after.priority {
                    change(before, to: after)
                    continue
                }
                if before.isInBook { removeFromBook(before) }
                table.replace(after)
            } else {
                if let before {
                    if before.isInBook { removeFromBook(before) }
                    table.remove(slot: slot, account: before.account)
                }
                if let after { table.insert(after) }
            }
            if let after, after.isInBook { queued.append(after) }
        }
        // Whoever joins a queue has a higher priority than all that wait in it.
        queued.sort { left, right in left.priority < right.priority }
        for order in queued {
            let index = Int(order.instrument.rawValue)
            markets[index].book.append(order, &table)
            mark(index)
        }
    }

    private mutating func change(_ before: LiveOrder, to after: LiveOrder) {
        table.replace(after)
        if before.shown == after.shown { return }
        let index = Int(after.instrument.rawValue)
        markets[index].book.change(before, to: after.shown.lots)
        mark(index)
    }

    private mutating func removeFromBook(_ order: LiveOrder) {
        let index = Int(order.instrument.rawValue)
        markets[index].book.remove(order, &table)
        mark(index)
    }
}
