import COpenSSL
import Cryptography
import Testing
import TestSupport

@Suite("HMAC and HKDF") struct HMACTests {
    @Test("the examples of RFC 4231 come out") func examples() throws {
        let cases = try vectorLines("RFC4231/cases.txt")
        #expect(cases.count == 6)
        for fields in cases {
            let (key, message) = (try Hex.decode(fields[0]), try Hex.decode(fields[1]))
            #expect(Cryptography.HMAC.sha256(key: key, message).hex == fields[2])
            #expect(Cryptography.HMAC.sha512(key: key, message).hex == fields[3])
        }
    }

    @Test("keys and messages of every length agree with OpenSSL") func lengths() {
        for count in 0...300 {
            let key = bytes(count: count, seed: UInt64(count))
            let message = bytes(count: (count * 37) % 301, seed: UInt64(count) + 1_000)
            var digest256 = [UInt8](repeating: 0, count: 32)
            var digest512 = [UInt8](repeating: 0, count: 64)
            let count = Int32(key.count)
            _ = unsafe COpenSSL.HMAC(
                EVP_sha256(),
                key,
                count,
                message,
                message.count,
                &digest256,
                nil
            )
            _ = unsafe COpenSSL.HMAC(
                EVP_sha512(),
                key,
                count,
                message,
                message.count,
                &digest512,
                nil
            )
            #expect(Cryptography.HMAC.sha256(key: key, message).bytes == digest256)
            #expect(Cryptography.HMAC.sha512(key: key, message).bytes == digest512)
        }
    }

    @Test("the examples of RFC 5869 come out") func derivation() throws {
        let cases = try vectorLines("RFC5869/cases.txt")
        #expect(cases.count == 3)
        for fields in cases {
            let key = HKDF.extract(salt: try field(fields[1]), material: try field(fields[0]))
            #expect(key.hex == fields[4])
            let output = HKDF.expand(
                key: key.bytes,
                info: try field(fields[2]),
                count: try #require(Int(fields[3]))
            )
            #expect(Hex.encode(output) == fields[5])
        }
    }

    @Test("any number of bytes up to 8,160 is derived, each the beginning of the next")
    func counts() {
        let key = bytes(count: 32, seed: 1)
        let longest = HKDF.expand(key: key, info: [], count: 8_160)
        #expect(longest.count == 8_160)
        for count in [0, 1, 31, 32, 33, 8_159] {
            #expect(HKDF.expand(key: key, info: [], count: count) == Array(longest[..<count]))
        }
    }

    @Test("asking for more stops the program") func tooMany() async {
        await #expect(processExitsWith: .failure) {
            _ = HKDF.expand(key: [1], info: [], count: 8_161)
        }
    }

    @Test("wiped bytes are zeros") func wiping() {
        var secret = bytes(count: 100, seed: 2)
        SecretBytes.wipe(&secret)
        #expect(secret == [UInt8](repeating: 0, count: 100))
    }
}
