internal import CMath

/// The elements at some time, on their way from the epoch to a position.
struct MovingElements {
    var meanMotion: Double
    var semimajorAxis: Double
    var eccentricity: Double
    var inclination: Double
    var argumentOfPerigee: Double
    var node: Double
    var meanAnomaly: Double
}

extension Propagator {
    /// The state at a time.
    ///
    /// - Parameter nanoseconds: Since 1970, UTC.
    /// - Returns: Position and velocity.
    /// - Throws: When the elements give no orbit at that time.
    /// - Complexity: O(1); with a resonance O(n) in the days since the epoch.
    public func state(atNanoseconds nanoseconds: Int64) throws(PropagationError) -> OrbitState {
        let distance = nanoseconds.subtractingReportingOverflow(elements.epochNanoseconds)
        guard !distance.overflow else { throw .decayed }
        return try state(minutes: Double(distance.partialValue) / 60_000_000_000)
    }

    /// The state some minutes after the epoch, or before it.
    ///
    /// - Throws: When the elements give no orbit at that time.
    /// - Complexity: O(1); with a resonance O(n) in the days since the epoch.
    public func state(minutes: Double) throws(PropagationError) -> OrbitState {
        try state(meanElements(minutes: minutes), minutes: minutes)
    }

    /// The elements with all that grows with time: flattening, drag, sun and moon.
    private func meanElements(minutes t: Double) throws(PropagationError) -> MovingElements {
        let drift = elements.meanAnomaly + rates.meanAnomaly * t
        var mean = MovingElements(
            meanMotion: shape.meanMotion,
            semimajorAxis: shape.semimajorAxis,
            eccentricity: elements.eccentricity,
            inclination: elements.inclination,
            argumentOfPerigee: elements.argumentOfPerigee + rates.argumentOfPerigee * t,
            node: elements.ascendingNode + rates.node * t + drag.nodeCoefficient * t * t,
            meanAnomaly: drift
        )
        var axisFactor = 1 - drag.c1 * t
        var eccentricityLoss = drag.bStarC4 * t
        var longitudeGain = drag.t2 * t * t
        if let higher = drag.higher {
            let cube = 1 + drag.eta * cos(drift)
            let change =
                higher.perigeeCoefficient * t
                + higher.anomalyCoefficient * (cube * cube * cube - higher.startCube)
            mean.meanAnomaly = drift + change
            mean.argumentOfPerigee -= change
            let t2 = t * t
            let t3 = t2 * t
            axisFactor -= higher.d2 * t2 + higher.d3 * t3 + higher.d4 * t3 * t
            eccentricityLoss += drag.bStarC5 * (sin(mean.meanAnomaly) - higher.startSine)
            longitudeGain += higher.t3 * t3 + t3 * t * (higher.t4 + t * higher.t5)
        }
        deepSpace?.applySecular(&mean, minutes: t)
        guard mean.meanMotion > 0 else { throw .meanMotion }
        mean.semimajorAxis =
            pow(Gravity.rootParameter / mean.meanMotion, 2.0 / 3) * axisFactor * axisFactor
        mean.meanMotion = Gravity.rootParameter / pow(mean.semimajorAxis, 1.5)
        mean.eccentricity -= eccentricityLoss
        guard mean.eccentricity < 1, mean.eccentricity >= -0.001 else { throw .meanEccentricity }
        mean.eccentricity = max(mean.eccentricity, 1e-6)
        mean.meanAnomaly += shape.meanMotion * longitudeGain
        let longitude = mean.meanAnomaly + mean.argumentOfPerigee + mean.node
        mean.node = Angle.reduced(mean.node)
        mean.argumentOfPerigee = Angle.reduced(mean.argumentOfPerigee)
        mean.meanAnomaly = Angle.reduced(
            Angle.reduced(longitude) - mean.argumentOfPerigee - mean.node
        )
        return mean
    }

    /// Adds what changes with the satellite's, the sun's and the moon's place, and solves Kepler's equation.
    private func state(
        _ mean: MovingElements,
        minutes: Double
    ) throws(PropagationError) -> OrbitState {
        var moving = mean
        var cosine = shape.cosine
        var sine = shape.sine
        if let deepSpace {
            deepSpace.applyPeriodic(&moving, minutes: minutes)
            if moving.inclination < 0 {
                moving.inclination = -moving.inclination
                moving.node += .pi
                moving.argumentOfPerigee -= .pi
            }
            guard moving.eccentricity >= 0, moving.eccentricity <= 1 else {
                throw .perturbedEccentricity
            }
            cosine = cos(moving.inclination)
            sine = sin(moving.inclination)
        }
        let longPeriod = LongPeriod(moving, sine: sine, cosine: cosine)
        let position = try ShortPeriod(longPeriod, axis: moving.semimajorAxis)
        return try position.state(moving, sine: sine, cosine: cosine)
    }
}

/// The terms of long period, through the third zonal harmonic.
struct LongPeriod {
    /// The components of the eccentricity along the node and across.
    let axn: Double
    let ayn: Double
    /// The mean longitude from the node.
    let longitude: Double

    init(_ moving: MovingElements, sine: Double, cosine: Double) {
        let coefficientY = -0.5 * Gravity.j3OverJ2 * sine
        // At an inclination of 180° the divisor would be 0.
        let divisor = (cosine + 1).magnitude > 1.5e-12 ? 1 + cosine : 1.5e-12
        let coefficientL = -0.25 * Gravity.j3OverJ2 * sine * (3 + 5 * cosine) / divisor
        axn = moving.eccentricity * cos(moving.argumentOfPerigee)
        let scale =
            1 / (moving.semimajorAxis * (1 - moving.eccentricity * moving.eccentricity))
        ayn = moving.eccentricity * sin(moving.argumentOfPerigee) + scale * coefficientY
        longitude =
            moving.meanAnomaly + moving.argumentOfPerigee + moving.node
            + scale * coefficientL * axn - moving.node
    }
}

/// The place in the orbit's plane, and the terms of short period that are added to it.
struct ShortPeriod {
    let radius: Double
    let radiusRate: Double
    let transverseRate: Double
    let argument: Double
    let sine2u: Double
    let cosine2u: Double
    let beta: Double
    let semilatusRectum: Double

    init(_ long: LongPeriod, axis: Double) throws(PropagationError) {
        let (axn, ayn) = (long.axn, long.ayn)
        let (sineE, cosineE) = Self.eccentricAnomaly(long)
        let eCosine = axn * cosineE + ayn * sineE
        let eSine = axn * sineE - ayn * cosineE
        let e2 = axn * axn + ayn * ayn
        semilatusRectum = axis * (1 - e2)
        guard semilatusRectum >= 0 else { throw .semilatusRectum }
        radius = axis * (1 - eCosine)
        radiusRate = axis.squareRoot() * eSine / radius
        transverseRate = semilatusRectum.squareRoot() / radius
        beta = (1 - e2).squareRoot()
        let scale = eSine / (1 + beta)
        let sineU = axis / radius * (sineE - ayn - axn * scale)
        let cosineU = axis / radius * (cosineE - axn + ayn * scale)
        argument = atan2(sineU, cosineU)
        sine2u = 2 * cosineU * sineU
        cosine2u = 1 - 2 * sineU * sineU
    }

    /// Solves Kepler's equation by Newton's method; a step is at most 0.95 so that it cannot run away.
    private static func eccentricAnomaly(_ long: LongPeriod) -> (sine: Double, cosine: Double) {
        let start = Angle.reduced(long.longitude)
        var anomaly = start
        var (sine, cosine) = (0.0, 0.0)
        for _ in 0..<10 {
            sine = sin(anomaly)
            cosine = cos(anomaly)
            let slope = 1 - cosine * long.axn - sine * long.ayn
            var step = (start - long.ayn * cosine + long.axn * sine - anomaly) / slope
            if step.magnitude >= 0.95 { step = step > 0 ? 0.95 : -0.95 }
            anomaly += step
            if step.magnitude < 1e-12 { break }
        }
        return (sine, cosine)
    }

    /// Turns the place in the plane into coordinates.
    func state(
        _ moving: MovingElements,
        sine: Double,
        cosine: Double
    ) throws(PropagationError) -> OrbitState {
        let first = 0.5 * Gravity.j2 / semilatusRectum
        let second = first / semilatusRectum
        let cosine2 = cosine * cosine
        let (con41, x1mth2, x7thm1) = (3 * cosine2 - 1, 1 - cosine2, 7 * cosine2 - 1)
        let distance =
            radius * (1 - 1.5 * second * beta * con41) + 0.5 * first * x1mth2 * cosine2u
        let u = argument - 0.25 * second * x7thm1 * sine2u
        let node = moving.node + 1.5 * second * cosine * sine2u
        let inclination = moving.inclination + 1.5 * second * cosine * sine * cosine2u
        let motion = moving.meanMotion
        let radial = radiusRate - motion * first * x1mth2 * sine2u / Gravity.rootParameter
        let transverse =
            transverseRate
            + motion * first * (x1mth2 * cosine2u + 1.5 * con41) / Gravity.rootParameter
        guard distance >= 1 else { throw .decayed }

        let (sinU, cosU) = (sin(u), cos(u))
        let (sinNode, cosNode) = (sin(node), cos(node))
        let (sinI, cosI) = (sin(inclination), cos(inclination))
        let (mx, my) = (-sinNode * cosI, cosNode * cosI)
        let (ux, uy, uz) = (mx * sinU + cosNode * cosU, my * sinU + sinNode * cosU, sinI * sinU)
        let (vx, vy, vz) = (mx * cosU - cosNode * sinU, my * cosU - sinNode * sinU, sinI * cosU)
        let length = distance * Gravity.earthRadius
        let speed = Gravity.velocityUnit
        return OrbitState(
            position: Vector(length * ux, length * uy, length * uz),
            velocity: Vector(
                (radial * ux + transverse * vx) * speed,
                (radial * uy + transverse * vy) * speed,
                (radial * uz + transverse * vz) * speed
            )
        )
    }
}
