internal import CLinux
internal import Cryptography
internal import Platform

/// The checksums of the journal's files: the same functions as in `Cryptography`, by the fastest means that
/// the machine has, because every byte of the journal goes through both.
enum Checksums {
    private static let hasInstruction = clinux_has_crc32c() != 0

    /// CRC-32C; `seed` is the checksum of the bytes before.
    @inline(__always)
    static func crc32c(_ bytes: UnsafeRawBufferPointer, seed: UInt32 = 0) -> UInt32 {
        guard hasInstruction, let base = bytes.baseAddress else {
            return unsafe CRC32C.checksum(of: bytes, seed: seed)
        }
        return unsafe ~clinux_crc32c(~seed, base, bytes.count)
    }

    /// SHA-256.
    static func sha256(_ bytes: UnsafeRawBufferPointer) -> SHA256.Digest {
        unsafe AcceleratedSHA256.hash(of: RawSpan(_unsafeBytes: bytes))
    }
}
