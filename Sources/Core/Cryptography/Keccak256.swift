/// Keccak-256, which Ethereum hashes with: the submission to NIST with 256 bits of output, that is SHA3-256
/// (FIPS 202) with the padding 0x01 instead of 0x06.
///
/// Nothing here allocates except the conversion of a digest to an array or a text.
public enum Keccak256 {
    /// A 32-byte digest.
    public struct Digest: BitwiseCopyable, Hashable, Sendable {
        /// The digest as four words of 64 bits, the first byte lowest in the first word.
        private let first: UInt64
        private let second: UInt64
        private let third: UInt64
        private let fourth: UInt64

        /// How many bytes a digest has.
        public static var byteCount: Int { 32 }

        init(_ first: UInt64, _ second: UInt64, _ third: UInt64, _ fourth: UInt64) {
            self.first = first
            self.second = second
            self.third = third
            self.fourth = fourth
        }

        /// The 32 bytes in a new array.
        public var bytes: [UInt8] {
            let words = (
                first.littleEndian, second.littleEndian, third.littleEndian, fourth.littleEndian
            )
            return unsafe withUnsafeBytes(of: words) { bytes in unsafe [UInt8](bytes) }
        }

        /// The 32 bytes as 64 lower-case hexadecimal digits.
        public var hex: String { Hex.encode(bytes) }
    }

    /// The digest of some bytes.
    ///
    /// - Complexity: O(n).
    public static func hash(of bytes: [UInt8]) -> Digest { hash(of: bytes, padding: 0x01) }

    /// The digest with another first byte of padding: 0x06 makes it SHA3-256, which tests compare.
    package static func hash(of bytes: [UInt8], padding: UInt8) -> Digest {
        let rate = KeccakState.rate
        var state = KeccakState()
        let rest = bytes.count % rate
        unsafe bytes.withUnsafeBytes { bytes in
            for offset in stride(from: 0, to: bytes.count - rest, by: rate) {
                unsafe state.absorb(UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + rate]))
            }
        }
        var last = [UInt8](repeating: 0, count: rate)
        for index in 0..<rest { last[index] = bytes[bytes.count - rest + index] }
        last[rest] = padding
        last[rate - 1] |= 0x80
        unsafe last.withUnsafeBytes { last in unsafe state.absorb(last) }
        return Digest(state.row0.a, state.row0.b, state.row0.c, state.row0.d)
    }
}

extension Keccak256.Digest: CustomStringConvertible {
    /// The 32 bytes as 64 lower-case hexadecimal digits.
    public var description: String { hex }
}

/// Five lanes of 64 bits with the same y (FIPS 202 §3.1).
private struct KeccakRow: BitwiseCopyable {
    var a: UInt64 = 0
    var b: UInt64 = 0
    var c: UInt64 = 0
    var d: UInt64 = 0
    var e: UInt64 = 0

    @inline(__always) static func ^= (row: inout Self, other: Self) {
        row.a ^= other.a
        row.b ^= other.b
        row.c ^= other.c
        row.d ^= other.d
        row.e ^= other.e
    }

    /// The step χ, which works on each row alone (§3.2.4).
    @inline(__always) mutating func mix() {
        self = Self(
            a: a ^ (~b & c),
            b: b ^ (~c & d),
            c: c ^ (~d & e),
            d: d ^ (~e & a),
            e: e ^ (~a & b)
        )
    }
}

/// The 1,600 bits that Keccak works on.
private struct KeccakState: BitwiseCopyable {
    var row0 = KeccakRow()
    var row1 = KeccakRow()
    var row2 = KeccakRow()
    var row3 = KeccakRow()
    var row4 = KeccakRow()

    /// How many bytes are taken in between permutations: 1,600 bits less twice the 256 of the digest.
    static var rate: Int { 136 }

    /// Takes in a block of 136 bytes.
    mutating func absorb(_ block: UnsafeRawBufferPointer) {
        @inline(__always) func lane(_ index: Int) -> UInt64 {
            let word = unsafe block.loadUnaligned(fromByteOffset: 8 * index, as: UInt64.self)
            return UInt64(littleEndian: word)
        }
        @inline(__always) func row(_ first: Int) -> KeccakRow {
            KeccakRow(
                a: lane(first),
                b: lane(first + 1),
                c: lane(first + 2),
                d: lane(first + 3),
                e: lane(first + 4)
            )
        }
        row0 ^= row(0)
        row1 ^= row(5)
        row2 ^= row(10)
        row3.a ^= lane(15)
        row3.b ^= lane(16)
        permute()
    }

    /// Keccak-f[1600]: 24 rounds (§3.3, §3.4).
    private mutating func permute() {
        let constants = Self.roundConstants
        for round in 0..<24 {
            addColumns()
            moveLanes()
            row0.mix()
            row1.mix()
            row2.mix()
            row3.mix()
            row4.mix()
            row0.a ^= constants[round]
        }
    }

    /// The step θ: each lane takes in the two columns beside its own (§3.2.1).
    @inline(__always) private mutating func addColumns() {
        var sum = row0
        sum ^= row1
        sum ^= row2
        sum ^= row3
        sum ^= row4
        let change = KeccakRow(
            a: sum.e ^ rotate(sum.b, by: 1),
            b: sum.a ^ rotate(sum.c, by: 1),
            c: sum.b ^ rotate(sum.d, by: 1),
            d: sum.c ^ rotate(sum.e, by: 1),
            e: sum.d ^ rotate(sum.a, by: 1)
        )
        row0 ^= change
        row1 ^= change
        row2 ^= change
        row3 ^= change
        row4 ^= change
    }

    /// The steps ρ and π: lanes are rotated and change places (§3.2.2, §3.2.3).
    @inline(__always) private mutating func moveLanes() {
        let old = self
        row0 = KeccakRow(
            a: old.row0.a,
            b: rotate(old.row1.b, by: 44),
            c: rotate(old.row2.c, by: 43),
            d: rotate(old.row3.d, by: 21),
            e: rotate(old.row4.e, by: 14)
        )
        row1 = KeccakRow(
            a: rotate(old.row0.d, by: 28),
            b: rotate(old.row1.e, by: 20),
            c: rotate(old.row2.a, by: 3),
            d: rotate(old.row3.b, by: 45),
            e: rotate(old.row4.c, by: 61)
        )
        row2 = KeccakRow(
            a: rotate(old.row0.b, by: 1),
            b: rotate(old.row1.c, by: 6),
            c: rotate(old.row2.d, by: 25),
            d: rotate(old.row3.e, by: 8),
            e: rotate(old.row4.a, by: 18)
        )
        row3 = KeccakRow(
            a: rotate(old.row0.e, by: 27),
            b: rotate(old.row1.a, by: 36),
            c: rotate(old.row2.b, by: 10),
            d: rotate(old.row3.c, by: 15),
            e: rotate(old.row4.d, by: 56)
        )
        row4 = KeccakRow(
            a: rotate(old.row0.c, by: 62),
            b: rotate(old.row1.d, by: 55),
            c: rotate(old.row2.e, by: 39),
            d: rotate(old.row3.a, by: 41),
            e: rotate(old.row4.b, by: 2)
        )
    }

    /// What the step ι adds in each round (§3.2.5).
    private static var roundConstants: InlineArray<24, UInt64> {
        [
            0x0000_0000_0000_0001, 0x0000_0000_0000_8082, 0x8000_0000_0000_808a,
            0x8000_0000_8000_8000, 0x0000_0000_0000_808b, 0x0000_0000_8000_0001,
            0x8000_0000_8000_8081, 0x8000_0000_0000_8009, 0x0000_0000_0000_008a,
            0x0000_0000_0000_0088, 0x0000_0000_8000_8009, 0x0000_0000_8000_000a,
            0x0000_0000_8000_808b, 0x8000_0000_0000_008b, 0x8000_0000_0000_8089,
            0x8000_0000_0000_8003, 0x8000_0000_0000_8002, 0x8000_0000_0000_0080,
            0x0000_0000_0000_800a, 0x8000_0000_8000_000a, 0x8000_0000_8000_8081,
            0x8000_0000_0000_8080, 0x0000_0000_8000_0001, 0x8000_0000_8000_8008,
        ]
    }
}

/// Rotates to the left, by 1 … 63 bits.
@inline(__always) private func rotate(_ lane: UInt64, by count: UInt64) -> UInt64 {
    lane &<< count | lane &>> (64 &- count)
}
