import Primitives

/// The live orders of each account in the order of their ids, as linked lists through the slots.
struct AccountLists: ~Copyable {
    /// Not private: Swift 6.3 then fails to build it without optimisation, as an element of a pool that
    /// is defined in another module.
    struct Link: BitwiseCopyable {
        var previous: UInt32
        var next: UInt32
    }

    /// First (`next`) and last (`previous`) order of each account, at its number plus one.
    private var ends = Pool<Link>(capacity: 1 << 10)
    private var links = Pool<Link>(capacity: 1 << 10)

    mutating func extend(toAccounts count: UInt32) {
        ends.extend(to: count, with: Link(previous: 0, next: 0))
    }

    /// Makes room for orders in slots below `count`.
    @inline(__always)
    mutating func extend(toSlots count: UInt32) {
        if count > links.count { links.extend(to: count, with: Link(previous: 0, next: 0)) }
    }

    @inline(__always)
    mutating func append(slot: UInt32, account: UInt32) {
        let last = ends[account &+ 1].previous
        links[slot] = Link(previous: last, next: 0)
        if last != 0 { links[last].next = slot } else { ends[account &+ 1].next = slot }
        ends[account &+ 1].previous = slot
    }

    @inline(__always)
    mutating func remove(slot: UInt32, account: UInt32) {
        let link = links[slot]
        if link.previous != 0 {
            links[link.previous].next = link.next
        } else {
            ends[account &+ 1].next = link.next
        }
        if link.next != 0 {
            links[link.next].previous = link.previous
        } else {
            ends[account &+ 1].previous = link.previous
        }
    }

    /// The first order of an account; 0 when it has none.
    func first(of account: UInt32) -> UInt32 { ends[account + 1].next }

    /// The order after another of the same account; 0 at the end.
    func next(after slot: UInt32) -> UInt32 { links[slot].next }
}
