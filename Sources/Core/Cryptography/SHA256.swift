/// SHA-256 (FIPS 180-4), written for processors without an instruction for it.
///
/// Nothing here allocates. The compression function is straight-line code over local words, so that it
/// compiles to the same instructions natively and in WebAssembly.
public enum SHA256 {
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

    /// The digest of two digests, one after the other: a node of a Merkle tree without a prefix byte.
    ///
    /// It is the same as hashing their 64 bytes, but knows the padding block and its message schedule
    /// in advance.
    public static func hash(pair left: Digest, _ right: Digest) -> Digest {
        var state = State.initial
        state.compress(MessageWords(left, right))
        state.compressPaddingOf64Bytes()
        return state.digest
    }
}
