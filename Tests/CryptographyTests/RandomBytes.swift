import SeededRandomness

/// Bytes that look random and are the same in every run.
func bytes(count: Int, seed: UInt64) -> [UInt8] {
    var random = RandomSource(seed: seed)
    return random.bytes(count)
}
