internal import Primitives

/// Says of most keys that were never used that they were not, without a look at the disk (a Bloom filter).
struct KeyFilter {
    /// Bits; 8 MiB keep it useful for some millions of keys, and more only make it say "perhaps" more often.
    private static let bitCount: UInt64 = 1 << 26
    private static let wordCount = Int(bitCount / 64)

    private var words = [UInt64](repeating: 0, count: wordCount)

    /// Notes a key.
    mutating func insert(_ key: OrderKey) {
        for bit in Self.bits(of: key) { words[Int(bit / 64)] |= 1 << (bit % 64) }
    }

    /// Whether the key may have been noted; false is certain.
    func mayContain(_ key: OrderKey) -> Bool {
        Self.bits(of: key).allSatisfy { bit in words[Int(bit / 64)] & 1 << (bit % 64) != 0 }
    }

    private static func bits(of key: OrderKey) -> [UInt64] {
        // The finaliser of SplitMix64 spreads keys that clients count upwards.
        var first = key.clientID ^ UInt64(key.account.rawValue) &* 0x9E37_79B9_7F4A_7C15
        first = (first ^ first >> 30) &* 0xBF58_476D_1CE4_E5B9
        first = (first ^ first >> 27) &* 0x94D0_49BB_1331_11EB
        first ^= first >> 31
        let second = first >> 32 | 1
        return (0..<4).map { round in (first &+ round &* second) % bitCount }
    }
}

/// What a client calls an order, within its account: its own number, or one made of its idempotency key.
struct OrderKey: Hashable, Sendable {
    var account: AccountID
    var clientID: UInt64
}
