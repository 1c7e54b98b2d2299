import Attestation
import Committee
import Cryptography
import Encoding
import KeyStore
import Platform
import Primitives
import SimulatedBundles
import Statements
import Synchronization
import TestSupport
import Testing
import Transparency
import Venue
import Verification

/// What a venue does with the evidence that it holds, on a real log on the disk.
@Suite("The docket of penalties") struct PenaltyDocketTests {
    private static let time = Timestamp(
        SimulatedVenueLog.time.nanoseconds + 40 * 86_400 * 1_000_000_000
    )

    /// The rosters and penalties that were filed.
    private final class Filings: Sendable {
        private let state = Mutex(CommitteeRecord())

        var record: CommitteeRecord { state.withLock { state in state } }

        func take(_ roster: EpochStatement) throws {
            try state.withLock { state in try state.take(roster) }
        }

        func take(_ penalty: PenaltyStatement) throws {
            try state.withLock { state in try state.take(penalty) }
        }
    }

    /// A venue whose seat 9 voted for 70 of the 120 intervals of a month.
    private final class Scene {
        let folder: TemporaryDirectory
        let log: SimulatedVenueLog
        let evidence: EvidenceFolder
        let filings = Filings()
        let filed = Collected<[UInt8]>()
        let warnings = Collected<CommitteeError>()
        let docket: PenaltyDocket

        init(filesPenalties: Bool = false, votes: UInt64 = 70) throws {
            folder = try TemporaryDirectory()
            var log = try SimulatedVenueLog(tradeCount: 3)
            log.append(log.committee.roster)
            try log.appendMonth(votes: votes)
            self.log = log
            try log.write(to: LinuxDirectory.open(folder.path(of: "log"), create: true))
            evidence = try EvidenceFolder(path: folder.path(of: "evidence"))
            let (filings, filed, warnings) = (filings, filed, warnings)
            try filings.take(log.committee.roster)
            let file: @Sendable ([UInt8]) -> Bool = { bytes in
                filed.add(bytes)
                return true
            }
            let identity = try VenueIdentity(
                venue: log.venue,
                origin: SimulatedVenueLog.origin,
                venueKey: log.issuerKey.anotherKey(),
                logKey: log.logKey.anotherKey(),
                saltKey: SaltKey(bytes: [UInt8](repeating: 3, count: 32))
            )
            docket = PenaltyDocket(
                folder: evidence,
                identity: identity,
                logPath: folder.path(of: "log"),
                record: { filings.record },
                file: filesPenalties ? file : nil,
                warn: { error in warnings.add(error) }
            )
        }

        /// Tells the docket of every leaf, as the journal does.
        func replay() throws {
            for leaf in log.leaves {
                let statement = try Statement(decoding: SignedStatement(decoding: leaf).payload)
                if case .attestation(let content) = statement {
                    docket.take(.attestation, content.encoded)
                }
            }
        }

        func look() throws { try docket.look(at: PenaltyDocketTests.time) }

        /// Files the first penalty that is due.
        func fileFirst() throws {
            let due = try #require(docket.due.first)
            try filings.take(due.penalty)
        }

        /// Keeps a vote with another seat's share as the committee does when it comes.
        func keepWrongShare(of index: UInt32, _ number: UInt64) throws {
            let interval = Attested.interval(log.monthInterval(number))
            let cast = try log.wrongShare(index, for: interval).encoded
            let name = "wrongShare-" + SHA256.hash(of: cast).hex + ".cbor"
            try folder.write(cast, to: "evidence/" + name)
        }

        /// Two votes of a seat for one interval.
        func equivocation(_ index: UInt32) throws -> SeatEvidence {
            var other = log.monthInterval(5)
            other.interval.stateHash = SHA256.hash(of: [9])
            return try SeatEvidence(
                equivocation: log.committee.vote(index, for: log.monthInterval(5)),
                log.committee.vote(index, for: other)
            )
        }
    }

    @Test("absence becomes evidence at the end of its 30 days, and is due until it is filed")
    func absence() throws {
        let scene = try Scene()
        try scene.look()
        #expect(scene.docket.due.isEmpty)
        try scene.replay()
        try scene.look()
        let due = try #require(scene.docket.due.first)
        #expect(scene.docket.due.count == 1)
        #expect(due.name.hasPrefix("attendance-"))
        #expect(due.penalty.fault == .attendance)
        #expect(due.penalty.index == 9)
        #expect(due.penalty.rate == 100_000)
        #expect(due.penalty.status == .active)
        try scene.fileFirst()
        try scene.look()
        #expect(scene.docket.due.isEmpty)
        #expect(scene.warnings.all.isEmpty)
    }

    @Test("a seat that was there for four of five certificates is not accused")
    func presence() throws {
        let scene = try Scene(votes: 96)
        try scene.replay()
        try scene.look()
        #expect(scene.docket.due.isEmpty)
        #expect(try scene.evidence.pieces().isEmpty)
    }

    @Test("two wrong shares are kept, three are evidence") func wrongShares() throws {
        let scene = try Scene()
        for number in [UInt64(3), 7, 7] {
            try scene.keepWrongShare(of: 4, number)
        }
        try scene.keepWrongShare(of: 5, 9)
        try scene.look()
        #expect(scene.docket.due.isEmpty)
        try scene.keepWrongShare(of: 4, 11)
        try scene.look()
        let due = try #require(scene.docket.due.first)
        #expect(scene.docket.due.count == 1)
        #expect(due.name.hasPrefix("invalidShares-"))
        #expect(due.penalty.index == 4)
        #expect(due.penalty.rate == 250_000)
        #expect(due.penalty.status == .removed)
        try scene.fileFirst()
        try scene.keepWrongShare(of: 4, 13)
        try scene.look()
        #expect(scene.docket.due.isEmpty)
    }

    @Test("what is due is filed unasked if the venue is told so, each observer's once")
    func automatic() throws {
        let scene = try Scene(filesPenalties: true)
        let evidence = try scene.equivocation(2)
        try scene.evidence.keep(evidence)
        try scene.look()
        try scene.look()
        #expect(scene.filed.all == [evidence.encoded])
        try scene.fileFirst()
        try scene.look()
        #expect(scene.filed.all.count == 1)
        #expect(scene.docket.due.isEmpty)
    }

    @Test("a file that proves nothing is named once, and nothing is due for it")
    func nonsense() throws {
        let scene = try Scene()
        try scene.folder.write([1, 2, 3], to: "evidence/equivocation-00.cbor")
        var changed = try scene.equivocation(2)
        changed.index = 3
        try scene.evidence.keep(changed)
        try scene.look()
        try scene.look()
        #expect(scene.docket.due.isEmpty)
        #expect(scene.warnings.all.count == 2)
    }
}
