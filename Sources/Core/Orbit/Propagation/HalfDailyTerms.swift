internal import CMath

/// The terms of the resonance twice a day, for eccentric orbits; the numbers of the names count the terms of
/// the geopotential (Spacetrack Report 3, SDP4; "Revisiting …", `dsinit` and `dspace`).
struct HalfDailyTerms {
    private let perigee: Double
    private let perigeeRate: Double
    private let d2201: Double
    private let d2211: Double
    private let d3210: Double
    private let d3222: Double
    private let d4410: Double
    private let d4422: Double
    private let d5220: Double
    private let d5232: Double
    private let d5421: Double
    private let d5433: Double

    private static let phase22 = 5.7686396
    private static let phase32 = 0.95240898
    private static let phase44 = 1.8014998
    private static let phase52 = 1.0508330
    private static let phase54 = 4.4108898

    init(_ shape: OrbitShape, inverseAxis: Double, perigee: Double, perigeeRate: Double) {
        self.perigee = perigee
        self.perigeeRate = perigeeRate
        let g = EccentricityFunctions(shape.eccentricity)
        let f = InclinationFunctions(sine: shape.sine, cosine: shape.cosine)
        let base2 =
            3 * shape.meanMotion * shape.meanMotion * inverseAxis * inverseAxis
        let base3 = base2 * inverseAxis
        let base4 = base3 * inverseAxis
        let base5 = base4 * inverseAxis
        let root22 = 1.7891679e-6
        let root32 = 3.7393792e-7
        let root44 = 7.3636953e-9
        let root52 = 1.1428639e-7
        let root54 = 2.1765803e-9
        d2201 = base2 * root22 * f.f220 * g.g201
        d2211 = base2 * root22 * f.f221 * g.g211
        d3210 = base3 * root32 * f.f321 * g.g310
        d3222 = base3 * root32 * f.f322 * g.g322
        d4410 = 2 * base4 * root44 * f.f441 * g.g410
        d4422 = 2 * base4 * root44 * f.f442 * g.g422
        d5220 = base5 * root52 * f.f522 * g.g520
        d5232 = base5 * root52 * f.f523 * g.g532
        d5421 = 2 * base5 * root54 * f.f542 * g.g521
        d5433 = 2 * base5 * root54 * f.f543 * g.g533
    }

    /// The force, and how it changes with the longitude.
    func force(longitude: Double, time: Double) -> (Double, Double) {
        let omega = perigee + perigeeRate * time
        var force = 0.0
        var slope = 0.0
        func add(_ amplitude: Double, _ angle: Double, _ factor: Double) {
            force += amplitude * sin(angle)
            slope += amplitude * factor * cos(angle)
        }
        add(d2201, 2 * omega + longitude - Self.phase22, 1)
        add(d2211, longitude - Self.phase22, 1)
        add(d3210, omega + longitude - Self.phase32, 1)
        add(d3222, -omega + longitude - Self.phase32, 1)
        add(d4410, 2 * omega + 2 * longitude - Self.phase44, 2)
        add(d4422, 2 * longitude - Self.phase44, 2)
        add(d5220, omega + longitude - Self.phase52, 1)
        add(d5232, -omega + longitude - Self.phase52, 1)
        add(d5421, omega + 2 * longitude - Self.phase54, 2)
        add(d5433, -omega + 2 * longitude - Self.phase54, 2)
        return (force, slope)
    }
}

/// Polynomials of the eccentricity e; each has one set of coefficients for less and one for more eccentric
/// orbits.
private struct EccentricityFunctions {
    let g201: Double
    let g211: Double
    let g310: Double
    let g322: Double
    let g410: Double
    let g422: Double
    let g520: Double
    let g521: Double
    let g532: Double
    let g533: Double

    init(_ e: Double) {
        func cubic(_ a: Double, _ b: Double, _ c: Double, _ d: Double) -> Double {
            a + b * e + c * e * e + d * e * e * e
        }
        g201 = -0.306 - (e - 0.64) * 0.440
        if e <= 0.65 {
            g211 = cubic(3.616, -13.2470, 16.2900, 0)
            g310 = cubic(-19.302, 117.3900, -228.4190, 156.5910)
            g322 = cubic(-18.9068, 109.7927, -214.6334, 146.5816)
            g410 = cubic(-41.122, 242.6940, -471.0940, 313.9530)
            g422 = cubic(-146.407, 841.8800, -1629.014, 1083.4350)
            g520 = cubic(-532.114, 3017.977, -5740.032, 3708.2760)
        } else {
            g211 = cubic(-72.099, 331.819, -508.738, 266.724)
            g310 = cubic(-346.844, 1582.851, -2415.925, 1246.113)
            g322 = cubic(-342.585, 1554.908, -2366.899, 1215.972)
            g410 = cubic(-1052.797, 4758.686, -7193.992, 3651.957)
            g422 = cubic(-3581.690, 16178.110, -24462.770, 12422.520)
            g520 =
                e > 0.715
                ? cubic(-5149.66, 29936.92, -54087.36, 31324.56)
                : cubic(1464.74, -4664.75, 3763.64, 0)
        }
        if e < 0.7 {
            g533 = cubic(-919.22770, 4988.6100, -9064.7700, 5542.21)
            g521 = cubic(-822.71072, 4568.6173, -8491.4146, 5337.524)
            g532 = cubic(-853.66600, 4690.2500, -8624.7700, 5341.4)
        } else {
            g533 = cubic(-37995.780, 161616.52, -229838.20, 109377.94)
            g521 = cubic(-51752.104, 218913.95, -309468.16, 146349.42)
            g532 = cubic(-40023.880, 170470.89, -242699.48, 115605.82)
        }
    }
}

/// Functions of the inclination.
private struct InclinationFunctions {
    let f220: Double
    let f221: Double
    let f321: Double
    let f322: Double
    let f441: Double
    let f442: Double
    let f522: Double
    let f523: Double
    let f542: Double
    let f543: Double

    init(sine: Double, cosine: Double) {
        let (s2, c, c2) = (sine * sine, cosine, cosine * cosine)
        f220 = 0.75 * (1 + 2 * c + c2)
        f221 = 1.5 * s2
        f321 = 1.875 * sine * (1 - 2 * c - 3 * c2)
        f322 = -1.875 * sine * (1 + 2 * c - 3 * c2)
        f441 = 35 * s2 * f220
        f442 = 39.3750 * s2 * s2
        let a = s2 * (1 - 2 * c - 5 * c2) + 0.33333333 * (-2 + 4 * c + 6 * c2)
        f522 = 9.84375 * sine * a
        let b = 4.92187512 * s2 * (-2 - 4 * c + 10 * c2)
        f523 = sine * (b + 6.56250012 * (1 + 2 * c - 3 * c2))
        f542 = 29.53125 * sine * (2 - 8 * c + c2 * (-12 + 8 * c + 10 * c2))
        f543 = 29.53125 * sine * (-2 - 8 * c + c2 * (12 + 8 * c - 10 * c2))
    }
}
