/// Why an orbit has no position at a time; the numbers are those of "Revisiting Spacetrack Report 3".
public enum PropagationError: UInt8, Error, Equatable, Sendable {
    /// The mean eccentricity is not in −0.001 ..< 1.
    case meanEccentricity = 1
    /// The mean motion is not above 0.
    case meanMotion = 2
    /// The eccentricity with the pull of sun and moon is not in 0 … 1.
    case perturbedEccentricity = 3
    /// The semi-latus rectum is negative.
    case semilatusRectum = 4
    /// The satellite is below the surface: it has decayed.
    case decayed = 6
}

extension PropagationError: CustomStringConvertible {
    /// One sentence without a full stop.
    public var description: String {
        switch self {
        case .meanEccentricity: "the elements lead to a mean eccentricity that no orbit has"
        case .meanMotion: "the elements lead to a mean motion that no orbit has"
        case .perturbedEccentricity: "the elements lead to an eccentricity that no orbit has"
        case .semilatusRectum: "the elements lead to a negative semi-latus rectum"
        case .decayed: "the elements lead to a satellite that has decayed"
        }
    }
}
