import Encoding
import Testing
import SeededRandomness
import TestSupport

@Suite("base64") struct Base64Tests {
    @Test("the examples of RFC 4648 hold in both directions") func examples() throws {
        let lines = try vectorLines("RFC4648/examples.txt", parts: 2)
        #expect(lines.count == 7)
        for line in lines {
            let (bytes, text) = (line[0] == "-" ? "" : line[0], line[1] == "-" ? "" : line[1])
            #expect(Base64.standard.encode([UInt8](bytes.utf8)) == text)
            #expect(try Base64.standard.decode(text) == [UInt8](bytes.utf8))
            let unpadded = text.prefix { character in character != "=" }
            #expect(Base64.url.encode([UInt8](bytes.utf8)) == unpadded)
            #expect(try Base64.url.decode(String(unpadded)) == [UInt8](bytes.utf8))
        }
    }

    @Test("the two alphabets differ in their last two digits only") func alphabets() throws {
        #expect(Base64.standard.encode([0xfb, 0xff, 0xbf]) == "+/+/")
        #expect(Base64.url.encode([0xfb, 0xff, 0xbf]) == "-_-_")
        #expect(throws: Base64.DecodingError.notDigit(position: 0)) {
            try Base64.standard.decode("-_-_")
        }
        #expect(throws: Base64.DecodingError.notDigit(position: 1)) {
            try Base64.url.decode("A+-_")
        }
    }

    @Test("every sequence comes back", arguments: [Base64.standard, .url])
    func roundTrip(form: Base64) throws {
        var generator = RandomSource(seed: 1)
        for count in 0..<200 {
            let bytes = (0..<count).map { _ in UInt8(generator.below(256)) }
            #expect(try form.decode(form.encode(bytes)) == bytes)
            #expect(try form.decode(form.encodedBytes(bytes)) == bytes)
        }
    }

    @Test("what is not the one text of some bytes is refused where it is wrong") func refusals() {
        let standard: [(String, Base64.DecodingError)] = [
            ("A", .invalidCount(count: 1)), ("AA", .invalidCount(count: 2)),
            ("AAA", .invalidCount(count: 3)), ("AAAAA", .invalidCount(count: 5)),
            ("=", .invalidCount(count: 1)), ("====", .notDigit(position: 0)),
            ("A===", .notDigit(position: 1)), ("AA=A", .notDigit(position: 2)),
            ("AAA=AAAA", .notDigit(position: 3)), ("AA A", .notDigit(position: 2)),
            ("AAA\n", .notDigit(position: 3)), ("AAAé", .invalidCount(count: 5)),
            ("AB==", .trailingBits(position: 1)), ("AAAAAAB=", .trailingBits(position: 6)),
        ]
        for (text, error) in standard {
            #expect(throws: error, "\(text)") { try Base64.standard.decode(text) }
        }
        let url: [(String, Base64.DecodingError)] = [
            ("A", .invalidCount(count: 1)), ("AAAAA", .invalidCount(count: 5)),
            ("AA==", .notDigit(position: 2)), ("AB", .trailingBits(position: 1)),
            ("AAB", .trailingBits(position: 2)), ("AA A", .notDigit(position: 2)),
        ]
        for (text, error) in url {
            #expect(throws: error, "\(text)") { try Base64.url.decode(text) }
        }
    }

    @Test("what decodes encodes to the same text", arguments: [Base64.standard, .url])
    func fuzz(form: Base64) {
        var generator = RandomSource(seed: 2)
        var accepted = 0
        for _ in 0..<5_000 {
            var text = form.encodedBytes(
                (0..<generator.below(12)).map { UInt8(truncatingIfNeeded: $0 * 37) }
            )
            generator.mutate(&text)
            guard let bytes = try? form.decode(text) else { continue }
            accepted += 1
            #expect(form.encodedBytes(bytes) == text)
        }
        #expect(accepted > 300)
    }
}
