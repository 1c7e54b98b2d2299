/// Random numbers decided by one seed: SplitMix64 (Steele, Lea and Flood, 2014).
package struct RandomSource: RandomNumberGenerator, Sendable {
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

    /// A number of a closed range that does not span all 64 bits.
    package mutating func from(_ range: ClosedRange<Int64>) -> Int64 {
        range.lowerBound
            + Int64(
                next().multipliedFullWidth(
                    by: UInt64(range.upperBound - range.lowerBound) + 1
                ).high
            )
    }

    /// True `percent` times in a hundred.
    package mutating func chance(_ percent: Int) -> Bool { below(100) < percent }

    /// One element of an array that is not empty.
    package mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements[below(elements.count)]
    }

    /// One element of an array, each as likely as its weight says.
    package mutating func pick<Element>(weighted elements: [(Int, Element)]) -> Element {
        var rest = below(elements.reduce(0) { $0 + $1.0 })
        for (weight, element) in elements {
            if rest < weight { return element }
            rest -= weight
        }
        preconditionFailure("the weights add up to the bound")
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

    /// Changes some bytes: flips, replaces, inserts, removes, repeats or cuts off.
    package mutating func mutate(_ bytes: inout [UInt8]) {
        for _ in 0...below(3) {
            guard !bytes.isEmpty else { return bytes.append(UInt8(below(256))) }
            let index = below(bytes.count)
            switch below(6) {
            case 0: bytes[index] ^= 1 << UInt8(below(8))
            case 1: bytes[index] = UInt8(below(256))
            case 2: bytes.insert(UInt8(below(256)), at: index)
            case 3: bytes.remove(at: index)
            case 4: bytes.insert(contentsOf: bytes[index..<min(index + 8, bytes.count)], at: index)
            default: bytes.removeLast(min(below(4), bytes.count))
            }
        }
    }
}
