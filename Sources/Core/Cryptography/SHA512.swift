/// SHA-512 (FIPS 180-4), which Ed25519 hashes with.
///
/// Nothing here allocates except the conversion of a digest to an array or a text. The time depends on the
/// length of the message only.
public enum SHA512 {
    /// The digest of some bytes.
    ///
    /// - Complexity: O(n).
    public static func hash(of bytes: UnsafeRawBufferPointer) -> Digest {
        var hasher = Hasher()
        unsafe hasher.update(bytes)
        return hasher.finalize()
    }

    /// The digest of some bytes.
    ///
    /// - Complexity: O(n).
    public static func hash(of bytes: [UInt8]) -> Digest {
        unsafe bytes.withUnsafeBytes { bytes in unsafe hash(of: bytes) }
    }

    /// The digest of some bytes.
    ///
    /// - Complexity: O(n).
    public static func hash(of bytes: RawSpan) -> Digest {
        unsafe bytes.withUnsafeBytes { bytes in unsafe hash(of: bytes) }
    }
}

extension SHA512 {
    /// A 64-byte digest.
    public struct Digest: BitwiseCopyable, Sendable {
        /// The digest as eight words of 64 bits, the first byte lowest in the first word.
        let words: (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64)

        /// How many bytes a digest has.
        public static var byteCount: Int { 64 }

        /// Lends the 64 bytes.
        public func withUnsafeBytes<Result, Failure: Error>(
            _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
        ) throws(Failure) -> Result {
            try unsafe Swift.withUnsafeBytes(
                of: (
                    words.0.littleEndian, words.1.littleEndian, words.2.littleEndian,
                    words.3.littleEndian, words.4.littleEndian, words.5.littleEndian,
                    words.6.littleEndian, words.7.littleEndian
                ),
                body
            )
        }

        /// The 64 bytes in a new array.
        public var bytes: [UInt8] { unsafe withUnsafeBytes { bytes in unsafe [UInt8](bytes) } }

        /// The 64 bytes as 128 lower-case hexadecimal digits.
        public var hex: String { unsafe withUnsafeBytes { bytes in unsafe Hex.encode(bytes) } }
    }

    /// Hashes bytes that arrive in pieces.
    ///
    /// A plain value without heap memory: a copy continues on its own.
    public struct Hasher: BitwiseCopyable, Sendable {
        private var state = State.initial
        /// The bytes since the last whole block; the first `byteCount % 128` of them count.
        private var pending = PendingBlock.zero
        /// How many bytes were fed so far.
        public private(set) var byteCount: UInt64 = 0

        /// Makes a hasher that was fed nothing.
        public init() {}

        /// Feeds some bytes.
        ///
        /// - Complexity: O(n).
        public mutating func update(_ bytes: UnsafeRawBufferPointer) {
            guard let base = bytes.baseAddress else { return }
            var next = unsafe base
            var left = bytes.count
            let filled = Int(byteCount & 127)
            byteCount &+= UInt64(left)
            if filled > 0 {
                let taken = min(left, 128 - filled)
                unsafe copyToPending(at: filled, from: next, count: taken)
                unsafe next += taken
                left -= taken
                if filled + taken < 128 { return }
                compressPending()
            }
            if left >= 128 {
                unsafe state.compress(blocks: left / 128, at: next)
                unsafe next += left & ~127
                left &= 127
            }
            if left > 0 { unsafe copyToPending(at: 0, from: next, count: left) }
        }

        /// Feeds some bytes.
        ///
        /// - Complexity: O(n).
        public mutating func update(_ bytes: [UInt8]) {
            unsafe bytes.withUnsafeBytes { bytes in unsafe update(bytes) }
        }

        /// Feeds some bytes.
        ///
        /// - Complexity: O(n).
        public mutating func update(_ bytes: RawSpan) {
            unsafe bytes.withUnsafeBytes { bytes in unsafe update(bytes) }
        }

        /// Feeds the 64 bytes of a digest.
        public mutating func update(_ digest: Digest) {
            unsafe digest.withUnsafeBytes { bytes in unsafe update(bytes) }
        }

        /// The digest of all that was fed; the hasher itself can go on.
        public func finalize() -> Digest {
            var last = self
            let filled = Int(byteCount & 127)
            unsafe withUnsafeMutableBytes(of: &last.pending) { block in
                unsafe block[filled] = 0x80
                unsafe (block.baseAddress.unsafelyUnwrapped + filled + 1)
                    .initializeMemory(as: UInt8.self, repeating: 0, count: 127 - filled)
            }
            if filled >= 112 {
                last.compressPending()
                last.pending = .zero
            }
            // The length has 128 bits, of which a count of bytes in 64 bits fills 67.
            last.pending.second.6 = (byteCount &>> 61).bigEndian
            last.pending.second.7 = (byteCount &<< 3).bigEndian
            last.compressPending()
            return last.state.digest
        }

        private mutating func copyToPending(
            at offset: Int,
            from source: UnsafeRawPointer,
            count: Int
        ) {
            unsafe withUnsafeMutableBytes(of: &pending) { block in
                unsafe (block.baseAddress.unsafelyUnwrapped + offset)
                    .copyMemory(from: source, byteCount: count)
            }
        }

        private mutating func compressPending() {
            unsafe withUnsafeBytes(of: pending) { block in
                unsafe state.compress(blocks: 1, at: block.baseAddress.unsafelyUnwrapped)
            }
        }
    }

    /// The 128 bytes of a block that is not complete yet.
    private struct PendingBlock: BitwiseCopyable, Sendable {
        typealias Half = (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64)

        var first: Half
        var second: Half

        static var zero: PendingBlock {
            PendingBlock(first: (0, 0, 0, 0, 0, 0, 0, 0), second: (0, 0, 0, 0, 0, 0, 0, 0))
        }
    }
}

extension SHA512.Digest: Hashable {
    /// Whether two digests are the same.
    public static func == (left: Self, right: Self) -> Bool {
        let (left, right) = (left.words, right.words)
        return (left.0, left.1, left.2, left.3) == (right.0, right.1, right.2, right.3)
            && (left.4, left.5, left.6, left.7) == (right.4, right.5, right.6, right.7)
    }

    /// Feeds the first word to a hasher: the words of a digest are as good as random already.
    public func hash(into hasher: inout Swift.Hasher) { hasher.combine(words.0) }
}

extension SHA512.Digest: CustomStringConvertible {
    /// The 64 bytes as 128 lower-case hexadecimal digits.
    public var description: String { hex }
}
