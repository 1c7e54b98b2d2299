public import Configuration

/// A ground station as an observer knows it.
public struct GroundStation: Equatable, Sendable {
    /// Its name, as reports name it.
    public var name: String
    /// Degrees north, times 10^7.
    public var latitudeE7: Int64
    /// Degrees east, times 10^7.
    public var longitudeE7: Int64
    /// Above the ellipsoid, in metres.
    public var heightMeters: Int64
    /// Below this elevation it hears nothing, in hundredths of a degree.
    public var maskCentidegrees: Int64
}

/// The ground stations of an observer, out of its own file.
///
/// A TOML file with one `[[station]]` for each: `name`, `latitude` and `longitude` in degrees, `height` in
/// metres above the ellipsoid, `mask`, the least elevation in degrees.
public struct GroundStations: Equatable, Sendable {
    /// In the order of the file.
    public private(set) var stations: [GroundStation] = []

    /// Has none.
    public init() {}

    /// Reads a file.
    ///
    /// - Throws: `ConfigurationError` with file, line and key.
    public init(path: String) throws(ConfigurationError) {
        var file = try ConfigurationSection(file: path)
        for var section in try file.sections("station") {
            let station = GroundStation(
                name: try section.text("name", bytes: 1...64),
                latitudeE7: Self.scaled(try section.number("latitude", in: -90...90), 10_000_000),
                longitudeE7: Self.scaled(
                    try section.number("longitude", in: -180...180),
                    10_000_000
                ),
                heightMeters: Self.scaled(try section.number("height", in: -500...9_000), 1),
                maskCentidegrees: Self.scaled(try section.number("mask", in: 0...90), 100)
            )
            guard !stations.contains(where: { other in other.name == station.name }) else {
                throw section.wrong("name", "is there twice; give each station once")
            }
            stations.append(station)
            try section.finish()
        }
        try file.finish()
    }

    /// The station with a name; none if there is none.
    public subscript(name: String) -> GroundStation? {
        stations.first { station in station.name == name }
    }

    private static func scaled(_ number: Double, _ factor: Double) -> Int64 {
        Int64((number * factor).rounded())
    }
}
