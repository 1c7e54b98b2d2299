import Attestation
import Committee
import Cryptography
import Encoding
import KeyStore
import MessageBus
import Platform
import Primitives
import SimulatedBundles
import Statements
import Synchronization
import TLS
import Testing
import TestSupport

/// The committee over the real network: a hub and twelve clients with mutual TLS, each with its real keys.
@Suite("The committee over the network", .timeLimit(.minutes(1))) struct ServiceTests {
    /// How an observer answers.
    enum Conduct { case good, silent, equivocating, wrongShare, forging, dissenting }

    /// One observer on the network.
    final class Observer: Sendable {
        let bus: BusClient
        let conduct = Mutex(Conduct.good)

        init(_ index: UInt32, _ samples: CommitteeSamples, _ hub: BusHub, _ key: Ed25519.PublicKey)
            throws
        {
            let signer = samples.certifiers.identities[Int(index) - 1]
            let identity = try signer.key.withSeed { seed throws(TLSError) in
                try TLSIdentity(seed: seed)
            }
            bus = try BusClient(
                address: "127.0.0.1:\(hub.port)",
                hubKey: key,
                identity: identity,
                connectionChanged: nil
            )
            try bus.subscribe(CommitteeSubjects.intervalRequest) { [weak self] message in
                guard let self else { return }
                do { try answer(message.payload, index, samples) } catch {
                    Issue.record("observer \(index): \(error)")
                }
            }
        }

        func behave(_ how: Conduct) { conduct.withLock { $0 = how } }

        private func answer(
            _ payload: [UInt8],
            _ index: UInt32,
            _ samples: CommitteeSamples
        ) throws {
            let statement = try IntervalRequest(decoding: payload).statement
            let committee = samples.certifiers
            func send(_ vote: Vote) throws {
                try bus.publish("attest.response.interval", vote.encoded)
            }
            switch conduct.withLock({ $0 }) {
            case .silent: break
            case .good: try send(committee.vote(index, for: statement))
            case .equivocating:
                var other = statement
                other.interval.stateHash = SHA256.hash(of: [9])
                try send(committee.vote(index, for: other))
                try send(committee.vote(index, for: statement))
            case .wrongShare: try send(samples.vote(index, statement, share: index % 12 + 1))
            case .forging:
                // In the name of the next seat, before that one has answered.
                try send(samples.vote(index % 12 + 1, statement, share: index, signer: index))
            case .dissenting:
                try bus.publish(
                    CommitteeSubjects.dissent,
                    samples.dissent(index, about: statement).encoded
                )
            }
        }
    }

    /// A committee with its observers.
    final class Network {
        let samples: CommitteeSamples
        let hub: BusHub
        let store: CommitteeStore
        let folder: TemporaryDirectory
        let service: CommitteeService
        var observers: [UInt32: Observer] = [:]
        let certified = Collected<CertifiedAttestation>()
        let dissents = Collected<Dissent>()
        let faults = Collected<AttestationFault>()
        private let hubKey: Ed25519.PublicKey
        private var slot: UInt64 = 100

        init(standings: [UInt32: SeatStanding] = [:]) throws {
            samples = try CommitteeSamples.shared.get()
            folder = try TemporaryDirectory()
            let venue = SimulatedSigner("the hub of the venue")
            hubKey = venue.key.publicKey
            let identity = try venue.key.withSeed { seed throws(TLSError) in
                try TLSIdentity(seed: seed)
            }
            let admitted = samples.certifiers.identities.map { signer in signer.key.publicKey }
            hub = try BusHub(
                identity: identity,
                rules: BusRules(
                    publish: [CommitteeSubjects.responses, CommitteeSubjects.dissent],
                    subscribe: ["attest.request.*", "attest.settled.*"]
                ) { key in admitted.contains(key) }
            )
            store = try CommitteeStore(path: folder.path)
            let (certified, dissents, faults) = (certified, dissents, faults)
            var timing = CommitteeTiming()
            timing.heartbeat = 400_000_000
            service = try CommitteeService(
                bus: hub,
                store: store,
                timing: timing,
                handlers: CommitteeHandlers(
                    certified: { certified.add($0) },
                    dissented: { dissents.add($0) },
                    faulted: { faults.add($0) }
                )
            )
            service.appoint(try samples.keys(standings: standings))
            for index in UInt32(1)...12 { try connect(index) }
            waitUntil { hub.peers.count == 12 }
            for observer in observers.values {
                #expect(observer.bus.waitUntilConnected(timeoutMilliseconds: 10_000))
                try observer.bus.flush(timeoutMilliseconds: 5_000)
            }
        }

        func connect(_ index: UInt32) throws {
            observers[index] = try Observer(index, samples, hub, hubKey)
        }

        func disconnect(_ index: UInt32) { observers.removeValue(forKey: index)?.bus.close() }

        /// Asks about another interval.
        func ask() -> AttestedSlot {
            slot += 1
            var statement = samples.interval
            statement.interval.number = slot
            service.attest(AttestationSubject(statement))
            return .interval(slot)
        }

        func certificate(of slot: AttestedSlot) -> CertifiedAttestation? {
            waitUntil { certified.all.contains { $0.slot == slot } }
            return certified.all.first { $0.slot == slot }
        }

        func close() throws {
            for observer in observers.values { observer.bus.close() }
            service.stop()
            hub.close()
        }
    }

    @Test("four gone: a quorum forms; five gone: it waits, and forms when one is back")
    func liveness() throws {
        let network = try Network()
        let whole = try #require(network.certificate(of: network.ask()))
        #expect(whole.certificate.votes.count == 8)
        for index in UInt32(1)...4 { network.disconnect(index) }
        let eight = try #require(network.certificate(of: network.ask()))
        #expect(eight.certificate.votes.map(\.index) == Array(5...12))
        network.disconnect(5)
        let waiting = network.ask()
        waitUntil { network.service.status.waiting.first?.phase == .pending }
        #expect(network.service.status.waiting.map(\.slot) == [waiting])
        try network.connect(2)
        let resumed = try #require(network.certificate(of: waiting))
        #expect(resumed.attempts > 1)
        #expect(resumed.certificate.votes.map(\.index) == [2] + Array(6...12))
        try network.close()
    }

    @Test("an equivocator and a wrong share are caught with evidence, and a forger is refused")
    func faults() throws {
        let network = try Network()
        network.observers[3]?.behave(.equivocating)
        network.observers[4]?.behave(.wrongShare)
        network.observers[5]?.behave(.forging)
        network.observers[6]?.behave(.dissenting)
        let first = try #require(network.certificate(of: network.ask()))
        #expect(!first.certificate.votes.map(\.index).contains { [3, 4, 5, 6].contains($0) })
        waitUntil {
            network.faults.all.contains { $0.seat == 3 } && network.dissents.all.count == 1
        }
        #expect(network.dissents.all.map(\.statement.index) == [6])
        let equivocations = network.faults.all.filter { fault in
            if case .equivocation = fault { true } else { false }
        }
        #expect(equivocations.map(\.seat) == [3])
        let refused = network.service.status.refusals.map(\.reason)
        #expect(refused.contains(.equivocation))
        #expect(refused.contains(.otherSender))
        let files = try LinuxDirectory.open(network.folder.path(of: "evidence")).list()
        #expect(files.contains { $0.hasPrefix("equivocation-") })
        try network.close()
    }

    @Test("votes of a suspended seat do not count, and attendance is kept")
    func standing() throws {
        let network = try Network(standings: [1: .suspended])
        network.observers[2]?.behave(.silent)
        let certified = try #require(network.certificate(of: network.ask()))
        #expect(!certified.certificate.votes.map(\.index).contains(1))
        waitUntil { (try? network.store.attendance(of: 12, since: 0).answered) == 1 }
        #expect(try network.store.attendance(of: 12, since: 0) == (1, 1))
        #expect(try network.store.attendance(of: 2, since: 0) == (1, 0))
        #expect(try network.store.attendance(of: 1, since: 0) == (0, 0))
        try network.close()
    }

    @Test("a hundred intervals at once are certified, each once")
    func pipeline() throws {
        let network = try Network()
        let slots = (0..<100).map { _ in network.ask() }
        waitUntil { network.certified.all.count == slots.count }
        #expect(Set(network.certified.all.map(\.slot)) == Set(slots))
        #expect(network.certified.all.count == slots.count)
        try network.close()
    }
}

/// What waits for a person, from one start of the venue to the next, by a clock that the test moves.
@Suite("Attestations without a quorum") struct EscalationTests {
    private final class HandClock: Clock {
        private let time = Atomic<UInt64>(1_000_000_000_000)

        func advance(seconds: UInt64) {
            time.wrappingAdd(seconds * 1_000_000_000, ordering: .sequentiallyConsistent)
        }

        func wallNanoseconds() -> UInt64 { time.load(ordering: .sequentiallyConsistent) }
        func monotonicNanoseconds() -> UInt64 { time.load(ordering: .sequentiallyConsistent) }
    }

    /// A committee that nobody answers, on the memory of those before it.
    private final class Venue {
        let service: CommitteeService
        let escalated = Collected<AttestedSlot>()
        private let hub: BusHub

        init(_ folder: TemporaryDirectory, _ clock: HandClock) throws {
            let samples = try CommitteeSamples.shared.get()
            let key = SimulatedSigner("the hub of the venue")
            let identity = try key.key.withSeed { seed throws(TLSError) in
                try TLSIdentity(seed: seed)
            }
            let rules = try BusRules(publish: ["none"], subscribe: ["none"]) { _ in false }
            hub = try BusHub(identity: identity, rules: rules)
            let escalated = escalated
            service = try CommitteeService(
                bus: hub,
                clock: clock,
                store: CommitteeStore(path: folder.path),
                handlers: CommitteeHandlers(escalated: { escalated.add($0) })
            )
            service.appoint(try samples.keys())
            service.attest(AttestationSubject(samples.interval))
        }

        /// The attestation that waits, once the committee has taken it up.
        func waiting(_ isSo: (CommitteeStatus.Waiting) -> Bool) -> CommitteeStatus.Waiting? {
            waitUntil { service.status.waiting.first.map(isSo) ?? false }
            return service.status.waiting.first
        }

        func close() {
            service.stop()
            hub.close()
        }
    }

    @Test("a restart neither forgets what was escalated nor lets the time begin anew")
    func restarts() throws {
        let folder = try TemporaryDirectory()
        let clock = HandClock()
        try during(folder, clock) { venue in
            #expect(venue.waiting { $0.phase == .asking }?.waitedNanoseconds == 0)
            clock.advance(seconds: 1)
            #expect(venue.waiting { $0.phase == .pending } != nil)
        }
        clock.advance(seconds: 49)
        let slot = try during(folder, clock) { venue in
            let resumed = try #require(venue.waiting { $0.phase == .asking })
            #expect(resumed.waitedNanoseconds == 50_000_000_000)
            #expect(!resumed.isEscalated)
            clock.advance(seconds: 10)
            #expect(venue.waiting { $0.isEscalated } != nil)
            waitUntil { !venue.escalated.all.isEmpty }
            #expect(venue.escalated.all == [resumed.slot])
            return resumed.slot
        }
        clock.advance(seconds: 3_600)
        try during(folder, clock) { venue in
            let again = try #require(venue.waiting { $0.isEscalated })
            #expect(again.waitedNanoseconds == 3_660_000_000_000)
            // Whoever looks at the new process is told that somebody must decide.
            waitUntil { !venue.escalated.all.isEmpty }
            #expect(venue.escalated.all == [slot])
            // Once nobody needs it any more it is forgotten.
            venue.service.abandon(slot)
            waitUntil { venue.service.status.waiting.isEmpty }
        }
        try during(folder, clock) { venue in
            #expect(venue.waiting { $0.phase == .asking }?.waitedNanoseconds == 0)
        }
    }

    /// Runs a committee for the time of some work.
    @discardableResult
    private func during<Result>(
        _ folder: TemporaryDirectory,
        _ clock: HandClock,
        _ work: (Venue) throws -> Result
    ) throws -> Result {
        let venue = try Venue(folder, clock)
        defer { venue.close() }
        return try work(venue)
    }

    @Test("that somebody knows is shown with the attestation") func acknowledgement() throws {
        let folder = try TemporaryDirectory()
        try during(folder, HandClock()) { venue in
            let slot = try #require(venue.waiting { $0.phase == .asking }).slot
            let samples = try CommitteeSamples.shared.get()
            func audit(_ event: Text, _ slot: AttestedSlot) -> AuditStatement {
                AuditStatement(
                    venue: samples.interval.venue,
                    event: event,
                    requestor: "A. Person",
                    reason: "five observers are being moved",
                    record: Acknowledgement.record(of: slot),
                    time: Timestamp(1)
                )
            }
            venue.service.take(audit(Acknowledgement.retryEvent, slot))
            venue.service.take(audit(Acknowledgement.event, .interval(999)))
            #expect(venue.service.status.waiting.first?.acknowledgement == nil)
            venue.service.take(audit(Acknowledgement.event, slot))
            let known = venue.service.status.waiting.first?.acknowledgement
            #expect(known?.by == "A. Person")
            #expect(known?.reason == "five observers are being moved")
        }
    }
}

/// What handlers have heard.
final class Collected<Element: Sendable>: Sendable {
    private let list = Mutex<[Element]>([])

    var all: [Element] { list.withLock { $0 } }

    func add(_ element: Element) { list.withLock { $0.append(element) } }
}
