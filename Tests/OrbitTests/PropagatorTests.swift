import Orbit
import Testing

/// Our states against those of the programme that is published with "Revisiting Spacetrack Report 3".
@Suite("propagation of orbits") struct PropagatorTests {
    /// A millimetre, in kilometres.
    ///
    /// The programme prints 10⁻⁸ km.
    private static let positionTolerance = 1e-6
    private static let velocityTolerance = 2e-9

    private func check(_ one: VerificationCase) throws {
        let propagator = Propagator(one.elements)
        for expected in one.states {
            let state = try propagator.state(minutes: expected.minutes)
            let distance = (state.position - expected.position).length
            #expect(distance < Self.positionTolerance, "after \(expected.minutes) minutes")
            let difference = (state.velocity - expected.velocity).length
            #expect(difference < Self.velocityTolerance, "after \(expected.minutes) minutes")
        }
    }

    private func check(_ cases: [VerificationCase], count: Int) throws {
        var checked = 0
        for one in cases {
            if one.satellite == 33334 {
                let propagator = Propagator(one.elements)
                #expect(throws: PropagationError.perturbedEccentricity) {
                    try propagator.state(minutes: 0)
                }
            } else {
                try check(one)
                checked += one.states.count
            }
        }
        #expect(checked == count)
    }

    @Test("agrees with the published states of nine kinds of orbits")
    func ownStates() throws {
        try check(
            VerificationCase.cases(
                elements: OrbitData.ownLines("sgp4/elements.txt"),
                states: OrbitData.ownLines("sgp4/states.txt")
            ),
            count: 64
        )
    }

    @Test("agrees with all published states", OrbitData.needsShared)
    func sharedStates() throws {
        try check(
            VerificationCase.cases(
                elements: OrbitData.sharedLines("SGP4-VER.TLE"),
                states: OrbitData.sharedLines("tcppver.out")
            ),
            count: 666
        )
    }

    @Test("gives the same state whatever was asked before")
    func orderOfQuestions() throws {
        let cases = try VerificationCase.cases(
            elements: OrbitData.ownLines("sgp4/elements.txt"),
            states: OrbitData.ownLines("sgp4/states.txt")
        )
        let resonant = try #require(cases.first { one in one.satellite == 8195 })
        let propagator = Propagator(resonant.elements)
        let forwards = try [100.0, 2880, -1500].map { time in try propagator.state(minutes: time) }
        let backwards = try [-1500.0, 2880, 100].map { time in
            try propagator.state(minutes: time)
        }
        #expect(forwards == backwards.reversed())
    }

    @Test(
        "says why an orbit has no position",
        arguments: [
            // Below the surface soon after the epoch.
            (UInt32(28872), 55.0, PropagationError.decayed),
            // Drag has eaten the orbit.
            (29141, 30_000.0, .meanEccentricity),
            // An eccentricity of 0.995, and perigee deep in the earth.
            (33333, 25.0, .semilatusRectum),
            // A turn in ten thousand days.
            (33334, 0.0, .perturbedEccentricity),
        ]
    ) func errors(satellite: UInt32, minutes: Double, expected: PropagationError) throws {
        let lines = try OrbitData.ownLines("sgp4/errors.txt")
        let index = try #require(
            lines.firstIndex { line in line.hasPrefix("1 \(satellite)") }
        )
        let elements = try ElementSet(
            withChecksum(lines[index]),
            withChecksum(lines[index + 1])
        )
        #expect(throws: expected) { try Propagator(elements).state(minutes: minutes) }
        #expect(expected.description.hasPrefix("the elements lead to "))
    }
}
