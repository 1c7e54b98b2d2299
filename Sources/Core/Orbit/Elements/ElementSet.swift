public import Cryptography

/// The mean elements of a satellite's orbit at an epoch, as two lines of 69 characters give them.
///
/// The columns are those of CelesTrak's description of the format (NORAD two-line element sets). Reading is
/// strict: a line with a wrong checksum, or with a character where none may stand, is refused, because a
/// claim is judged by it.
///
/// The elements are mean elements of SGP4: they mean something to `Propagator` only.
public struct ElementSet: Equatable, Sendable {
    /// The catalogue number of the satellite.
    public let satellite: UInt32
    /// When the elements hold, in nanoseconds since 1970, UTC; exact, since the format counts in 864 µs.
    public let epochNanoseconds: Int64
    /// The drag term B*, one over earth radii.
    public let drag: Double
    /// The inclination in radians, 0 … π.
    public let inclination: Double
    /// The right ascension of the ascending node in radians, 0 … 2π.
    public let ascendingNode: Double
    /// The eccentricity, at least 0 and below 1.
    public let eccentricity: Double
    /// The argument of perigee in radians, 0 … 2π.
    public let argumentOfPerigee: Double
    /// The mean anomaly in radians, 0 … 2π.
    public let meanAnomaly: Double
    /// The mean motion in Kozai's sense, in radians a minute; above 0.
    public let meanMotion: Double
    /// SHA-256 of both lines, each ended by a line feed: what names the set in evidence.
    public let digest: SHA256.Digest

    /// Reads an element set.
    ///
    /// - Parameters:
    ///   - first: The first line in ASCII, without its end.
    ///   - second: The second line.
    /// - Throws: The first thing that is wrong, the first line's before the second's.
    public init(_ first: [UInt8], _ second: [UInt8]) throws(ElementSetError) {
        let one = try ElementLine(first, number: 1, separators: [2, 9, 18, 33, 44, 53, 62, 64])
        let two = try ElementLine(second, number: 2, separators: [2, 8, 17, 26, 34, 43, 52])

        satellite = try one.satellite()
        guard [UInt8]("UCS".utf8).contains(one[8]) else {
            throw .malformed(line: 1, column: 8, field: .classification)
        }
        epochNanoseconds = try Self.epoch(one)
        _ = try one.isNegative(34, .meanMotionDerivative)
        _ = try one.fixed(35...43, point: 35, .meanMotionDerivative)
        _ = try one.exponential(at: 45, .meanMotionSecondDerivative)
        drag = try one.exponential(at: 54, .drag)
        _ = try one.integer(63...63, .ephemerisType, canBeBlank: true)
        _ = try one.integer(65...68, .setNumber, canBeBlank: true)

        let secondSatellite = try two.satellite()
        guard satellite == secondSatellite else {
            throw .otherSatellite(first: satellite, second: secondSatellite)
        }
        inclination = try Self.angle(two, 9...16, maxDegrees: 180, .inclination)
        ascendingNode = try Self.angle(two, 18...25, maxDegrees: 360, .ascendingNode)
        eccentricity = try Double(two.integer(27...33, .eccentricity)) / 10_000_000
        argumentOfPerigee = try Self.angle(two, 35...42, maxDegrees: 360, .argumentOfPerigee)
        meanAnomaly = try Self.angle(two, 44...51, maxDegrees: 360, .meanAnomaly)
        let revolutions = try two.fixed(53...63, point: 55, .meanMotion)
        guard revolutions > 0 else {
            throw .outOfRange(line: 2, column: 53, field: .meanMotion)
        }
        meanMotion = Double(revolutions) / 100_000_000 * Angle.full / 1440
        _ = try two.integer(64...68, .revolutionNumber, canBeBlank: true)

        digest = SHA256.hash(of: first + [0x0a] + second + [0x0a])
    }

    /// The epoch: two digits of the year, 57 … 99 in the 20th century, and the day of the year from 1.
    private static func epoch(_ line: ElementLine) throws(ElementSetError) -> Int64 {
        let short = try Int64(line.integer(19...20, .epochYear))
        let year = short < 57 ? 2000 + short : 1900 + short
        let day = try Int64(line.fixed(21...32, point: 24, .epochDay))
        let isLeapYear = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        guard day >= 100_000_000, day < (isLeapYear ? 367 : 366) * 100_000_000 else {
            throw .outOfRange(line: 1, column: 21, field: .epochDay)
        }
        // The leap days from 1970 to the year before this one; 1957 … 2056 has no century without one.
        let leapDays = (year - 1969 + 400) / 4 - 100
        let daysToYear = (year - 1970) * 365 + leapDays
        let nanosecondsPerUnit: Int64 = 864_000
        return daysToYear * 86_400_000_000_000 + (day - 100_000_000) * nanosecondsPerUnit
    }

    private static func angle(
        _ line: ElementLine,
        _ columns: ClosedRange<Int>,
        maxDegrees: UInt64,
        _ field: ElementSetError.Field
    ) throws(ElementSetError) -> Double {
        let degrees = try line.fixed(columns, point: columns.lowerBound + 3, field)
        guard degrees <= maxDegrees * 10_000 else {
            throw .outOfRange(line: 2, column: columns.lowerBound, field: field)
        }
        return Double(degrees) / 10_000 * Angle.degree
    }
}
