/// How bits become symbols, with the codes that DVB-S2 has for it.
public enum Modulation: Equatable, Sendable, CaseIterable {
    /// Four phases.
    case qpsk
    /// Eight phases.
    case psk8
    /// Four and twelve phases on two rings.
    case apsk16
    /// Four, twelve and sixteen phases on three rings.
    case apsk32

    /// The name in claims.
    public var name: String {
        switch self {
        case .qpsk: "QPSK"
        case .psk8: "8PSK"
        case .apsk16: "16APSK"
        case .apsk32: "32APSK"
        }
    }

    /// How many bits a symbol carries.
    public var bitsPerSymbol: Int64 {
        switch self {
        case .qpsk: 2
        case .psk8: 3
        case .apsk16: 4
        case .apsk32: 5
        }
    }

    /// The least Eb/N0 at which the code still corrects nearly everything, in hundredths of a decibel.
    ///
    /// From table 13 of ETSI EN 302 307-1 (ideal Es/N0 for a frame error rate of 10⁻⁵, long frames) less
    /// ten times the logarithm of the spectral efficiency given there, rounded up.
    ///
    /// - Parameters:
    ///   - numerator: Of the code rate, in lowest terms.
    ///   - denominator: Of the code rate.
    /// - Returns: The threshold; none if the standard has no such code for the modulation.
    public func thresholdCentidecibels(
        codeRateNumerator numerator: Int64,
        denominator: Int64
    ) -> Int64? {
        for row in Self.thresholds
        where row.modulation == self && row.numerator == numerator
            && row.denominator == denominator
        {
            return row.centidecibels
        }
        return nil
    }

    private typealias Threshold = (
        modulation: Modulation, numerator: Int64, denominator: Int64, centidecibels: Int64
    )

    private static let thresholds: [Threshold] = [
        (.qpsk, 1, 4, 75),
        (.qpsk, 1, 3, 59),
        (.qpsk, 2, 5, 73),
        (.qpsk, 1, 2, 105),
        (.qpsk, 3, 5, 149),
        (.qpsk, 2, 3, 189),
        (.qpsk, 3, 4, 231),
        (.qpsk, 4, 5, 268),
        (.qpsk, 5, 6, 300),
        (.qpsk, 8, 9, 373),
        (.qpsk, 9, 10, 390),
        (.psk8, 3, 5, 300),
        (.psk8, 2, 3, 366),
        (.psk8, 3, 4, 444),
        (.psk8, 5, 6, 541),
        (.psk8, 8, 9, 647),
        (.psk8, 9, 10, 670),
        (.apsk16, 2, 3, 476),
        (.apsk16, 3, 4, 549),
        (.apsk16, 4, 5, 603),
        (.apsk16, 5, 6, 643),
        (.apsk16, 8, 9, 743),
        (.apsk16, 9, 10, 761),
        (.apsk32, 3, 4, 705),
        (.apsk32, 4, 5, 768),
        (.apsk32, 5, 6, 814),
        (.apsk32, 8, 9, 926),
        (.apsk32, 9, 10, 957),
    ]
}
