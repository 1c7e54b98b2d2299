import Foundation

/// The lines of a vector file beside the tests, each split at its blanks.
func vectorLines(_ name: String) throws -> [[String]] {
    let file = URL(filePath: #filePath).deletingLastPathComponent().appending(
        path: "Vectors/\(name)"
    )
    return try String(contentsOf: file, encoding: .utf8)
        .split(separator: "\n").map { line in line.split(separator: " ").map(String.init) }
}

/// Bytes that look random and are the same in every run (SplitMix64).
func bytes(count: Int, seed: UInt64) -> [UInt8] {
    var state = seed
    return (0..<count).map { _ in
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
        return UInt8(truncatingIfNeeded: mixed ^ mixed >> 31)
    }
}
