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
}
