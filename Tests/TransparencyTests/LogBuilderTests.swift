import Cryptography
import Encoding
import Foundation
import Journal
import LogStore
import Platform
import Projection
import Primitives
import SimulatedPlatform
import Statements
import Testing
import Transparency
import Venue

@Suite("The log as a projection of the journal")
struct LogBuilderTests {
    /// Builds a log to its end, some leaves at a time.
    static func build(
        _ journal: SimulatedDisk,
        _ log: SimulatedDisk,
        leavesMax: Int
    ) throws {
        var builder = try LogBuilder.open(
            journal: journal.directory(),
            log: log.directory(),
            identity: TestVenue.identity()
        )
        while try builder.advance(leavesMax: leavesMax) {}
        #expect(builder.refusedDocuments.isEmpty)
    }

    static func reader(_ log: SimulatedDisk) throws -> LogReader {
        try LogReader(
            directory: log.directory(),
            reading: TestVenue.identity().checkpointFormat.read
        )
    }

    /// Everything that is published, and the index: all but partial tiles that later ones replaced.
    static func files(_ log: SimulatedDisk) -> [String: [UInt8]] {
        var files: [String: [UInt8]] = [:]
        var widest: [String: Int] = [:]
        for name in log.fileNames {
            if name.hasPrefix("index/") || name == "checkpoint" {
                files[name] = log.bytes(of: name)
            }
            guard name.hasPrefix("tile/") else { continue }
            guard let range = name.range(of: ".p/"), let width = Int(name[range.upperBound...])
            else {
                files[name] = log.bytes(of: name)
                continue
            }
            let stem = String(name[..<range.lowerBound])
            guard width > widest[stem, default: 0] else { continue }
            widest[stem] = width
            files[stem + ".p"] = log.bytes(of: name)
        }
        for stem in widest.keys where files[stem] != nil { files[stem + ".p"] = nil }
        return files
    }

    /// Every entry, in order.
    static func entries(_ log: SimulatedDisk) throws -> [[UInt8]] {
        let reader = try reader(log)
        return try (0..<reader.size).map { index in try reader.entry(at: index) }
    }

    @Test("it has every trade, settlement, rule and document exactly once, in the journal's order")
    func complete() throws {
        let journal = SimulatedDisk(seed: 1)
        try TestVenue.play(TestVenue.session(seed: 11, count: 3_000), to: journal)
        let log = SimulatedDisk(seed: 2)
        try Self.build(journal, log, leavesMax: 100)

        var expected: [String] = ["genesis"]
        var replay = try JournalReplay(directory: journal.directory(), usesSnapshots: false)
        var hashed: [String] = []
        while let record = try replay.next() {
            switch record.content {
            case .stateHash:
                expected += hashed
                hashed = []
            case .filed: hashed.append("did")
            case .command:
                for index in 0..<replay.events.count {
                    switch replay.events[index] {
                    case .traded(let trade): hashed.append("trade \(trade.trade.rawValue)")
                    case .contractEnded(let end): hashed.append("settlement \(end.trade.rawValue)")
                    case .rulebookChanged(let rule): hashed.append("rulebook \(rule.version)")
                    default: break
                    }
                }
            }
        }
        let venue = try TestVenue.venueName()
        let found = try Self.entries(log).map { entry in
            let statement = try Statement(of: SignedStatement(decoding: entry), issuer: venue.did)
            return switch statement {
            case .genesis: "genesis"
            case .did: "did"
            case .trade(let trade): "trade \(trade.trade.rawValue)"
            case .settlement(let end): "settlement \(end.trade.rawValue)"
            case .rulebook(let rule): "rulebook \(rule.version)"
            default: "something else"
            }
        }
        #expect(found == expected)
        #expect(found.count { $0.hasPrefix("trade") } > 100)
    }

    @Test("the end of a service contract is a leaf that is found by its trade")
    func settlements() throws {
        let (quote, base, instrument) = (AssetID(0), AssetID(1), InstrumentID(0))
        var commands: [Command] = [
            .defineAsset(quote), .defineAsset(base),
            .defineInstrument(
                InstrumentDefinition(
                    instrument: instrument,
                    base: base,
                    quote: quote,
                    settlement: .service,
                    windowStart: Timestamp(1),
                    windowEnd: Timestamp(100)
                )
            ),
            .setPhase(PhaseChange(instrument: instrument, phase: .continuous)),
        ]
        for (account, side) in [(AccountID(20), Side.sell), (AccountID(21), .buy)] {
            commands.append(.openAccount(account))
            for asset in [quote, base] {
                commands.append(
                    .deposit(Transfer(account: account, asset: asset, amount: 1_000))
                )
            }
            for _ in 0..<2 {
                commands.append(
                    .placeOrder(
                        NewOrder(
                            account: account,
                            instrument: instrument,
                            side: side,
                            price: Price(7),
                            quantity: Quantity(3)
                        )
                    )
                )
            }
        }
        let certificate = SHA256.hash(of: [9])
        commands += [
            .failContract(TradeID(2)),
            .settleContract(ContractSettlement(trade: TradeID(1), certificate: certificate)),
        ]
        while commands.count < 50 { commands.append(.advanceTime) }
        let journal = SimulatedDisk(seed: 1)
        try TestVenue.play(commands.map { command in (command, Timestamp(5)) }, to: journal)
        let log = SimulatedDisk(seed: 2)
        try Self.build(journal, log, leavesMax: 100)
        let reader = try Self.reader(log)
        for (number, outcome) in [(1, .settled), (2, .failed)] as [(UInt64, ContractOutcome)] {
            let trade = try #require(try reader.leaf(of: .number(.trades, number)))
            let end = try #require(try reader.leaf(of: .number(.settlements, number)))
            #expect(trade < end)
            let payload = try SignedStatement(decoding: reader.entry(at: end)).payload
            let settlement = try SettlementStatement(decoding: payload)
            #expect(settlement.trade == TradeID(number))
            #expect(settlement.outcome == outcome)
            #expect(settlement.notional == 21)
        }
    }

    @Test("no leaf names an account: both sides are commitments that only their openings explain")
    func hidesAccounts() throws {
        let journal = SimulatedDisk(seed: 1)
        try TestVenue.play(TestVenue.session(seed: 6, count: 1_000), to: journal)
        let log = SimulatedDisk(seed: 2)
        try Self.build(journal, log, leavesMax: 1_000)
        var trades: [UInt64: Trade] = [:]
        var replay = try JournalReplay(directory: journal.directory(), usesSnapshots: false)
        while try replay.next() != nil {
            for index in 0..<replay.events.count {
                if case .traded(let trade) = replay.events[index] {
                    trades[trade.trade.rawValue] = trade
                }
            }
        }
        let key = SaltKey(bytes: TestVenue.saltBytes)
        let reader = try Self.reader(log)
        var checked = 0
        for (number, trade) in trades {
            guard let index = try reader.leaf(of: .number(.trades, number)) else { continue }
            let signed = try SignedStatement(decoding: reader.entry(at: index))
            let object = try JSONValue(decoding: signed.payload).object
            for side in ["buyer", "seller"] as [Text] {
                let members = object?[side]?.object?.members.map(\.name)
                #expect(members == ["account", "contract", "fee"])
                #expect(object?[side]?.object?["account"]?.string?.utf8.count == 64)
            }
            let statement = try TradeStatement(decoding: signed.payload)
            for side in Side.allCases {
                let opening = Disclosure(trade, side: side, key: key)
                let party = side == .buy ? statement.buyer : statement.seller
                #expect(opening.commitment == party.account)
            }
            checked += 1
        }
        #expect(checked > 20)
    }

    @Test(
        "deleted and rebuilt, in whatever steps, it has the same bytes",
        arguments: [1, 7, 64, 100_000]
    )
    func rebuilds(leavesMax: Int) throws {
        let journal = SimulatedDisk(seed: 1)
        try TestVenue.play(TestVenue.session(seed: 7, count: 1_500), to: journal)
        let first = SimulatedDisk(seed: 2)
        try Self.build(journal, first, leavesMax: 500)
        let second = SimulatedDisk(seed: 3)
        try Self.build(journal, second, leavesMax: leavesMax)
        #expect(Self.files(first) == Self.files(second))
        #expect(Self.files(first).count > 5)
    }

    @Test("opened again after every step, it goes on where it was")
    func reopens() throws {
        let journal = SimulatedDisk(seed: 1)
        try TestVenue.play(TestVenue.session(seed: 8, count: 1_500), to: journal)
        let whole = SimulatedDisk(seed: 2)
        try Self.build(journal, whole, leavesMax: 500)
        let log = SimulatedDisk(seed: 3)
        var isBehind = true
        var openings = 0
        while isBehind {
            var builder = try LogBuilder.open(
                journal: journal.directory(),
                log: log.directory(),
                identity: TestVenue.identity()
            )
            isBehind = try builder.advance(leavesMax: 40)
            openings += 1
        }
        #expect(openings > 3)
        #expect(Self.files(log) == Self.files(whole))
    }

    @Test("a crash at any operation leaves a log that goes on to the same bytes")
    func crashes() throws {
        let journal = SimulatedDisk(seed: 1)
        try TestVenue.play(TestVenue.session(seed: 9, count: 400), to: journal)
        let whole = SimulatedDisk(seed: 2)
        try Self.build(journal, whole, leavesMax: 60)
        let expected = Self.files(whole)
        let operations = whole.operationCount
        for operation in stride(from: 1, through: operations, by: max(1, operations / 60)) {
            let log = SimulatedDisk(seed: UInt64(operation))
            log.plan(.powerFailsAfter, at: operation)
            do {
                try Self.build(journal, log, leavesMax: 60)
            } catch {
                log.losePower()
            }
            try Self.build(journal, log, leavesMax: 60)
            #expect(Self.files(log) == expected)
        }
    }

    @Test("it is not continued from another venue's journal")
    func foreignJournal() throws {
        let journal = SimulatedDisk(seed: 1)
        try TestVenue.play(TestVenue.session(seed: 10, count: 600), to: journal)
        let log = SimulatedDisk(seed: 2)
        try Self.build(journal, log, leavesMax: 1_000)
        let other = SimulatedDisk(seed: 3)
        try TestVenue.play(TestVenue.session(seed: 11, count: 600), to: other)
        #expect {
            try Self.build(other, log, leavesMax: 1_000)
        } throws: { error in
            guard case .foreignLog = error as? TransparencyError else { return false }
            return true
        }
    }

    @Test("a document that says something else than it was filed as stays out of the log")
    func refusesDocuments() throws {
        let venue = try TestVenue.venueName()
        let other = try VenueName("other.example")
        let foreign = DIDStatement(
            document: DIDDocument(
                id: try OrbitDID(kind: .satellite, registrar: other, id: "x"),
                controller: other.did
            ),
            version: 1,
            time: Timestamp(1)
        )
        let own = try TestVenue.document(0, time: Timestamp(1))
        #expect(throws: Never.self) { try FiledStatement(.document, own, venue, at: 1) }
        let wrong: [(FilingKind, [UInt8])] = [
            (.revocation, own), (.document, own.dropLast()), (.document, foreign.encoded),
            (.document, []),
        ]
        for (kind, document) in wrong {
            #expect {
                _ = try FiledStatement(kind, Array(document), venue, at: 9)
            } throws: { error in
                guard case .documentInvalid(sequence: 9, _) = error as? TransparencyError else {
                    return false
                }
                return true
            }
        }
    }
}
