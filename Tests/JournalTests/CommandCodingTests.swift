import Cryptography
import Primitives
import ReferenceVenue
import Testing
import Venue
import SeededRandomness

@Suite("Binary form of commands")
struct CommandCodingTests {
    /// One command of each type, with a different value in every field.
    static let samples: [Command] = [
        .placeOrder(
            NewOrder(
                account: AccountID(16),
                instrument: InstrumentID(2),
                side: .sell,
                type: .stopLimit,
                timeInForce: .goodTillTime,
                price: Price(-3),
                quantity: Quantity(.max),
                clientID: .max,
                postOnly: .reprice,
                selfTradePrevention: .decrement,
                display: Quantity(.min),
                trigger: Price(5),
                trail: Price(6),
                expiresAt: Timestamp(7)
            )
        ),
        .amendOrder(
            OrderAmendment(
                reference: OrderReference(account: AccountID(1), order: OrderID(2)),
                quantity: Quantity(3),
                price: Price(4),
                trigger: Price(5),
                keepsPriority: true
            )
        ),
        .cancelOrder(OrderReference(account: AccountID(17), clientID: 0x0102_0304_0506_0708)),
        .massCancel(MassCancel(account: AccountID(9), instrument: InstrumentID(8))),
        .advanceTime,
        .openAccount(AccountID(0xFFFF_FFFE)),
        .deposit(Transfer(account: AccountID(1), asset: AssetID(2), amount: .max)),
        .withdraw(Transfer(account: AccountID(1), asset: AssetID(2), amount: .min)),
        .defineAsset(AssetID(77)),
        .defineInstrument(
            InstrumentDefinition(
                instrument: InstrumentID(1),
                base: AssetID(2),
                quote: AssetID(3),
                settlement: .service,
                lotUnits: 4,
                tickUnits: 5,
                windowStart: Timestamp(6),
                windowEnd: Timestamp(7)
            )
        ),
        .setIncrements(
            IncrementRule(
                instrument: InstrumentID(1),
                priceIncrement: 2,
                quantityIncrement: 3,
                quantityMax: 4
            )
        ),
        .setFees(FeeRule(instrument: InstrumentID(1), makerRate: 2, takerRate: 3)),
        .setBand(BandRule(instrument: InstrumentID(1), low: Price(2), high: Price(3))),
        .setLimits(LimitRule(ordersPerAccountMax: 4)),
        .setPhase(PhaseChange(instrument: InstrumentID(1), phase: .closingAuction)),
        .failContract(TradeID(2)),
        .expireContract(TradeID(.max)),
        .file(Filing(kind: .attestation, content: [1, 2, 3])),
        .settleContract(
            ContractSettlement(trade: TradeID(1), certificate: SHA256.hash(of: [4]))
        ),
        .postBond(Transfer(account: AccountID(17), asset: AssetID(2), amount: 1)),
        .releaseBond(Transfer(account: AccountID(17), asset: AssetID(2), amount: -1)),
        .penalise(
            Penalty(
                account: AccountID(0xFFFF_FFFE),
                fault: .badDeal,
                evidence: SHA256.hash(of: [5])
            )
        ),
    ]

    static func encode(_ command: Command) -> [UInt8] {
        var writer = ByteWriter()
        command.encode(to: &writer)
        return writer.bytes
    }

    static func decode(
        _ number: UInt16,
        _ bytes: [UInt8]
    ) throws(CommandDecodingError) -> Command {
        try unsafe Command(typeNumber: number, payload: bytes.span.bytes)
    }

    @Test("numbers and sizes of the types are as documented")
    func numbersAndSizes() {
        let sizes = [
            72, 45, 20, 12, 0, 4, 24, 24, 4, 48, 28, 12,
            20, 4, 5, 8, 8, 33, 40, 24, 24, 40,
        ]
        // 16 is retired.
        let numbers = (1...23).filter { $0 != 16 }.map { UInt16($0) }
        #expect(Self.samples.map(\.typeNumber) == numbers)
        #expect(Self.samples.map { Self.encode($0).count } == sizes)
        #expect(sizes.max() == Command.payloadBytesMax)
    }

    @Test("an order has the documented bytes")
    func documentedBytes() {
        let bytes = Self.encode(
            .placeOrder(
                NewOrder(
                    account: AccountID(0x0D0C_0B0A),
                    instrument: InstrumentID(2),
                    side: .sell,
                    type: .market,
                    timeInForce: .fillOrKill,
                    price: Price(0x1122),
                    quantity: Quantity(-1),
                    clientID: 0x0807_0605_0403_0201,
                    postOnly: .reject,
                    selfTradePrevention: .cancelBoth
                )
            )
        )
        #expect(Array(bytes[0..<8]) == [1, 2, 3, 4, 5, 6, 7, 8])
        #expect(Array(bytes[8..<16]) == [0x0A, 0x0B, 0x0C, 0x0D, 2, 0, 0, 0])
        #expect(Array(bytes[16..<24]) == [1, 1, 2, 1, 3, 0, 0, 0])
        #expect(Array(bytes[24..<32]) == [0x22, 0x11, 0, 0, 0, 0, 0, 0])
        #expect(Array(bytes[32..<40]) == Array(repeating: 0xFF, count: 8))
        #expect(Array(bytes[40..<72]) == Array(repeating: 0, count: 32))
    }

    @Test("decoding gives back what was encoded", arguments: samples)
    func roundTrip(_ command: Command) throws {
        let bytes = Self.encode(command)
        let decoded = try Self.decode(command.typeNumber, bytes)
        #expect(decoded == command)
    }

    @Test("a payload of the wrong size is refused with the offset", arguments: samples)
    func wrongSize(_ command: Command) {
        let bytes = Self.encode(command)
        for count in 0..<bytes.count {
            let short = Array(bytes[..<count])
            let error = #expect(throws: CommandDecodingError.self) {
                try Self.decode(command.typeNumber, short)
            }
            guard case .truncated(let offset) = error else {
                Issue.record("\(count) of \(bytes.count) bytes give \(String(describing: error))")
                continue
            }
            #expect(offset <= count)
        }
        let long = bytes + [0]
        #expect(throws: CommandDecodingError.trailingBytes(offset: bytes.count)) {
            try Self.decode(command.typeNumber, long)
        }
    }

    @Test("an unknown type is refused", arguments: [0, 16, 24, 255, 256, 65535] as [UInt16])
    func unknownType(_ number: UInt16) {
        #expect(throws: CommandDecodingError.unknownType(number)) {
            try Self.decode(number, [UInt8]())
        }
    }

    @Test(
        "a byte without a meaning is refused with its offset",
        arguments: [
            (0, 16), (0, 17), (0, 18), (0, 19), (0, 20), (0, 21), (0, 22), (0, 23), (1, 44), (3, 0),
            (3, 1), (3, 2), (3, 3), (9, 12), (9, 13), (9, 14), (9, 15), (14, 4),
        ]
    )
    func meaninglessByte(sample: Int, offset: Int) {
        let command = Self.samples[sample]
        var bytes = Self.encode(command)
        bytes[offset] = 5
        #expect(throws: CommandDecodingError.invalidValue(offset: offset)) {
            try Self.decode(command.typeNumber, bytes)
        }
    }

    @Test("whatever decodes has one encoding only")
    func oneEncoding() {
        var random = RandomSource(seed: 1)
        var decodedCount = 0
        for _ in 0..<20_000 {
            let sample = random.pick(Self.samples)
            var bytes = Self.encode(sample)
            for _ in 0..<random.below(4) where !bytes.isEmpty {
                bytes[random.below(bytes.count)] = UInt8(truncatingIfNeeded: random.next())
            }
            if random.chance(10) { bytes.append(0) }
            if random.chance(10) { bytes = Array(bytes.dropLast()) }
            let number = random.chance(10) ? UInt16(random.below(24)) : sample.typeNumber
            do throws(CommandDecodingError) {
                let command = try Self.decode(number, bytes)
                decodedCount += 1
                #expect(Self.encode(command) == bytes)
                #expect(command.typeNumber == number)
            } catch {
                switch error {
                case .unknownType(let unknown): #expect(unknown == number)
                case .truncated(let offset), .trailingBytes(let offset),
                    .invalidValue(let offset):
                    #expect(offset <= bytes.count)
                }
            }
        }
        #expect(decodedCount > 5_000)
    }
}
