import Foundation
import Orbit
import Testing

@Suite("what is seen from a station") struct PassTests {
    static func svalbard(maskCentidegrees: Int64 = 500) throws -> Station {
        try #require(
            Station(
                name: "svalbard",
                latitudeE7: 782_297_000,
                longitudeE7: 153_975_000,
                heightMeters: 450,
                maskCentidegrees: maskCentidegrees
            )
        )
    }

    /// Satellites with the rows of the file that belong to them.
    private func vectors() throws -> [(elements: ElementSet, rows: [[String]])] {
        var found: [(elements: ElementSet, rows: [[String]])] = []
        var first = ""
        for line in try OrbitData.ownLines("passes/passes.csv") {
            let text = line.hasPrefix("# ") ? String(line.dropFirst(2)) : line
            if line.hasPrefix("# 1 ") {
                first = text
            } else if line.hasPrefix("# 2 ") {
                found.append((try ElementSet(first, text), []))
            } else if !line.hasPrefix("#") {
                found[found.count - 1].rows.append(line.split(separator: ",").map(String.init))
            }
        }
        return found
    }

    private func nanoseconds(_ text: String) throws -> Int64 {
        let date = try #require(try? Date.ISO8601FormatStyle().parse(text))
        return Int64(date.timeIntervalSince1970) * 1_000_000_000
    }

    @Test("agrees with two independent programs about two real passes")
    func lookAngles() throws {
        let station = try Self.svalbard()
        var rows = 0
        for (elements, expected) in try vectors() {
            let propagator = Propagator(elements)
            for row in expected {
                let numbers = try row.dropFirst().map { text in try #require(Double(text)) }
                let look = try propagator.look(from: station, nanoseconds: nanoseconds(row[0]))
                // The same model: only rounding differs.
                #expect((look.azimuth - numbers[0]).magnitude < 1e-5)
                #expect((look.elevation - numbers[1]).magnitude < 1e-5)
                #expect((look.range - numbers[2]).magnitude < 1e-4)
                #expect((look.rangeRate - numbers[3]).magnitude < 1e-6)
                #expect((look.doppler(frequencyHertz: 8_212_500_000) - numbers[4]).magnitude < 0.1)
                // A finer model of the earth's attitude.
                #expect((look.azimuth - numbers[5]).magnitude < 0.002)
                #expect((look.elevation - numbers[6]).magnitude < 0.002)
                #expect((look.range - numbers[7]).magnitude < 0.02)
                #expect((look.rangeRate - numbers[8]).magnitude < 1e-4)
                rows += 1
            }
        }
        #expect(rows == 40)
    }

    @Test("finds rise, culmination and set of the passes of a day")
    func passes() throws {
        let station = try Self.svalbard()
        let (elements, rows) = try #require(try vectors().first)
        let propagator = Propagator(elements)
        let day = try nanoseconds("2018-01-21T00:00:00Z")
        let passes = try propagator.passes(
            over: station,
            from: day,
            to: day + 86_400 * 1_000_000_000
        )
        // A polar orbit is seen from Svalbard at nearly each of its 14 turns.
        #expect(passes.count == 14)
        let pass = try #require(passes.first)
        // The rows are 30 s apart and all above the mask; the rows beside them are not.
        let firstRow = try nanoseconds(rows[0][0])
        let lastRow = try nanoseconds(rows[rows.count - 1][0])
        let step: Int64 = 30_000_000_000
        #expect((firstRow - step...firstRow).contains(pass.riseNanoseconds))
        #expect((lastRow...lastRow + step).contains(pass.setNanoseconds))
        #expect((pass.elevationMax - 40.0).magnitude < 0.1)
        for pass in passes {
            #expect(pass.riseNanoseconds < pass.culminationNanoseconds)
            #expect(pass.culminationNanoseconds < pass.setNanoseconds)
            let second: Int64 = 1_000_000_000
            for (inside, outside) in [
                (pass.riseNanoseconds, pass.riseNanoseconds - second),
                (pass.setNanoseconds, pass.setNanoseconds + second),
            ] {
                #expect(try propagator.look(from: station, nanoseconds: inside).elevation >= 5)
                #expect(try propagator.look(from: station, nanoseconds: outside).elevation < 5)
            }
        }
    }

    @Test("a pass that is cut by the window ends where the window does")
    func cutPass() throws {
        let (elements, _) = try #require(try vectors().first)
        let start = try nanoseconds("2018-01-21T00:41:00Z")
        let end = try nanoseconds("2018-01-21T00:42:00Z")
        let passes = try Propagator(elements).passes(
            over: Self.svalbard(),
            from: start,
            to: end
        )
        #expect(passes.count == 1)
        #expect(passes.first?.riseNanoseconds == start)
        #expect(passes.first?.setNanoseconds == end)
    }

    @Test("a satellite with an inclination of 53° never rises over Svalbard")
    func neverVisible() throws {
        let elements = try ElementSet(
            "1 44748U 19074AM  26203.52631903  .00046385  00000+0  41630-3 0  9992",
            "2 44748  53.0459 257.8185 0003233  22.1036 338.0119 15.67831807369690"
        )
        let day = try nanoseconds("2026-07-22T00:00:00Z")
        let passes = try Propagator(elements).passes(
            over: Self.svalbard(maskCentidegrees: 0),
            from: day,
            to: day + 3 * 86_400 * 1_000_000_000
        )
        #expect(passes.isEmpty)
    }

    @Test("refuses stations that are nowhere")
    func stations() {
        for (latitude, longitude, height, mask) in [
            (900_000_001, 0, 0, 500), (0, -1_800_000_001, 0, 500), (0, 0, 9001, 500),
            (0, 0, -501, 500), (0, 0, 0, -1), (0, 0, 0, 9001),
        ] as [(Int64, Int64, Int64, Int64)] {
            #expect(
                Station(
                    name: "nowhere",
                    latitudeE7: latitude,
                    longitudeE7: longitude,
                    heightMeters: height,
                    maskCentidegrees: mask
                ) == nil
            )
        }
    }

    @Test("adds up a link's budget")
    func linkBudget() {
        // 8212.5 MHz over 2000 km: 92.45 + 20 log 8.2125 + 20 log 2000 dB.
        let budget = LinkBudget(
            radiatedDecibelWatts: 10,
            gainToTemperatureDecibels: 33,
            lossesDecibels: 3,
            frequencyHertz: 8_212_500_000,
            bitsPerSecond: 15_000_000
        )
        let loss = budget.freeSpaceLossDecibels(range: 2000)
        #expect((loss - 176.76).magnitude < 0.01)
        let ebn0 = budget.ebn0Decibels(range: 2000)
        #expect((ebn0 - (10 - 176.76 - 3 + 33 + 228.60 - 71.76)).magnitude < 0.02)
        #expect((budget.ebn0Decibels(range: 1000) - ebn0 - 6.0206).magnitude < 1e-3)
    }
}
