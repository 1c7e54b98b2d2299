/// An address of IPv4 or IPv6.
///
/// An IPv4 address that is written as an IPv6 one (`::ffff:192.0.2.1`) is the IPv4 address.
public struct NetworkAddress: Hashable, Sendable {
    /// The 128 bits; those of an IPv4 address are `::ffff:a.b.c.d` (RFC 4291 §2.5.5.2).
    let bits: UInt128

    private static var mappedPrefix: UInt128 { 0xffff << 32 }

    /// Whether it is an address of IPv4.
    public var isIPv4: Bool { bits >> 32 == 0xffff }

    init(bits: UInt128) { self.bits = bits }

    /// Reads an address; none if the text is something else.
    ///
    /// - Parameter text: Four decimal numbers with dots, or the text of an IPv6 address (RFC 4291 §2.2)
    ///   with or without brackets, without a zone or port.
    public init?(_ text: String) {
        var bytes = Array(text.utf8)
        if bytes.first == UInt8(ascii: "["), bytes.last == UInt8(ascii: "]") {
            bytes = Array(bytes.dropFirst().dropLast())
            guard bytes.contains(UInt8(ascii: ":")) else { return nil }
        }
        guard bytes.count <= 45 else { return nil }
        if bytes.contains(UInt8(ascii: ":")) {
            guard let bits = Self.ipv6(bytes) else { return nil }
            self.bits = bits
        } else {
            guard let number = Self.ipv4(bytes[...]) else { return nil }
            bits = Self.mappedPrefix | UInt128(number)
        }
    }

    /// Four decimal numbers below 256 without zeros in front.
    private static func ipv4(_ text: ArraySlice<UInt8>) -> UInt32? {
        let parts = text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var number: UInt32 = 0
        for part in parts {
            guard (1...3).contains(part.count), part.count == 1 || part.first != UInt8(ascii: "0")
            else { return nil }
            var value: UInt32 = 0
            for digit in part {
                guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
                value = value * 10 + UInt32(digit - UInt8(ascii: "0"))
            }
            guard value < 256 else { return nil }
            number = number << 8 | value
        }
        return number
    }

    private static func ipv6(_ text: [UInt8]) -> UInt128? {
        guard let gap = firstGap(in: text) else {
            guard let groups = groups(text[...]), groups.count == 8 else { return nil }
            return joined(groups)
        }
        guard let before = groups(text[..<gap], mayEndWithIPv4: false),
            let after = groups(text[(gap + 2)...]),
            before.count + after.count < 8
        else { return nil }
        let zeros = [UInt16](repeating: 0, count: 8 - before.count - after.count)
        return joined(before + zeros + after)
    }

    /// Where the `::` begins, if there is one.
    private static func firstGap(in text: [UInt8]) -> Int? {
        text.indices.dropLast().first { index in
            text[index] == UInt8(ascii: ":") && text[index + 1] == UInt8(ascii: ":")
        }
    }

    /// Groups of up to four hexadecimal digits; the last two may be an IPv4 address.
    private static func groups(
        _ text: ArraySlice<UInt8>,
        mayEndWithIPv4: Bool = true
    ) -> [UInt16]? {
        if text.isEmpty { return [] }
        var groups: [UInt16] = []
        let parts = text.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        for (index, part) in parts.enumerated() {
            if part.contains(UInt8(ascii: ".")) {
                guard mayEndWithIPv4, index == parts.count - 1, let number = ipv4(part) else {
                    return nil
                }
                groups.append(UInt16(truncatingIfNeeded: number >> 16))
                groups.append(UInt16(truncatingIfNeeded: number))
                continue
            }
            guard (1...4).contains(part.count),
                part.allSatisfy({ byte in byte.isHexadecimalDigit }),
                let group = UInt16(String(decoding: part, as: UTF8.self), radix: 16)
            else { return nil }
            groups.append(group)
        }
        return groups
    }

    private static func joined(_ groups: [UInt16]) -> UInt128 {
        groups.reduce(0) { bits, group in bits << 16 | UInt128(group) }
    }
}

extension UInt8 {
    fileprivate var isHexadecimalDigit: Bool {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
            UInt8(ascii: "A")...UInt8(ascii: "F"):
            true
        default: false
        }
    }
}

extension NetworkAddress: CustomStringConvertible {
    /// The address of IPv4 with dots; of IPv6 eight groups of hexadecimal digits, nothing left out.
    public var description: String {
        if isIPv4 {
            return (0..<4).map { index in "\(UInt8(truncatingIfNeeded: bits >> (24 - 8 * index)))" }
                .joined(separator: ".")
        }
        return (0..<8).map { index in
            String(UInt16(truncatingIfNeeded: bits >> (112 - 16 * index)), radix: 16)
        }.joined(separator: ":")
    }
}

/// A range of addresses that begin with the same bits (CIDR, RFC 4632 and RFC 4291 §2.3).
public struct AddressRange: Hashable, Sendable {
    /// The address, whose bits behind the prefix are 0.
    public let address: NetworkAddress
    /// How many of the 128 bits count.
    private let prefixBitCount: Int

    /// Reads a range, such as `192.0.2.0/24`, `2001:db8::/32`, or a single address; none if it is something
    /// else, or if bits behind the prefix are set.
    ///
    /// - Parameter text: The text.
    public init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), let address = NetworkAddress(String(parts[0])) else {
            return nil
        }
        // A text with a colon counts all 128 bits.
        let written = parts[0].contains(":") ? 128 : 32
        var count = written
        if parts.count == 2 {
            guard (1...3).contains(parts[1].utf8.count),
                parts[1].utf8.allSatisfy({ byte in
                    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                }),
                parts[1].utf8.count == 1 || parts[1].first != "0", let given = Int(parts[1]),
                given <= written
            else { return nil }
            count = given
        }
        prefixBitCount = count + (128 - written)
        self.address = address
        guard address.bits & ~Self.mask(prefixBitCount) == 0 else { return nil }
    }

    private static func mask(_ count: Int) -> UInt128 {
        count == 0 ? 0 : ~UInt128(0) << UInt128(128 - count)
    }

    /// Whether an address lies in the range.
    ///
    /// - Parameter other: The address.
    /// - Returns: Whether it does.
    public func contains(_ other: NetworkAddress) -> Bool {
        other.bits & Self.mask(prefixBitCount) == address.bits
    }
}

extension AddressRange: CustomStringConvertible {
    /// The range as it can be read again.
    public var description: String {
        address.isIPv4 && prefixBitCount >= 96
            ? "\(address)/\(prefixBitCount - 96)" : "\(address)/\(prefixBitCount)"
    }
}
