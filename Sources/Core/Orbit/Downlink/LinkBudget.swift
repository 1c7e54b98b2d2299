internal import CMath

/// What a link can carry: from the transmitter's power to the energy of a bit.
///
/// Eb/N0 = EIRP − free-space loss − other losses + G/T − k − bit rate, all in decibels (Maral and Bousquet,
/// Satellite Communications Systems, §5.6).
public struct LinkBudget: Equatable, Sendable {
    /// What the satellite radiates towards the station, in dBW.
    public var radiatedDecibelWatts: Double
    /// The station's gain over its noise temperature, in dB/K.
    public var gainToTemperatureDecibels: Double
    /// Losses besides free space: pointing, polarisation, rain, implementation; in dB, at least 0.
    public var lossesDecibels: Double
    /// The carrier in hertz.
    public var frequencyHertz: Double
    /// Bits that reach the receiver's user, each second.
    public var bitsPerSecond: Double

    /// Makes a budget.
    public init(
        radiatedDecibelWatts: Double,
        gainToTemperatureDecibels: Double,
        lossesDecibels: Double,
        frequencyHertz: Double,
        bitsPerSecond: Double
    ) {
        self.radiatedDecibelWatts = radiatedDecibelWatts
        self.gainToTemperatureDecibels = gainToTemperatureDecibels
        self.lossesDecibels = lossesDecibels
        self.frequencyHertz = frequencyHertz
        self.bitsPerSecond = bitsPerSecond
    }

    /// Boltzmann's constant in dBW/(K·Hz).
    private static let boltzmannDecibels = -228.599167

    /// What is lost on the way through free space, in dB.
    ///
    /// - Parameter range: Kilometres.
    /// - Returns: Decibels.
    public func freeSpaceLossDecibels(range: Double) -> Double {
        let waves = range / LookAngles.lightSpeed * frequencyHertz
        return 20 * log10(4 * .pi * waves)
    }

    /// The energy of a bit over the density of the noise, in dB.
    ///
    /// - Parameter range: Kilometres.
    /// - Returns: Decibels.
    public func ebn0Decibels(range: Double) -> Double {
        radiatedDecibelWatts - freeSpaceLossDecibels(range: range) - lossesDecibels
            + gainToTemperatureDecibels - Self.boltzmannDecibels - 10 * log10(bitsPerSecond)
    }
}
