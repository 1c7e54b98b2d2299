internal import Glibc

/// Which addresses belong to the public Internet.
///
/// The ranges that do not are those of the registries for special purposes (RFC 6890, with multicast).
package enum PublicAddress {
    private static let version4: [(first: UInt32, bits: Int)] = [
        (0x0000_0000, 8), (0x0a00_0000, 8), (0x6440_0000, 10), (0x7f00_0000, 8),
        (0xa9fe_0000, 16), (0xac10_0000, 12), (0xc000_0000, 24), (0xc000_0200, 24),
        (0xc058_6300, 24), (0xc0a8_0000, 16), (0xc612_0000, 15), (0xc633_6400, 24),
        (0xcb00_7100, 24), (0xe000_0000, 4), (0xf000_0000, 4),
    ]

    /// Whether an address, as the system writes it (`sockaddr`), is one of the public Internet.
    package static func isPublic(_ bytes: [UInt8]) -> Bool {
        guard bytes.count >= 2 else { return false }
        // The first two bytes are the family, in the machine's order.
        let family = Int32(UInt16(littleEndian: UInt16(bytes[0]) | UInt16(bytes[1]) << 8))
        switch family {
        case AF_INET where bytes.count >= 8: return isPublic(version4: Array(bytes[4..<8]))
        case AF_INET6 where bytes.count >= 24: return isPublic(version6: Array(bytes[8..<24]))
        default: return false
        }
    }

    static func isPublic(version4 bytes: [UInt8]) -> Bool {
        let word = bytes.reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        return !version4.contains { range in
            (word ^ range.first) >> UInt32(32 - range.bits) == 0
        }
    }

    /// Only 2000::/3 is given out; in it, addresses that hold one of version 4 are as public as that one.
    static func isPublic(version6 bytes: [UInt8]) -> Bool {
        let isMapped = bytes[..<10].allSatisfy { $0 == 0 } && bytes[10] == 0xff && bytes[11] == 0xff
        if isMapped { return isPublic(version4: Array(bytes[12...])) }
        guard bytes[0] & 0xe0 == 0x20 else { return false }
        // 2002::/16, 6to4 (RFC 3056).
        if bytes[0] == 0x20, bytes[1] == 0x02 { return isPublic(version4: Array(bytes[2..<6])) }
        // 2001::/23, special protocols with Teredo, and 2001:db8::/32, documentation.
        if bytes[0] == 0x20, bytes[1] == 0x01 {
            if bytes[2] < 0x02 { return false }
            if bytes[2] == 0x0d, bytes[3] == 0xb8 { return false }
        }
        return true
    }
}
