import Attestation
import Attestor
import ComponentHost
import Configuration
import Cryptography
import Encoding
import KeyStore
import MessageBus
import Platform
import Primitives
import Statements
import Synchronization
import TLS
import TestSupport
import Testing
import Venue

/// A venue's side of the network, and observers that run in this process.
final class Network: Sendable {
    /// What came, and somebody who waits for more.
    final class Heard<Item: Sendable>: Sendable {
        private let items = Mutex<[Item]>([])
        private let signal = Signal()

        func add(_ item: Item) {
            items.withLock { items in items.append(item) }
            signal.notify()
        }

        var all: [Item] { items.withLock { items in items } }

        /// The first item that fits; waits for it, at most half a minute.
        func first(where fits: (Item) -> Bool) -> Item? {
            let clock = LinuxClock()
            let end = clock.monotonicNanoseconds() + 30_000_000_000
            while true {
                if let item = all.first(where: fits) { return item }
                if clock.monotonicNanoseconds() > end { return nil }
                signal.wait(timeoutNanoseconds: 200_000_000)
            }
        }
    }

    let hub: BusHub
    let seats: TestSeats
    let folder: TemporaryDirectory
    let votes = Heard<Vote>()
    let dissents = Heard<Dissent>()
    let events = Heard<AttestorEvent>()
    private let pieces = Mutex<[(first: UInt64, bytes: [UInt8])]>([])
    private let module: Module
    private let venueKey: Ed25519.PublicKey
    private let venue: VenueName

    init(_ scripted: ScriptedVenue) throws {
        folder = try TemporaryDirectory()
        seats = try TestSeats()
        module = try SandboxTests.module()
        venueKey = scripted.key.publicKey
        venue = scripted.name
        let identity = try scripted.key.withSeed { seed throws(TLSError) in
            try TLSIdentity(seed: seed)
        }
        let rules = try BusRules(
            publish: ["attest.response.*", "attest.dissent", "journal.fetch"],
            subscribe: ["attest.request.*", "journal.chunk"]
        ) { _ in true }
        hub = try BusHub(identity: identity, rules: rules)
        let (votes, dissents) = (votes, dissents)
        try hub.subscribe("attest.response.*") { message in
            if let vote = try? Vote(decoding: message.payload) { votes.add(vote) }
        }
        try hub.subscribe("attest.dissent") { message in
            if let dissent = try? Dissent(decoding: message.payload) { dissents.add(dissent) }
        }
        try hub.subscribe("journal.fetch") { [self] message in
            guard let replyTo = message.replyTo,
                let from = try? FetchRequest(decoding: message.payload)
            else { return }
            let chunks = pieces.withLock { pieces in
                pieces.filter { piece in piece.first >= from.from }.map(\.bytes)
            }
            try? hub.publish(replyTo, FetchAnswer(chunks: chunks).encoded)
        }
    }

    /// Lets observers fetch a piece, and publishes it unless it is to be missed.
    func publish(_ piece: ScriptedVenue.Piece, isMissed: Bool = false) throws {
        let bytes = piece.chunk.encoded
        pieces.withLock { pieces in pieces.append((piece.chunk.first, bytes)) }
        if !isMissed { try hub.publish("journal.chunk", bytes) }
    }

    func ask(_ statement: IntervalStatement) throws {
        try hub.publish("attest.request.interval", IntervalRequest(statement: statement).encoded)
    }

    func ask(_ request: ClaimRequest) throws {
        try hub.publish("attest.request.claim", request.encoded)
    }

    /// An observer that has started, and what ends it.
    func observer(
        _ index: UInt32,
        _ change: (inout AttestorConfiguration) throws -> Void = { _ in }
    ) throws -> (attestor: Attestor, bus: BusClient) {
        let directory = folder.path + "/seat-\(index)"
        _ = try LinuxDirectory.open(directory, create: true)
        let identity = try TestSeats.identity(index).withSeed { seed throws(TLSError) in
            try TLSIdentity(seed: seed)
        }
        let bus = try BusClient(
            address: "127.0.0.1:\(hub.port)",
            hubKey: venueKey,
            identity: identity
        )
        var configuration = AttestorConfiguration(
            venue: venue,
            venueKey: venueKey,
            directory: directory,
            module: module,
            evidence: ClaimEvidenceSource()
        )
        try change(&configuration)
        let events = events
        let attestor = Attestor(
            configuration,
            keys: seats.keys(index),
            votes: try VoteStore(directory: directory),
            bus: bus,
            clock: LinuxClock()
        ) { event in events.add(event) }
        try attestor.start()
        return (attestor, bus)
    }

    func close() {
        hub.close()
    }
}

@Suite("An observer on the network", .serialized) struct AttestorTests {
    private static func isValid(_ vote: Vote, _ statement: IntervalStatement, _ roster: Roster)
        throws
        -> Bool
    {
        let attested = Attested.interval(statement)
        let seat = try #require(roster.seat(vote.index))
        try vote.check(
            for: attested,
            digest: attested.digest,
            by: seat.statement,
            identityKey: seat.identityKey,
            verifier: NativeEd25519.verifier
        )
        return true
    }

    /// A venue with a roster in its journal, whose first interval has ended.
    private static func begin(_ seed: UInt64) throws -> (ScriptedVenue, Network, EpochStatement) {
        let venue = try ScriptedVenue(seed: seed)
        let network = try Network(venue)
        venue.run(200)
        let roster = try network.seats.roster(venue.name, epoch: 1)
        venue.file(.epoch, roster.encoded)
        venue.run(50)
        try venue.close()
        return (venue, network, roster)
    }

    @Test("votes for what it re-executed, the same when asked again, also after it was stopped")
    func votes() throws {
        let (venue, network, roster) = try Self.begin(21)
        defer { network.close() }
        try network.publish(venue.pieces[0], isMissed: true)
        let other = try Self.voteTwice(venue, network, roster)
        let (attestor, bus) = try network.observer(4)
        defer {
            attestor.stop()
            bus.close()
        }
        #expect(network.events.first { $0 == .restored(interval: 2) } != nil)
        let before = network.votes.all.count
        let second = venue.statement(for: venue.pieces[1], roster: roster)
        let isAnswered = try Self.asks(network, second) { network.votes.all.count > before }
        try #require(isAnswered)
        #expect(network.votes.all.last == other)
    }

    /// The vote for the second interval of an observer that is stopped then.
    private static func voteTwice(
        _ venue: ScriptedVenue,
        _ network: Network,
        _ roster: EpochStatement
    ) throws -> Vote {
        let (attestor, bus) = try network.observer(4)
        defer {
            attestor.stop()
            bus.close()
        }
        try #require(network.events.first { $0 == .roster(epoch: 1, seat: 4) } != nil)
        let first = venue.statement(for: venue.pieces[0], roster: roster)
        try network.ask(first)
        let vote = try #require(network.votes.first { vote in vote.slot == 1 })
        #expect(try isValid(vote, first, Roster(roster)))
        // A piece that is missed is fetched when somebody asks about it.
        venue.run(100)
        try venue.close()
        try network.publish(venue.pieces[1], isMissed: true)
        let second = venue.statement(for: venue.pieces[1], roster: roster)
        try network.ask(second)
        let other = try #require(network.votes.first { vote in vote.slot == 2 })
        #expect(try isValid(other, second, Roster(roster)))
        return other
    }

    /// Asks until something is so, because an observer may still be connecting.
    private static func asks(
        _ network: Network,
        _ statement: IntervalStatement,
        until isSo: () -> Bool
    ) throws -> Bool {
        for _ in 0..<100 {
            try network.ask(statement)
            PlatformThread.nap(nanoseconds: 100_000_000)
            if isSo() { return true }
        }
        return false
    }

    @Test("dissents from a statement that is not what it came to, and names the difference")
    func dissents() throws {
        let (venue, network, roster) = try Self.begin(22)
        defer { network.close() }
        try network.publish(venue.pieces[0])
        let (attestor, bus) = try network.observer(5)
        defer {
            attestor.stop()
            bus.close()
        }
        try #require(network.events.first { $0 == .roster(epoch: 1, seat: 5) } != nil)
        var statement = venue.statement(for: venue.pieces[0], roster: roster)
        statement.interval.stateHash = SHA256.hash(of: [1])
        try network.ask(statement)
        let dissent = try #require(network.dissents.first { _ in true })
        try dissent.check(by: Roster(roster), verifier: NativeEd25519.verifier)
        #expect(dissent.statement.reason.string.hasPrefix("the state hash after command"))
        // The right one is signed all the same.
        try network.ask(venue.statement(for: venue.pieces[0], roster: roster))
        #expect(network.votes.first { vote in vote.slot == 1 } != nil)
    }

    @Test("signs nothing any more when the venue's state is off by one unit") func oneUnit() throws
    {
        let (venue, network, roster) = try Self.begin(23)
        defer { network.close() }
        try network.publish(venue.pieces[0])
        let (attestor, bus) = try network.observer(6)
        defer {
            attestor.stop()
            bus.close()
        }
        try #require(network.events.first { $0 == .roster(epoch: 1, seat: 6) } != nil)
        try venue.cheatByOneUnit()
        try network.publish(venue.pieces[1])
        try network.ask(venue.statement(for: venue.pieces[1], roster: roster))
        let dissent = try #require(network.dissents.first { _ in true })
        #expect(dissent.statement.slot == .interval(2))
        #expect(dissent.statement.reason.string.contains("its commands lead to"))
        #expect(network.votes.all.isEmpty)
    }

    @Test("an observer that equivocates sends two votes that contradict each other")
    func equivocates()
        throws
    {
        let (venue, network, roster) = try Self.begin(24)
        defer { network.close() }
        try network.publish(venue.pieces[0])
        let (attestor, bus) = try network.observer(7) { configuration in
            configuration.misbehaviour.equivocates = true
        }
        defer {
            attestor.stop()
            bus.close()
        }
        try #require(network.events.first { $0 == .roster(epoch: 1, seat: 7) } != nil)
        let statement = venue.statement(for: venue.pieces[0], roster: roster)
        try network.ask(statement)
        let right = try #require(network.votes.first { vote in vote.digest == statement.digest })
        let wrong = try #require(network.votes.first { vote in vote.digest != statement.digest })
        #expect(right.contradicts(wrong))
    }

    // MARK: Claims

    private static let pass: (start: UInt64, end: UInt64) = (
        1_516_495_200_000_000_000, 1_516_495_800_000_000_000
    )

    private static func details(bytes: String) throws -> JSONObject {
        let text = """
            {"bitsPerSymbol":2,"bytes":"\(bytes)","codeRateDenominator":2,"codeRateNumerator":1,\
            "dopplerSamples":[{"hertz":160417,"timeNanoseconds":"1516495260000000000"}],\
            "ebn0Centidecibels":620,"endNanoseconds":"\(pass.end)","framingPerMille":988,\
            "frequencyHertz":8212500000,"modulation":"QPSK","satellite":37849,\
            "startNanoseconds":"\(pass.start)","station":"svalbard","symbolsPerSecond":15000000}
            """
        return try #require(try JSONValue(decoding: Array(text.utf8)).object)
    }

    /// A venue where one service contract waits, and the report about it was filed.
    private static func service(bytes: String) throws -> (
        ScriptedVenue, Network, EpochStatement, ReportStatement
    ) {
        let venue = try ScriptedVenue(seed: 25)
        let network = try Network(venue)
        let roster = try network.seats.roster(venue.name, epoch: 1)
        let time = Timestamp(pass.start - 1)
        let (dollar, minute) = (AssetID(0), AssetID(1))
        let service = InstrumentID(0)
        var commands: [Command] = [
            .defineAsset(dollar), .defineAsset(minute),
            .defineInstrument(
                InstrumentDefinition(
                    instrument: service,
                    base: minute,
                    quote: dollar,
                    settlement: .service,
                    windowStart: Timestamp(pass.start - 10),
                    windowEnd: Timestamp(pass.end + 10)
                )
            ),
        ]
        for account in [AccountID(20), AccountID(21)] {
            commands.append(.openAccount(account))
            for asset in [dollar, minute] {
                commands.append(.deposit(Transfer(account: account, asset: asset, amount: 1_000)))
            }
        }
        commands.append(.setPhase(PhaseChange(instrument: service, phase: .continuous)))
        for (account, side) in [(AccountID(20), Side.sell), (AccountID(21), .buy)] {
            commands.append(
                .placeOrder(
                    NewOrder(
                        account: account,
                        instrument: service,
                        side: side,
                        price: Price(5),
                        quantity: Quantity(2)
                    )
                )
            )
        }
        for command in commands { venue.apply(command, at: time) }
        venue.file(.epoch, roster.encoded)
        let report = ReportStatement(
            venue: venue.name,
            trade: TradeID(1),
            revision: 0,
            claim: "downlink_completed",
            details: try details(bytes: bytes),
            time: time
        )
        venue.file(.report, report.encoded)
        try venue.close()
        try #require(venue.waitingContract(TradeID(1)) != nil)
        return (venue, network, roster, report)
    }

    private static func program() throws -> ComponentProgram {
        try ComponentProgram(
            try WholeFile.read(".build/components/downlink.wasm"),
            claim: "downlink_completed",
            engine: ComponentEngine(.init(isDeterministic: true))
        )
    }

    /// Evidence as the template of a new observer has it.
    private static func evidence(_ folder: String) throws -> ClaimEvidenceSource {
        let stations = """
            [[station]]
            name = "svalbard"
            latitude = 78.2297
            longitude = 15.3975
            height = 450
            mask = 5.0
            """
        let elements = """
            SUOMI NPP
            1 37849U 11061A   18020.95418132  .00000016  00000-0  28338-4 0  9999
            2 37849  98.7246 321.4999 0000616 108.1950 317.8168 14.19560018322997
            NOAA 20
            1 43013U 17073A   18020.92139410 -.00000010  00000-0  16025-4 0  9999
            2 43013  98.7409 320.9350 0000788  94.7550 265.3743 14.19548236  9030

            """
        try WholeFile.write(Array(stations.utf8), to: folder + "/stations.toml")
        try WholeFile.write(Array(elements.utf8), to: folder + "/elements.tle")
        return ClaimEvidenceSource(
            elements: try ElementSets(paths: [folder + "/elements.tle"]),
            stations: try GroundStations(path: folder + "/stations.toml")
        )
    }

    /// What one observer says of a claim.
    private static func answer(
        bytes: String = "1072481320",
        _ change: (inout ClaimStatement, inout AttestorConfiguration) -> Void = { _, _ in }
    ) throws -> Result<Vote, Refusal> {
        let (venue, network, roster, report) = try service(bytes: bytes)
        defer { network.close() }
        let program = try program()
        var statement = ClaimStatement(
            venue: venue.name,
            epoch: 1,
            trade: TradeID(1),
            revision: 0,
            claim: "downlink_completed",
            component: program.digest,
            report: SHA256.hash(of: report.encoded),
            time: Timestamp(pass.end),
            rosterHash: SHA256.hash(of: roster.encoded)
        )
        try network.publish(venue.pieces[0])
        let (attestor, bus) = try network.observer(8) { configuration in
            configuration.programs = [program]
            configuration.evidence = try evidence(network.folder.path)
            change(&statement, &configuration)
        }
        defer {
            attestor.stop()
            bus.close()
        }
        try #require(network.events.first { $0 == .roster(epoch: 1, seat: 8) } != nil)
        try network.ask(ClaimRequest(statement: statement, report: report.encoded))
        let event = network.events.first { event in
            switch event {
            case .voted, .dissented: true
            default: false
            }
        }
        guard case .voted = event else {
            let dissent = try #require(network.dissents.first { _ in true })
            return .failure(Refusal(reason: dissent.statement.reason.string))
        }
        return .success(try #require(network.votes.first { _ in true }))
    }

    struct Refusal: Error {
        var reason: String
    }

    @Test("votes for a claim whose evidence its own program accepts") func goodClaim() throws {
        let vote = try Self.answer().get()
        #expect(AttestedSlot(rawValue: vote.slot) == .claim(TradeID(1), revision: 0))
    }

    @Test("dissents from a claim of more bytes than the link can carry") func badClaim() throws {
        guard case .failure(let refusal) = try Self.answer(bytes: "9072481320000") else {
            Issue.record("it voted")
            return
        }
        #expect(!refusal.reason.isEmpty)
    }

    @Test("dissents with the elements of another satellite, or when asked for another program")
    func wrongEvidence() throws {
        let wrong = try Self.answer { _, configuration in
            configuration.misbehaviour.hasWrongEvidence = true
        }
        #expect(throws: Refusal.self) { _ = try wrong.get() }
        let other = try Self.answer { statement, _ in
            statement.component = SHA256.hash(of: [1])
        }
        #expect {
            _ = try other.get()
        } throws: { error in
            (error as? Refusal)?.reason.hasPrefix("the claim names another program") == true
        }
    }

    @Test("dissents from a claim whose report is not the one that was filed") func otherReport()
        throws
    {
        let other = try Self.answer { statement, _ in statement.report = SHA256.hash(of: [2]) }
        #expect {
            _ = try other.get()
        } throws: { error in
            (error as? Refusal)?.reason.contains("report") == true
        }
    }
}
