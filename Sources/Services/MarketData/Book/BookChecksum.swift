/// The checksum by which a client knows that its book is the venue's.
///
/// It is the CRC-32 (ISO-HDLC, as in zlib and PNG; RFC 1952 §8) of a text: the best ten bids from the best on, each as
/// `price:quantity`, with `|` between two; then `#`; then the best ten asks likewise. Prices and quantities are
/// written exactly as in the messages. An empty book has the text `#`.
public enum BookChecksum {
    /// How many prices of each side are covered.
    public static let depth = 10

    /// The CRC-32 of some bytes.
    ///
    /// - Complexity: O(n).
    public static func crc32(_ bytes: some Sequence<UInt8>) -> UInt32 {
        var remainder = ~UInt32(0)
        for byte in bytes {
            remainder = remainder &>> 8 ^ table[Int(UInt8(truncatingIfNeeded: remainder) ^ byte)]
        }
        return ~remainder
    }

    private static let table: [UInt32] = (0..<256).map { byte in
        var remainder = UInt32(byte)
        for _ in 0..<8 {
            // 0xEDB88320 is the polynomial 0x04C11DB7 with its bits reversed.
            remainder = remainder &>> 1 ^ (remainder & 1 == 0 ? 0 : 0xedb8_8320)
        }
        return remainder
    }
}
