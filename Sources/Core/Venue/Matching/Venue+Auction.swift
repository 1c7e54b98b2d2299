import Primitives

// Call auctions. See "Uncrossing" in docs/rules.md.
extension Venue {
    /// One limit price of the crossed part of a book.
    private struct Candidate {
        var price: Int64
        /// Open quantity of the buy orders at this price.
        var bids: Amount
        /// Open quantity of the sell orders at this price.
        var asks: Amount
    }

    /// What would trade at a price.
    private struct Outcome {
        var price: Int64
        var demand: Amount
        var supply: Amount

        var volume: Amount { Swift.min(demand, supply) }
        var imbalance: Amount { demand > supply ? demand - supply : supply - demand }
    }

    /// Trades everything that crosses at the price that trades the most.
    ///
    /// Self-trade prevention can take away what made a price the best: it goes on until nothing crosses.
    @inline(never)
    mutating func uncross(_ instrument: UInt32, _ events: inout EventBuffer) {
        let bids = OrderBook.ladder(.bids, of: instrument)
        let asks = OrderBook.ladder(.asks, of: instrument)
        while book.bestKey(bids) != .max {
            let highest = OrderBook.key(book.bestKey(bids), .bids)
            let lowest = book.bestKey(asks)
            if highest < lowest { break }
            let price = auctionPrice(instrument, lowest: lowest, highest: highest)
            let limit = OrderBook.key(price, .bids)
            var traded: Int64 = 0
            while book.bestKey(bids) <= limit && book.bestKey(asks) <= price {
                traded += pair(book.head(bids), book.head(asks), at: price, &events)
            }
            if traded > 0 {
                events.append(
                    .uncrossed(
                        AuctionResult(
                            instrument: InstrumentID(instrument - 1),
                            price: Price(price),
                            quantity: Quantity(traded)
                        )
                    )
                )
            }
        }
        // The stops see the auction's price when the instrument enters the continuous phase.
        firstPrice = 0
        lastPrice = 0
    }

    /// The price that trades the most, with the ties of docs/rules.md.
    private func auctionPrice(_ instrument: UInt32, lowest: Int64, highest: Int64) -> Int64 {
        var best = equilibria(candidates(instrument, lowest: lowest, highest: highest))
        if best.allSatisfy({ $0.demand > $0.supply }) { return best[best.count - 1].price }
        if best.allSatisfy({ $0.demand < $0.supply }) { return best[0].price }
        let last = instruments[instrument].lastPrice
        if last != 0 {
            var nearest = Int64.max
            for outcome in best {
                let distance =
                    outcome.price > last ? outcome.price - last : last - outcome.price
                nearest = Swift.min(nearest, distance)
            }
            best = best.filter { $0.price == last + nearest || $0.price == last - nearest }
        }
        return best[0].price
    }

    /// The outcomes with the largest volume and, among those, the smallest imbalance; by rising price.
    private func equilibria(_ candidates: [Candidate]) -> [Outcome] {
        var demand: Amount = 0
        for candidate in candidates { demand += candidate.bids }
        var supply: Amount = 0
        var best: [Outcome] = []
        for candidate in candidates {
            supply += candidate.asks
            let outcome = Outcome(price: candidate.price, demand: demand, supply: supply)
            demand -= candidate.bids
            guard let first = best.first else {
                best = [outcome]
                continue
            }
            if outcome.volume > first.volume
                || (outcome.volume == first.volume && outcome.imbalance < first.imbalance)
            {
                best = [outcome]
            } else if outcome.volume == first.volume && outcome.imbalance == first.imbalance {
                best.append(outcome)
            }
        }
        return best
    }

    /// The limit prices from `lowest` to `highest` with what is open at each, rising.
    private func candidates(
        _ instrument: UInt32,
        lowest: Int64,
        highest: Int64
    ) -> [Candidate] {
        let bids = openQuantities(.bids, instrument, lowest...highest)
        let asks = openQuantities(.asks, instrument, lowest...highest)
        var merged: [Candidate] = []
        var bid = bids.count - 1
        var ask = 0
        while bid >= 0 || ask < asks.count {
            let bidPrice = bid >= 0 ? bids[bid].price : .max
            let askPrice = ask < asks.count ? asks[ask].price : .max
            var candidate = Candidate(price: Swift.min(bidPrice, askPrice), bids: 0, asks: 0)
            if bidPrice == candidate.price {
                candidate.bids = bids[bid].quantity
                bid -= 1
            }
            if askPrice == candidate.price {
                candidate.asks = asks[ask].quantity
                ask += 1
            }
            merged.append(candidate)
        }
        return merged
    }

    /// What is open on one side at each price of a range, best price first.
    private func openQuantities(
        _ kind: OrderBook.LadderKind,
        _ instrument: UInt32,
        _ range: ClosedRange<Int64>
    ) -> [(price: Int64, quantity: Amount)] {
        var quantities: [(price: Int64, quantity: Amount)] = []
        var level = book.index.ladders[OrderBook.ladder(kind, of: instrument)].best
        while level != 0 {
            let price = OrderBook.key(book.index.key(of: level), kind)
            guard range ~= price else { break }
            var quantity: Amount = 0
            var slot = book.index.levels[level].head
            while slot != 0 {
                quantity += Amount(orders[slot].open)
                slot = book.nodes[slot].next
            }
            quantities.append((price, quantity))
            level = book.index.level(after: level)
        }
        return quantities
    }

    /// Lets the heads of both sides trade at the auction's price, or keeps them from it.
    ///
    /// - Returns: How much they traded.
    private mutating func pair(
        _ bid: UInt32,
        _ ask: UInt32,
        at price: Int64,
        _ events: inout EventBuffer
    ) -> Int64 {
        // The one that joined its queue earlier is the maker.
        let bidIsMaker = orders[bid].priority < orders[ask].priority
        let maker = bidIsMaker ? bid : ask
        let taker = bidIsMaker ? ask : bid
        if orders[taker].selfTradePrevention != .none
            && orders[maker].account == orders[taker].account
        {
            separate(maker, taker, &events)
            return 0
        }
        let quantity = Swift.min(orders[maker].shown, orders[taker].shown)
        var budget: Amount = 0
        exchange(maker, taker, price: price, quantity: quantity, budget: &budget, &events)
        settleInBook(maker, traded: quantity, &events)
        settleInBook(taker, traded: quantity, &events)
        return quantity
    }

    /// Self-trade prevention between two orders of the book, by the taker's mode.
    private mutating func separate(
        _ maker: UInt32,
        _ taker: UInt32,
        _ events: inout EventBuffer
    ) {
        switch orders[taker].selfTradePrevention {
        case .none:
            preconditionFailure("called only with a mode")
        case .cancelNewest:
            end(slot: taker, .cancelled, .selfTrade, &events)
        case .cancelOldest:
            end(slot: maker, .cancelled, .selfTrade, &events)
        case .cancelBoth:
            end(slot: maker, .cancelled, .selfTrade, &events)
            end(slot: taker, .cancelled, .selfTrade, &events)
        case .decrement:
            let quantity = Swift.min(orders[maker].open, orders[taker].open)
            shrink(maker, by: quantity, .selfTrade, &events)
            shrink(taker, by: quantity, .selfTrade, &events)
        }
    }
}
