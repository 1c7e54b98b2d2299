import Primitives

// How an order is found, enters its queue, changes and ends.
extension Venue {
    /// The slot of an account's live order with that client id; 0 when there is none.
    @inline(__always)
    func find(_ account: UInt32, clientID: UInt64) -> UInt32 {
        var probe = ordersByClientID.probe(clientHash(account, clientID))
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
    mutating func register(_ slot: UInt32) {
        accounts[orders[slot].account &+ 1].liveOrders &+= 1
        if orders[slot].isTrailing { instruments[orders[slot].instrument].trailingStops += 1 }
        index(slot)
    }

    /// Makes an order findable by its account, its client id, its expiry and its trail.
    @inline(__always)
    mutating func index(_ slot: UInt32) {
        let account = orders[slot].account
        ordersOfAccount.append(slot: slot, account: account)
        let clientID = orders[slot].clientID
        if clientID != 0 { ordersByClientID.insert(clientHash(account, clientID), slot) }
        if orders[slot].timeInForce == .goodTillTime { noteExpiry(of: slot) }
        if orders[slot].isTrailing { trailing[Int(orders[slot].instrument)].append(slot) }
    }

    @inline(never)
    private mutating func noteExpiry(of slot: UInt32) {
        expiries.insert(
            ExpiryQueue.Entry(expiresAt: orders[slot].expiresAt, order: orders[slot].id)
        )
        // Entries of orders that ended otherwise must not pile up.
        if expiries.count > 64 && expiries.count / 2 > header.liveOrders {
            var kept = ExpiryQueue()
            while expiries.count > 0 {
                let entry = expiries.removeFirst()
                if orders[OrderID(entry.order).slot].id == entry.order { kept.insert(entry) }
            }
            expiries = kept
        }
    }

    /// Puts an order at the end of the queue where it waits.
    @inline(__always)
    mutating func enqueue(_ slot: UInt32) {
        header.priorityCount &+= 1
        orders[slot].priority = header.priorityCount
        insert(slot)
    }

    /// Puts an order that has its priority into the book.
    @inline(__always)
    mutating func insert(_ slot: UInt32) {
        let kind = orders[slot].ladderKind
        book.append(
            slot: slot,
            order: orders[slot].id,
            account: orders[slot].account,
            quantity: orders[slot].shown,
            key: OrderBook.key(orders[slot].queuePrice, kind),
            ladder: OrderBook.ladder(kind, of: orders[slot].instrument)
        )
    }

    /// Ends an order that is in no queue and holds nothing: says so, and frees its slot.
    @inline(__always)
    mutating func retire(
        _ slot: UInt32,
        _ state: OrderState,
        _ reason: ChangeReason,
        isRegistered: Bool,
        _ events: inout EventBuffer
    ) {
        orders[slot].state = state
        note(slot, reason, &events)
        if isRegistered {
            let account = orders[slot].account
            accounts[account &+ 1].liveOrders &-= 1
            ordersOfAccount.remove(slot: slot, account: account)
            let clientID = orders[slot].clientID
            if clientID != 0 { ordersByClientID.remove(clientHash(account, clientID), slot) }
            if orders[slot].isTrailing { forgetTrailing(slot) }
        }
        orders[slot].id = 0
        orders[slot].price = Int64(header.freeOrder)
        header.freeOrder = slot
        header.liveOrders &-= 1
    }

    @inline(__always)
    private func clientHash(_ account: UInt32, _ clientID: UInt64) -> UInt32 {
        SlotIndex.hash(UInt64(account), clientID, seed: hashSeed)
    }

    @inline(never)
    mutating func forgetTrailing(_ slot: UInt32) {
        let instrument = orders[slot].instrument
        // It was forgotten before if it triggered.
        guard let position = trailing[Int(instrument)].firstIndex(of: slot) else { return }
        trailing[Int(instrument)].remove(at: position)
        instruments[instrument].trailingStops -= 1
    }

    /// Ends an order that is registered and in a queue, and releases its hold.
    @inline(__always)
    mutating func end(
        slot: UInt32,
        _ state: OrderState,
        _ reason: ChangeReason,
        _ events: inout EventBuffer
    ) {
        book.remove(slot: slot)
        release(hold(of: slot), of: slot)
        retire(slot, state, reason, isRegistered: true, &events)
    }

    /// Reports an order as it is now.
    @inline(__always)
    func note(_ slot: UInt32, _ reason: ChangeReason, _ events: inout EventBuffer) {
        events.append(
            OrderChanged(
                order: OrderID(orders[slot].id),
                clientID: orders[slot].clientID,
                account: AccountID(orders[slot].account),
                instrument: InstrumentID(orders[slot].instrument &- 1),
                side: orders[slot].side,
                state: orders[slot].state,
                reason: reason,
                price: Price(orders[slot].queuePrice),
                open: Quantity(orders[slot].open),
                filled: Quantity(orders[slot].filled)
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
