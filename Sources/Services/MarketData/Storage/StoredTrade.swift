internal import Cryptography
internal import Primitives
internal import Venue

// A trade as it is stored: 48 bytes, little-endian.
//
//     offset  size
//     0       8     number
//     8       8     price, ticks
//     16      8     quantity, lots
//     24      8     sequence of the command that made it
//     32      8     the venue's time of that command, nanoseconds
//     40      4     the side that took: 0 buy, 1 sell
//     44      4     CRC-32C of bytes 0 … 43

/// The form of a trade in files.
enum StoredTrade {
    static let byteCount = 48

    /// Appends a trade.
    static func append(_ trade: MarketTrade, to writer: inout ByteWriter) {
        let start = writer.count
        writer.append(trade.trade.rawValue)
        writer.append(trade.price.ticks)
        writer.append(trade.quantity.lots)
        writer.append(trade.sequence)
        writer.append(trade.time.nanoseconds)
        writer.append(UInt32(trade.takerSide.rawValue))
        let checksum = unsafe writer.withUnsafeBytes { bytes in
            unsafe CRC32C.checksum(of: UnsafeRawBufferPointer(rebasing: bytes[start...]))
        }
        writer.append(checksum)
    }

    /// Reads a trade; nil if it is damaged.
    static func read(
        _ reader: inout ByteReader,
        _ instrument: InstrumentID
    ) throws(ByteReaderError) -> MarketTrade? {
        let bytes = try unsafe reader.read(count: byteCount)
        var fields = unsafe ByteReader(bytes)
        let covered = unsafe UnsafeRawBufferPointer(rebasing: bytes[..<(byteCount - 4)])
        let trade: UInt64 = try fields.read()
        let price: Int64 = try fields.read()
        let quantity: Int64 = try fields.read()
        let sequence: UInt64 = try fields.read()
        let time: UInt64 = try fields.read()
        let side: UInt32 = try fields.read()
        guard unsafe CRC32C.checksum(of: covered) == (try fields.read(UInt32.self)), side < 2
        else { return nil }
        return MarketTrade(
            trade: TradeID(trade),
            instrument: instrument,
            takerSide: side == 0 ? .buy : .sell,
            price: Price(price),
            quantity: Quantity(quantity),
            sequence: sequence,
            time: Timestamp(time)
        )
    }
}
