internal import CMath

/// The coefficients of the atmosphere's drag.
struct DragTerms {
    let bStar: Double
    /// C1, B*·C4 and B*·C5 of the report.
    let c1: Double
    let bStarC4: Double
    let bStarC5: Double
    let eta: Double
    /// The node's and the mean longitude's terms with t².
    let nodeCoefficient: Double
    let t2: Double
    /// What only orbits with a perigee above 220 km have.
    let higher: Higher?

    /// The terms that are dropped for a low perigee.
    struct Higher {
        let d2: Double
        let d3: Double
        let d4: Double
        let t3: Double
        let t4: Double
        let t5: Double
        let perigeeCoefficient: Double
        let anomalyCoefficient: Double
        /// (1 + η cos M₀)³ and sin M₀.
        let startCube: Double
        let startSine: Double
    }

    init(_ elements: ElementSet, _ shape: OrbitShape, nodeRate: Double) {
        let axis = shape.semimajorAxis
        let atmosphere = Atmosphere(perigee: shape.perigee)
        let xi = 1 / (axis - atmosphere.s)
        let eta = axis * shape.eccentricity * xi
        let eta2 = eta * eta
        let eEta = shape.eccentricity * eta
        let psi2 = (1 - eta2).magnitude
        let base = atmosphere.qMinusS4 * xi * xi * xi * xi
        let coefficient = base / pow(psi2, 3.5)
        let motion = shape.meanMotion
        let c2 =
            coefficient * motion
            * (axis * (1 + 1.5 * eta2 + eEta * (4 + eta2))
                + 0.375 * Gravity.j2 * xi / psi2 * shape.threeCosine2MinusOne
                * (8 + 3 * eta2 * (8 + eta2)))
        let hasEccentricity = shape.eccentricity > 1e-4
        let c3 =
            hasEccentricity
            ? -2 * base * xi * Gravity.j3OverJ2 * motion * shape.sine / shape.eccentricity : 0
        let flattening =
            -3 * shape.threeCosine2MinusOne * (1 - 2 * eEta + eta2 * (1.5 - 0.5 * eEta))
            + 0.75 * shape.oneMinusCosine2 * (2 * eta2 - eEta * (1 + eta2))
            * cos(2 * elements.argumentOfPerigee)
        let c4 =
            2 * motion * coefficient * axis * shape.beta2
            * (eta * (2 + 0.5 * eta2) + shape.eccentricity * (0.5 + 2 * eta2)
                - Gravity.j2 * xi / (axis * psi2) * flattening)
        let c5 =
            2 * coefficient * axis * shape.beta2 * (1 + 2.75 * (eta2 + eEta) + eEta * eta2)
        bStar = elements.drag
        c1 = bStar * c2
        bStarC4 = bStar * c4
        bStarC5 = bStar * c5
        self.eta = eta
        nodeCoefficient = 3.5 * shape.beta2 * nodeRate * c1
        t2 = 1.5 * c1
        let isLow = shape.perigee < 220 / Gravity.earthRadius + 1
        let isDeep = Angle.full / motion >= 225
        higher =
            isLow || isDeep
            ? nil
            : Higher(
                elements,
                c1: c1,
                axis: axis,
                s: atmosphere.s,
                xi: xi,
                eta: eta,
                perigeeCoefficient: elements.drag * c3 * cos(elements.argumentOfPerigee),
                anomalyCoefficient: hasEccentricity ? -2.0 / 3 * base * elements.drag / eEta : 0
            )
    }

    /// The two parameters of the density of the atmosphere, which depend on the perigee.
    private struct Atmosphere {
        let s: Double
        let qMinusS4: Double

        init(perigee: Double) {
            let height = (perigee - 1) * Gravity.earthRadius
            // 78 km, less for perigees below 156 km, and 20 km for those below 98 km.
            let s = height >= 156 ? 78 : (height < 98 ? 20 : height - 78)
            let q = (120 - s) / Gravity.earthRadius
            self.s = s / Gravity.earthRadius + 1
            qMinusS4 = q * q * q * q
        }
    }
}

extension DragTerms.Higher {
    init(
        _ elements: ElementSet,
        c1: Double,
        axis: Double,
        s: Double,
        xi: Double,
        eta: Double,
        perigeeCoefficient: Double,
        anomalyCoefficient: Double
    ) {
        let c1Squared = c1 * c1
        d2 = 4 * axis * xi * c1Squared
        let term = d2 * xi * c1 / 3
        d3 = (17 * axis + s) * term
        d4 = 0.5 * term * axis * xi * (221 * axis + 31 * s) * c1
        t3 = d2 + 2 * c1Squared
        t4 = 0.25 * (3 * d3 + c1 * (12 * d2 + 10 * c1Squared))
        t5 =
            0.2
            * (3 * d4 + 12 * c1 * d3 + 6 * d2 * d2 + 15 * c1Squared * (2 * d2 + c1Squared))
        self.perigeeCoefficient = perigeeCoefficient
        self.anomalyCoefficient = anomalyCoefficient
        let start = 1 + eta * cos(elements.meanAnomaly)
        startCube = start * start * start
        startSine = sin(elements.meanAnomaly)
    }
}
