import Attestation
import Encoding
import Primitives
import SimulatedBundles
import Statements
import Testing

@Suite("diversity rules") struct DiversityTests {
    /// Eight seats that share nothing, changed by the test.
    private func seats(
        _ change: (inout [EpochStatement.Seat]) -> Void
    ) throws -> [EpochStatement.Seat] {
        let certifiers = try SimulatedCertifiers(venue: VenueName("v"))
        var seats = Array(certifiers.roster.seats.prefix(8))
        for index in seats.indices {
            seats[index].group = Text("g\(index)")
            seats[index].region = Text("r\(index)")
        }
        change(&seats)
        return seats
    }

    @Test("seats that share no more than allowed are diverse") func good() throws {
        let all = try seats { seats in
            (seats[0].group, seats[5].group) = ("same", "same")
            for index in 2..<6 { seats[index].region = "same" }
            // One operator may hold seats of two categories.
            (seats[0].operator, seats[1].operator) = ("same", "same")
        }
        #expect(DiversityRules.violations(of: all) == [])
        #expect(DiversityRules.violations(of: []) == [])
    }

    @Test("a third seat of a group breaks D1") func groups() throws {
        let all = try seats { seats in
            for index in [1, 4, 7] { seats[index].group = "Orbital AG" }
        }
        let violations = DiversityRules.violations(of: all)
        #expect(violations == [.init(rule: .d1, name: "Orbital AG", seats: [2, 5, 8])])
        #expect(
            violations.first?.description
                == #"D1: more than 2 seats of the group "Orbital AG" signed: 2, 5, 8"#
        )
    }

    @Test("a fifth seat in a region breaks D2") func regions() throws {
        let all = try seats { seats in
            for index in 0..<5 { seats[index].region = "north" }
        }
        let violations = DiversityRules.violations(of: all)
        #expect(violations == [.init(rule: .d2, name: "north", seats: [1, 2, 3, 4, 5])])
        #expect(violations.first?.description.contains("north") == true)
    }

    @Test("a second seat of an operator in one category breaks D3") func categories() throws {
        let all = try seats { seats in
            (seats[2].operator, seats[3].operator) = ("x", "x")
            (seats[2].category, seats[3].category) = (.regulator, .regulator)
        }
        let violations = DiversityRules.violations(of: all)
        #expect(violations == [.init(rule: .d3, name: "regulator, x", seats: [3, 4])])
        #expect(violations.first?.description.contains("D3") == true)
    }

    @Test("every violation is told, by rule and then by seat") func several() throws {
        let all = try seats { seats in
            for index in 0..<8 { seats[index].region = "north" }
            for index in [5, 6, 7] { seats[index].group = "late" }
            for index in [0, 2, 3] { seats[index].group = "early" }
        }
        let found = DiversityRules.violations(of: all).map { violation in violation.name }
        #expect(found == ["early", "late", "north"])
    }
}
