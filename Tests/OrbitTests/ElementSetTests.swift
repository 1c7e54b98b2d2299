import Cryptography
import Foundation
import Orbit
import Testing

@Suite("element sets") struct ElementSetTests {
    static let first = "1 37849U 11061A   18020.95418132  .00000016  00000-0  28338-4 0  9999"
    static let second = "2 37849  98.7246 321.4999 0000616 108.1950 317.8168 14.19560018322997"

    /// Puts a text at a column of a line, and a right checksum behind.
    private static func changed(_ line: String, _ column: Int, _ text: String) -> String {
        var characters = Array(line)
        for (index, character) in text.enumerated() { characters[column - 1 + index] = character }
        return withChecksum(String(characters))
    }

    @Test("reads every field in its unit")
    func fields() throws {
        let elements = try ElementSet(Self.first, Self.second)
        #expect(elements.satellite == 37849)
        // 20 January 2018, and 0.95418132 of a day.
        #expect(elements.epochNanoseconds == 1_516_406_400_000_000_000 + 82_441_266_048_000)
        #expect(elements.drag == 0.28338e-4)
        #expect(elements.inclination == 98.7246 * Double.pi / 180)
        #expect(elements.ascendingNode == 321.4999 * Double.pi / 180)
        #expect(elements.eccentricity == 0.0000616)
        #expect(elements.argumentOfPerigee == 108.1950 * Double.pi / 180)
        #expect(elements.meanAnomaly == 317.8168 * Double.pi / 180)
        #expect((elements.meanMotion * 1440 / (2 * Double.pi) - 14.19560018).magnitude < 1e-12)
        let bytes = [UInt8]("\(Self.first)\n\(Self.second)\n".utf8)
        #expect(elements.digest == SHA256.hash(of: bytes))
    }

    @Test(
        "counts years from 1957 and days with leap years",
        arguments: [
            ("57001.00000000", -410_227_200), ("00060.00000000", 951_782_400),
            ("16366.50000000", 1_483_185_600), ("56001.00000000", 2_713_910_400),
            ("70001.00000000", 0), ("69365.00000000", -86_400),
        ]
    ) func epochs(text: String, seconds: Int64) throws {
        let line = Self.changed(Self.first, 19, text)
        let elements = try ElementSet(line, Self.second)
        #expect(elements.epochNanoseconds == seconds * 1_000_000_000)
    }

    @Test("reads satellites from 100,000 on, whose number begins with a letter")
    func letters() throws {
        for (text, number) in [("A0000", 100_000), ("J2931", 182_931), ("Z9999", 339_999)] {
            let elements = try ElementSet(
                Self.changed(Self.first, 3, text),
                Self.changed(Self.second, 3, text)
            )
            #expect(elements.satellite == UInt32(number))
        }
    }

    @Test(
        "refuses a character that cannot stand where it does, and says the column",
        arguments: [
            (1, 1, "3", ElementSetError.malformed(line: 1, column: 1, field: .lineNumber)),
            (1, 9, "x", .malformed(line: 1, column: 9, field: .separator)),
            (1, 5, " ", .malformed(line: 1, column: 5, field: .satellite)),
            (1, 3, "I", .malformed(line: 1, column: 3, field: .satellite)),
            (1, 8, "T", .malformed(line: 1, column: 8, field: .classification)),
            (1, 20, "a", .malformed(line: 1, column: 20, field: .epochYear)),
            (1, 24, ",", .malformed(line: 1, column: 24, field: .epochDay)),
            (1, 21, "366", .outOfRange(line: 1, column: 21, field: .epochDay)),
            (1, 21, "000", .outOfRange(line: 1, column: 21, field: .epochDay)),
            (1, 34, "5", .malformed(line: 1, column: 34, field: .meanMotionDerivative)),
            (1, 40, "e", .malformed(line: 1, column: 40, field: .meanMotionDerivative)),
            (1, 51, "x", .malformed(line: 1, column: 51, field: .meanMotionSecondDerivative)),
            (1, 61, " ", .malformed(line: 1, column: 61, field: .drag)),
            (1, 63, "x", .malformed(line: 1, column: 63, field: .ephemerisType)),
            (1, 66, "x", .malformed(line: 1, column: 66, field: .setNumber)),
            (2, 12, "-", .malformed(line: 2, column: 12, field: .inclination)),
            (2, 9, "180.0001", .outOfRange(line: 2, column: 9, field: .inclination)),
            (2, 18, "360.0001", .outOfRange(line: 2, column: 18, field: .ascendingNode)),
            (2, 30, " ", .malformed(line: 2, column: 30, field: .eccentricity)),
            (2, 38, " ", .malformed(line: 2, column: 38, field: .argumentOfPerigee)),
            (2, 48, " ", .malformed(line: 2, column: 48, field: .meanAnomaly)),
            (2, 53, " 0.00000000", .outOfRange(line: 2, column: 53, field: .meanMotion)),
            (2, 64, "x", .malformed(line: 2, column: 64, field: .revolutionNumber)),
            (2, 3, "37848", .otherSatellite(first: 37849, second: 37848)),
        ]
    ) func malformed(line: Int, column: Int, text: String, error: ElementSetError) throws {
        let first = line == 1 ? Self.changed(Self.first, column, text) : Self.first
        let second = line == 2 ? Self.changed(Self.second, column, text) : Self.second
        #expect(throws: error) { try ElementSet(first, second) }
        #expect(error.description.contains("line"))
    }

    @Test("refuses lines of another length, other characters, and wrong checksums")
    func frames() throws {
        #expect(throws: ElementSetError.wrongLength(line: 1, count: 68)) {
            try ElementSet(String(Self.first.dropLast()), Self.second)
        }
        #expect(throws: ElementSetError.wrongLength(line: 2, count: 70)) {
            try ElementSet(Self.first, Self.second + "\r")
        }
        #expect(throws: ElementSetError.notASCII(line: 1, column: 12)) {
            try ElementSet(Self.changed(Self.first, 12, "\t"), Self.second)
        }
        #expect(throws: ElementSetError.malformed(line: 1, column: 69, field: .checksum)) {
            try ElementSet(String(Self.first.dropLast()) + "x", Self.second)
        }
        // Each digit of both lines, raised by one, makes the checksum wrong.
        for (line, text) in [(1, Self.first), (2, Self.second)] {
            for (index, character) in text.utf8.enumerated() where (48...57).contains(character) {
                if index == 0 { continue }
                var bytes = [UInt8](text.utf8)
                bytes[index] = (character - 48 + 1) % 10 + 48
                let other = [UInt8]((line == 1 ? Self.second : Self.first).utf8)
                #expect(throws: ElementSetError.self) {
                    try line == 1 ? ElementSet(bytes, other) : ElementSet(other, bytes)
                }
            }
        }
    }

    @Test("reads the 979 element sets of a satellite tracker", OrbitData.needsShared)
    func realSets() throws {
        let lines = try OrbitData.sharedLines("gpredict-satellites-2018.dat")
        let firsts = lines.filter { line in line.hasPrefix("TLE1=") }.map { $0.dropFirst(5) }
        let seconds = lines.filter { line in line.hasPrefix("TLE2=") }.map { $0.dropFirst(5) }
        #expect(firsts.count == 979)
        for (first, second) in zip(firsts, seconds) {
            let elements = try ElementSet(String(first), String(second))
            // At its own epoch each is somewhere above the ground.
            let state = try Propagator(elements).state(minutes: 0)
            #expect(state.position.length > 6400)
        }
    }
}
