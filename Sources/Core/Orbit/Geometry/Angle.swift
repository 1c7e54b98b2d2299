internal import CMath

/// Constants and reductions of angles in radians.
enum Angle {
    /// A whole turn.
    static let full = 2 * Double.pi
    /// One degree.
    static let degree = Double.pi / 180

    /// What is left of an angle after whole turns; it keeps its sign.
    static func reduced(_ radians: Double) -> Double { fmod(radians, full) }

    /// The same direction in 0 ..< 2π.
    static func positive(_ radians: Double) -> Double {
        let reduced = reduced(radians)
        return reduced < 0 ? reduced + full : reduced
    }
}
