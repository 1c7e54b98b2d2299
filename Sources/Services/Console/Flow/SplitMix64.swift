/// A generator of numbers that are spread evenly and decided by a seed (Steele, Lea, Flood 2014).
struct SplitMix64 {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    /// The next number, any of 2^64.
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// A number from 0 to `bound` - 1; for the small bounds used here as good as even.
    mutating func below(_ bound: UInt64) -> UInt64 { next().multipliedFullWidth(by: bound).high }

    /// A number that is mostly small and sometimes large: below 2^`digits`, each power of two half as
    /// likely as the one before, so that the tail falls with the square of the size.
    mutating func heavyTail(digits: Int) -> UInt64 {
        let bits = next()
        let size = min((bits | 1 << 63).trailingZeroBitCount, digits)
        return size == 0 ? 0 : (1 << (size - 1)) + (bits >> 32) & ((1 << (size - 1)) - 1)
    }
}
