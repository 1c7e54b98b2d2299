/// CRC-32C, the Castagnoli polynomial (RFC 3720 §12.1), eight bytes at a step.
///
/// It finds accidental damage; against an adversary use `SHA256`.
public enum CRC32C {
    /// The checksum of some bytes.
    ///
    /// - Parameters:
    ///   - bytes: What to check; may be empty.
    ///   - seed: The checksum of the bytes before these, 0 at the start of a message.
    /// - Returns: The checksum of all bytes so far.
    /// - Complexity: O(n).
    public static func checksum(of bytes: UnsafeRawBufferPointer, seed: UInt32 = 0) -> UInt32 {
        unsafe tables.withUnsafeBufferPointer { tables in
            unsafe checksum(of: bytes, seed: seed, tables: tables)
        }
    }

    /// Every index is a table number times 256 plus one byte, so it is within the 2,048 entries.
    @inline(__always) private static func checksum(
        of bytes: UnsafeRawBufferPointer,
        seed: UInt32,
        tables: UnsafeBufferPointer<UInt32>
    ) -> UInt32 {
        guard var next = bytes.baseAddress else { return seed }
        var left = bytes.count
        var crc = ~seed
        while left >= 8 {
            let word = unsafe UInt64(littleEndian: next.loadUnaligned(as: UInt64.self))
            let low = UInt32(truncatingIfNeeded: word) ^ crc
            let high = UInt32(truncatingIfNeeded: word &>> 32)
            crc = unsafe tables[1792 | Int(low & 255)] ^ tables[1536 | Int(low &>> 8 & 255)]
            crc ^= unsafe tables[1280 | Int(low &>> 16 & 255)] ^ tables[1024 | Int(low &>> 24)]
            crc ^= unsafe tables[768 | Int(high & 255)] ^ tables[512 | Int(high &>> 8 & 255)]
            crc ^= unsafe tables[256 | Int(high &>> 16 & 255)] ^ tables[Int(high &>> 24)]
            unsafe next += 8
            left &-= 8
        }
        while left > 0 {
            let byte = unsafe next.load(as: UInt8.self)
            crc = unsafe crc &>> 8 ^ tables[Int(UInt8(truncatingIfNeeded: crc) ^ byte)]
            unsafe next += 1
            left &-= 1
        }
        return ~crc
    }

    /// The checksum of some bytes.
    ///
    /// - Parameters:
    ///   - bytes: What to check; may be empty.
    ///   - seed: The checksum of the bytes before these, 0 at the start of a message.
    /// - Returns: The checksum of all bytes so far.
    /// - Complexity: O(n).
    public static func checksum(of bytes: [UInt8], seed: UInt32 = 0) -> UInt32 {
        unsafe bytes.withUnsafeBytes { bytes in unsafe checksum(of: bytes, seed: seed) }
    }

    /// Eight tables of 256 entries: entry `256 t + b` is the remainder of byte `b` followed by `t` zero
    /// bytes.
    private static let tables: [UInt32] = {
        var tables = [UInt32](repeating: 0, count: 2048)
        for byte in 0..<256 {
            var remainder = UInt32(byte)
            for _ in 0..<8 {
                // 0x82F63B78 is the polynomial 0x1EDC6F41 with its bits reversed.
                remainder = remainder &>> 1 ^ (remainder & 1 == 0 ? 0 : 0x82f6_3b78)
            }
            tables[byte] = remainder
        }
        for index in 256..<2048 {
            let shorter = tables[index - 256]
            tables[index] = shorter &>> 8 ^ tables[Int(shorter & 255)]
        }
        return tables
    }()
}
