import Encoding
import Primitives
import Testing

@Suite("exact decimals")
struct ExactDecimalTests {
    @Test(
        "a decimal number is read digit by digit and written with all its places",
        arguments: [
            ("0", "0"), ("12.50", "12.50"), ("-0.001", "-0.001"), ("-7", "-7"),
            ("170141183460469231731687303715884105727", "170141183460469231731687303715884105727"),
            ("0.000000000000000000000000000000000001", "0.000000000000000000000000000000000001"),
        ]
    )
    func readsAndWrites(text: String, expected: String) throws {
        let number = try #require(ExactDecimal(text))
        #expect(String(decoding: number.text, as: UTF8.self) == expected)
    }

    @Test(
        "what is no plain decimal number is refused",
        arguments: [
            "", "-", ".", "1.", ".5", "01", "00", "+1", "1e3", " 1", "1 ", "1,000", "--1", "1.2.3",
            "NaN", "0x10", "170141183460469231731687303715884105728",
            "0.0000000000000000000000000000000000001",
        ]
    )
    func refuses(text: String) {
        #expect(ExactDecimal(text) == nil)
    }

    @Test(
        "an exponent moves the point exactly, where it is allowed",
        arguments: [
            ("1e3", "1000"), ("1.5E+2", "150"), ("25e-4", "0.0025"), ("0e0", "0"),
            ("-1.25e1", "-12.5"),
        ]
    )
    func readsExponents(text: String, expected: String) throws {
        let number = try #require(ExactDecimal(text.utf8, allowsExponent: true))
        #expect(String(decoding: number.text, as: UTF8.self) == expected)
    }

    @Test("an exponent without digits, or beyond what fits, is refused")
    func refusesExponents() {
        for text in ["1e", "1e+", "e3", "1.e3", "1e99", "1e-37", "1e1e1", "1e40"] {
            #expect(ExactDecimal(text.utf8, allowsExponent: true) == nil, "\(text)")
        }
    }

    @Test("scaling is exact or does not happen")
    func scales() throws {
        let number = try #require(ExactDecimal("12.340"))
        #expect(number.scaled(toPlaces: 2) == 1_234)
        #expect(number.scaled(toPlaces: 6) == 12_340_000)
        #expect(number.scaled(toPlaces: 1) == nil)
        #expect(number.scaled(toPlaces: 38) == nil)
        #expect(number.reduced.places == 2)
    }
}

@Suite("times as texts")
struct TimestampTextTests {
    @Test(
        "a time is read and written in UTC",
        arguments: [
            ("1970-01-01T00:00:00Z", UInt64(0), "1970-01-01T00:00:00.000000000Z"),
            (
                "2000-02-29T12:34:56.5Z", 951_827_696_500_000_000,
                "2000-02-29T12:34:56.500000000Z"
            ),
            (
                "2026-11-21T18:47:41.123456789Z", 1_795_286_861_123_456_789,
                "2026-11-21T18:47:41.123456789Z"
            ),
        ]
    )
    func roundTrips(text: String, nanoseconds: UInt64, expected: String) throws {
        let time = try #require(Timestamp(rfc3339: text))
        #expect(time.nanoseconds == nanoseconds)
        #expect(String(decoding: time.rfc3339, as: UTF8.self) == expected)
    }

    @Test(
        "what is no time in UTC is refused",
        arguments: [
            "2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z",
            "2026-01-00T00:00:00Z", "2026-01-01T24:00:00Z", "2026-01-01T00:60:00Z",
            "2026-01-01T00:00:60Z", "2026-01-01T00:00:00", "2026-01-01T00:00:00+01:00",
            "2026-01-01 00:00:00Z", "2026-01-01T00:00:00.Z", "2026-01-01T00:00:00.1234567890Z",
            "1969-12-31T23:59:59Z", "2501-01-01T00:00:00Z", "",
        ]
    )
    func refuses(text: String) {
        #expect(Timestamp(rfc3339: text) == nil)
    }
}
