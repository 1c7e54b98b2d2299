public import Platform

/// Why stored market data cannot be used.
public enum MarketDataError: Error, Equatable, Sendable {
    /// A file cannot be read or written.
    case storage(PlatformError)
    /// A file of older trades is damaged at an offset in bytes.
    case damagedTrades(path: String, offset: UInt64)
    /// The file with candles is damaged, and is made again from the journal.
    case damagedState(path: String)

    static func wrap<Result>(
        _ body: () throws(PlatformError) -> Result
    ) throws(MarketDataError) -> Result {
        do throws(PlatformError) { return try body() } catch { throw .storage(error) }
    }
}

extension MarketDataError: CustomStringConvertible {
    /// One line: what is wrong, and what to do.
    public var description: String {
        switch self {
        case .storage(let error): "market data: \(error)"
        case .damagedTrades(let path, let offset):
            "\(path) is damaged at byte \(offset); stop the venue and remove the folder to have it made again"
        case .damagedState(let path):
            "\(path) is damaged and is made again from the journal"
        }
    }
}
