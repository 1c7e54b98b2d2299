/// The parameter x of the curve, -0xd201000000010000, from which its two moduli are made.
enum Parameter {
    /// The absolute value.
    static let magnitude: UInt64 = 0xd201_0000_0001_0000

    /// The bits of the absolute value below the highest one, from the highest to the lowest.
    struct Bits: Sequence, IteratorProtocol {
        private var position = 63

        @inline(__always) init() {}

        @inline(__always) mutating func next() -> Bool? {
            guard position > 0 else { return nil }
            position -= 1
            return (Parameter.magnitude >> UInt64(position)) & 1 == 1
        }
    }

    static var bitsAfterFirst: Bits {
        @inline(__always) get { Bits() }
    }
}
