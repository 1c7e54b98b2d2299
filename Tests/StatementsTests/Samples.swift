import Cryptography
import Encoding
import Primitives
import Statements
import Venue

/// Statements of every kind, whose numbers are as large as they may be somewhere.
enum Samples {
    static func venue() throws -> VenueName { try VenueName("orbit-1.example") }

    static let interval = Interval(
        number: 12,
        firstSequence: 4_096,
        lastSequence: 8_191,
        stateHash: SHA256.hash(of: [1, 2, 3])
    )

    static let time = Timestamp(1_790_000_000_123_456_789)

    static let definition = InstrumentDefinition(
        instrument: InstrumentID(7),
        base: AssetID(3),
        quote: AssetID(1),
        lotUnits: 100
    )

    static let saltBytes = [UInt8](0..<32)

    static func trade(_ number: UInt64 = 1_000, notional: Amount = 1 << 100) -> Trade {
        Trade(
            trade: TradeID(number),
            instrument: InstrumentID(7),
            takerSide: .sell,
            settlement: .spot,
            price: Price(68_719_476_735),
            quantity: Quantity(250),
            maker: OrderID(counter: 1, slot: 2),
            taker: OrderID(counter: 2, slot: 3),
            makerClientID: 0,
            takerClientID: 5,
            buyer: AccountID(17),
            seller: AccountID(400_000),
            notional: notional,
            buyerFee: 0,
            sellerFee: Amount.max
        )
    }

    static func tradeStatement(_ number: UInt64 = 1_000) throws -> TradeStatement {
        TradeStatement(
            trade: trade(number),
            definition: definition,
            sequence: 5_000,
            time: time,
            interval: interval,
            venue: try venue(),
            commitments: AccountCommitments(trade(number), key: SaltKey(bytes: saltBytes))
        )
    }

    static func settlement(_ outcome: ContractOutcome = .expired) throws -> SettlementStatement {
        SettlementStatement(
            ended: ContractEnded(
                trade: TradeID(UInt64.max / 2),
                instrument: InstrumentID(9),
                outcome: outcome,
                buyer: AccountID(17),
                seller: AccountID(18),
                notional: 1,
                buyerFee: 2,
                sellerFee: 3,
                delivery: 4,
                certificate: outcome == .settled ? SHA256.hash(of: [6]) : nil
            ),
            sequence: 8_191,
            time: time,
            interval: interval,
            venue: try venue()
        )
    }

    static var changes: [RulebookChange] {
        let service = InstrumentDefinition(
            instrument: InstrumentID(9),
            base: AssetID(4),
            quote: AssetID(1),
            settlement: .service,
            lotUnits: 60,
            tickUnits: 10,
            windowStart: Timestamp(5),
            windowEnd: Timestamp(UInt64.max)
        )
        return [
            .defineAsset(AssetID(4)), .defineInstrument(definition), .defineInstrument(service),
            .setIncrements(IncrementRule(instrument: InstrumentID(9), priceIncrement: 5)),
            .setFees(FeeRule(instrument: InstrumentID(9), makerRate: 0, takerRate: 1_000_000)),
            .setBand(BandRule(instrument: InstrumentID(9), low: Price(0), high: Price(0))),
            .setBand(BandRule(instrument: InstrumentID(9), low: Price(10), high: Price(20))),
            .setLimits(LimitRule(ordersPerAccountMax: 100)),
        ]
    }

    static func document() throws -> DIDDocument {
        let id = try OrbitDID(parsing: "did:orbit:station:orbit-1.example:Svalbard_2")
        let key = JSONObject([
            .init("kty", .string("OKP")), .init("crv", .string("Ed25519")),
            .init("x", .string("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo")),
        ])
        return DIDDocument(
            id: id,
            controller: try venue().did,
            verificationMethods: [
                .init(
                    fragment: "key-1",
                    controller: id,
                    material: .multikey(.ed25519([UInt8](repeating: 0xab, count: 32)))
                ),
                .init(
                    fragment: "key-2",
                    controller: id,
                    material: .jsonWebKey(key ?? JSONObject())
                ),
                .init(
                    fragment: "share",
                    controller: id,
                    material: .multikey(.bls12381G2([UInt8](repeating: 0xcd, count: 96)))
                ),
            ],
            assertionMethods: ["key-1", "share"],
            services: [
                .init(fragment: "passes", type: "PassPlan", endpoint: "https://example.com/\"ä\"")
            ]
        )
    }

    static func roster(epoch: UInt64 = 3) throws -> EpochStatement {
        var seats: [EpochStatement.Seat] = []
        for index in UInt32(1)...12 {
            seats.append(
                .init(
                    index: index,
                    did: try OrbitDID(
                        parsing: Text("did:orbit:observer:orbit-1.example:o\(index)")
                    ),
                    operator: Text("operator \(index)"),
                    group: Text("group \(index / 2)"),
                    region: "Europe/North",
                    category: SeatCategory.allCases[Int(index) % 6],
                    identityKey: SHA256.hash(of: [UInt8(index)]).bytes,
                    shareKey: (0..<3).flatMap { part in SHA256.hash(of: [part, UInt8(index)]).bytes
                    }
                )
            )
        }
        return EpochStatement(
            venue: try venue(),
            epoch: epoch,
            groupKey: [UInt8](repeating: 0x8a, count: 96),
            validFrom: time,
            seats: seats
        )
    }

    static func intervalStatement() throws -> IntervalStatement {
        IntervalStatement(
            venue: try venue(),
            epoch: 3,
            interval: interval,
            time: time,
            log: LogHead(
                origin: "log.example/parallax",
                size: UInt64.max,
                root: SHA256.hash(of: [9])
            ),
            rosterHash: SHA256.hash(of: try roster().encoded)
        )
    }

    static func genesis(groupKey: [UInt8]?) throws -> GenesisStatement {
        GenesisStatement(
            origin: "log.example/parallax",
            venue: try venue(),
            logKey: "log.example/parallax+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
            venueKey: [UInt8](repeating: 1, count: 32),
            groupKey: groupKey,
            time: time
        )
    }

    static func keyRotation() throws -> KeyRotationStatement {
        KeyRotationStatement(
            venue: try venue(),
            origin: "log.example/parallax",
            size: 77,
            oldKey: "log.example/parallax+c74f20a3+ARpc",
            newKey: "log.example/parallax+c74f20a4+ARpd",
            time: time,
            oldSigner: { message in signature(message, key: 1) },
            newSigner: { message in signature(message, key: 2) }
        )
    }

    /// Every kind of statement, as a value.
    static func all() throws -> [Statement] {
        var statements: [Statement] = [
            .trade(try tradeStatement()), .settlement(try settlement()),
            .settlement(try settlement(.settled)), .settlement(try settlement(.failed)),
            .did(DIDStatement(document: try document(), version: 1, time: time)),
            .did(
                DIDStatement(
                    document: DIDDocument(id: try venue().did, controller: try venue().did),
                    version: UInt64.max,
                    time: .zero
                )
            ),
            .revocation(
                RevocationStatement(
                    did: try document().id,
                    reason: "key lost, \"früh\"",
                    time: time
                )
            ),
            .attestation(
                AttestationStatement(
                    venue: try venue(),
                    number: 12,
                    certificate: [1, 2, 3, 255],
                    time: time
                )
            ),
            .epoch(try roster()), .keyRotation(try keyRotation()),
            .genesis(try genesis(groupKey: nil)),
            .genesis(try genesis(groupKey: [UInt8](repeating: 2, count: 96))),
        ]
        statements += try services()
        for change in changes {
            statements.append(
                .rulebook(
                    RulebookStatement(
                        venue: try venue(),
                        version: 4,
                        sequence: 5,
                        time: time,
                        change: change
                    )
                )
            )
        }
        return statements
    }

    /// In place of a signature: 64 bytes that depend on the message and a key.
    static func signature(_ message: [UInt8], key: UInt8) -> [UInt8] {
        let half = SHA256.hash(of: [key] + message).bytes
        return half + half
    }
}
