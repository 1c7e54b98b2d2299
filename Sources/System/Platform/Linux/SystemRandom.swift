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
}
