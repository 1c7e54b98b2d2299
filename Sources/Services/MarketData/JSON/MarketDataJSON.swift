public import Follower
internal import Encoding
public import Primitives

/// The market data as JSON, in ASCII.
///
/// Prices, quantities and amounts are decimal texts with all decimals of the tick, the lot and the quote asset; times
/// are RFC 3339 in UTC. An instrument that is not listed is called by its number and counted in ticks and lots.
public struct MarketDataJSON: Sendable {
    private let notations: [InstrumentNotation]

    /// Prepares the notation of everything that is listed.
    public init(_ listing: Listing) {
        var notations: [InstrumentNotation] = []
        for instrument in listing.instruments {
            while notations.count < instrument.id.rawValue {
                notations.append(InstrumentNotation(InstrumentID(UInt32(notations.count))))
            }
            notations.append(InstrumentNotation(instrument))
        }
        self.notations = notations
    }

    func notation(_ instrument: InstrumentID) -> InstrumentNotation {
        instrument.rawValue < notations.count
            ? notations[Int(instrument.rawValue)] : InstrumentNotation(instrument)
    }

    /// The checksum of a book, see `BookChecksum`.
    ///
    /// - Parameters:
    ///   - instrument: What is traded.
    ///   - bids: The bids from the best on; what is beyond the tenth does not count.
    ///   - asks: The asks likewise.
    /// - Returns: The CRC-32 of the text.
    public func checksum(
        _ instrument: InstrumentID,
        bids: [BookLevel],
        asks: [BookLevel]
    ) -> UInt32 {
        let notation = notation(instrument)
        var text: [UInt8] = []
        text.reserveCapacity(600)
        Self.append(bids, notation, to: &text)
        text.append(UInt8(ascii: "#"))
        Self.append(asks, notation, to: &text)
        return BookChecksum.crc32(text)
    }

    private static func append(
        _ levels: [BookLevel],
        _ notation: InstrumentNotation,
        to text: inout [UInt8]
    ) {
        for (index, level) in levels.prefix(BookChecksum.depth).enumerated() {
            if index > 0 { text.append(UInt8(ascii: "|")) }
            notation.append(level.price, to: &text)
            text.append(UInt8(ascii: ":"))
            notation.append(level.quantity, to: &text)
        }
    }
}
