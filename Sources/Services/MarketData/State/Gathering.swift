internal import Primitives
internal import Venue

/// What happened since the last flush.
struct Gathering: ~Copyable {
    /// A slot and what happened to the orders in it.
    private struct Mark: BitwiseCopyable {
        var isTouched = false
        /// One more than the place of its last order in `orders`; 0 for none.
        var own: UInt32 = 0
    }

    /// The slots of the orders that changed, each once.
    private(set) var slots: [UInt32] = []
    private var marks: [Mark] = []
    /// The orders that changed, each once, in the order of their first change, as far as the events tell.
    private(set) var orders: [OwnOrder] = []
    private(set) var trades: [MarketTrade] = []
    private(set) var fills: [OwnFill] = []
    /// Whether the rules or the phase of an instrument changed.
    private(set) var changesRules = false

    /// Forgets everything and keeps the memory.
    mutating func removeAll() {
        for slot in slots { marks[Int(slot)] = Mark() }
        slots.removeAll(keepingCapacity: true)
        orders.removeAll(keepingCapacity: true)
        trades.removeAll(keepingCapacity: true)
        fills.removeAll(keepingCapacity: true)
        changesRules = false
    }

    /// Takes in the events of a command.
    mutating func take(_ events: borrowing EventBuffer, _ sequence: UInt64, _ time: Timestamp) {
        for index in 0..<events.count {
            switch events[index] {
            case .orderPlaced(let placed): take(placed, sequence, time)
            case .orderChanged(let changed): take(changed, sequence, time)
            case .traded(let trade): take(trade, sequence, time)
            case .rulebookChanged, .phaseChanged: changesRules = true
            case .refused, .contractEnded, .uncrossed, .accountOpened, .deposited, .withdrawn,
                .filed, .bondPosted, .bondReleased, .penalised, .bondSlashed:
                break
            }
        }
    }

    private mutating func take(_ trade: Trade, _ sequence: UInt64, _ time: Timestamp) {
        trades.append(
            MarketTrade(
                trade: trade.trade,
                instrument: trade.instrument,
                takerSide: trade.takerSide,
                price: trade.price,
                quantity: trade.quantity,
                sequence: sequence,
                time: time
            )
        )
        for side in [trade.takerSide.opposite, trade.takerSide] {
            fills.append(OwnFill(trade, side: side, sequence: sequence, time: time))
        }
    }

    private mutating func take(_ placed: OrderPlaced, _ sequence: UInt64, _ time: Timestamp) {
        touch(placed.order)
        orders.append(
            OwnOrder(
                order: placed.order,
                clientID: placed.clientID,
                account: placed.account,
                instrument: placed.instrument,
                side: placed.side,
                type: placed.type,
                timeInForce: placed.timeInForce,
                state: .new,
                reason: .matching,
                price: placed.price,
                trigger: .none,
                display: .zero,
                open: placed.quantity,
                filled: .zero,
                expiresAt: .zero,
                sequence: sequence,
                time: time
            )
        )
        marks[Int(placed.order.slot)].own = UInt32(orders.count)
    }

    private mutating func take(_ changed: OrderChanged, _ sequence: UInt64, _ time: Timestamp) {
        touch(changed.order)
        let slot = changed.order.slot
        let own = Int(marks[Int(slot)].own) - 1
        if own < 0 || orders[own].order != changed.order {
            orders.append(OwnOrder(changed, sequence: sequence, time: time))
            marks[Int(slot)].own = UInt32(orders.count)
        } else {
            orders[own].take(changed, sequence, time)
        }
    }

    private mutating func touch(_ order: OrderID) {
        let slot = order.slot
        marks.extend(to: slot, with: Mark())
        if marks[Int(slot)].isTouched { return }
        marks[Int(slot)].isTouched = true
        slots.append(slot)
    }
}

extension OwnOrder {
    /// An order of which only a change is known: its type and its terms are yet to be filled in.
    fileprivate init(_ changed: OrderChanged, sequence: UInt64, time: Timestamp) {
        self.init(
            order: changed.order,
            clientID: changed.clientID,
            account: changed.account,
            instrument: changed.instrument,
            side: changed.side,
            type: .limit,
            timeInForce: .goodTillCancel,
            state: changed.state,
            reason: changed.reason,
            price: .none,
            trigger: .none,
            display: .zero,
            open: .zero,
            filled: .zero,
            expiresAt: .zero,
            sequence: sequence,
            time: time
        )
        take(changed, sequence, time)
    }

    fileprivate mutating func take(
        _ changed: OrderChanged,
        _ sequence: UInt64,
        _ time: Timestamp
    ) {
        state = changed.state
        reason = changed.reason
        trigger = changed.state == .pendingTrigger ? changed.price : .none
        if changed.state != .pendingTrigger { price = changed.price }
        open = changed.open
        filled = changed.filled
        self.sequence = sequence
        self.time = time
    }

    /// Takes the terms that events do not tell from the order's record.
    mutating func complete(from live: LiveOrder) {
        type = live.type
        timeInForce = live.timeInForce
        if state == .pendingTrigger { price = live.price }
        display = live.display
        expiresAt = live.expiresAt
    }

    /// An order as it is now, where its last change is not known.
    init(_ live: LiveOrder, sequence: UInt64, time: Timestamp) {
        self.init(
            order: live.order,
            clientID: live.clientID,
            account: live.account,
            instrument: live.instrument,
            side: live.side,
            type: live.type,
            timeInForce: live.timeInForce,
            state: live.state,
            reason: .matching,
            price: live.price,
            trigger: live.trigger,
            display: live.display,
            open: live.open,
            filled: live.filled,
            expiresAt: live.expiresAt,
            sequence: sequence,
            time: time
        )
    }
}
