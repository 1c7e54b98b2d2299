/// The earth's gravity as SGP4 knows it: the constants of WGS 72, with which element sets are made
/// ("Revisiting Spacetrack Report 3", appendix).
enum Gravity {
    /// The earth's radius at the equator in kilometres.
    static let earthRadius = 6378.135
    /// The gravitational parameter in km³/s².
    static let parameter = 398_600.8
    /// The square root of the parameter in earth radii and minutes.
    static let rootParameter =
        60 / (earthRadius * earthRadius * earthRadius / parameter).squareRoot()
    /// The zonal harmonics.
    static let j2 = 0.001082616
    static let j3 = -0.00000253881
    static let j4 = -0.00000165597
    static let j3OverJ2 = j3 / j2
    /// Kilometres a second of one earth radius a minute, times the root of the parameter.
    static let velocityUnit = earthRadius * rootParameter / 60
}
