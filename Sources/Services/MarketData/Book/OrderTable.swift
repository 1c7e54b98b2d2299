internal import Primitives
internal import Venue

/// The live orders as they are given out, each at its slot, with the queues of the book and the lists of the accounts
/// threaded through them.
struct OrderTable: ~Copyable {
    /// An order and its neighbours; 0 stands for none.
    struct Entry: BitwiseCopyable {
        /// The order; nil in a slot without one.
        var order: LiveOrder?
        /// The neighbours in the queue of its price.
        var previous: UInt32 = 0
        var next: UInt32 = 0
        /// The neighbours in the list of its account.
        var previousOfAccount: UInt32 = 0
        var nextOfAccount: UInt32 = 0
    }

    private var entries: [Entry] = []
    /// The first order of each account.
    private var heads: [UInt32] = []

    /// The order in a slot, if there is one.
    func order(inSlot slot: UInt32) -> LiveOrder? {
        slot < entries.count ? entries[Int(slot)].order : nil
    }

    /// The order behind that in a slot in the queue of its price; 0 for none.
    func next(afterSlot slot: UInt32) -> UInt32 { entries[Int(slot)].next }

    /// Puts an order into its free slot and into the list of its account.
    mutating func insert(_ order: LiveOrder) {
        let slot = order.order.slot
        let account = order.account.rawValue
        entries.extend(to: slot, with: Entry())
        heads.extend(to: account, with: 0)
        let first = heads[Int(account)]
        entries[Int(slot)] = Entry(order: order, nextOfAccount: first)
        if first != 0 { entries[Int(first)].previousOfAccount = slot }
        heads[Int(account)] = slot
    }

    /// Takes an order, which is in no queue any more, out of its slot and the list of its account.
    mutating func remove(slot: UInt32, account: AccountID) {
        let entry = entries[Int(slot)]
        if entry.previousOfAccount != 0 {
            entries[Int(entry.previousOfAccount)].nextOfAccount = entry.nextOfAccount
        } else {
            heads[Int(account.rawValue)] = entry.nextOfAccount
        }
        if entry.nextOfAccount != 0 {
            entries[Int(entry.nextOfAccount)].previousOfAccount = entry.previousOfAccount
        }
        entries[Int(slot)] = Entry()
    }

    /// Replaces the terms of an order that stays where it is.
    mutating func replace(_ order: LiveOrder) { entries[Int(order.order.slot)].order = order }

    /// Puts an order at the end of a queue.
    mutating func append(slot: UInt32, shown: Int64, to level: inout PriceLadder.Level) {
        entries[Int(slot)].previous = level.tail
        entries[Int(slot)].next = 0
        if level.tail != 0 { entries[Int(level.tail)].next = slot } else { level.head = slot }
        level.tail = slot
        level.quantity += shown
        level.orderCount += 1
    }

    /// Takes an order out of a queue.
    mutating func remove(slot: UInt32, shown: Int64, from level: inout PriceLadder.Level) {
        let previous = entries[Int(slot)].previous
        let next = entries[Int(slot)].next
        if previous != 0 { entries[Int(previous)].next = next } else { level.head = next }
        if next != 0 { entries[Int(next)].previous = previous } else { level.tail = previous }
        level.quantity -= shown
        level.orderCount -= 1
    }

    /// The orders of an account, by their names.
    ///
    /// - Complexity: O(n log n) in their number.
    func orders(of account: AccountID) -> [LiveOrder] {
        guard account.rawValue < heads.count else { return [] }
        var orders: [LiveOrder] = []
        var slot = heads[Int(account.rawValue)]
        while slot != 0 {
            if let order = entries[Int(slot)].order { orders.append(order) }
            slot = entries[Int(slot)].nextOfAccount
        }
        return orders.sorted { left, right in left.order.rawValue < right.order.rawValue }
    }
}

extension Array {
    /// Appends an element until there is one at a place.
    mutating func extend(to place: UInt32, with element: Element) {
        while count <= Int(place) { append(element) }
    }
}
