internal import Cryptography
internal import Encoding

/// Whether the claim `downlink_completed` can be true: by where the satellite was, and by what the link can
/// carry.
///
/// It holds if all of these do, and is refused for the first that does not:
///
/// 1. the report is about the given station and the satellite of the given elements,
/// 2. the epoch of the elements is within seven days of the start,
/// 3. the satellite is above the station's mask for at least one second (a second counts by its middle),
/// 4. the bytes are at most what the symbols of these seconds carry,
/// 5. each reported Doppler shift is within 500 Hz of the computed one,
/// 6. the reported Eb/N0 reaches the threshold of modulation and code.
public enum DownlinkCheck {
    /// What was computed; it is part of the answer whether the claim holds or not.
    struct Evidence {
        var report: DownlinkReport
        var elementSet: SHA256.Digest
        var elementSetAgeSeconds: Int64
        var windowSeconds: Int64 = 0
        var visibleSeconds: Int64 = 0
        var elevationMax = -90.0
        var rangeMin = Double.infinity
        var capacityBytes: UInt64 = 0
        var dopplerErrorMax = 0.0
        var ebn0MarginCentidecibels: Int64 = 0
    }

    /// Checks the claim in an input, and answers in canonical JSON.
    ///
    /// The answer is `{"accepted": true, "evidence": {…}}`, or with `false` and a `reason` in words. Input
    /// that is malformed is refused like a claim that is wrong, with empty evidence.
    ///
    /// - Parameter json: The input; `DownlinkInput` says what it is.
    /// - Returns: The answer.
    /// - Complexity: O(n) in the seconds of the claim.
    public static func answer(to json: [UInt8]) -> [UInt8] {
        let input: DownlinkInput
        do throws(DownlinkInputError) {
            input = try DownlinkInput(json)
        } catch {
            return answer(evidence: JSONObject(), reason: error.description)
        }
        var evidence = Evidence(
            report: input.report,
            elementSet: input.elements.digest,
            elementSetAgeSeconds: age(input)
        )
        do throws(PropagationError) {
            let reason = try judge(input, &evidence)
            return answer(evidence: members(of: evidence), reason: reason)
        } catch {
            return answer(evidence: members(of: evidence), reason: error.description)
        }
    }

    /// How far the epoch is from the start.
    private static func age(_ input: DownlinkInput) -> Int64 {
        let distance = input.report.startNanoseconds - input.elements.epochNanoseconds
        return Int64(distance.magnitude) / second
    }

    /// Fills the evidence, and says why the claim is refused; none if it holds.
    private static func judge(
        _ input: DownlinkInput,
        _ evidence: inout Evidence
    ) throws(PropagationError) -> String? {
        let report = input.report
        guard Text(report.station) == Text(input.station.name) else {
            return "the report is about another station"
        }
        guard report.satellite == Int64(input.elements.satellite) else {
            return "the elements are those of satellite \(input.elements.satellite)"
        }
        let distance = (report.startNanoseconds - input.elements.epochNanoseconds).magnitude
        guard distance <= UInt64(DownlinkLimits.elementSetAgeSecondsMax * second) else {
            let days = evidence.elementSetAgeSeconds / 86_400
            return "the elements are \(days) days away from the reception, more than 7"
        }
        let threshold = report.modulation.thresholdCentidecibels(
            codeRateNumerator: report.codeRateNumerator,
            denominator: report.codeRateDenominator
        )
        guard let threshold else {
            return "there is no such code rate for \(report.modulation.name)"
        }
        evidence.ebn0MarginCentidecibels = report.ebn0Centidecibels - threshold
        let propagator = Propagator(input.elements)
        try observe(propagator, input, &evidence)
        try compareDoppler(propagator, input, &evidence)
        return verdict(evidence)
    }

    /// Looks at the middle of each second.
    private static func observe(
        _ propagator: Propagator,
        _ input: DownlinkInput,
        _ evidence: inout Evidence
    ) throws(PropagationError) {
        let report = input.report
        evidence.windowSeconds = (report.endNanoseconds - report.startNanoseconds) / second
        for index in 0..<evidence.windowSeconds {
            let time = report.startNanoseconds + index * second + second / 2
            let look = try propagator.look(from: input.station, nanoseconds: time)
            evidence.elevationMax = max(evidence.elevationMax, look.elevation)
            evidence.rangeMin = min(evidence.rangeMin, look.range)
            if look.elevation >= input.station.maskDegrees { evidence.visibleSeconds += 1 }
        }
        // At most 3600 s · 10⁹ symbols · 5 bits · 9 · 1000, which is below 2^63.
        let dividend =
            evidence.visibleSeconds * report.symbolsPerSecond * report.bitsPerSymbol
            * report.codeRateNumerator * report.framingPerMille
        evidence.capacityBytes = UInt64(dividend / (report.codeRateDenominator * 8000))
    }

    private static func compareDoppler(
        _ propagator: Propagator,
        _ input: DownlinkInput,
        _ evidence: inout Evidence
    ) throws(PropagationError) {
        for sample in input.report.dopplerSamples {
            let look = try propagator.look(
                from: input.station,
                nanoseconds: sample.timeNanoseconds
            )
            let computed = look.doppler(frequencyHertz: Double(input.report.frequencyHertz))
            let error = (computed - Double(sample.hertz)).magnitude
            evidence.dopplerErrorMax = max(evidence.dopplerErrorMax, error)
        }
    }

    private static func verdict(_ evidence: Evidence) -> String? {
        let report = evidence.report
        guard evidence.visibleSeconds > 0 else {
            return "the satellite is never above the mask of \(report.station)"
        }
        guard report.bytes <= evidence.capacityBytes else {
            return "\(report.bytes) bytes are more than the \(evidence.capacityBytes) that "
                + "\(evidence.visibleSeconds) seconds can carry"
        }
        guard evidence.dopplerErrorMax <= Double(DownlinkLimits.dopplerToleranceHertz) else {
            return "a Doppler shift differs by \(rounded(evidence.dopplerErrorMax)) Hz from "
                + "the orbit's"
        }
        guard evidence.ebn0MarginCentidecibels >= 0 else {
            return "Eb/N0 is below what \(report.modulation.name) needs with this code"
        }
        return nil
    }

    private static let second: Int64 = 1_000_000_000

    private static func rounded(_ value: Double) -> Int64 {
        Int64(value.rounded(.toNearestOrEven))
    }

    private static func members(of evidence: Evidence) -> JSONObject {
        var object = JSONObject()
        func set(_ name: Text, _ value: Int64) {
            object[name] = JSONNumber(exactly: value).map(JSONValue.number)
        }
        let report = evidence.report
        object["capacityBytes"] = .string(Text("\(evidence.capacityBytes)"))
        object["claimedBytes"] = .string(Text("\(report.bytes)"))
        set("dopplerErrorMaxHertz", rounded(evidence.dopplerErrorMax))
        set("ebn0MarginCentidecibels", evidence.ebn0MarginCentidecibels)
        object["elementSet"] = .string(Text(evidence.elementSet.hex))
        set("elementSetAgeSeconds", evidence.elementSetAgeSeconds)
        set("elevationMaxCentidegrees", rounded(evidence.elevationMax * 100))
        set("rangeMinMeters", evidence.rangeMin.isFinite ? rounded(evidence.rangeMin * 1000) : 0)
        set("satellite", report.satellite)
        object["station"] = .string(Text(report.station))
        set("visibleSeconds", evidence.visibleSeconds)
        set("windowSeconds", evidence.windowSeconds)
        return object
    }

    private static func answer(evidence: JSONObject, reason: String?) -> [UInt8] {
        var object = JSONObject()
        object["accepted"] = .boolean(reason == nil)
        object["evidence"] = .object(evidence)
        object["reason"] = reason.map { reason in .string(Text(reason)) }
        return JSONValue.object(object).canonical
    }
}
