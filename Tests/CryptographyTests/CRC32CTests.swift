import Cryptography
import Testing
import TestSupport

@Suite("CRC-32C") struct CRC32CTests {
    /// The definition, one bit at a time.
    private func reference(_ bytes: [UInt8]) -> UInt32 {
        var remainder: UInt32 = 0xffff_ffff
        for byte in bytes {
            remainder ^= UInt32(byte)
            for _ in 0..<8 {
                remainder = remainder >> 1 ^ (remainder & 1 == 1 ? 0x82f6_3b78 : 0)
            }
        }
        return ~remainder
    }

    @Test("the examples of RFC 3720 come out") func examples() throws {
        let cases = try vectorLines("RFC3720/examples.txt")
        #expect(cases.count == 6)
        for fields in cases {
            let checksum = CRC32C.checksum(of: try Hex.decode(fields[0]))
            #expect(checksum == UInt32(fields[1], radix: 16))
        }
    }

    @Test("every length and every cut agrees with the definition") func lengths() {
        for count in 0...100 {
            let message = bytes(count: count, seed: UInt64(count))
            #expect(CRC32C.checksum(of: message) == reference(message))
            for cut in 0...count {
                let first = CRC32C.checksum(of: Array(message[..<cut]))
                #expect(
                    CRC32C.checksum(of: Array(message[cut...]), seed: first) == reference(message)
                )
            }
        }
    }

    @Test("any one flipped bit changes the checksum") func flips() {
        let message = bytes(count: 128, seed: 1)
        let checksum = CRC32C.checksum(of: message)
        for bit in 0..<message.count * 8 {
            var damaged = message
            damaged[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(CRC32C.checksum(of: damaged) != checksum)
        }
    }
}
