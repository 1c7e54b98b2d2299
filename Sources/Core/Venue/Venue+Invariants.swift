import Primitives

extension Venue {
    /// Checks everything that must hold between commands and stops the process where it does not.
    ///
    /// - Complexity: O(state).
    public func checkInvariants() {
        precondition(triggered.isEmpty, "every stop that triggered was worked off")
        precondition(firstPrice == 0, "every trade was observed")
        checkMoney()
        let queued = checkBooks()
        precondition(queued == header.liveOrders, "every live order waits in one queue")
        checkAccounts()
    }

    /// Debits equal credits, nothing is below zero, and what is locked is what orders, contracts and bonds need.
    private func checkMoney() {
        precondition(isTrialBalanceZero, "balances add up to custody")
        var locked = [Amount](repeating: 0, count: Int(balances.count))
        for slot in 1..<max(orders.count, 1) where orders[slot].id != 0 {
            let order = orders[slot]
            let held = hold(of: slot)
            let balance = holdBalance(order.account, order.side, order.instrument)
            precondition(held == 0 || balance != 0, "a hold has a balance")
            locked[Int(balance)] += held
        }
        for slot in 1..<max(contracts.count, 1) where contracts[slot].trade != 0 {
            let contract = contracts[slot]
            locked[Int(contract.buyerQuote)] += contract.notional + contract.buyerFee
            locked[Int(contract.sellerBase)] += contract.delivery
        }
        for index in 1..<max(bonds.count, 1) {
            let bond = bonds[index]
            precondition(bond.amount >= 0 && bond.balance != 0, "a bond has a balance")
            precondition(
                balances[bond.insurance].account == AccountID.insurance.rawValue
                    && balances[bond.insurance].asset == balances[bond.balance].asset,
                "a bond knows where a penalty goes"
            )
            locked[Int(bond.balance)] += bond.amount
        }
        for balance in 1..<max(balances.count, 1) {
            precondition(balances[balance].available >= 0, "no balance is below zero")
            precondition(balances[balance].locked >= 0, "no balance is below zero")
            precondition(
                balances[balance].locked == locked[Int(balance)],
                "holds explain what is locked"
            )
            if balances[balance].account == AccountID.clearingHouse.rawValue {
                precondition(balances[balance].available == 0, "the clearing house is flat")
            }
        }
    }

    /// Queues are well linked and sorted, sums are right, and continuous books do not cross.
    ///
    /// - Returns: How many orders wait in queues.
    private func checkBooks() -> UInt32 {
        var queued: UInt32 = 0
        for instrument in 1..<max(instruments.count, 1) {
            for kind in OrderBook.LadderKind.allCases {
                queued += checkLadder(kind, instrument)
            }
            let bid = book.bestKey(OrderBook.ladder(.bids, of: instrument))
            let ask = book.bestKey(OrderBook.ladder(.asks, of: instrument))
            if instruments[instrument].phase == .continuous && bid != .max {
                precondition(OrderBook.key(bid, .bids) < ask, "a continuous book is not crossed")
            }
        }
        return queued
    }

    private func checkLadder(_ kind: OrderBook.LadderKind, _ instrument: UInt32) -> UInt32 {
        let ladder = book.index.ladders[OrderBook.ladder(kind, of: instrument)]
        precondition((ladder.best == 0) == (ladder.bestKey == .max))
        var queued: UInt32 = 0
        var previousKey: Int64 = 0
        var level = ladder.best
        while level != 0 {
            let key = book.index.key(of: level)
            precondition(key > previousKey, "levels rise")
            precondition(previousKey != 0 || key == ladder.bestKey, "the best key is the first")
            previousKey = key
            var quantity: Int64 = 0
            var previous: UInt32 = 0
            var slot = book.index.levels[level].head
            precondition(slot != 0, "an occupied level has orders")
            while slot != 0 {
                let node = book.nodes[slot]
                let order = orders[slot]
                precondition(node.previous == previous && node.level == level)
                precondition(order.id == node.order && order.id != 0)
                precondition(order.ladderKind == kind && order.instrument == instrument)
                precondition(OrderBook.key(order.queuePrice, kind) == key)
                precondition(order.shown == node.quantity && order.open >= order.shown)
                precondition(order.shown > 0, "an order in a queue shows something")
                precondition(previous == 0 || order.priority > orders[previous].priority)
                quantity += node.quantity
                queued += 1
                previous = slot
                slot = node.next
            }
            precondition(book.index.levels[level].tail == previous)
            precondition(book.index.levels[level].quantity == quantity, "a level knows its sum")
            level = book.index.level(after: level)
        }
        return queued
    }

    /// Accounts count their orders, lists go by age, and the client's name finds the order.
    private func checkAccounts() {
        for account in 1..<max(accounts.count, 1) {
            var count: UInt32 = 0
            var previous: UInt64 = 0
            var slot = ordersOfAccount.first(of: account - 1)
            while slot != 0 {
                let order = orders[slot]
                precondition(order.account == account - 1)
                precondition(order.id > previous, "an account's orders go by age")
                precondition(
                    order.clientID == 0 || find(order.account, clientID: order.clientID) == slot
                )
                previous = order.id
                count += 1
                slot = ordersOfAccount.next(after: slot)
            }
            precondition(count == accounts[account].liveOrders)
        }
    }
}
