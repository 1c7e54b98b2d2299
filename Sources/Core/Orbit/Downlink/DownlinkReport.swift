internal import Encoding

/// What a provider says it did, in a report of the claim `downlink_completed`.
public struct DownlinkReport: Equatable, Sendable {
    /// A measured shift of the carrier.
    public struct DopplerSample: Equatable, Sendable {
        /// When, in nanoseconds since 1970, UTC.
        public var timeNanoseconds: Int64
        /// How much higher than it was sent the carrier arrived.
        public var hertz: Int64
    }

    /// The catalogue number of the satellite.
    public var satellite: Int64
    /// The name of the station.
    public var station: String
    /// When the reception began, in nanoseconds since 1970, UTC.
    public var startNanoseconds: Int64
    /// When it ended.
    public var endNanoseconds: Int64
    /// How many bytes were received.
    public var bytes: UInt64
    /// Symbols a second.
    public var symbolsPerSecond: Int64
    /// Bits of a symbol.
    public var bitsPerSymbol: Int64
    /// The share of the bits that is data and not the code's, as a fraction.
    public var codeRateNumerator: Int64
    /// The fraction's denominator.
    public var codeRateDenominator: Int64
    /// The share of the data that is left when the frames' heads are taken off, in thousandths.
    public var framingPerMille: Int64
    /// The carrier.
    public var frequencyHertz: Int64
    /// The name of the modulation.
    public var modulation: Modulation
    /// The measured energy of a bit over the density of the noise, in hundredths of a decibel.
    public var ebn0Centidecibels: Int64
    /// Measured shifts of the carrier, at least one.
    public var dopplerSamples: [DopplerSample]
}

/// The bounds of a report; what is beyond is refused before anything is computed.
public enum DownlinkLimits {
    /// A reception lasts a second to an hour.
    public static let windowSeconds: ClosedRange<Int64> = 1...3600
    /// The epoch of the elements is at most this far from the start.
    public static let elementSetAgeSecondsMax: Int64 = 7 * 86_400
    /// A measured shift may differ from the computed one by this much.
    public static let dopplerToleranceHertz: Int64 = 500
    /// How many measured shifts a report has.
    public static let dopplerSamples = 1...64
    /// Shifts of a low orbit stay below 250 kHz at 10 GHz.
    public static let dopplerHertzMax: UInt64 = 10_000_000
    /// From 100 symbols a second to 10⁹.
    public static let symbolsPerSecond: ClosedRange<Int64> = 100...1_000_000_000
    /// From 30 MHz to 50 GHz.
    public static let frequencyHertz: ClosedRange<Int64> = 30_000_000...50_000_000_000
    /// From −20 dB to 60 dB.
    public static let ebn0Centidecibels: ClosedRange<Int64> = -2000...6000
    /// The parts that framing leaves, in thousandths.
    public static let framingPerMille: ClosedRange<Int64> = 1...1000
}

/// Why the input of a check is no report, station and element set.
public enum DownlinkInputError: Error, Equatable, Sendable {
    /// The input is no JSON in canonical form.
    case malformed
    /// A member is missing, has the wrong type, or is out of its range; `name` says which.
    case invalid(name: String)
    /// There is a member that the format does not have.
    case unknown(name: String)
    /// The lines are no element set.
    case elementSet(ElementSetError)
}

extension DownlinkInputError: CustomStringConvertible {
    /// One sentence without a full stop: what is wrong, and where.
    public var description: String {
        switch self {
        case .malformed: "the input is no JSON in canonical form"
        case .invalid(let name): "\(name) is missing or out of its range"
        case .unknown(let name): "\(name) is no member of the format"
        case .elementSet(let error): error.description
        }
    }
}
