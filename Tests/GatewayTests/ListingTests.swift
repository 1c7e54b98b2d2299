import Configuration
import Encoding
import Follower
import Primitives
import Testing
import Venue

/// The listing that the tests of the gateway share.
enum SampleListing {
    static let file = """
        [[asset]]
        symbol = "USD"
        number = 0
        decimals = 6

        [[asset]]
        symbol = "BTC"
        name = "Bitcoin"
        number = 1
        decimals = 8

        [[instrument]]
        symbol = "BTC-USD"
        number = 0
        base = "BTC"
        quote = "USD"
        tick = "0.05"
        lot = "0.001"
        maker_fee = 100
        taker_fee = 250
        price_low = "1000"
        price_high = "500000.00"
        largest_order = "100"
        """

    static func listing(_ text: String = file) throws(ConfigurationError) -> Listing {
        var section = try ConfigurationSection(Array(text.utf8), path: "venue.toml")
        let listing = try Listing(&section)
        try section.finish()
        return listing
    }
}

@Suite("listing")
struct ListingTests {
    @Test("prices, quantities and amounts are translated exactly in both directions")
    func translates() throws {
        let listing = try SampleListing.listing()
        let instrument = try #require(listing.instrument("BTC-USD"))
        let price = try #require(ExactDecimal("50000.05").flatMap(instrument.price))
        #expect(price == Price(1_000_001))
        #expect(instrument.text(price) == "50000.05")
        let quantity = try #require(ExactDecimal("1.5").flatMap(instrument.quantity))
        #expect(quantity == Quantity(1_500))
        #expect(instrument.text(quantity) == "1.500")
        let bitcoin = try #require(listing.asset("BTC"))
        #expect(ExactDecimal("0.00000001").flatMap(bitcoin.amount) == 1)
        #expect(bitcoin.text(150_000_000) == "1.50000000")
        #expect(bitcoin.name == "Bitcoin")
        // Ticks times lots times the tick's units is what price times quantity gives in the quote asset.
        let notional = Amount(price.ticks) * Amount(quantity.lots) * Amount(instrument.tickUnits)
        #expect(instrument.quote.text(notional) == "75000.075000")
    }

    @Test("a price off the tick and a quantity off the lot have no translation")
    func refusesInexact() throws {
        let instrument = try #require(try SampleListing.listing().instrument("BTC-USD"))
        for text in ["50000.01", "0", "-1", "50000.051", "99999999999999"] {
            #expect(ExactDecimal(text).flatMap(instrument.price) == nil, "\(text)")
        }
        for text in ["0.0001", "0", "-1", "9999999999999999"] {
            #expect(ExactDecimal(text).flatMap(instrument.quantity) == nil, "\(text)")
        }
        #expect(ExactDecimal("50000.0500").flatMap(instrument.price) == Price(1_000_001))
    }

    @Test("a new venue gets all that is listed, and a second start adds nothing")
    func definesOnce() throws {
        let listing = try SampleListing.listing()
        var venue = Venue()
        var events = EventBuffer()
        let commands = try listing.missingCommands(in: venue)
        for command in commands {
            venue.apply(command, sequence: venue.sequence + 1, time: .zero, into: &events)
        }
        for index in 0..<events.count {
            if case .refused(let refused) = events[index] {
                Issue.record("refused: \(refused.refusal)")
            }
        }
        let found = venue.status(of: InstrumentID(0))
        let status = try #require(found)
        #expect(status.phase == .continuous)
        #expect(status.fees.takerRate == 250)
        #expect(status.band.low == Price(20_000))
        let missing = try listing.missingCommands(in: venue)
        #expect(missing.isEmpty)
    }

    @Test("a start that was interrupted after any command is made up for by the next")
    func completesInterruptedStart() throws {
        let listing = try SampleListing.listing()
        let count = try listing.missingCommands(in: Venue()).count
        for cut in 0...count {
            var venue = Venue()
            var events = EventBuffer()
            for command in try listing.missingCommands(in: venue).prefix(cut) {
                venue.apply(command, sequence: venue.sequence + 1, time: .zero, into: &events)
            }
            for command in try listing.missingCommands(in: venue) {
                venue.apply(command, sequence: venue.sequence + 1, time: .zero, into: &events)
            }
            let missing = try listing.missingCommands(in: venue)
            #expect(missing.isEmpty)
            let phase = venue.status(of: InstrumentID(0))?.phase
            #expect(phase == .continuous)
        }
    }

    @Test("a halted instrument stays halted, and other terms are refused")
    func keepsWhatMustNotChange() throws {
        let listing = try SampleListing.listing()
        var venue = Venue()
        var events = EventBuffer()
        let halt = Command.setPhase(PhaseChange(instrument: InstrumentID(0), phase: .halted))
        for command in try listing.missingCommands(in: venue) + [halt] {
            venue.apply(command, sequence: venue.sequence + 1, time: .zero, into: &events)
        }
        let missing = try listing.missingCommands(in: venue)
        #expect(missing.isEmpty)
        let text = SampleListing.file.replacing("0.05", with: "0.01")
        let other = try SampleListing.listing(text)
        do throws(ListingError) {
            _ = try other.missingCommands(in: venue)
            Issue.record("other terms were taken")
        } catch {
            #expect(error == .definedOtherwise("BTC-USD"))
        }
    }

    @Test(
        "a listing that cannot be exact or is ambiguous is refused with its place",
        arguments: [
            ("lot = \"0.001\"", "lot = \"0.000000001\""), ("decimals = 6", "decimals = 4"),
            ("base = \"BTC\"", "base = \"ETH\""), ("base = \"BTC\"", "base = \"USD\""),
            ("number = 1", "number = 0"), ("symbol = \"BTC\"", "symbol = \"btc\""),
            ("price_low = \"1000\"", ""), ("price_low = \"1000\"", "price_low = \"600000\""),
            ("tick = \"0.05\"", "tick = \"0\""), ("tick = \"0.05\"", "tick = 0.05"),
            ("maker_fee = 100", "maker_fee = 1000001"), ("maker_fee = 100", "maker_fees = 1"),
            ("lot = \"0.001\"", "lot = \"0.001\"\nsettlement = \"service\""),
            ("lot = \"0.001\"", "lot = \"0.001\"\nwindow_start = \"2026-13-01T00:00:00Z\""),
        ]
    )
    func refusesListing(original: String, changed: String) {
        let text = SampleListing.file.replacing(original, with: changed)
        #expect(throws: ConfigurationError.self) { try SampleListing.listing(text) }
    }
}
