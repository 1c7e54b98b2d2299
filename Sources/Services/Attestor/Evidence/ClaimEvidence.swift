public import Cryptography
internal import Encoding
internal import Statements

/// What a program said about a claim.
public enum EvidenceVerdict: Equatable, Sendable {
    /// The evidence is good.
    case accepted
    /// It is not, with the program's reason.
    case refused(String)
    /// The program could not be run to its end, with the reason.
    case unavailable(String)
}

/// A program that judges one kind of claim.
public protocol EvidenceProgram: Sendable {
    /// What it judges, such as `downlink_completed`.
    var claim: String { get }
    /// The SHA-256 of the program, by which claims name it.
    var digest: SHA256.Digest { get }

    /// Judges a claim.
    ///
    /// - Parameter input: Canonical JSON with the report's details, the station and the element set.
    /// - Returns: What it says.
    func judge(_ input: [UInt8]) -> EvidenceVerdict
}

/// The evidence that an observer has of its own: element sets and ground stations.
public struct ClaimEvidenceSource: Equatable, Sendable {
    /// The element sets.
    public var elements: ElementSets
    /// The ground stations.
    public var stations: GroundStations

    /// Joins both.
    public init(
        elements: ElementSets = ElementSets(),
        stations: GroundStations = GroundStations()
    ) {
        self.elements = elements
        self.stations = stations
    }

    /// What a program is given to judge a report.
    enum Input: Equatable {
        case ready([UInt8])
        /// There is no evidence for it here; the text says which.
        case missing(String)
    }

    /// The window that a report names; none if it names none.
    static func window(of details: JSONObject) -> (start: UInt64, end: UInt64)? {
        guard let start = decimal(details, "startNanoseconds"),
            let end = decimal(details, "endNanoseconds"), start <= end
        else { return nil }
        return (start, end)
    }

    /// Puts together what a program needs.
    ///
    /// - Parameters:
    ///   - details: What the provider reports.
    ///   - isWrong: Whether to take another satellite's elements, to show what becomes of it.
    /// - Returns: The program's input.
    func input(for details: JSONObject, isWrong: Bool) -> Input {
        guard let window = Self.window(of: details),
            let satelliteNumber = details["satellite"]?.number?.integer,
            let satellite = UInt32(exactly: satelliteNumber),
            let stationName = details["station"]?.string?.string
        else { return .missing("the report names no satellite, station or window") }
        guard let station = stations[stationName] else {
            return .missing("this observer knows no station \(stationName)")
        }
        guard
            let set = isWrong
                ? elements.sets.first(where: { set in set.satellite != satellite })
                : elements.newest(of: satellite, before: window.start)
        else {
            return .missing("this observer has no element set of \(satellite) before the window")
        }
        let place = Self.object([
            ("heightMeters", Self.number(station.heightMeters)),
            ("latitudeE7", Self.number(station.latitudeE7)),
            ("longitudeE7", Self.number(station.longitudeE7)),
            ("maskCentidegrees", Self.number(station.maskCentidegrees)),
            ("name", .string(Text(stationName))),
        ])
        let lines: JSONValue = .array([.string(Text(set.line1)), .string(Text(set.line2))])
        let input = Self.object([
            ("report", .object(details)), ("station", place), ("tle", lines),
        ])
        return .ready(input.canonical)
    }

    private static func object(_ members: [(Text, JSONValue)]) -> JSONValue {
        guard let object = JSONObject(members.map { JSONObject.Member($0.0, $0.1) }) else {
            preconditionFailure("the names are different")
        }
        return .object(object)
    }

    private static func number(_ value: Int64) -> JSONValue {
        guard let number = JSONNumber(exactly: value) else {
            preconditionFailure("a station's figures are small")
        }
        return .number(number)
    }

    private static func decimal(_ object: JSONObject, _ name: Text) -> UInt64? {
        guard let text = object[name]?.string?.string, let value = UInt64(text), "\(value)" == text
        else { return nil }
        return value
    }
}
