internal import Encoding

/// What the check of a claim works on: the report, and the observer's own station list and element set.
///
/// It is canonical JSON (RFC 8785): `{"report": …, "station": …, "tle": [line, line]}`. Times and numbers of
/// bytes are texts of decimal digits, everything else is whole numbers, so that nothing is rounded on the way.
public struct DownlinkInput: Sendable {
    /// What the provider says.
    public let report: DownlinkReport
    /// Where it says it received, as the observer knows the place.
    public let station: Station
    /// The orbit, as the observer knows it.
    public let elements: ElementSet

    /// Reads an input.
    ///
    /// - Throws: The first thing that is wrong.
    public init(_ json: [UInt8]) throws(DownlinkInputError) {
        let value: JSONValue
        do throws(JSONError) {
            value = try JSONValue(decodingCanonical: json)
        } catch {
            throw .malformed
        }
        var root = try Members(value, "the input")
        report = try DownlinkReport(root.take("report"))
        station = try Self.station(root.take("station"))
        let lines = root.takeArray("tle")
        guard let lines, lines.count == 2, let first = lines[0].string,
            let second = lines[1].string
        else { throw .invalid(name: "tle") }
        try root.end()
        do throws(ElementSetError) {
            elements = try ElementSet(first.utf8, second.utf8)
        } catch {
            throw .elementSet(error)
        }
    }

    private static func station(_ value: JSONValue?) throws(DownlinkInputError) -> Station {
        var members = try Members(value, "station")
        let station = Station(
            name: try members.takeText("name"),
            latitudeE7: try members.takeInteger("latitudeE7"),
            longitudeE7: try members.takeInteger("longitudeE7"),
            heightMeters: try members.takeInteger("heightMeters"),
            maskCentidegrees: try members.takeInteger("maskCentidegrees")
        )
        try members.end()
        guard let station else { throw .invalid(name: "station") }
        return station
    }
}

extension DownlinkReport {
    /// Reads the details of a report.
    ///
    /// - Throws: The first thing that is wrong.
    init(_ value: JSONValue?) throws(DownlinkInputError) {
        var members = try Members(value, "report")
        satellite = try members.takeInteger("satellite", 1...339_999)
        station = try members.takeText("station")
        startNanoseconds = try members.takeTime("startNanoseconds")
        endNanoseconds = try members.takeTime("endNanoseconds")
        bytes = try members.takeDecimal("bytes")
        symbolsPerSecond = try members.takeInteger(
            "symbolsPerSecond",
            DownlinkLimits.symbolsPerSecond
        )
        bitsPerSymbol = try members.takeInteger("bitsPerSymbol")
        codeRateNumerator = try members.takeInteger("codeRateNumerator")
        codeRateDenominator = try members.takeInteger("codeRateDenominator")
        framingPerMille = try members.takeInteger(
            "framingPerMille",
            DownlinkLimits.framingPerMille
        )
        frequencyHertz = try members.takeInteger(
            "frequencyHertz",
            DownlinkLimits.frequencyHertz
        )
        let modulationName = try members.takeText("modulation")
        ebn0Centidecibels = try members.takeInteger(
            "ebn0Centidecibels",
            DownlinkLimits.ebn0Centidecibels
        )
        dopplerSamples = try Self.samples(members.takeArray("dopplerSamples"))
        try members.end()

        let known = Modulation.allCases.first { modulation in
            [UInt8](modulation.name.utf8) == [UInt8](modulationName.utf8)
        }
        guard let known else { throw .invalid(name: "modulation") }
        modulation = known
        guard bitsPerSymbol == known.bitsPerSymbol else { throw .invalid(name: "bitsPerSymbol") }
        let second: Int64 = 1_000_000_000
        let window = endNanoseconds.subtractingReportingOverflow(startNanoseconds)
        guard !window.overflow,
            DownlinkLimits.windowSeconds.contains(window.partialValue / second)
        else { throw .invalid(name: "endNanoseconds") }
        for sample in dopplerSamples
        where !(startNanoseconds...endNanoseconds).contains(sample.timeNanoseconds) {
            throw .invalid(name: "timeNanoseconds")
        }
    }

    private static func samples(
        _ values: [JSONValue]?
    ) throws(DownlinkInputError) -> [DopplerSample] {
        guard let values, DownlinkLimits.dopplerSamples.contains(values.count) else {
            throw .invalid(name: "dopplerSamples")
        }
        var samples: [DopplerSample] = []
        for value in values {
            var members = try Members(value, "dopplerSamples")
            let hertz = try members.takeInteger("hertz")
            guard hertz.magnitude <= DownlinkLimits.dopplerHertzMax else {
                throw .invalid(name: "hertz")
            }
            let time = try members.takeTime("timeNanoseconds")
            try members.end()
            samples.append(DopplerSample(timeNanoseconds: time, hertz: hertz))
        }
        return samples
    }
}

/// The members of a JSON object, each of which is taken once; what is left at the end is refused.
private struct Members {
    private var object: JSONObject

    init(_ value: JSONValue?, _ name: String) throws(DownlinkInputError) {
        guard let object = value?.object else { throw .invalid(name: name) }
        self.object = object
    }

    mutating func take(_ name: String) -> JSONValue? {
        let key = Text(name)
        defer { object[key] = nil }
        return object[key]
    }

    mutating func takeArray(_ name: String) -> [JSONValue]? { take(name)?.array }

    /// A text of 1 to 64 bytes.
    mutating func takeText(_ name: String) throws(DownlinkInputError) -> String {
        guard let text = take(name)?.string, (1...64).contains(text.utf8.count) else {
            throw .invalid(name: name)
        }
        return text.string
    }

    mutating func takeInteger(_ name: String) throws(DownlinkInputError) -> Int64 {
        guard let value = take(name)?.number?.integer else { throw .invalid(name: name) }
        return value
    }

    mutating func takeInteger(
        _ name: String,
        _ range: ClosedRange<Int64>
    ) throws(DownlinkInputError) -> Int64 {
        let value = try takeInteger(name)
        guard range.contains(value) else { throw .invalid(name: name) }
        return value
    }

    /// A number as a text of decimal digits without zeros in front.
    mutating func takeDecimal(_ name: String) throws(DownlinkInputError) -> UInt64 {
        guard let digits = take(name)?.string?.utf8, (1...20).contains(digits.count),
            digits.count == 1 || digits[0] != UInt8(ascii: "0")
        else { throw .invalid(name: name) }
        var value: UInt64 = 0
        for character in digits {
            let digit = character &- UInt8(ascii: "0")
            let (shifted, overflow) = value.multipliedReportingOverflow(by: 10)
            let (next, carry) = shifted.addingReportingOverflow(UInt64(digit))
            guard digit <= 9, !overflow, !carry else { throw .invalid(name: name) }
            value = next
        }
        return value
    }

    /// Nanoseconds since 1970, up to the year 2100.
    mutating func takeTime(_ name: String) throws(DownlinkInputError) -> Int64 {
        let value = try takeDecimal(name)
        guard value <= 4_102_444_800_000_000_000 else { throw .invalid(name: name) }
        return Int64(value)
    }

    func end() throws(DownlinkInputError) {
        if let member = object.members.first { throw .unknown(name: member.name.string) }
    }
}
