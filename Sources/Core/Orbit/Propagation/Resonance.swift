internal import CMath

/// The resonance of an orbit with the earth's turn: once a day, or twice a day and eccentric.
///
/// The longitude and the mean motion are integrated in steps of 720 minutes from the epoch on, which gives
/// the same result for a time whatever was asked before.
struct Resonance {
    /// The earth's turn in radians a minute.
    private static let earthRate = 4.37526908801129966e-3
    private static let step = 720.0

    private let kind: Kind
    private let startLongitude: Double
    private let longitudeRate: Double
    private let meanMotion: Double
    private let siderealTime: Double

    /// The terms of the force.
    private enum Kind {
        case daily(DailyTerms)
        case halfDaily(HalfDailyTerms)
    }

    /// None if the orbit is in no resonance.
    init?(
        _ elements: ElementSet,
        _ shape: OrbitShape,
        _ secular: SecularRates,
        _ rates: DeepSpace.Rates
    ) {
        let motion = shape.meanMotion
        meanMotion = motion
        siderealTime = SiderealTime.greenwich(
            days: SiderealTime.days(nanoseconds: elements.epochNanoseconds)
        )
        let inverseAxis = pow(motion / Gravity.rootParameter, 2.0 / 3)
        if motion > 0.0034906585, motion < 0.0052359877 {
            kind = .daily(DailyTerms(shape, inverseAxis: inverseAxis))
            startLongitude = Angle.reduced(
                elements.meanAnomaly + elements.ascendingNode + elements.argumentOfPerigee
                    - siderealTime
            )
            longitudeRate =
                secular.meanAnomaly + secular.argumentOfPerigee + secular.node
                - Self.earthRate + rates.meanAnomaly + rates.argumentOfPerigee + rates.node
                - motion
        } else if motion >= 8.26e-3, motion <= 9.24e-3, shape.eccentricity >= 0.5 {
            kind = .halfDaily(
                HalfDailyTerms(
                    shape,
                    inverseAxis: inverseAxis,
                    perigee: elements.argumentOfPerigee,
                    perigeeRate: secular.argumentOfPerigee
                )
            )
            startLongitude = Angle.reduced(
                elements.meanAnomaly + 2 * elements.ascendingNode - 2 * siderealTime
            )
            longitudeRate =
                secular.meanAnomaly + rates.meanAnomaly
                + 2 * (secular.node + rates.node - Self.earthRate) - motion
        } else {
            return nil
        }
    }

    /// Replaces mean motion and mean anomaly by the integrated ones.
    func apply(_ mean: inout MovingElements, minutes: Double) {
        let step = minutes > 0 ? Self.step : -Self.step
        let halfSquare = Self.step * Self.step / 2
        var time = 0.0
        var longitude = startLongitude
        var motion = meanMotion
        var force = force(longitude: longitude, motion: motion, time: time)
        while (minutes - time).magnitude >= Self.step {
            longitude += force.longitudeRate * step + force.first * halfSquare
            motion += force.first * step + force.second * halfSquare
            time += step
            force = self.force(longitude: longitude, motion: motion, time: time)
        }
        let rest = minutes - time
        motion += force.first * rest + force.second * rest * rest * 0.5
        longitude += force.longitudeRate * rest + force.first * rest * rest * 0.5
        let theta = Angle.reduced(siderealTime + minutes * Self.earthRate)
        mean.meanMotion = motion
        switch kind {
        case .daily: mean.meanAnomaly = longitude - mean.node - mean.argumentOfPerigee + theta
        case .halfDaily: mean.meanAnomaly = longitude - 2 * mean.node + 2 * theta
        }
    }

    /// The rate of the longitude, and the first two derivatives of the mean motion.
    private func force(
        longitude: Double,
        motion: Double,
        time: Double
    ) -> (longitudeRate: Double, first: Double, second: Double) {
        let rate = motion + longitudeRate
        let (first, slope) =
            switch kind {
            case .daily(let terms): terms.force(longitude: longitude)
            case .halfDaily(let terms): terms.force(longitude: longitude, time: time)
            }
        return (rate, first, slope * rate)
    }
}

/// The terms of the resonance once a day.
private struct DailyTerms {
    private let amplitudes: (Double, Double, Double)
    private static let phases = (0.13130908, 2.8843198, 0.37448087)

    init(_ shape: OrbitShape, inverseAxis: Double) {
        let e2 = shape.eccentricitySquared
        let (sine, cosine) = (shape.sine, shape.cosine)
        let g200 = 1 + e2 * (-2.5 + 0.8125 * e2)
        let g310 = 1 + 2 * e2
        let g300 = 1 + e2 * (-6 + 6.60937 * e2)
        let upper = 1 + cosine
        let f220 = 0.75 * upper * upper
        let f311 = 0.9375 * sine * sine * (1 + 3 * cosine) - 0.75 * upper
        let f330 = 1.875 * upper * upper * upper
        let base = 3 * shape.meanMotion * shape.meanMotion * inverseAxis * inverseAxis
        amplitudes = (
            base * f311 * g310 * 2.1460748e-6 * inverseAxis,
            2 * base * f220 * g200 * 1.7891679e-6,
            3 * base * f330 * g300 * 2.2123015e-7 * inverseAxis
        )
    }

    /// The force, and how it changes with the longitude.
    func force(longitude: Double) -> (Double, Double) {
        let one = longitude - Self.phases.0
        let two = 2 * (longitude - Self.phases.1)
        let three = 3 * (longitude - Self.phases.2)
        return (
            amplitudes.0 * sin(one) + amplitudes.1 * sin(two) + amplitudes.2 * sin(three),
            amplitudes.0 * cos(one) + 2 * amplitudes.1 * cos(two)
                + 3 * amplitudes.2 * cos(three)
        )
    }
}
