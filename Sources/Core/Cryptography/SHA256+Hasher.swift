extension SHA256 {
    /// Hashes bytes that arrive in pieces.
    ///
    /// A plain value without heap memory: a copy continues on its own.
    public struct Hasher: BitwiseCopyable, Sendable {
        private var state = State.initial
        /// The bytes since the last whole block; the first `byteCount % 64` of them count.
        private var pending: PendingBlock = (0, 0, 0, 0, 0, 0, 0, 0)
        /// How many bytes were fed so far.
        public private(set) var byteCount: UInt64 = 0

        private typealias PendingBlock = (
            UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64
        )

        /// Makes a hasher that was fed nothing.
        public init() {}

        /// Feeds some bytes.
        ///
        /// - Complexity: O(n).
        public mutating func update(_ bytes: UnsafeRawBufferPointer) {
            guard let base = bytes.baseAddress else { return }
            var next = unsafe base
            var left = bytes.count
            let filled = Int(byteCount & 63)
            byteCount &+= UInt64(left)
            if filled > 0 {
                let taken = min(left, 64 - filled)
                unsafe withUnsafeMutableBytes(of: &pending) { block in
                    unsafe (block.baseAddress.unsafelyUnwrapped + filled)
                        .copyMemory(from: next, byteCount: taken)
                }
                unsafe next += taken
                left -= taken
                if filled + taken < 64 { return }
                compressPending()
            }
            if left >= 64 {
                unsafe state.compress(blocks: left / 64, at: next)
                unsafe next += left & ~63
                left &= 63
            }
            if left > 0 {
                unsafe withUnsafeMutableBytes(of: &pending) { block in
                    unsafe block.baseAddress.unsafelyUnwrapped
                        .copyMemory(from: next, byteCount: left)
                }
            }
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

        /// Feeds the 32 bytes of a digest.
        public mutating func update(_ digest: Digest) {
            unsafe digest.withUnsafeBytes { bytes in unsafe update(bytes) }
        }

        /// The digest of all that was fed; the hasher itself can go on.
        public func finalize() -> Digest {
            var last = self
            let filled = Int(byteCount & 63)
            unsafe withUnsafeMutableBytes(of: &last.pending) { block in
                unsafe block[filled] = 0x80
                unsafe (block.baseAddress.unsafelyUnwrapped + filled + 1)
                    .initializeMemory(as: UInt8.self, repeating: 0, count: 63 - filled)
            }
            if filled >= 56 {
                last.compressPending()
                last.pending = (0, 0, 0, 0, 0, 0, 0, 0)
            }
            last.pending.7 = (byteCount &* 8).bigEndian
            last.compressPending()
            return last.state.digest
        }

        private mutating func compressPending() {
            unsafe withUnsafeBytes(of: pending) { block in
                unsafe state.compress(blocks: 1, at: block.baseAddress.unsafelyUnwrapped)
            }
        }
    }
}
