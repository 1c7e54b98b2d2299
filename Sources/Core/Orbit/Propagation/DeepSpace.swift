internal import CMath

/// What orbits with a period from 225 minutes on have besides: sun, moon and resonance with the earth's turn.
struct DeepSpace {
    private let sun: ThirdBody
    private let moon: ThirdBody
    /// How fast sun and moon together change the elements.
    let rates: Rates
    private let resonance: Resonance?

    /// Changes in radians a minute; the eccentricity's a minute.
    struct Rates {
        let eccentricity: Double
        let inclination: Double
        let argumentOfPerigee: Double
        let node: Double
        let meanAnomaly: Double
    }

    init(_ elements: ElementSet, _ shape: OrbitShape, _ secular: SecularRates) {
        // Days since noon of 31 December 1899. They are taken through the Julian date in one double, whose
        // rounding (20 µs) is that of the published programme: in very eccentric orbits it moves the
        // satellite by millimetres.
        let julian = SiderealTime.days(nanoseconds: elements.epochNanoseconds) + 2_440_587.5
        let day = julian - 2_415_020
        let node = elements.ascendingNode
        let sunGeometry = ThirdBody.Geometry(
            cosineG: 0.1945905,
            sineG: -0.98088458,
            cosineI: 0.91744867,
            sineI: 0.39785416,
            cosineH: cos(node),
            sineH: sin(node)
        )
        let gamma = 5.8351514 + 0.0019443680 * day
        sun = ThirdBody(
            .sun,
            anomaly: Angle.reduced(6.2565837 + 0.017201977 * day),
            sunGeometry,
            elements,
            shape
        )
        moon = ThirdBody(
            .moon,
            anomaly: Angle.reduced(4.7199672 + 0.22997150 * day - gamma),
            Self.moonGeometry(day: day, gamma: gamma, node: node),
            elements,
            shape
        )
        rates = Self.rates(sun.secular, moon.secular, shape)
        resonance = Resonance(elements, shape, secular, rates)
    }

    /// The moon's orbit turns with its node, once in 18.6 years.
    private static func moonGeometry(
        day: Double,
        gamma: Double,
        node: Double
    ) -> ThirdBody.Geometry {
        let moonNode = Angle.reduced(4.5236020 - 9.2422029e-4 * day)
        let (sine, cosine) = (sin(moonNode), cos(moonNode))
        let cosineI = 0.91375164 - 0.03568096 * cosine
        let sineI = (1 - cosineI * cosineI).squareRoot()
        let sineH = 0.089683511 * sine / sineI
        let cosineH = (1 - sineH * sineH).squareRoot()
        let x = 0.39785416 * sine / sineI
        let y = cosineH * cosine + 0.91744867 * sineH * sine
        let perigee = gamma + atan2(x, y) - moonNode
        return ThirdBody.Geometry(
            cosineG: cos(perigee),
            sineG: sin(perigee),
            cosineI: cosineI,
            sineI: sineI,
            cosineH: cosineH * cos(node) + sineH * sin(node),
            sineH: sin(node) * cosineH - cos(node) * sineH
        )
    }

    private static func rates(
        _ sun: ThirdBody.Secular,
        _ moon: ThirdBody.Secular,
        _ shape: OrbitShape
    ) -> Rates {
        let node = sun.node + moon.node
        let hasNode = shape.sine != 0
        return Rates(
            eccentricity: sun.eccentricity + moon.eccentricity,
            inclination: sun.inclination + moon.inclination,
            argumentOfPerigee: sun.perigee + moon.perigee
                - (hasNode ? shape.cosine * node / shape.sine : 0),
            node: hasNode ? node / shape.sine : 0,
            meanAnomaly: sun.meanAnomaly + moon.meanAnomaly
        )
    }

    /// Adds what grows with time.
    func applySecular(_ mean: inout MovingElements, minutes: Double) {
        mean.eccentricity += rates.eccentricity * minutes
        mean.inclination += rates.inclination * minutes
        mean.argumentOfPerigee += rates.argumentOfPerigee * minutes
        mean.node += rates.node * minutes
        mean.meanAnomaly += rates.meanAnomaly * minutes
        resonance?.apply(&mean, minutes: minutes)
    }

    /// Adds what changes with the places of sun and moon.
    func applyPeriodic(_ moving: inout MovingElements, minutes: Double) {
        let change = sun.change(minutes: minutes) + moon.change(minutes: minutes)
        moving.inclination += change.i
        moving.eccentricity += change.e
        let (sine, cosine) = (sin(moving.inclination), cos(moving.inclination))
        if moving.inclination >= 0.2 {
            let node = change.h / sine
            moving.argumentOfPerigee += change.gh - cosine * node
            moving.node += node
            moving.meanAnomaly += change.l
        } else {
            applyNearEquator(&moving, change, sine: sine, cosine: cosine)
        }
    }

    /// For a small inclination the node is badly defined, so the direction of the orbit's pole is changed
    /// instead (Lyddane's modification).
    private func applyNearEquator(
        _ moving: inout MovingElements,
        _ change: ThirdBody.Change,
        sine: Double,
        cosine: Double
    ) {
        let (sineNode, cosineNode) = (sin(moving.node), cos(moving.node))
        let alpha =
            sine * sineNode + change.h * cosineNode + change.i * cosine * sineNode
        let beta =
            sine * cosineNode - change.h * sineNode + change.i * cosine * cosineNode
        moving.node = Angle.reduced(moving.node)
        let longitude =
            moving.meanAnomaly + moving.argumentOfPerigee + cosine * moving.node
            + change.l + change.gh - change.i * moving.node * sine
        let before = moving.node
        moving.node = atan2(alpha, beta)
        if (before - moving.node).magnitude > .pi {
            moving.node += moving.node < before ? Angle.full : -Angle.full
        }
        moving.meanAnomaly += change.l
        moving.argumentOfPerigee = longitude - moving.meanAnomaly - cosine * moving.node
    }
}
