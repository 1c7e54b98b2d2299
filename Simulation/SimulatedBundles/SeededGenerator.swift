/// A small generator of numbers (SplitMix64): one seed gives one sequence.
public struct SeededGenerator: Sendable {
    private var state: UInt64

    /// Starts the sequence of a seed.
    public init(seed: UInt64) { state = seed }

    /// The next 64 bits.
    public mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
        return mixed ^ mixed >> 31
    }

    /// A number from 0 to below a bound.
    public mutating func next(below bound: Int) -> Int {
        Int(truncatingIfNeeded: next() % UInt64(bound))
    }

    /// Changes, inserts or removes a few bytes.
    public mutating func mutate(_ bytes: inout [UInt8]) {
        for _ in 0...next(below: 3) {
            let index = next(below: bytes.count + 1)
            switch next(below: 4) {
            case 0 where index < bytes.count: bytes[index] ^= 1 << UInt8(next(below: 8))
            case 1 where index < bytes.count:
                bytes[index] = bytes[next(below: bytes.count)]
            case 2 where index < bytes.count: bytes.remove(at: index)
            default: bytes.insert(UInt8(truncatingIfNeeded: next()), at: index)
            }
            if bytes.isEmpty { return }
        }
    }
}
