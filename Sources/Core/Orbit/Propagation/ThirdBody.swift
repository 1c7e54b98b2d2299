internal import CMath

/// The pull of the sun or of the moon on an orbit (Spacetrack Report 3, SDP4; "Revisiting …", `dscom`).
struct ThirdBody {
    /// Where the body's own orbit lies, seen from the satellite's node.
    struct Geometry {
        var cosineG: Double
        var sineG: Double
        var cosineI: Double
        var sineI: Double
        var cosineH: Double
        var sineH: Double
    }

    /// What is known of the body: its mean motion in radians a minute, its eccentricity, and the constant
    /// of its pull.
    struct Body {
        let motion: Double
        let eccentricity: Double
        let pull: Double

        static let sun = Body(motion: 1.19459e-5, eccentricity: 0.01675, pull: 2.9864797e-6)
        static let moon = Body(motion: 1.5835218e-4, eccentricity: 0.05490, pull: 4.7968065e-7)
    }

    /// How fast the body changes the elements, in radians a minute (the eccentricity: a minute).
    struct Secular {
        let eccentricity: Double
        let inclination: Double
        let meanAnomaly: Double
        let perigee: Double
        let node: Double
    }

    let body: Body
    /// The body's mean anomaly at the epoch.
    let anomaly: Double
    let secular: Secular
    let periodic: Periodic

    /// The coefficients of what changes with the body's place.
    struct Periodic {
        let e2: Double
        let e3: Double
        let i2: Double
        let i3: Double
        let l2: Double
        let l3: Double
        let l4: Double
        let gh2: Double
        let gh3: Double
        let gh4: Double
        let h2: Double
        let h3: Double
    }

    init(
        _ body: Body,
        anomaly: Double,
        _ geometry: Geometry,
        _ elements: ElementSet,
        _ shape: OrbitShape
    ) {
        self.body = body
        self.anomaly = anomaly
        let z = Directions(geometry, elements, shape)
        let s3 = body.pull / shape.meanMotion
        let s2 = -0.5 * s3 / shape.beta
        let s4 = s3 * shape.beta
        let s1 = -15 * shape.eccentricity * s4
        let e2 = shape.eccentricitySquared
        let n = body.motion
        // The node's change is dropped where it has no meaning, for orbits near the equator.
        let isFlat =
            elements.inclination < 5.2359877e-2 || elements.inclination > .pi - 5.2359877e-2
        secular = Secular(
            eccentricity: s1 * n * z.s5,
            inclination: s2 * n * (z.z11 + z.z13),
            meanAnomaly: -n * s3 * (z.z1 + z.z3 - 14 - 6 * e2),
            perigee: s4 * n * (z.z31 + z.z33 - 6),
            node: isFlat ? 0 : -n * s2 * (z.z21 + z.z23)
        )
        periodic = Periodic(
            e2: 2 * s1 * z.s6,
            e3: 2 * s1 * z.s7,
            i2: 2 * s2 * z.z12,
            i3: 2 * s2 * (z.z13 - z.z11),
            l2: -2 * s3 * z.z2,
            l3: -2 * s3 * (z.z3 - z.z1),
            l4: -2 * s3 * (-21 - 9 * e2) * body.eccentricity,
            gh2: 2 * s4 * z.z32,
            gh3: 2 * s4 * (z.z33 - z.z31),
            gh4: -18 * s4 * body.eccentricity,
            h2: -2 * s2 * z.z22,
            h3: -2 * s2 * (z.z23 - z.z21)
        )
    }

    /// The changes of eccentricity, inclination, longitude, perigee and node through the body's place.
    struct Change {
        var e = 0.0
        var i = 0.0
        var l = 0.0
        var gh = 0.0
        var h = 0.0

        static func + (left: Change, right: Change) -> Change {
            Change(
                e: left.e + right.e,
                i: left.i + right.i,
                l: left.l + right.l,
                gh: left.gh + right.gh,
                h: left.h + right.h
            )
        }
    }

    /// The changes at a time.
    func change(minutes: Double) -> Change {
        let mean = anomaly + body.motion * minutes
        let anomaly = mean + 2 * body.eccentricity * sin(mean)
        let sine = sin(anomaly)
        let f2 = 0.5 * sine * sine - 0.25
        let f3 = -0.5 * sine * cos(anomaly)
        return Change(
            e: periodic.e2 * f2 + periodic.e3 * f3,
            i: periodic.i2 * f2 + periodic.i3 * f3,
            l: periodic.l2 * f2 + periodic.l3 * f3 + periodic.l4 * sine,
            gh: periodic.gh2 * f2 + periodic.gh3 * f3 + periodic.gh4 * sine,
            h: periodic.h2 * f2 + periodic.h3 * f3
        )
    }
}

/// The products of directions from which the pull is made; the names are the report's.
private struct Directions {
    let s5: Double
    let s6: Double
    let s7: Double
    let z1: Double
    let z2: Double
    let z3: Double
    let z11: Double
    let z12: Double
    let z13: Double
    let z21: Double
    let z22: Double
    let z23: Double
    let z31: Double
    let z32: Double
    let z33: Double

    init(_ g: ThirdBody.Geometry, _ elements: ElementSet, _ shape: OrbitShape) {
        let (sineI, cosineI) = (shape.sine, shape.cosine)
        let a1 = g.cosineG * g.cosineH + g.sineG * g.cosineI * g.sineH
        let a3 = -g.sineG * g.cosineH + g.cosineG * g.cosineI * g.sineH
        let a7 = -g.cosineG * g.sineH + g.sineG * g.cosineI * g.cosineH
        let a8 = g.sineG * g.sineI
        let a9 = g.sineG * g.sineH + g.cosineG * g.cosineI * g.cosineH
        let a10 = g.cosineG * g.sineI
        let a2 = cosineI * a7 + sineI * a8
        let a4 = cosineI * a9 + sineI * a10
        let a5 = -sineI * a7 + cosineI * a8
        let a6 = -sineI * a9 + cosineI * a10

        let cosine = cos(elements.argumentOfPerigee)
        let sine = sin(elements.argumentOfPerigee)
        let x1 = a1 * cosine + a2 * sine
        let x2 = a3 * cosine + a4 * sine
        let x3 = -a1 * sine + a2 * cosine
        let x4 = -a3 * sine + a4 * cosine
        let (x5, x6) = (a5 * sine, a6 * sine)
        let (x7, x8) = (a5 * cosine, a6 * cosine)

        let e2 = shape.eccentricitySquared
        z31 = 12 * x1 * x1 - 3 * x3 * x3
        z32 = 24 * x1 * x2 - 6 * x3 * x4
        z33 = 12 * x2 * x2 - 3 * x4 * x4
        z1 = 2 * (3 * (a1 * a1 + a2 * a2) + z31 * e2) + shape.beta2 * z31
        z2 = 2 * (6 * (a1 * a3 + a2 * a4) + z32 * e2) + shape.beta2 * z32
        z3 = 2 * (3 * (a3 * a3 + a4 * a4) + z33 * e2) + shape.beta2 * z33
        z11 = -6 * a1 * a5 + e2 * (-24 * x1 * x7 - 6 * x3 * x5)
        let z12e = -24 * (x2 * x7 + x1 * x8) - 6 * (x3 * x6 + x4 * x5)
        z12 = -6 * (a1 * a6 + a3 * a5) + e2 * z12e
        z13 = -6 * a3 * a6 + e2 * (-24 * x2 * x8 - 6 * x4 * x6)
        z21 = 6 * a2 * a5 + e2 * (24 * x1 * x5 - 6 * x3 * x7)
        let z22e = 24 * (x2 * x5 + x1 * x6) - 6 * (x4 * x7 + x3 * x8)
        z22 = 6 * (a4 * a5 + a2 * a6) + e2 * z22e
        z23 = 6 * a4 * a6 + e2 * (24 * x2 * x6 - 6 * x4 * x8)
        s5 = x1 * x3 + x2 * x4
        s6 = x2 * x3 + x1 * x4
        s7 = x2 * x4 - x1 * x3
    }
}
