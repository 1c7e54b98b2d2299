import Encoding
import Foundation
import Orbit
import Testing

@Suite("the claim downlink_completed") struct DownlinkTests {
    /// A real pass of Suomi NPP over Svalbard, as a provider reports it; what is named is replaced.
    static func input(
        report changes: [String: String] = [:],
        station stationChanges: [String: String] = [:],
        lines: (String, String) = (ElementSetTests.first, ElementSetTests.second)
    ) throws -> [UInt8] {
        var report = [
            "bitsPerSymbol": "2", "bytes": #""1072481320""#, "codeRateDenominator": "2",
            "codeRateNumerator": "1",
            "dopplerSamples": #"[{"hertz":160417,"timeNanoseconds":"1516495260000000000"}]"#,
            "ebn0Centidecibels": "620", "endNanoseconds": #""1516495800000000000""#,
            "framingPerMille": "988", "frequencyHertz": "8212500000", "modulation": #""QPSK""#,
            "satellite": "37849", "startNanoseconds": #""1516495200000000000""#,
            "station": #""svalbard""#, "symbolsPerSecond": "15000000",
        ]
        var station = [
            "heightMeters": "450", "latitudeE7": "782297000", "longitudeE7": "153975000",
            "maskCentidegrees": "500", "name": #""svalbard""#,
        ]
        report.merge(changes) { _, new in new }
        station.merge(stationChanges) { _, new in new }
        func object(_ members: [String: String]) -> String {
            let texts = members.filter { member in !member.value.isEmpty }
                .map { member in "\"\(member.key)\":\(member.value)" }
            return "{\(texts.joined(separator: ","))}"
        }
        let text =
            #"{"report":\#(object(report)),"station":\#(object(station)),"#
            + #""tle":["\#(lines.0)","\#(lines.1)"]}"#
        return try JSONValue(decoding: [UInt8](text.utf8)).canonical
    }

    static func answer(_ input: [UInt8]) throws -> JSONObject {
        let value = try JSONValue(decodingCanonical: DownlinkCheck.answer(to: input))
        return try #require(value.object)
    }

    /// Checks that a claim is refused, and that the reason says so.
    private func expectRefusal(
        _ input: [UInt8],
        _ reason: String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let answer = try Self.answer(input)
        #expect(answer["accepted"] == .boolean(false), sourceLocation: sourceLocation)
        let text = answer["reason"]?.string?.string ?? ""
        #expect(text.contains(reason), "\(text)", sourceLocation: sourceLocation)
    }

    @Test("accepts a real pass, and gives the figures")
    func realPass() throws {
        let answer = DownlinkCheck.answer(to: try Self.input())
        let expected =
            #"{"accepted":true,"evidence":{"capacityBytes":"1111500000","#
            + #""claimedBytes":"1072481320","dopplerErrorMaxHertz":1,"#
            + #""ebn0MarginCentidecibels":515,"#
            + #""elementSet":"86bfa10b076bd20e25aabee9c24e4bcc0c7a262877bc75b64d9bb4a14044e06d","#
            + #""elementSetAgeSeconds":6358,"elevationMaxCentidegrees":4003,"#
            + #""rangeMinMeters":1211226,"satellite":37849,"station":"svalbard","#
            + #""visibleSeconds":600,"windowSeconds":600}}"#
        #expect(String(decoding: answer, as: UTF8.self) == expected)
    }

    @Test("refuses what the pass cannot have carried, to the byte")
    func capacity() throws {
        let most = try Self.answer(try Self.input(report: ["bytes": #""1111500000""#]))
        #expect(most["accepted"] == .boolean(true))
        try expectRefusal(Self.input(report: ["bytes": #""1111500001""#]), "1111500001 bytes")
        try expectRefusal(Self.input(report: ["bytes": #""2144962640""#]), "600 seconds")
    }

    @Test("counts only the seconds above the mask")
    func mask() throws {
        let high = try Self.answer(try Self.input(station: ["maskCentidegrees": "2000"]))
        #expect(high["accepted"] == .boolean(false))
        let seconds = high["evidence"]?.object?["visibleSeconds"]?.number?.integer ?? 0
        #expect((380...420).contains(seconds))
        try expectRefusal(
            Self.input(station: ["maskCentidegrees": "4100"]),
            "never above the mask"
        )
        // Half an hour before the pass.
        try expectRefusal(
            Self.input(report: [
                "startNanoseconds": #""1516493400000000000""#,
                "endNanoseconds": #""1516494000000000000""#,
                "dopplerSamples": #"[{"hertz":0,"timeNanoseconds":"1516493460000000000"}]"#,
            ]),
            "never above the mask"
        )
    }

    @Test("refuses a satellite that never rises over the station")
    func neverVisible() throws {
        let start: Int64 = 1_784_728_800
        try expectRefusal(
            Self.input(
                report: [
                    "satellite": "44748", "startNanoseconds": "\"\(start)000000000\"",
                    "endNanoseconds": "\"\(start + 600)000000000\"",
                    "dopplerSamples":
                        "[{\"hertz\":0,\"timeNanoseconds\":\"\(start + 60)000000000\"}]",
                ],
                lines: (
                    "1 44748U 19074AM  26203.52631903  .00046385  00000+0  41630-3 0  9992",
                    "2 44748  53.0459 257.8185 0003233  22.1036 338.0119 15.67831807369690"
                )
            ),
            "never above the mask"
        )
    }

    @Test("refuses a Doppler shift that is 500 Hz off the orbit's")
    func doppler() throws {
        func samples(_ hertz: Int) -> [String: String] {
            [
                "dopplerSamples":
                    #"[{"hertz":160417,"timeNanoseconds":"1516495260000000000"},"#
                    + #"{"hertz":\#(hertz),"timeNanoseconds":"1516495320000000000"}]"#
            ]
        }
        let good = try Self.answer(try Self.input(report: samples(148_748 + 499)))
        #expect(good["accepted"] == .boolean(true))
        try expectRefusal(Self.input(report: samples(148_748 + 501)), "Doppler")
        try expectRefusal(Self.input(report: samples(120_000)), "Doppler")
    }

    @Test("refuses elements whose epoch is more than seven days away, before and after")
    func age() throws {
        // The epoch is in the evening of day 20; the reception at 0:40 of day 21.
        for (day, accepted) in [("014", true), ("013", false), ("028", true), ("029", false)] {
            var line = Array(ElementSetTests.first)
            line.replaceSubrange(20..<32, with: Array("\(day).10000000"))
            if day == "028" { line.replaceSubrange(20..<32, with: Array("028.02000000")) }
            let text = withChecksum(String(line))
            let answer = try Self.answer(
                try Self.input(
                    report: ["bytes": #""0""#],
                    lines: (text, ElementSetTests.second)
                )
            )
            let reason = answer["reason"]?.string?.string ?? ""
            #expect(reason.contains("days away") == !accepted, "day \(day): \(reason)")
        }
    }

    @Test("refuses a signal that is too weak for modulation and code")
    func threshold() throws {
        let enough = try Self.answer(try Self.input(report: ["ebn0Centidecibels": "105"]))
        #expect(enough["accepted"] == .boolean(true))
        try expectRefusal(Self.input(report: ["ebn0Centidecibels": "104"]), "Eb/N0")
        try expectRefusal(
            Self.input(report: ["codeRateNumerator": "7", "codeRateDenominator": "8"]),
            "code rate"
        )
    }

    @Test(
        "refuses reports with a member that is missing, wrong or out of range",
        arguments: [
            ("bytes", "12"), ("bytes", #""012""#), ("bytes", #""99999999999999999999""#),
            ("bytes", #""-1""#), ("bytes", ""), ("endNanoseconds", #""1516495200000000000""#),
            ("endNanoseconds", #""1516495100000000000""#),
            ("endNanoseconds", #""1516499801000000000""#),
            ("endNanoseconds", #""9223372036854775807""#), ("framingPerMille", "1001"),
            ("framingPerMille", "0"), ("symbolsPerSecond", "99"), ("symbolsPerSecond", "1.5e9"),
            ("symbolsPerSecond", "150.5"), ("bitsPerSymbol", "3"), ("modulation", #""OOK""#),
            ("frequencyHertz", "1000"), ("satellite", "0"), ("satellite", #""37849""#),
            ("station", "7"), ("station", #""""#), ("ebn0Centidecibels", "6001"),
            ("codeRateNumerator", "null"), ("dopplerSamples", "[]"), ("dopplerSamples", "{}"),
            ("dopplerSamples", #"[{"hertz":1,"timeNanoseconds":"1516495199999999999"}]"#),
            ("dopplerSamples", #"[{"hertz":1}]"#), ("another", "1"),
        ]
    ) func invalid(name: String, value: String) throws {
        let answer = try Self.answer(try Self.input(report: [name: value]))
        #expect(answer["accepted"] == .boolean(false))
        #expect(answer["evidence"] == .object(JSONObject()))
    }

    @Test("refuses input that is no canonical JSON or no object of the format")
    func malformed() throws {
        for text in ["", "{}", "[]", "null", "{ }", #"{"report":{},"station":{},"tle":[]}"#] {
            let answer = try Self.answer([UInt8](text.utf8))
            #expect(answer["accepted"] == .boolean(false))
        }
        let spaced = Array(" ".utf8) + (try Self.input())
        try expectRefusal(spaced, "canonical")
        try expectRefusal([0xff, 0xfe], "canonical")
        try expectRefusal(Self.input(station: ["name": #""kiruna""#]), "another station")
        try expectRefusal(Self.input(report: ["satellite": "37848"]), "satellite 37849")
        try expectRefusal(
            Self.input(lines: (ElementSetTests.first + " ", ElementSetTests.second)),
            "70 characters"
        )
    }

    @Test("knows a threshold for each code of the standard, rising with the rate")
    func thresholds() {
        #expect(
            Modulation.qpsk.thresholdCentidecibels(codeRateNumerator: 9, denominator: 10) == 390
        )
        for modulation in Modulation.allCases {
            let rates = [(3, 4), (5, 6), (8, 9), (9, 10)] as [(Int64, Int64)]
            let found = rates.compactMap { rate in
                modulation.thresholdCentidecibels(
                    codeRateNumerator: rate.0,
                    denominator: rate.1
                )
            }
            #expect(found.count == 4)
            #expect(found == found.sorted())
        }
        #expect(
            Modulation.qpsk.thresholdCentidecibels(codeRateNumerator: 2, denominator: 4) == nil
        )
    }
}
