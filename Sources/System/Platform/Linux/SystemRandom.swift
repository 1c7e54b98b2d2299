internal import Glibc

/// The system's source of randomness, for secrets that nothing observable depends on.
public enum SystemRandom {
    /// A word that nobody can predict.
    public static func word() -> UInt64 {
        var word: UInt64 = 0
        let result = unsafe getentropy(&word, MemoryLayout<UInt64>.size)
        precondition(result == 0, "Linux gives so few bytes always")
        return word
    }

    /// Bytes that nobody can predict.
    ///
    /// - Parameter count: How many; a negative number is an error of the caller.
    /// - Returns: That many bytes.
    /// - Complexity: O(n).
    public static func bytes(_ count: Int) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        unsafe bytes.withUnsafeMutableBytes { buffer in
            // The system gives at most 256 bytes at once.
            for offset in stride(from: 0, to: buffer.count, by: 256) {
                let piece = unsafe buffer[offset..<min(offset + 256, buffer.count)]
                let result = unsafe getentropy(
                    UnsafeMutableRawBufferPointer(rebasing: piece).baseAddress,
                    piece.count
                )
                precondition(result == 0, "Linux gives so few bytes always")
            }
        }
        return bytes
    }
}
