/// BLAKE2b without key (RFC 7693), with digests of 32 bytes, as Hypercore hashes with.
public enum BLAKE2b {
    /// How many bytes a digest has.
    public static var byteCount: Int { 32 }

    private static let blockCount = 128

    /// The digest of some bytes.
    ///
    /// - Complexity: O(n).
    public static func hash(of bytes: [UInt8]) -> [UInt8] {
        var state = initial
        // The parameter block: the digest's size, no key, one leaf and one level (RFC 7693 §2.5).
        state[0] ^= 0x0101_0000 ^ UInt64(byteCount)
        var offset = 0
        while bytes.count - offset > blockCount {
            compress(&state, bytes[offset..<offset + blockCount], end: offset + blockCount, false)
            offset += blockCount
        }
        compress(&state, bytes[offset...], end: bytes.count, true)
        var digest: [UInt8] = []
        digest.reserveCapacity(byteCount)
        for index in 0..<byteCount {
            digest.append(UInt8(truncatingIfNeeded: state[index / 8] >> UInt64(index % 8 * 8)))
        }
        return digest
    }

    /// The first words of the fractional parts of the square roots of the first eight primes, as for SHA-512.
    private static let initial: [UInt64] = [
        0x6a09_e667_f3bc_c908, 0xbb67_ae85_84ca_a73b, 0x3c6e_f372_fe94_f82b,
        0xa54f_f53a_5f1d_36f1, 0x510e_527f_ade6_82d1, 0x9b05_688c_2b3e_6c1f,
        0x1f83_d9ab_fb41_bd6b, 0x5be0_cd19_137e_2179,
    ]

    /// In which order each round takes the words of the block (RFC 7693 §2.7); rounds 10 and 11 repeat the first two.
    private static let order: [[Int]] = [
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
        [14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3],
        [11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4],
        [7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8],
        [9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13],
        [2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9],
        [12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11],
        [13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10],
        [6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5],
        [10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0],
    ]

    private static func compress(
        _ state: inout [UInt64],
        _ block: ArraySlice<UInt8>,
        end: Int,
        _ isLast: Bool
    ) {
        var words = [UInt64](repeating: 0, count: 16)
        for (index, byte) in block.enumerated() {
            words[index / 8] |= UInt64(byte) << UInt64(index % 8 * 8)
        }
        var mixed = state + initial
        // Messages of 2^64 bytes and more do not exist, so the upper half of the counter stays 0.
        mixed[12] ^= UInt64(end)
        if isLast { mixed[14] = ~mixed[14] }
        for round in 0..<12 {
            let order = order[round % 10]
            for index in 0..<8 {
                // Four columns, then four diagonals.
                let turn = index < 4 ? 0 : 1
                let column = index % 4
                mix(
                    &mixed,
                    column,
                    4 + (column + turn) % 4,
                    8 + (column + 2 * turn) % 4,
                    12 + (column + 3 * turn) % 4,
                    words[order[2 * index]],
                    words[order[2 * index + 1]]
                )
            }
        }
        for index in 0..<8 { state[index] ^= mixed[index] ^ mixed[index + 8] }
    }

    private static func mix(
        _ words: inout [UInt64],
        _ a: Int,
        _ b: Int,
        _ c: Int,
        _ d: Int,
        _ first: UInt64,
        _ second: UInt64
    ) {
        words[a] = words[a] &+ words[b] &+ first
        words[d] = rotated(words[d] ^ words[a], 32)
        words[c] = words[c] &+ words[d]
        words[b] = rotated(words[b] ^ words[c], 24)
        words[a] = words[a] &+ words[b] &+ second
        words[d] = rotated(words[d] ^ words[a], 16)
        words[c] = words[c] &+ words[d]
        words[b] = rotated(words[b] ^ words[c], 63)
    }

    private static func rotated(_ word: UInt64, _ count: UInt64) -> UInt64 {
        word >> count | word << (64 - count)
    }
}
