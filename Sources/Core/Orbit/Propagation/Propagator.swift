internal import CMath

/// Where a satellite is, and how it moves, in the frame of SGP4: true equator, mean equinox (TEME).
public struct OrbitState: Equatable, Sendable {
    /// Kilometres.
    public var position: Vector
    /// Kilometres a second.
    public var velocity: Vector
}

/// The orbit of an element set: SGP4, with the pull of sun and moon and resonances for periods from 225
/// minutes on (SDP4).
///
/// The equations are those of Spacetrack Report 3 (Hoots, Roehrich, 1980) with the corrections of
/// "Revisiting Spacetrack Report 3" (Vallado, Crawford, Hujsak, Kelso, AIAA 2006-6753). Names of the report
/// are kept where a quantity has no other. Lengths are earth radii, times minutes, angles radians.
///
/// A propagator does not change: every state is computed from the epoch, so that it depends on the time
/// alone and not on what was asked before.
public struct Propagator: Sendable {
    /// The elements.
    public let elements: ElementSet

    let shape: OrbitShape
    let drag: DragTerms
    let rates: SecularRates
    let deepSpace: DeepSpace?

    /// Prepares what does not depend on the time.
    public init(_ elements: ElementSet) {
        self.elements = elements
        shape = OrbitShape(elements)
        rates = SecularRates(shape)
        drag = DragTerms(elements, shape, nodeRate: rates.nodeByJ2)
        let period = Angle.full / shape.meanMotion
        deepSpace = period >= 225 ? DeepSpace(elements, shape, rates) : nil
    }
}

/// What follows from the elements' shape alone.
struct OrbitShape {
    let eccentricity: Double
    let eccentricitySquared: Double
    /// 1 − e² and its root.
    let beta2: Double
    let beta: Double
    let sine: Double
    let cosine: Double
    let cosine2: Double
    /// The mean motion and the semi-major axis in Brouwer's sense.
    let meanMotion: Double
    let semimajorAxis: Double
    /// The perigee's distance from the centre.
    let perigee: Double
    /// The semi-latus rectum.
    let semilatusRectum: Double

    init(_ elements: ElementSet) {
        eccentricity = elements.eccentricity
        eccentricitySquared = eccentricity * eccentricity
        beta2 = 1 - eccentricitySquared
        beta = beta2.squareRoot()
        sine = sin(elements.inclination)
        cosine = cos(elements.inclination)
        cosine2 = cosine * cosine
        // From Kozai's mean motion to Brouwer's.
        let kozai = pow(Gravity.rootParameter / elements.meanMotion, 2.0 / 3)
        let factor = 0.75 * Gravity.j2 * (3 * cosine2 - 1) / (beta * beta2)
        var delta = factor / (kozai * kozai)
        let axis = kozai * (1 - delta * delta - delta * (1.0 / 3 + 134 * delta * delta / 81))
        delta = factor / (axis * axis)
        meanMotion = elements.meanMotion / (1 + delta)
        semimajorAxis = pow(Gravity.rootParameter / meanMotion, 2.0 / 3)
        perigee = semimajorAxis * (1 - eccentricity)
        semilatusRectum = semimajorAxis * beta2
    }

    /// 3 cos² i − 1, 1 − cos² i and 7 cos² i − 1.
    var threeCosine2MinusOne: Double { 3 * cosine2 - 1 }
    var oneMinusCosine2: Double { 1 - cosine2 }
    var sevenCosine2MinusOne: Double { 7 * cosine2 - 1 }
}

/// How fast the angles change through the earth's flattening.
struct SecularRates {
    let meanAnomaly: Double
    let argumentOfPerigee: Double
    let node: Double
    /// The part of the node's rate that is of first order in J2.
    let nodeByJ2: Double

    init(_ shape: OrbitShape) {
        let cosine2 = shape.cosine2
        let cosine4 = cosine2 * cosine2
        let inverse = 1 / (shape.semilatusRectum * shape.semilatusRectum)
        let first = 1.5 * Gravity.j2 * inverse * shape.meanMotion
        let second = 0.5 * first * Gravity.j2 * inverse
        let third = -0.46875 * Gravity.j4 * inverse * inverse * shape.meanMotion
        meanAnomaly =
            shape.meanMotion + 0.5 * first * shape.beta * shape.threeCosine2MinusOne
            + 0.0625 * second * shape.beta * (13 - 78 * cosine2 + 137 * cosine4)
        argumentOfPerigee =
            -0.5 * first * (1 - 5 * cosine2)
            + 0.0625 * second * (7 - 114 * cosine2 + 395 * cosine4)
            + third * (3 - 36 * cosine2 + 49 * cosine4)
        nodeByJ2 = -first * shape.cosine
        node =
            nodeByJ2
            + (0.5 * second * (4 - 19 * cosine2) + 2 * third * (3 - 7 * cosine2)) * shape.cosine
    }
}
