/// Random numbers decided by one seed: SplitMix64 (Steele, Lea and Flood, 2014).
package struct SeededSource {
    private var state: UInt64

    /// Makes the sequence of a seed.
    package init(seed: UInt64) { state = seed }

    /// The next 64 bits.
    package mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var bits = state
        bits = (bits ^ bits >> 30) &* 0xbf58_476d_1ce4_e5b9
        bits = (bits ^ bits >> 27) &* 0x94d0_49bb_1331_11eb
        return bits ^ bits >> 31
    }

    /// A number from 0 up to but not including `bound`, which must be above 0.
    package mutating func below(_ bound: Int) -> Int {
        precondition(bound > 0)
        return Int(next().multipliedFullWidth(by: UInt64(bound)).high)
    }

    /// True `percent` times in a hundred.
    package mutating func chance(_ percent: Int) -> Bool { below(100) < percent }

    /// One element of an array that is not empty.
    package mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements[below(elements.count)]
    }

    /// Some elements of an array, in an order of their own; at most as many as it has.
    package mutating func pick<Element>(_ count: Int, of elements: [Element]) -> [Element] {
        var rest = elements
        for position in 0..<count { rest.swapAt(position, position + below(rest.count - position)) }
        return Array(rest.prefix(count))
    }

    /// Some bytes.
    package mutating func bytes(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8(truncatingIfNeeded: next()) }
    }
}
