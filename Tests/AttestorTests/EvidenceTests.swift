import Attestor
import Configuration
import Platform
import TestSupport
import Testing

@Suite("An observer's own evidence") struct EvidenceTests {
    private let folder: TemporaryDirectory

    init() throws { folder = try TemporaryDirectory() }

    private static let first =
        "1 37849U 11061A   18020.95418132  .00000016  00000-0  28338-4 0  9999"
    private static let second =
        "2 37849  98.7246 321.4999 0000616 108.1950 317.8168 14.19560018322997"

    private func sets(_ text: String) throws -> ElementSets {
        let folder = folder.path
        try WholeFile.write(Array(text.utf8), to: folder + "/sets.tle")
        return try ElementSets(paths: [folder + "/sets.tle"])
    }

    @Test("reads sets with and without names, and knows their epochs") func reads() throws {
        let sets = try sets("NPP\r\n\(Self.first)\r\n\(Self.second)\r\n")
        #expect(sets.sets.map(\.satellite) == [37_849])
        // 20 January 2018, 22:54:01.266 UTC.
        #expect(sets.sets.map(\.epochNanoseconds) == [1_516_488_841_266_048_000])
        #expect(sets.newest(of: 37_849, before: 1_516_488_841_266_048_000) != nil)
        #expect(sets.newest(of: 37_849, before: 1_516_488_841_266_047_999) == nil)
        #expect(sets.newest(of: 1, before: .max) == nil)
    }

    @Test(
        "refuses sets that are cut off, damaged or mixed",
        arguments: [
            first, second, "\(first)\nname\n\(second)", "\(first)\n2 37848\(second.dropFirst(7))",
            "\(first.dropLast())8\n\(second)", "\(first)\n\(second.dropLast())8",
        ]
    )
    func refuses(_ text: String) {
        #expect(throws: AttestorError.self) { _ = try sets(text) }
    }

    @Test("stations that are outside of the Earth's ranges, or there twice, are refused")
    func stations() throws {
        let good = "[[station]]\nname='a'\nlatitude=1.5\nlongitude=-2\nheight=3\nmask=5.25\n"
        let folder = folder.path
        let path = folder + "/stations.toml"
        try WholeFile.write(Array(good.utf8), to: path)
        let station = try #require(try GroundStations(path: path)["a"])
        #expect(station.latitudeE7 == 15_000_000)
        #expect(station.longitudeE7 == -20_000_000)
        #expect(station.maskCentidegrees == 525)
        for bad in [good + good, good + "x=1\n", good.replacing("1.5", with: "91")] {
            try WholeFile.write(Array(bad.utf8), to: path)
            #expect(throws: ConfigurationError.self) { _ = try GroundStations(path: path) }
        }
    }
}
