/// The connections of a reactor by their tags.
///
/// A tag is the number of a slot and how often the slot was used, so a message for a connection that is gone
/// reaches nobody.
struct ConnectionTable {
    private var slots: [Connection?] = []
    /// How often each slot was used.
    private var uses: [UInt32] = []
    private var free: [Int] = []
    /// Connections by the addresses of their clients.
    private var counts: [String: Int] = [:]
    /// Connections in the table.
    private(set) var count = 0

    /// A tag for the next connection, which `insert` must follow; never 0 and never the highest number.
    mutating func makeTag() -> UInt64 {
        let slot: Int
        if let last = free.popLast() {
            slot = last
        } else {
            slot = slots.count
            slots.append(nil)
            uses.append(0)
        }
        uses[slot] = uses[slot] % (UInt32.max - 1) + 1
        return UInt64(uses[slot]) << 32 | UInt64(slot)
    }

    mutating func insert(_ connection: Connection) {
        let slot = Int(connection.tag & 0xffff_ffff)
        precondition(slots[slot] == nil, "a slot holds one connection")
        slots[slot] = connection
        count += 1
        counts[connection.address, default: 0] += 1
    }

    mutating func remove(_ connection: Connection) {
        let slot = Int(connection.tag & 0xffff_ffff)
        precondition(slots[slot] === connection, "a connection leaves once")
        slots[slot] = nil
        free.append(slot)
        count -= 1
        let left = count(of: connection.address) - 1
        counts[connection.address] = left > 0 ? left : nil
    }

    /// Connections of one address.
    func count(of address: String) -> Int { counts[address] ?? 0 }

    subscript(tag: UInt64) -> Connection? {
        let slot = Int(tag & 0xffff_ffff)
        guard slot < slots.count, let connection = slots[slot], connection.tag == tag else {
            return nil
        }
        return connection
    }

    /// All connections, in the order of their slots.
    var all: [Connection] { slots.compactMap(\.self) }
}
