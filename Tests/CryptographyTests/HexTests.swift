import Cryptography
import Testing

@Suite("hexadecimal text") struct HexTests {
    @Test("every byte comes back from its two digits, in either case") func everyByte() throws {
        let bytes = [UInt8](0...255)
        let text = Hex.encode(bytes)
        #expect(text.count == 512)
        #expect(text.hasPrefix("000102") && text.hasSuffix("fdfeff"))
        #expect(try Hex.decode(text) == bytes)
        #expect(try Hex.decode(text.uppercased()) == bytes)
        #expect(try Hex.decode("") == [])
        #expect(Hex.encode([]) == "")
    }

    @Test("an odd number of digits is refused") func oddCount() {
        #expect(throws: Hex.DecodingError.oddCount(count: 3)) { try Hex.decode("abc") }
    }

    @Test("the first character that is no digit is named by its position")
    func notDigit() {
        #expect(throws: Hex.DecodingError.notDigit(position: 0)) { try Hex.decode("x120") }
        for (position, character) in zip(0..., ["/", ":", "@", "G", "`", "g", " ", "\n"]) {
            let text =
                String(repeating: "a", count: position) + character
                + String(repeating: "0", count: 15 - position)
            #expect(throws: Hex.DecodingError.notDigit(position: position)) { try Hex.decode(text) }
        }
        #expect(throws: Hex.DecodingError.notDigit(position: 2)) { try Hex.decode("12é") }
    }
}
