extension SHA256 {
    /// A 32-byte digest.
    @frozen public struct Digest: BitwiseCopyable, Sendable {
        /// The digest as four words of 64 bits, the first byte lowest in the first word.
        public var words: (UInt64, UInt64, UInt64, UInt64)

        /// How many bytes a digest has.
        @inlinable public static var byteCount: Int { 32 }

        /// Makes a digest from its words.
        @inlinable public init(words: (UInt64, UInt64, UInt64, UInt64)) { self.words = words }

        /// Makes a digest from its 32 bytes; any other number of bytes is an error of the caller.
        @inlinable public init(bytes: RawSpan) {
            precondition(bytes.byteCount == Self.byteCount, "a digest has 32 bytes")
            words = unsafe bytes.withUnsafeBytes { bytes in
                unsafe (
                    UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: 0, as: UInt64.self)),
                    UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)),
                    UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: 16, as: UInt64.self)),
                    UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: 24, as: UInt64.self))
                )
            }
        }

        /// Makes a digest from its 32 bytes; any other number of bytes is an error of the caller.
        @inlinable public init(bytes: UnsafeRawBufferPointer) {
            unsafe self.init(bytes: bytes.bytes)
        }

        /// Makes a digest from its 32 bytes; any other number of bytes is an error of the caller.
        @inlinable public init(bytes: [UInt8]) {
            unsafe self.init(bytes: bytes.span.bytes)
        }

        /// Lends the 32 bytes.
        @inlinable public func withUnsafeBytes<Result, Failure: Error>(
            _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
        ) throws(Failure) -> Result {
            try unsafe Swift.withUnsafeBytes(
                of: (
                    words.0.littleEndian, words.1.littleEndian, words.2.littleEndian,
                    words.3.littleEndian
                ),
                body
            )
        }

        /// The 32 bytes in a new array.
        public var bytes: [UInt8] { unsafe withUnsafeBytes { bytes in unsafe [UInt8](bytes) } }

        /// The 32 bytes as 64 lower-case hexadecimal digits.
        public var hex: String { unsafe withUnsafeBytes { bytes in unsafe Hex.encode(bytes) } }
    }
}

extension SHA256.Digest: Hashable {
    /// Whether two digests are the same.
    @inlinable public static func == (left: Self, right: Self) -> Bool { left.words == right.words }

    /// Feeds the first word to a hasher: the words of a digest are as good as random already.
    @inlinable public func hash(into hasher: inout Swift.Hasher) { hasher.combine(words.0) }
}

extension SHA256.Digest: Comparable {
    /// Orders digests by their bytes, the first one most significant.
    @inlinable public static func < (left: Self, right: Self) -> Bool {
        let left = left.words
        let right = right.words
        if left.0 != right.0 { return left.0.byteSwapped < right.0.byteSwapped }
        if left.1 != right.1 { return left.1.byteSwapped < right.1.byteSwapped }
        if left.2 != right.2 { return left.2.byteSwapped < right.2.byteSwapped }
        return left.3.byteSwapped < right.3.byteSwapped
    }
}

extension SHA256.Digest: CustomStringConvertible {
    /// The 32 bytes as 64 lower-case hexadecimal digits.
    public var description: String { hex }
}
