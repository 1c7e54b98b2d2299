import Access
import SeededRandomness
import Testing

@Suite("Addresses") struct AddressTests {
    @Test(
        "addresses are read",
        arguments: [
            ("0.0.0.0", "0.0.0.0"), ("255.255.255.255", "255.255.255.255"),
            ("::", "0:0:0:0:0:0:0:0"), ("::1", "0:0:0:0:0:0:0:1"), ("1::", "1:0:0:0:0:0:0:0"),
            ("2001:DB8::a", "2001:db8:0:0:0:0:0:a"), ("1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"),
            ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"), ("::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"),
            ("::ffff:192.0.2.1", "192.0.2.1"), ("::ffff:c000:201", "192.0.2.1"),
            ("64:ff9b::192.0.2.1", "64:ff9b:0:0:0:0:c000:201"), ("[::1]", "0:0:0:0:0:0:0:1"),
        ]
    )
    func good(text: String, written: String) {
        #expect(NetworkAddress(text)?.description == written)
        #expect(NetworkAddress(written) == NetworkAddress(text))
    }

    @Test(
        "what is no address is not read",
        arguments: [
            "", "1", "1.2.3", "1.2.3.4.5", "1.2.3.256", "1.2.3.04", "1.2.3.-1", "1.2.3.4 ",
            " 1.2.3.4", "1.2.3.", ".1.2.3", "0x1.2.3.4", "١.2.3.4", ":", ":::", "1:::2", "::1::",
            "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7:8::", "12345::", "g::", "::-1",
            "::1%eth0", "[::1", "::1]", "[1.2.3.4]", "::1.2.3", "1.2.3.4::", "::1.2.3.4:5",
            ":1::2", "1::2:", "localhost",
        ]
    )
    func bad(text: String) { #expect(NetworkAddress(text) == nil) }

    @Test(
        "a range has the addresses that begin like it",
        arguments: [
            ("0.0.0.0/0", ["0.0.0.0", "255.255.255.255"], ["::1", "2001:db8::1"]),
            ("::/0", ["::1", "1.2.3.4"], []),
            ("10.0.0.0/8", ["10.255.0.1"], ["11.0.0.0", "9.1.1.1"]),
            ("192.0.2.128/25", ["192.0.2.128", "::ffff:192.0.2.255"], ["192.0.2.127"]),
            ("192.0.2.7", ["192.0.2.7"], ["192.0.2.8", "192.0.2.6"]),
            ("192.0.2.7/32", ["192.0.2.7"], ["192.0.2.8"]),
            ("2001:db8::/32", ["2001:db8:ffff::1"], ["2001:db9::", "1.2.3.4"]),
            ("::1", ["::1"], ["::2", "::"]), ("2001:db8::8/125", ["2001:db8::f"], ["2001:db8::10"]),
            ("::ffff:10.0.0.0/104", ["10.1.2.3"], ["11.0.0.1"]),
        ]
    )
    func ranges(text: String, inside: [String], outside: [String]) throws {
        let range = try #require(AddressRange(text))
        #expect(AddressRange(range.description) == range)
        for text in inside {
            #expect(range.contains(try #require(NetworkAddress(text))), "\(text)")
        }
        for text in outside {
            #expect(!range.contains(try #require(NetworkAddress(text))), "\(text)")
        }
    }

    @Test(
        "what is no range is not read",
        arguments: [
            "", "/", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.1/8", "10.0.0.0/08", "10.0.0.0/+8",
            "10.0.0.0/8/8", "::/129", "2001:db8::1/32", "10.0.0.0/-1", "10.0.0.0/ 8", "x/8",
        ]
    )
    func badRanges(text: String) { #expect(AddressRange(text) == nil) }

    @Test("a range is exactly its prefix, for all lengths")
    func prefixes() throws {
        var random = RandomSource(seed: 1)
        for length in 0...32 {
            let bits = UInt32(truncatingIfNeeded: random.next())
            let mask = length == 0 ? 0 : UInt32.max << UInt32(32 - length)
            func text(_ bits: UInt32) -> String {
                (0..<4).map { "\(bits >> (24 - 8 * UInt32($0)) & 255)" }.joined(separator: ".")
            }
            let range = try #require(AddressRange("\(text(bits & mask))/\(length)"))
            for _ in 0..<100 {
                let flips = random.below(3) == 0 ? 0 : UInt32(1) << UInt32(random.below(32))
                let other = bits ^ flips
                let address = try #require(NetworkAddress(text(other)))
                #expect(range.contains(address) == (other & mask == bits & mask))
            }
        }
    }
}
