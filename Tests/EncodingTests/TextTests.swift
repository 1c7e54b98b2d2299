import Encoding
import Testing

@Suite("text") struct TextTests {
    @Test("is equal only if all bytes are") func equality() {
        #expect(Text("\u{e9}") != Text("e\u{301}"))
        #expect("\u{e9}" == "e\u{301}")
        #expect(Text("é水𐅑").string == "é水𐅑")
        #expect(Text(utf8: Text("é水𐅑").utf8) == "é水𐅑")
    }

    @Test("accepts exactly the sequences that the standard library accepts") func wellFormed() {
        // All sequences of two bytes, and longer ones around every border of the table.
        let borders: [UInt8] = [
            0x00, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1,
            0xec, 0xed, 0xee, 0xef, 0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xff,
        ]
        var accepted = 0
        func check(_ bytes: [UInt8]) {
            let expected = String(validating: bytes, as: UTF8.self) != nil
            let text = Text(utf8: bytes)
            if (text != nil) != expected { Issue.record("\(bytes)") }
            if text != nil { accepted += 1 }
        }
        for first in UInt8.min...UInt8.max {
            check([first])
            for second in UInt8.min...UInt8.max { check([first, second]) }
        }
        for first in borders {
            for second in borders {
                for third in borders {
                    check([first, second, third])
                    for fourth in borders { check([first, second, third, fourth]) }
                }
            }
        }
        #expect(accepted > 20_000)
    }
}
