internal import CMath

/// A place on the ground from which satellites are seen; coordinates are those of WGS 84.
public struct Station: Equatable, Sendable {
    /// Its name in claims.
    public let name: String
    /// North of the equator, in 10⁻⁷ degrees; −90° … 90°.
    public let latitudeE7: Int32
    /// East of Greenwich, in 10⁻⁷ degrees; −180° … 180°.
    public let longitudeE7: Int32
    /// Above the ellipsoid in metres; −500 … 9,000.
    public let heightMeters: Int32
    /// The elevation from which on data is received, in hundredths of a degree; 0° … 90°.
    public let maskCentidegrees: Int32

    /// The position in the frame that turns with the earth, in kilometres.
    let position: Vector
    /// The directions up, east and north.
    private let up: Vector
    private let east: Vector
    private let north: Vector

    /// The equator's radius in kilometres, and the flattening of the ellipsoid of WGS 84.
    private static let radius = 6378.137
    private static let flattening = 1 / 298.257223563

    /// Makes a station; none if a number is out of its range.
    public init?(
        name: String,
        latitudeE7: Int64,
        longitudeE7: Int64,
        heightMeters: Int64,
        maskCentidegrees: Int64
    ) {
        guard latitudeE7.magnitude <= 900_000_000 else { return nil }
        guard longitudeE7.magnitude <= 1_800_000_000 else { return nil }
        guard (-500...9000).contains(heightMeters) else { return nil }
        guard (0...9000).contains(maskCentidegrees) else { return nil }
        self.name = name
        self.latitudeE7 = Int32(latitudeE7)
        self.longitudeE7 = Int32(longitudeE7)
        self.heightMeters = Int32(heightMeters)
        self.maskCentidegrees = Int32(maskCentidegrees)
        let latitude = Double(latitudeE7) / 10_000_000 * Angle.degree
        let longitude = Double(longitudeE7) / 10_000_000 * Angle.degree
        let (sinLatitude, cosLatitude) = (sin(latitude), cos(latitude))
        let (sinLongitude, cosLongitude) = (sin(longitude), cos(longitude))
        let e2 = Self.flattening * (2 - Self.flattening)
        let normal = Self.radius / (1 - e2 * sinLatitude * sinLatitude).squareRoot()
        let height = Double(heightMeters) / 1000
        position = Vector(
            (normal + height) * cosLatitude * cosLongitude,
            (normal + height) * cosLatitude * sinLongitude,
            (normal * (1 - e2) + height) * sinLatitude
        )
        up = Vector(cosLatitude * cosLongitude, cosLatitude * sinLongitude, sinLatitude)
        east = Vector(-sinLongitude, cosLongitude, 0)
        north = Vector(-sinLatitude * cosLongitude, -sinLatitude * sinLongitude, cosLatitude)
    }

    /// The mask in degrees.
    public var maskDegrees: Double { Double(maskCentidegrees) / 100 }

    /// Where a satellite is seen from here.
    ///
    /// The frame is turned by the sidereal time alone: the motion of the pole, at most 0.3", is left out.
    ///
    /// - Parameters:
    ///   - state: The satellite's state in the frame of SGP4.
    ///   - nanoseconds: When, since 1970, UTC.
    /// - Returns: The angles, the distance and its rate.
    public func look(at state: OrbitState, nanoseconds: Int64) -> LookAngles {
        let theta = SiderealTime.greenwich(days: SiderealTime.days(nanoseconds: nanoseconds))
        let (sine, cosine) = (sin(theta), cos(theta))
        let (r, v) = (state.position, state.velocity)
        let turned = Vector(cosine * r.x + sine * r.y, -sine * r.x + cosine * r.y, r.z)
        // The earth's turn in radians a second is taken off the velocity.
        let turn = 7.292115146706979e-5
        let velocity = Vector(
            cosine * v.x + sine * v.y + turn * turned.y,
            -sine * v.x + cosine * v.y - turn * turned.x,
            v.z
        )
        let sight = turned - position
        let range = sight.length
        return LookAngles(
            azimuth: Angle.positive(atan2(sight.dot(east), sight.dot(north))) / Angle.degree,
            elevation: asin(min(1, max(-1, sight.dot(up) / range))) / Angle.degree,
            range: range,
            rangeRate: sight.dot(velocity) / range
        )
    }
}

/// Where a satellite is seen from a station.
public struct LookAngles: Equatable, Sendable {
    /// Degrees from north over east, 0 ..< 360.
    public var azimuth: Double
    /// Degrees above the horizon, −90 … 90.
    public var elevation: Double
    /// Kilometres.
    public var range: Double
    /// Kilometres a second; positive while the satellite recedes.
    public var rangeRate: Double

    /// The speed of light in kilometres a second.
    static let lightSpeed = 299_792.458

    /// How much higher than it was sent a signal arrives, in hertz.
    ///
    /// - Parameter frequencyHertz: The frequency at which it was sent.
    /// - Returns: The difference, negative while the satellite recedes.
    public func doppler(frequencyHertz: Double) -> Double {
        -rangeRate / Self.lightSpeed * frequencyHertz
    }
}
