import ComponentHost
import Orbit
import Testing

/// The check of downlinks in the sandbox: its answers, and that they have the bytes of the native ones.
@Suite("the downlink component") struct DownlinkComponentTests {
    private static let first =
        "1 37849U 11061A   18020.95418132  .00000016  00000-0  28338-4 0  9999"
    private static let second =
        "2 37849  98.7246 321.4999 0000616 108.1950 317.8168 14.19560018322997"
    private static let oldFirst =
        "1 37849U 11061A   18010.95418132  .00000016  00000-0  28338-4 0  9998"
    private static let low = (
        "1 44748U 19074AM  26203.52631903  .00046385  00000+0  41630-3 0  9992",
        "2 44748  53.0459 257.8185 0003233  22.1036 338.0119 15.67831807369690"
    )

    /// A real pass of Suomi NPP over Svalbard as a claim, with some of it replaced.
    private static func claim(
        bytes: String = "1072481320",
        hertz: Int = 160_417,
        satellite: Int = 37849,
        start: Int = 1_516_495_200,
        lines: (String, String) = (first, second)
    ) -> [UInt8] {
        let report =
            #"{"bitsPerSymbol":2,"bytes":"\#(bytes)","codeRateDenominator":2,"#
            + #""codeRateNumerator":1,"dopplerSamples":[{"hertz":\#(hertz),"#
            + #""timeNanoseconds":"\#(start + 60)000000000"}],"ebn0Centidecibels":620,"#
            + #""endNanoseconds":"\#(start + 600)000000000","framingPerMille":988,"#
            + #""frequencyHertz":8212500000,"modulation":"QPSK","satellite":\#(satellite),"#
            + #""startNanoseconds":"\#(start)000000000","station":"svalbard","#
            + #""symbolsPerSecond":15000000}"#
        let station =
            #"{"heightMeters":450,"latitudeE7":782297000,"longitudeE7":153975000,"#
            + #""maskCentidegrees":500,"name":"svalbard"}"#
        let text =
            #"{"report":\#(report),"station":\#(station),"#
            + #""tle":["\#(lines.0)","\#(lines.1)"]}"#
        return [UInt8](text.utf8)
    }

    private static let rows: [(claim: [UInt8], answer: String)] = [
        (claim(), #"{"accepted":true,"evidence":{"capacityBytes":"1111500000","#),
        (claim(bytes: "2144962640"), "2144962640 bytes are more than the 1111500000"),
        (claim(hertz: 120_000), "a Doppler shift differs by"),
        (claim(lines: (oldFirst, second)), "the elements are 10 days away"),
        (
            claim(satellite: 44748, start: 1_784_728_800, lines: low),
            "the satellite is never above the mask of svalbard"
        ),
        (claim(start: 1_516_493_400), "the satellite is never above the mask of svalbard"),
        (claim(lines: (first, first)), "line 2 of the element set"),
        ([], "canonical form"), ([0xff], "canonical form"), ([UInt8]("{}".utf8), "report"),
    ]

    @Test("judges claims, and as it would natively", arguments: rows.indices)
    func claims(index: Int) throws {
        let component = try Programs.component("downlink")
        let (claim, expected) = Self.rows[index]
        let report = try component.report(
            Programs.action(.raw(claim)),
            HostContext(),
            Programs.limits
        )
        try #require(report.responses.count == 1)
        let response = report.responses[0]
        #expect(response.payload == DownlinkCheck.answer(to: claim))
        #expect(String(decoding: response.payload, as: UTF8.self).contains(expected))
        #expect(response.ordering == nil)
        #expect(response.eventIDSalt == nil)
        // Another instance needs the same fuel for it.
        let again = try component.report(
            Programs.action(.raw(claim)),
            HostContext(),
            Programs.limits
        )
        #expect(again == report)
    }

    @Test("fails for triggers that are not raw")
    func otherTriggers() throws {
        let component = try Programs.component("downlink")
        #expect(throws: ComponentError.guest("a claim comes with a raw trigger")) {
            try component.run(
                Programs.action(.cron(triggerNanoseconds: 1)),
                HostContext(),
                Programs.limits
            )
        }
    }
}
