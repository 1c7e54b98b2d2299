/// Why two lines are no element set; columns count from 1, as in the format's description.
public enum ElementSetError: Error, Equatable, Sendable {
    /// A line has another length than 69 characters.
    case wrongLength(line: Int, count: Int)
    /// A line has a character that is not printable ASCII.
    case notASCII(line: Int, column: Int)
    /// The last digit of a line is not the checksum of the characters before it.
    case wrongChecksum(line: Int, found: UInt8, expected: UInt8)
    /// The character at a column cannot stand there; `field` says in which field.
    case malformed(line: Int, column: Int, field: Field)
    /// A field is well formed, but no such value exists; `column` is where the field begins.
    case outOfRange(line: Int, column: Int, field: Field)
    /// The lines name different satellites.
    case otherSatellite(first: UInt32, second: UInt32)

    /// A field of the format.
    public enum Field: Equatable, Sendable {
        /// The number of the line.
        case lineNumber
        /// The blank between two fields.
        case separator
        /// The catalogue number.
        case satellite
        /// The classification.
        case classification
        /// The year of the epoch.
        case epochYear
        /// The day of the year of the epoch, with a fraction.
        case epochDay
        /// Half of the first derivative of the mean motion.
        case meanMotionDerivative
        /// A sixth of the second derivative of the mean motion.
        case meanMotionSecondDerivative
        /// The drag term.
        case drag
        /// The type of the ephemeris.
        case ephemerisType
        /// The number of the set.
        case setNumber
        /// The inclination.
        case inclination
        /// The right ascension of the ascending node.
        case ascendingNode
        /// The eccentricity.
        case eccentricity
        /// The argument of perigee.
        case argumentOfPerigee
        /// The mean anomaly.
        case meanAnomaly
        /// The mean motion.
        case meanMotion
        /// The number of revolutions.
        case revolutionNumber
        /// The checksum.
        case checksum

        /// The field in words.
        public var name: String {
            switch self {
            case .lineNumber: "line number"
            case .separator: "blank between fields"
            case .satellite: "satellite number"
            case .classification: "classification"
            case .epochYear: "year of the epoch"
            case .epochDay: "day of the epoch"
            case .meanMotionDerivative: "derivative of the mean motion"
            case .meanMotionSecondDerivative: "second derivative of the mean motion"
            case .drag: "drag term"
            case .ephemerisType: "ephemeris type"
            case .setNumber: "number of the set"
            case .inclination: "inclination"
            case .ascendingNode: "ascending node"
            case .eccentricity: "eccentricity"
            case .argumentOfPerigee: "argument of perigee"
            case .meanAnomaly: "mean anomaly"
            case .meanMotion: "mean motion"
            case .revolutionNumber: "revolution number"
            case .checksum: "checksum"
            }
        }
    }
}

extension ElementSetError: CustomStringConvertible {
    /// One sentence without a full stop: which line and column is wrong, and in what.
    public var description: String {
        switch self {
        case .wrongLength(let line, let count):
            "line \(line) of the element set has \(count) characters, not 69"
        case .notASCII(let line, let column):
            "line \(line) of the element set has no printable character at column \(column)"
        case .wrongChecksum(let line, let found, let expected):
            "line \(line) of the element set ends with checksum \(found), not \(expected)"
        case .malformed(let line, let column, let field):
            "line \(line) of the element set is malformed at column \(column): \(field.name)"
        case .outOfRange(let line, let column, let field):
            "line \(line) of the element set has an impossible \(field.name) at column \(column)"
        case .otherSatellite(let first, let second):
            "the lines of the element set name two satellites, \(first) and \(second)"
        }
    }
}
