import Primitives

// How an order is found, enters its queue, changes and ends.
extension Venue {
    /// The slot of an account's live order with that client id; 0 when there is none.
    @inline(__always)
    func find(_ account: UInt32, clientID: UInt64) -> UInt32 {
        let hash = SlotIndex.hash(UInt64(account), clientID, seed: hashSeed)
        var probe = ordersByClientID.probe(hash)
        while true {
            let slot = ordersByClientID.next(&probe)
            if slot == 0 { return 0 }
            if orders[slot].clientID == clientID && orders[slot].account == account { return slot }
        }
    }

    /// The slot of the live order that an account names.
    @inline(__always)
    func find(_ reference: OrderReference) throws(Refusal) -> UInt32 {
        let account = reference.account.rawValue
        if reference.order == .none {
            guard reference.clientID != 0 else { throw .unknownOrder }
            let slot = find(account, clientID: reference.clientID)
            guard slot != 0 else { throw .unknownOrder }
            return slot
        }
        let slot = reference.order.slot
        guard slot < orders.count, orders[slot].id == reference.order.rawValue,
            orders[slot].account == account
        else { throw .unknownOrder }
        return slot
    }

    /// Makes an order that stays past its command findable.
    @inline(__always)
    mutating func register(_ order: Order, slot: UInt32) {
        accounts[order.account &+ 1].liveOrders &+= 1
        if order.isTrailing { instruments[order.instrument].trailingStops += 1 }
        index(order, slot: slot)
    }

    /// Makes an order findable by its account, its client id, its expiry and its trail.
    @inline(__always)
    mutating func index(_ order: Order, slot: UInt32) {
        ordersOfAccount.append(slot: slot, account: order.account)
        if order.clientID != 0 {
            ordersByClientID.insert(
                SlotIndex.hash(UInt64(order.account), order.clientID, seed: hashSeed),
                slot
            )
        }
        if order.timeInForce == .goodTillTime { noteExpiry(of: order) }
        if order.isTrailing { trailing[Int(order.instrument)].append(slot) }
    }

    @inline(never)
    private mutating func noteExpiry(of order: Order) {
        expiries.insert(ExpiryQueue.Entry(expiresAt: order.expiresAt, order: order.id))
        // Entries of orders that ended otherwise must not pile up.
        if expiries.count > 64 && expiries.count / 2 > header.liveOrders {
            var kept = ExpiryQueue()
            while expiries.count > 0 {
                let entry = expiries.removeFirst()
                if orders[OrderID(entry.order).slot].id == entry.order || entry.order == order.id {
                    kept.insert(entry)
                }
            }
            expiries = kept
        }
    }

    /// Puts an order at the end of the queue where it waits, and stores it.
    @inline(__always)
    mutating func enqueue(_ order: inout Order, slot: UInt32) {
        header.priorityCount &+= 1
        order.priority = header.priorityCount
        orders[slot] = order
        insert(order, slot: slot)
    }

    /// Puts an order that has its priority into the book.
    @inline(__always)
    mutating func insert(_ order: Order, slot: UInt32) {
        let kind = order.ladderKind
        book.append(
            slot: slot,
            order: order.id,
            account: order.account,
            quantity: order.shown,
            key: OrderBook.key(order.queuePrice, kind),
            ladder: OrderBook.ladder(kind, of: order.instrument)
        )
    }

    /// Frees the slot of an order that ended, and what makes it findable if it was registered.
    @inline(__always)
    mutating func retire(_ order: Order, slot: UInt32, isRegistered: Bool) {
        if isRegistered {
            accounts[order.account &+ 1].liveOrders &-= 1
            ordersOfAccount.remove(slot: slot, account: order.account)
            if order.clientID != 0 {
                ordersByClientID.remove(
                    SlotIndex.hash(UInt64(order.account), order.clientID, seed: hashSeed),
                    slot
                )
            }
            if order.isTrailing { forgetTrailing(order, slot: slot) }
        }
        orders[slot].id = 0
        orders[slot].price = Int64(header.freeOrder)
        header.freeOrder = slot
        header.liveOrders &-= 1
    }

    @inline(never)
    mutating func forgetTrailing(_ order: Order, slot: UInt32) {
        // It was forgotten before if it triggered.
        guard let position = trailing[Int(order.instrument)].firstIndex(of: slot) else { return }
        trailing[Int(order.instrument)].remove(at: position)
        instruments[order.instrument].trailingStops -= 1
    }

    /// Ends an order that is registered and in a queue: releases its hold and says so.
    @inline(__always)
    mutating func end(
        slot: UInt32,
        _ state: OrderState,
        _ reason: ChangeReason,
        _ events: inout EventBuffer
    ) {
        var order = orders[slot]
        book.remove(slot: slot)
        release(hold(of: order), of: order)
        order.state = state
        note(order, reason, &events)
        retire(order, slot: slot, isRegistered: true)
    }

    /// Reports an order as it is now.
    @inline(__always)
    func note(_ order: Order, _ reason: ChangeReason, _ events: inout EventBuffer) {
        events.append(
            OrderChanged(
                order: OrderID(order.id),
                clientID: order.clientID,
                account: AccountID(order.account),
                instrument: InstrumentID(order.instrument &- 1),
                side: order.side,
                state: order.state,
                reason: reason,
                price: Price(order.queuePrice),
                open: Quantity(order.open),
                filled: Quantity(order.filled)
            )
        )
    }

    @inline(__always)
    mutating func cancelOrder(
        _ reference: OrderReference,
        _ events: inout EventBuffer
    ) throws(Refusal) {
        try checkOpen(reference.account)
        let slot = try find(reference)
        end(slot: slot, .cancelled, .cancelled, &events)
    }

    mutating func massCancel(
        _ scope: MassCancel,
        _ events: inout EventBuffer
    ) throws(Refusal) {
        if scope.scope != .instrument { try checkOpen(scope.account) }
        let instrument = scope.scope == .account ? 0 : try known(scope.instrument)
        if scope.scope == .instrument {
            select(instrument) { _ in true }
        } else {
            selected.removeAll(keepingCapacity: true)
            var slot = ordersOfAccount.first(of: scope.account.rawValue)
            while slot != 0 {
                if instrument == 0 || orders[slot].instrument == instrument {
                    selected.append(slot)
                }
                slot = ordersOfAccount.next(after: slot)
            }
        }
        endSelected(.cancelled, .massCancelled, &events)
    }

    /// Selects the orders on an instrument that `isWanted`, in instrument order.
    mutating func select(_ instrument: UInt32, where isWanted: (Order) -> Bool) {
        selected.removeAll(keepingCapacity: true)
        for kind in OrderBook.LadderKind.allCases {
            var level = book.index.ladders[OrderBook.ladder(kind, of: instrument)].best
            while level != 0 {
                var slot = book.index.levels[level].head
                while slot != 0 {
                    if isWanted(orders[slot]) { selected.append(slot) }
                    slot = book.nodes[slot].next
                }
                level = book.index.level(after: level)
            }
        }
    }

    mutating func endSelected(
        _ state: OrderState,
        _ reason: ChangeReason,
        _ events: inout EventBuffer
    ) {
        for slot in selected { end(slot: slot, state, reason, &events) }
    }

    /// Ends the good-till-time orders that are due.
    @inline(never)
    mutating func expireOrders(_ events: inout EventBuffer) {
        while expiries.nextExpiry <= header.time {
            let id = OrderID(expiries.removeFirst().order)
            if orders[id.slot].id == id.rawValue {
                end(slot: id.slot, .expired, .expired, &events)
            }
        }
    }
}
