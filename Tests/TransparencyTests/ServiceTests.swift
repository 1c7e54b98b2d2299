import Attestation
import Cryptography
import Encoding
import Journal
import KeyStore
import LogStore
import MerkleLog
import Platform
import Primitives
import Sequencer
import SimulatedPlatform
import Statements
import Synchronization
import Testing
import Transparency
import Venue
import Verification

/// The service beside a running venue, with twelve seats in this process.
@Suite("Logging and attesting to a running venue")
struct ServiceTests {
    /// A venue with its log, of which both can be stopped and started again.
    final class Running {
        let sequencer: Sequencer
        let service: TransparencyService

        init(
            _ journal: SimulatedDisk,
            _ log: SimulatedDisk,
            _ attester: any IntervalAttester
        ) throws {
            let identity = try TestVenue.identity()
            sequencer = try Sequencer(
                journal.directory(),
                configuration: TestVenue.configuration,
                sink: UnheardReplies()
            )
            let builder = try LogBuilder.open(
                journal: journal.directory(),
                log: log.directory(),
                identity: identity
            )
            service = try TransparencyService(
                sequencer: sequencer,
                builder: builder,
                identity: identity,
                attester: attester,
                patienceNanoseconds: 50_000_000
            )
        }

        /// Waits until everything is logged and attested.
        func settle() throws {
            let pause = Signal()
            while true {
                sequencer.endInterval()
                pause.wait(timeoutNanoseconds: 10_000_000)
                let progress = service.progress
                if let fault = progress.fault { throw fault }
                if progress.unattested == 0,
                    progress.loggedSequence == sequencer.durableSequence
                {
                    return
                }
            }
        }

        func stop() {
            service.stop()
            sequencer.stop()
        }
    }

    /// Passes on to a committee, and forgets every third request.
    final class Unreliable: IntervalAttester {
        private let committee: LocalCommittee
        private let calls = Atomic<Int>(0)
        private let failures = Atomic<Int>(0)

        init(_ committee: LocalCommittee) { self.committee = committee }

        var roster: EpochStatement? { committee.roster }
        var failureCount: Int { failures.load(ordering: .relaxed) }

        func request(_ statement: IntervalStatement) {
            let call = calls.wrappingAdd(1, ordering: .relaxed).newValue
            if call.isMultiple(of: 3) {
                failures.wrappingAdd(1, ordering: .relaxed)
                return
            }
            committee.request(statement)
        }

        func takeCertificates() -> [IntervalCertificate] { committee.takeCertificates() }
        func notify(_ wake: @escaping @Sendable () -> Void) { committee.notify(wake) }
    }

    static func committee() throws -> LocalCommittee {
        try LocalCommittee(venue: TestVenue.venueName(), validFrom: Timestamp(1))
    }

    static func feed(_ running: Running, seed: UInt64, count: Int) {
        for step in TestVenue.session(seed: seed, count: count) {
            #expect(running.sequencer.submit(step.command, time: step.time) == .accepted)
        }
    }

    /// The certificates in a log, by the number of their interval.
    static func certificates(_ log: SimulatedDisk) throws -> [UInt64: QuorumCertificate] {
        var certificates: [UInt64: QuorumCertificate] = [:]
        for entry in try LogBuilderTests.entries(log) {
            let payload = try SignedStatement(decoding: entry).payload
            guard case .attestation(let attestation) = try Statement(decoding: payload) else {
                continue
            }
            #expect(certificates[attestation.number] == nil)
            certificates[attestation.number] = try QuorumCertificate(
                decoding: attestation.certificate
            )
        }
        return certificates
    }

    @Test("every interval with commands gets one certificate, over the root behind its own leaves")
    func attests() throws {
        let journal = SimulatedDisk(seed: 1)
        let log = SimulatedDisk(seed: 2)
        let committee = try Self.committee()
        let running = try Running(journal, log, committee)
        try running.service.file(.epoch, committee.epoch.encoded, time: Timestamp(1))
        for document in committee.documents {
            try running.service.file(.document, document.encoded, time: Timestamp(1))
        }
        Self.feed(running, seed: 20, count: 500)
        try running.settle()
        running.stop()

        let roster = try Roster(committee.epoch)
        let reader = try LogBuilderTests.reader(log)
        let certificates = try Self.certificates(log)
        #expect(certificates.count >= 10)
        for (number, certificate) in certificates {
            #expect(certificate.interval?.interval.number == number)
            #expect(certificate.votes.count == 12)
            try certificate.check(
                groupKey: roster.groupKey,
                roster: roster,
                verifier: NativeEd25519.verifier
            )
            let head = try #require(certificate.interval).log
            #expect(try reader.root(at: head.size) == head.root)
        }
        // Every trade's interval has one, and the trade is among the leaves that it covers.
        for index in 0..<reader.size {
            let payload = try SignedStatement(decoding: reader.entry(at: index)).payload
            guard case .trade(let trade) = try Statement(decoding: payload) else { continue }
            let certificate = try #require(certificates[trade.interval.number])
            #expect(certificate.interval?.interval == trade.interval)
            #expect(index < (certificate.interval?.log.size ?? 0))
        }
        // What the running service logged is what the journal gives.
        let again = SimulatedDisk(seed: 3)
        try LogBuilderTests.build(journal, again, leavesMax: 1_000)
        #expect(LogBuilderTests.files(log) == LogBuilderTests.files(again))
    }

    @Test("what the quorum does not answer is asked again, and the venue is not held up")
    func retries() throws {
        let journal = SimulatedDisk(seed: 1)
        let log = SimulatedDisk(seed: 2)
        let committee = try Self.committee()
        let attester = Unreliable(committee)
        let running = try Running(journal, log, attester)
        try running.service.file(.epoch, committee.epoch.encoded, time: Timestamp(1))
        Self.feed(running, seed: 21, count: 300)
        try running.settle()
        running.stop()
        #expect(attester.failureCount > 0)
        #expect(try Self.certificates(log).count >= 6)
    }

    @Test("stopped in the middle and started again, it attests to what is missing, once")
    func restarts() throws {
        let journal = SimulatedDisk(seed: 1)
        let log = SimulatedDisk(seed: 2)
        let committee = try Self.committee()
        for round in 0..<4 {
            let running = try Running(journal, log, committee)
            if round == 0 {
                try running.service.file(.epoch, committee.epoch.encoded, time: Timestamp(1))
            }
            Self.feed(running, seed: UInt64(30 + round), count: 150)
            // Wherever it happens to be.
            running.stop()
        }
        let last = try Running(journal, log, committee)
        try last.settle()
        last.stop()
        let certificates = try Self.certificates(log)
        let again = SimulatedDisk(seed: 3)
        try LogBuilderTests.build(journal, again, leavesMax: 1_000)
        #expect(LogBuilderTests.files(log) == LogBuilderTests.files(again))
        #expect(certificates.count >= 12)
    }

    /// With the size of a checkpoint that was seen before, a bundle proves that the log only grew since.
    private static func connects(
        _ maker: BundleMaker,
        _ reader: LogReader,
        _ trades: [Trade],
        _ trust: Trust
    ) throws {
        let trade = try #require(trades.first)
        let bytes = try maker.bundle(
            trade: trade.trade,
            side: .buy,
            account: trade.buyer,
            seen: 5
        )
        let bundle = try TransparentStatement(decoding: bytes)
        let sizes = bundle.receipts.compactMap { receipt in
            if case .consistency(let proofs) = receipt.proofs { proofs.first?.oldSize } else { nil }
        }
        #expect(sizes.contains(5))
        // A receipt that connects nothing which the client knows is refused; with the checkpoint it holds.
        #expect(!Verification.verdict(on: bytes, trust: trust).holds)
        let root = try reader.root(at: 5)
        let seen = try TestVenue.identity().checkpointFormat.sign(TreeHead(size: 5, root: root))
        var seeing = trust
        seeing.checkpoint = try SignedCheckpoint(parsing: seen)
        #expect(Verification.verdict(on: bytes, trust: seeing).holds)
    }

    @Test("a bundle is made for either side, and for nobody else's account")
    func bundles() throws {
        let journal = SimulatedDisk(seed: 1)
        let log = SimulatedDisk(seed: 2)
        let committee = try Self.committee()
        let running = try Running(journal, log, committee)
        try running.service.file(.epoch, committee.epoch.encoded, time: Timestamp(1))
        Self.feed(running, seed: 22, count: 400)
        try running.settle()
        running.stop()

        let maker = try BundleMaker(identity: TestVenue.identity(), directory: log.directory())
        var replay = try JournalReplay(directory: journal.directory(), usesSnapshots: false)
        var trades: [Trade] = []
        while try replay.next() != nil {
            for index in 0..<replay.events.count {
                if case .traded(let trade) = replay.events[index] { trades.append(trade) }
            }
        }
        #expect(trades.count > 10)
        let trust = try Trust(
            decoding: TestVenue.identity().trust(roster: committee.epoch).encoded
        )
        for trade in trades.prefix(5) {
            for side in Side.allCases {
                let (own, other) =
                    side == .buy ? (trade.buyer, trade.seller) : (trade.seller, trade.buyer)
                let bytes = try maker.bundle(trade: trade.trade, side: side, account: own)
                let bundle = try TransparentStatement(decoding: bytes)
                #expect(bundle.anchors == [])
                #expect(bundle.roster == committee.epoch.encoded)
                let verdict = Verification.verdict(on: bytes, trust: trust)
                #expect(verdict.holds, "\(verdict.firstFailure.map { $0.sentence.string } ?? "")")
                if own == other { continue }
                #expect(
                    throws: TransparencyError.accountMismatch(
                        account: other.rawValue,
                        trade: trade.trade.rawValue
                    )
                ) {
                    _ = try maker.bundle(trade: trade.trade, side: side, account: other)
                }
            }
        }
        try Self.connects(maker, LogBuilderTests.reader(log), trades, trust)
        let unknown = TradeID(1_000_000)
        #expect(throws: TransparencyError.tradeUnknown(1_000_000)) {
            _ = try maker.bundle(trade: unknown, side: .buy, account: AccountID(20))
        }
    }
}
