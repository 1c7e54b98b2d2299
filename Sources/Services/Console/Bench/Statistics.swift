/// Durations that were measured one by one.
public struct Durations: Sendable {
    private(set) var samples: [UInt64] = []
    private var isSorted = true

    /// Makes an empty collection with room for `capacity` durations.
    public init(capacity: Int = 0) { samples.reserveCapacity(capacity) }

    /// How many there are.
    public var count: Int { samples.count }

    /// Adds one, in nanoseconds.
    public mutating func add(_ nanoseconds: UInt64) {
        samples.append(nanoseconds)
        isSorted = false
    }

    /// The duration that so many of 1,000 do not exceed (nearest rank); 0 where there are none.
    ///
    /// - Complexity: O(n log n) after an addition, else O(1).
    public mutating func nanoseconds(perMille: Int) -> UInt64 {
        precondition((0...1_000).contains(perMille))
        if !isSorted { samples.sort() }
        isSorted = true
        if samples.isEmpty { return 0 }
        let rank = (samples.count * perMille + 999) / 1_000
        return samples[max(rank, 1) - 1]
    }

    /// The longest; 0 where there are none.
    public mutating func maximum() -> UInt64 { nanoseconds(perMille: 1_000) }
}

extension Array where Element: Comparable {
    /// The element in the middle of the sorted elements; the array must not be empty.
    var median: Element { sorted()[count / 2] }
}
