/// How far the earth has turned.
enum SiderealTime {
    /// Days of 86,400 seconds from 1970 to noon of 1 January 2000.
    private static let daysTo2000 = 10_957.5

    /// Greenwich mean sidereal time in radians, 0 ..< 2π (IAU 1982, as in "Revisiting Spacetrack Report 3").
    ///
    /// UTC stands for UT1: they differ by less than 0.9 s, which turns the earth by 0.004°.
    ///
    /// - Parameter days: Days since 1970, with the fraction of the day.
    /// - Returns: The angle.
    static func greenwich(days: Double) -> Double {
        let centuries = (days - daysTo2000) / 36_525
        let seconds =
            -6.2e-6 * centuries * centuries * centuries + 0.093104 * centuries * centuries
            + (876_600.0 * 3600 + 8_640_184.812866) * centuries + 67_310.54841
        return Angle.positive(seconds * Angle.degree / 240)
    }

    /// Days since 1970 of nanoseconds since 1970, exact to the double's last bit.
    static func days(nanoseconds: Int64) -> Double {
        let day: Int64 = 86_400_000_000_000
        let (whole, rest) = nanoseconds.quotientAndRemainder(dividingBy: day)
        return Double(whole) + Double(rest) / Double(day)
    }
}
