import BLS12381
import Cryptography
import Encoding
import Foundation
import KeyCeremony
import KeyStore
import MessageBus
import Platform
import Primitives
import SeededRandomness
import Statements
import Synchronization
import TestSupport
import TLS
import Testing
import ThresholdKeys
import Venue

/// A venue with a journal in memory, observers in the same process, and between them real connections.
private final class Scene: Sendable {
    struct Journal {
        var documents: [(kind: FilingKind, bytes: [UInt8])] = []
        var progress: [CeremonyProgress] = []
        var relay: CeremonyRelay?
        var participants: [String: CeremonyParticipant] = [:]
        var clients: [String: BusClient] = [:]
        var seats: [String: [ParticipantProgress]] = [:]
    }

    let venue: VenueName
    let people: [TestCommittee.Person]
    let hub: BusHub
    let hubKey: Ed25519.PublicKey
    let limits: CeremonyLimits
    let journal = Mutex(Journal())

    init(_ ids: [String], limits: CeremonyLimits = Scene.patient) throws {
        venue = try VenueName("test.venue")
        people = try ids.map(TestCommittee.Person.init)
        let key = SigningKey.generate()
        hubKey = key.publicKey
        hub = try BusHub(
            identity: try key.withSeed { seed in try TLSIdentity(seed: seed) },
            rules: BusRules(
                admits: { _ in true },
                mayPublish: { _, _ in true },
                maySubscribe: { _, _ in true }
            ),
            clock: LinuxClock()
        )
        self.limits = limits
    }

    /// Nothing in these tests waits for the end of a phase.
    static var patient: CeremonyLimits {
        var limits = CeremonyLimits()
        limits.gatherNanoseconds = 300_000_000_000
        limits.phaseNanoseconds = 300_000_000_000
        limits.retryNanoseconds = 0
        return limits
    }

    /// A phase is over as soon as enough have spoken.
    static var hasty: CeremonyLimits {
        var limits = CeremonyLimits()
        limits.gatherNanoseconds = 2_000_000_000
        limits.phaseNanoseconds = 2_000_000_000
        limits.retryNanoseconds = 0
        return limits
    }

    func committee(_ ids: [String]) throws -> CommitteeFile {
        CommitteeFile(
            venue: venue,
            seats: try ids.enumerated().map { position, id in
                try person(id).enrolment(UInt32(position) + 1)
            }
        )
    }

    func person(_ id: String) throws -> TestCommittee.Person {
        try #require(people.first { person in person.id == id })
    }

    /// Starts the venue's side on what the journal holds, as after a crash.
    func startVenue() throws {
        let relay = CeremonyRelay(
            venue: venue,
            bus: hub,
            clock: LinuxClock(),
            limits: limits,
            verifier: NativeEd25519.verifier,
            validFrom: { epoch in Timestamp(epoch) },
            file: { [weak self] kind, bytes in
                self?.file(kind, bytes)
                return true
            },
            report: { [weak self] progress in
                self?.journal.withLock { journal in journal.progress.append(progress) }
            }
        )
        let past = journal.withLock { journal in
            journal.relay = relay
            return journal.documents
        }
        for entry in past { relay.filed(entry.kind, entry.bytes) }
        try relay.start()
    }

    func stopVenue() {
        let relay = journal.withLock { journal in
            let relay = journal.relay
            journal.relay = nil
            return relay
        }
        relay?.stop()
    }

    private func file(_ kind: FilingKind, _ bytes: [UInt8]) {
        let relay = journal.withLock { journal in
            journal.documents.append((kind, bytes))
            return journal.relay
        }
        relay?.filed(kind, bytes)
    }

    func begin(_ ids: [String]) throws {
        let committee = try committee(ids)
        journal.withLock { journal in journal.relay }?.begin(committee)
    }

    func start(_ id: String) throws {
        let person = try person(id)
        let client = try BusClient(
            address: "127.0.0.1:\(hub.port)",
            hubKey: hubKey,
            identity: try person.identity.withSeed { seed in try TLSIdentity(seed: seed) },
            clock: LinuxClock(),
            random: { 0 }
        )
        let participant = CeremonyParticipant(
            venue: venue,
            bus: client,
            store: try person.store(),
            identityKey: person.identity.publicKey,
            verifier: NativeEd25519.verifier,
            sign: { message in person.identity.sign(message) },
            report: { [weak self] progress in
                self?.journal.withLock { journal in
                    journal.seats[id, default: []].append(progress)
                }
            }
        )
        try participant.start()
        journal.withLock { journal in
            journal.participants[id] = participant
            journal.clients[id] = client
        }
    }

    func stop(_ id: String) {
        let (participant, client) = journal.withLock { journal in
            (
                journal.participants.removeValue(forKey: id),
                journal.clients.removeValue(forKey: id)
            )
        }
        participant?.stop()
        client?.close()
    }

    /// Ends everything.
    func end() {
        for person in people { stop(person.id) }
        stopVenue()
        hub.close()
    }

    /// Waits until something holds; half a minute at most.
    func await(_ what: String, _ holds: (borrowing Journal) -> Bool) throws {
        for _ in 0..<3_000 {
            if journal.withLock({ journal in holds(journal) }) { return }
            PlatformThread.nap(nanoseconds: 10_000_000)
        }
        let lines = journal.withLock { journal in journal.progress.map(\.description) }
        Issue.record("\(what) did not come: \(lines.suffix(12))")
        throw Late()
    }

    func awaitEpoch(_ epoch: UInt64, _ ids: [String]) throws {
        try self.await("epoch \(epoch)") { journal in
            journal.relay?.roster?.epoch == epoch
                && ids.allSatisfy { id in
                    journal.seats[id]?.contains(.activated(epoch: epoch)) == true
                }
        }
    }

    var rosters: [EpochStatement] {
        get throws {
            try journal.withLock { journal in
                journal.documents.filter { $0.kind == .epoch }.map(\.bytes)
            }.map { bytes in try EpochStatement(decoding: bytes) }
        }
    }

    /// Signs with the shares in the folders of some people, and verifies with the group key of a roster.
    func signs(_ roster: EpochStatement, _ ids: [String]) throws -> Bool {
        let message = Array("what eight agree on".utf8)
        var partials: [Threshold.PartialSignature] = []
        for id in ids {
            guard let share = try person(id).store().share(roster.epoch) else { throw Late() }
            let partial = share.sign(message)
            let seat = roster.seats.first { seat in seat.index == partial.index }
            let shareKey = share.publicKey.compressed
            #expect(seat?.shareKey == shareKey)
            partials.append(partial)
        }
        let signature = try Threshold.combine(partials)
        return try PublicKey(compressed: roster.groupKey).verifies(signature, of: message)
    }
}

private struct Late: Error {}

@Suite("key ceremonies between processes") struct CeremonyTests {
    private let ids = (1...12).map { "member-\($0)" }

    @Test("twelve members make a key that any eight can sign with") func generation() throws {
        let scene = try Scene(ids)
        defer { scene.end() }
        try scene.startVenue()
        for id in ids { try scene.start(id) }
        try scene.begin(ids)
        try scene.awaitEpoch(1, ids)
        let roster = try #require(try scene.rosters.first)
        #expect(roster.seats.count == 12)
        #expect(roster.validFrom == Timestamp(1))
        #expect(try scene.signs(roster, Array(ids.prefix(8))))
        #expect(try scene.signs(roster, Array(ids.suffix(8))))
        #expect(try !scene.signs(roster, Array(ids.prefix(7))))
        let documents = scene.journal.withLock { journal in
            journal.documents.count { $0.kind == .document }
        }
        #expect(documents == 12)
        for id in ids {
            let names = try scene.person(id).directory.names()
            #expect(names == ["encryption.key", "keys-1.cbor", "share-1.key"])
        }
    }

    @Test("members and the venue are killed in every phase, and the key is made all the same")
    func restarts() throws {
        let scene = try Scene(ids)
        defer { scene.end() }
        try scene.startVenue()
        for id in ids.dropLast() { try scene.start(id) }
        try scene.begin(ids)
        // The last member holds the phase open until everybody else was killed in it.
        for height in 0..<5 {
            try scene.await("height \(height)") { journal in
                // The last member may have spoken twice before it was stopped.
                journal.relay?.roster != nil
                    || journal.documents.count >= height + 1
                        && journal.progress.contains(.heard(11, of: 12))
            }
            for id in ids.shuffled(seed: UInt64(height)).prefix(4) where id != ids[11] {
                scene.stop(id)
                try scene.start(id)
            }
            scene.stopVenue()
            scene.journal.withLock { journal in journal.progress = [] }
            try scene.startVenue()
            try scene.start(ids[11])
            try scene.await("the end of height \(height)") { journal in
                journal.documents.count >= height + 2
            }
            scene.stop(ids[11])
        }
        try scene.start(ids[11])
        try scene.awaitEpoch(1, ids)
        let faults = scene.journal.withLock { journal in
            journal.progress.flatMap { progress -> [Fault] in
                if case .concluded(_, _, let faults) = progress { faults } else { [] }
            }
        }
        #expect(faults.isEmpty)
        let roster = try #require(try scene.rosters.first)
        #expect(try scene.rosters.count == 1)
        #expect(try scene.signs(roster, Array(ids[4...])))
    }

    @Test("with one member away the others make the key, and it gets its share later")
    func absent() throws {
        let scene = try Scene(ids, limits: Scene.hasty)
        defer { scene.end() }
        try scene.startVenue()
        for id in ids { try scene.start(id) }
        try scene.begin(ids)
        // It deals, and is away for the rest.
        try scene.await("the deals") { journal in journal.documents.count >= 3 }
        scene.stop(ids[5])
        try scene.awaitEpoch(1, ids.filter { id in id != ids[5] })
        try scene.start(ids[5])
        try scene.awaitEpoch(1, ids)
        let roster = try #require(try scene.rosters.first)
        #expect(try scene.signs(roster, Array(ids[4...])))
    }

    @Test("seats change hands, the group key stays, and old shares are gone") func resharing()
        throws
    {
        let joining = ["new-1", "new-2"]
        let scene = try Scene(ids + joining)
        defer { scene.end() }
        try scene.startVenue()
        for id in ids { try scene.start(id) }
        try scene.begin(ids)
        try scene.awaitEpoch(1, ids)
        let next = Array(ids.dropFirst(2)) + joining
        for id in joining { try scene.start(id) }
        try scene.begin(next)
        try scene.awaitEpoch(2, next)
        try scene.await("the leaving members") { journal in
            ids.prefix(2).allSatisfy { id in journal.seats[id]?.contains(.left(epoch: 2)) == true }
        }
        let rosters = try scene.rosters
        #expect(rosters.map(\.epoch) == [1, 2])
        #expect(rosters[0].groupKey == rosters[1].groupKey)
        #expect(zip(rosters[0].seats, rosters[1].seats).allSatisfy { $0.shareKey != $1.shareKey })
        #expect(try scene.signs(rosters[1], Array(next.suffix(8))))
        for id in ids.prefix(2) {
            #expect(try scene.person(id).directory.names() == ["encryption.key"])
        }
        for id in next {
            let names = try scene.person(id).directory.names()
            #expect(names == ["encryption.key", "keys-2.cbor", "share-2.key"])
        }
        let documents = scene.journal.withLock { journal in
            journal.documents.count { $0.kind == .document }
        }
        #expect(documents == 14)
    }

    @Test("nobody speaks for a member, and garbage changes nothing") func forged() throws {
        let scene = try Scene(ids)
        defer { scene.end() }
        try scene.startVenue()
        for id in ids.dropLast() { try scene.start(id) }
        try scene.begin(ids)
        try scene.await("eleven members") { journal in
            journal.progress.contains(.heard(11, of: 12))
        }
        let document = try #require(scene.journal.withLock { $0.documents.first?.bytes })
        guard case .begin(let announcement) = try CeremonyDocument(decoding: document) else {
            Issue.record("the first document is the announcement")
            return
        }
        let thief = SigningKey.generate()
        let absent = try scene.person(ids[11]).identity.publicKey
        for key in [absent, thief.publicKey] {
            let forged = CeremonySubmission(
                nonce: announcement.parameters.nonce,
                height: 0,
                key: key,
                bundles: [],
                sign: { message in thief.sign(message) }
            )
            try scene.hub.publish("committee.ceremony.submit", forged.encoded)
        }
        try scene.hub.publish("committee.ceremony.submit", [0xff, 0])
        try scene.await("the refusals") { journal in
            journal.progress.count { progress in
                if case .skipped = progress { true } else { false }
            } >= 2
        }
        #expect(scene.journal.withLock { journal in journal.documents.count } == 1)
        try scene.start(ids[11])
        try scene.awaitEpoch(1, ids)
    }

    @Test("a member is not talked into another group key") func newKeys() throws {
        let scene = try Scene(ids)
        defer { scene.end() }
        try scene.startVenue()
        for id in ids { try scene.start(id) }
        try scene.begin(ids)
        try scene.awaitEpoch(1, ids)
        scene.stopVenue()
        // A venue that forgot its journal, or wants to.
        scene.journal.withLock { journal in journal.documents = [] }
        let fresh = try CeremonyAnnouncement(
            venue: scene.venue,
            epoch: 2,
            attempt: 0,
            seats: try scene.committee(ids).seats,
            previous: nil
        )
        try scene.hub.publish(
            "committee.ceremony.block",
            CeremonyDocument.begin(fresh).encoded
        )
        try scene.await("the refusals") { journal in
            ids.allSatisfy { id in
                journal.seats[id]?.contains(.refused(.wouldReplaceGroupKey(epoch: 1))) == true
            }
        }
        for id in ids { #expect(try scene.person(id).store().newestEpoch == 1) }
    }
}

extension Array {
    fileprivate func shuffled(seed: UInt64) -> [Element] {
        var random = RandomSource(seed: seed)
        return shuffled(using: &random)
    }
}
