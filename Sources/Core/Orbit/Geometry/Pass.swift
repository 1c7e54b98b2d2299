/// A time during which a satellite is above a station's mask.
public struct Pass: Equatable, Sendable {
    /// The first moment above the mask, to the second, in nanoseconds since 1970; the window's start if the
    /// satellite was above it already.
    public var riseNanoseconds: Int64
    /// When the satellite is highest, to the second.
    public var culminationNanoseconds: Int64
    /// The last moment above the mask, to the second; the window's end if the satellite stays above it.
    public var setNanoseconds: Int64
    /// The highest elevation in degrees.
    public var elevationMax: Double
}

extension Propagator {
    /// The satellite seen from a station.
    ///
    /// - Throws: When the elements give no orbit at that time.
    public func look(
        from station: Station,
        nanoseconds: Int64
    ) throws(PropagationError) -> LookAngles {
        station.look(at: try state(atNanoseconds: nanoseconds), nanoseconds: nanoseconds)
    }

    /// The passes over a station in a window.
    ///
    /// Passes shorter than half a minute can be missed.
    ///
    /// - Parameters:
    ///   - station: The station, with its mask.
    ///   - start: The window's start in nanoseconds since 1970.
    ///   - end: The window's end; at most 100 days later.
    /// - Returns: The passes in order of time.
    /// - Throws: When the elements give no orbit at a time in the window.
    /// - Complexity: O(n) in the window's length.
    public func passes(
        over station: Station,
        from start: Int64,
        to end: Int64
    ) throws(PropagationError) -> [Pass] {
        precondition(end >= start)
        precondition(end - start <= 100 * 86_400 * Self.second)
        var passes: [Pass] = []
        var current: Pass?
        var previous = start
        var time = start
        while time <= end {
            let elevation = try look(from: station, nanoseconds: time).elevation
            if elevation >= station.maskDegrees {
                if current == nil {
                    let rise =
                        time == start
                        ? start : try crossing(station, below: previous, above: time)
                    current = Pass(
                        riseNanoseconds: rise,
                        culminationNanoseconds: time,
                        setNanoseconds: end,
                        elevationMax: elevation
                    )
                }
                if let pass = current, elevation > pass.elevationMax {
                    current?.elevationMax = elevation
                    current?.culminationNanoseconds = time
                }
            } else if var pass = current {
                pass.setNanoseconds = try crossing(station, below: time, above: previous)
                passes.append(try culminated(pass, station))
                current = nil
            }
            previous = time
            time += 30 * Self.second
        }
        if let pass = current { passes.append(try culminated(pass, station)) }
        return passes
    }

    private static let second: Int64 = 1_000_000_000

    /// The moment above the mask that is next to the crossing, found by halving down to a second.
    private func crossing(
        _ station: Station,
        below: Int64,
        above: Int64
    ) throws(PropagationError) -> Int64 {
        var (below, above) = (below, above)
        while (above - below).magnitude > UInt64(Self.second) {
            let middle = below + (above - below) / 2
            let elevation = try look(from: station, nanoseconds: middle).elevation
            if elevation >= station.maskDegrees { above = middle } else { below = middle }
        }
        return above
    }

    /// Finds the highest point of a pass among the seconds around the highest one that was looked at.
    private func culminated(_ pass: Pass, _ station: Station) throws(PropagationError) -> Pass {
        var pass = pass
        let centre = pass.culminationNanoseconds
        for offset in Int64(-30)...30 {
            let time = centre + offset * Self.second
            guard time >= pass.riseNanoseconds, time <= pass.setNanoseconds else { continue }
            let elevation = try look(from: station, nanoseconds: time).elevation
            if elevation > pass.elevationMax {
                pass.elevationMax = elevation
                pass.culminationNanoseconds = time
            }
        }
        return pass
    }
}
