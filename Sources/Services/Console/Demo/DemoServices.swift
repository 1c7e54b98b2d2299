import Encoding
import Platform
import Primitives
import Venue

/// The orbital part of a demonstration: downlinks are sold, reported, and settled or not.
enum DemoServices {
    /// A minute of a ground station's time, as an asset.
    static let minutes = AssetID(2)
    /// One downlink, delivered when it is attested.
    static let instrument = InstrumentID(1)
    private static let seller = FlowSession.account(of: 1)
    private static let buyer = FlowSession.account(of: 2)
    /// How long after the start of the demonstration the window of the service ends.
    private static let windowNanoseconds: UInt64 = 600_000_000_000
    /// 2018-01-21T00:40:00Z: the pass of Suomi NPP over Svalbard that is reported.
    static let passStart: UInt64 = 1_516_495_200_000_000_000
    static let passEnd: UInt64 = 1_516_495_800_000_000_000

    /// Lists the service, and sells it twice: trades n and n + 1 of the venue.
    static func commands(now: UInt64) -> [Command] {
        var commands: [Command] = [
            .defineAsset(minutes),
            .defineInstrument(
                InstrumentDefinition(
                    instrument: instrument,
                    base: minutes,
                    quote: FlowSession.quote,
                    settlement: .service,
                    windowStart: Timestamp(passStart),
                    windowEnd: Timestamp(now + windowNanoseconds)
                )
            ),
            .deposit(Transfer(account: seller, asset: minutes, amount: 20)),
            .setPhase(PhaseChange(instrument: instrument, phase: .continuous)),
        ]
        for _ in 0..<2 {
            commands.append(order(seller, .sell))
            commands.append(order(buyer, .buy))
        }
        return commands
    }

    private static func order(_ account: AccountID, _ side: Side) -> Command {
        .placeOrder(
            NewOrder(
                account: account,
                instrument: instrument,
                side: side,
                price: Price(48_000),
                quantity: Quantity(10)
            )
        )
    }

    /// The figures of the pass.
    ///
    /// - Parameter bytes: How many bytes the provider says were received; 1,072,481,320 fit, many more do not.
    /// - Returns: The details of a report.
    static func report(bytes: UInt64) -> Encoding.JSONObject {
        func number(_ value: Int64) -> JSONValue? { JSONNumber(exactly: value).map { .number($0) } }
        func text(_ value: UInt64) -> JSONValue { .string(Text(String(value))) }
        var sample = Encoding.JSONObject()
        sample["hertz"] = number(160_417)
        sample["timeNanoseconds"] = text(1_516_495_260_000_000_000)
        var details = Encoding.JSONObject()
        details["bitsPerSymbol"] = number(2)
        details["bytes"] = text(bytes)
        details["codeRateDenominator"] = number(2)
        details["codeRateNumerator"] = number(1)
        details["dopplerSamples"] = .array([.object(sample)])
        details["ebn0Centidecibels"] = number(620)
        details["endNanoseconds"] = text(passEnd)
        details["framingPerMille"] = number(988)
        details["frequencyHertz"] = number(8_212_500_000)
        details["modulation"] = .string("QPSK")
        details["satellite"] = number(37_849)
        details["startNanoseconds"] = text(passStart)
        details["station"] = .string("svalbard")
        details["symbolsPerSecond"] = number(15_000_000)
        return details
    }

    /// What the provider received.
    static let goodBytes: UInt64 = 1_072_481_320
    /// More than the link could carry in that time.
    static let falseBytes: UInt64 = 90_000_000_000
}
