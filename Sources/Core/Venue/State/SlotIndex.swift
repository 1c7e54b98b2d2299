import Primitives

/// An open-addressing hash index from keys, which the caller keeps, to slot numbers above 0.
///
/// An entry holds 32 bits of the key's hash and the slot; the caller compares the key itself. Linear
/// probing, at most three quarters full, deletion by shifting back, so it never degrades. Its layout
/// depends on a seed, yet nothing can be observed of it but what was put in: it is never iterated.
struct SlotIndex: ~Copyable {
    private var entries: Pool<UInt64>
    private var mask: UInt32
    private var count: UInt32 = 0

    init(capacity: UInt32) {
        var size: UInt32 = 16
        while size / 4 * 3 < capacity { size *= 2 }
        entries = Pool(capacity: size)
        entries.extend(to: size, with: 0)
        mask = size - 1
    }

    /// Mixes two words and a seed so that no choice of keys collides for one who does not know the seed.
    @inline(__always)
    static func hash(_ first: UInt64, _ second: UInt64, seed: UInt64) -> UInt32 {
        let product = (first ^ seed).multipliedFullWidth(by: second ^ 0x9E37_79B9_7F4A_7C15)
        let folded = product.high ^ product.low
        return UInt32(truncatingIfNeeded: (folded &* 0xD6E8_FEB8_6659_FD93) >> 32)
    }

    /// Adds a slot under a hash.
    @inline(__always)
    mutating func insert(_ hash: UInt32, _ slot: UInt32) {
        if count >= mask / 4 * 3 { grow() }
        var position = hash & mask
        while entries[position] != 0 { position = (position &+ 1) & mask }
        entries[position] = UInt64(hash) << 32 | UInt64(slot)
        count &+= 1
    }

    /// A walk over the slots that were added under a hash.
    struct Probe {
        fileprivate var position: UInt32
        fileprivate let hash: UInt32
    }

    @inline(__always)
    func probe(_ hash: UInt32) -> Probe { Probe(position: hash & mask, hash: hash) }

    /// The next slot with the probe's hash; 0 when there is none.
    @inline(__always)
    func next(_ probe: inout Probe) -> UInt32 {
        while true {
            let entry = entries[probe.position]
            if entry == 0 { return 0 }
            probe.position = (probe.position &+ 1) & mask
            if UInt32(truncatingIfNeeded: entry >> 32) == probe.hash {
                return UInt32(truncatingIfNeeded: entry)
            }
        }
    }

    /// Removes a slot that was added under a hash.
    @inline(__always)
    mutating func remove(_ hash: UInt32, _ slot: UInt32) {
        let entry = UInt64(hash) << 32 | UInt64(slot)
        var hole = hash & mask
        while entries[hole] != entry {
            precondition(entries[hole] != 0, "the slot is in the index")
            hole = (hole &+ 1) & mask
        }
        var position = hole
        while true {
            position = (position &+ 1) & mask
            let candidate = entries[position]
            if candidate == 0 { break }
            let home = UInt32(truncatingIfNeeded: candidate >> 32) & mask
            // It may move into the hole unless its home lies after the hole.
            if (position &- home) & mask >= (position &- hole) & mask {
                entries[hole] = candidate
                hole = position
            }
        }
        entries[hole] = 0
        count &-= 1
    }

    @inline(never)
    private mutating func grow() {
        var larger = SlotIndex(capacity: (mask &+ 1) / 4 * 3 &+ 1)
        for position in 0...mask {
            let entry = entries[position]
            if entry != 0 {
                larger.insert(
                    UInt32(truncatingIfNeeded: entry >> 32),
                    UInt32(truncatingIfNeeded: entry)
                )
            }
        }
        self = larger
    }
}
