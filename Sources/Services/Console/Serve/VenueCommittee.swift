import Attestation
import Committee
import Cryptography
import Encoding
import HTTP
import KeyCeremony
import KeyStore
import MessageBus
import Platform
import Primitives
import Sequencer
import Settlement
import Statements
import Synchronization
import TLS
import Transparency
import Venue

/// Everything of a venue that has to do with its observers: the network, the key ceremony, the attestations, the
/// settlement of service contracts, the log, and the control surface.
final class VenueCommittee: VenueCompanion {
    let plan: CommitteePlan
    let sequencer: Sequencer
    let identity: VenueIdentity
    /// The network.
    let bus: any MessageBus
    /// The venue's own hub; none over NATS.
    let hub: BusHub?
    let relay: CeremonyRelay
    let committee: CommitteeService
    let store: CommitteeStore
    let log: TransparencyService
    let coordinator: SettlementCoordinator
    private let feed: JournalFeed
    let roster: RosterKeeper
    let docket: PenaltyDocket
    private let follower = Mutex<FilingFollower?>(nil)
    private let control = Mutex<ControlServer?>(nil)
    private let watcher = Mutex<PlatformThread?>(nil)
    private let isStopping = Flag()

    init(
        _ plan: CommitteePlan,
        _ sequencer: Sequencer,
        _ journal: LinuxDirectory,
        _ terminal: Terminal
    ) throws(ConsoleError) {
        self.plan = plan
        self.sequencer = sequencer
        identity = plan.log.identity
        let parts = Parts()
        let (bus, hub) = try Self.network(plan, parts, terminal)
        self.hub = hub
        self.bus = bus
        store = try Console.committee { () throws(CommitteeError) in
            try CommitteeStore(path: plan.dataPath)
        }
        let committee = try Self.committee(plan, bus, store, parts, terminal)
        self.committee = committee
        parts.committee.withLock { known in known = committee }
        let roster = RosterKeeper(committee, terminal)
        self.roster = roster
        let chunks = try plan.chunks()
        let feed = try Console.committee { () throws(CommitteeError) in
            try JournalFeed(bus: bus, store: chunks) { error in
                terminal.note("parallax: \(error)")
            }
        }
        self.feed = feed
        let log = try plan.log.start(
            sequencer,
            journal: journal,
            chunks: chunks,
            attester: committee,
            publish: { pieces in feed.publish(pieces) },
            terminal
        )
        self.log = log
        let file = Self.filer(log)
        let coordinator = try Console.settlement { () throws(SettlementError) in
            try SettlementCoordinator(
                venue: plan.log.identity.venue,
                policy: plan.policy,
                sequencer: sequencer,
                committee: committee,
                file: file,
                isGood: { certificate in roster.isGood(certificate) }
            )
        }
        self.coordinator = coordinator
        docket = Self.docket(plan, store, roster, parts, terminal)
        relay = Self.relay(identity.venue, bus, roster, log, file, store.evidence, terminal)
        parts.coordinator.withLock { known in known = coordinator }
        let ceremony = relay
        parts.relay.withLock { known in known = ceremony }
        parts.penalise.withLock { known in
            known = { [weak self] evidence in self?.penaliseUnasked(evidence, terminal) ?? false }
        }
        try follow(journal, terminal)
        try startControl(terminal)
        try watchPeers()
        try Console.committee { () throws(CommitteeError) in try docket.start() }
    }

    /// What carries the messages of key ceremonies, and keeps what they prove.
    private static func relay(
        _ venue: VenueName,
        _ bus: any MessageBus,
        _ roster: RosterKeeper,
        _ log: TransparencyService,
        _ file: @escaping SettlementCoordinator.Filer,
        _ evidence: EvidenceFolder,
        _ terminal: Terminal
    ) -> CeremonyRelay {
        CeremonyRelay(
            venue: venue,
            bus: bus,
            clock: LinuxClock(),
            verifier: NativeEd25519.verifier,
            validFrom: { _ in validFrom(roster.roster, log.progress) },
            file: { kind, document in file(kind, document) == nil },
            report: { progress in
                // Who has spoken is for a screen, not for a record.
                if case .heard = progress { return }
                terminal.note("parallax: \(progress)")
                keepEvidence(of: progress, in: evidence, terminal)
            }
        )
    }

    /// Files documents through the log, which checks them; the answer says why one is refused.
    private static func filer(_ log: TransparencyService) -> SettlementCoordinator.Filer {
        { kind, document in
            do throws(TransparencyError) { try log.file(kind, document) } catch {
                return error.description
            }
            return nil
        }
    }

    /// What is made after those who call it.
    final class Parts: Sendable {
        let committee = Mutex<CommitteeService?>(nil)
        let coordinator = Mutex<SettlementCoordinator?>(nil)
        let relay = Mutex<CeremonyRelay?>(nil)
        let penalise = Mutex<(@Sendable ([UInt8]) -> Bool)?>(nil)
    }

    /// Asks again when more observers are there than at the last look.
    private func watchPeers() throws(ConsoleError) {
        // Over NATS nobody knows who is there; the heartbeat asks again.
        guard let hub else { return }
        let (committee, isStopping) = (committee, isStopping)
        let started = try Console.platform { () throws(PlatformError) in
            try PlatformThread.start(name: "peers") {
                var count = 0
                while !isStopping.isSet {
                    let present = hub.peers.count
                    if present > count { committee.retryPending() }
                    count = present
                    PlatformThread.nap(nanoseconds: 200_000_000)
                }
            }
        }
        watcher.withLock { watcher in watcher = started }
    }

    func stop() {
        isStopping.set()
        watcher.withLock { watcher in watcher }?.join()
        control.withLock { control in control }?.stop()
        follower.withLock { follower in follower }?.stop()
        docket.stop()
        relay.stop()
        coordinator.stop()
        log.stop()
        committee.stop()
        feed.stop()
        bus.close()
    }

    /// Where observers connect.
    var busAddress: String {
        guard let hub else { return plan.servers?.servers.joined(separator: ",") ?? "" }
        let host = plan.listen.lastIndex(of: ":").map { String(plan.listen[..<$0]) }
        return "\(host ?? "127.0.0.1"):\(hub.port)"
    }

    private static func network(
        _ plan: CommitteePlan,
        _ parts: Parts,
        _ terminal: Terminal
    ) throws(ConsoleError) -> (any MessageBus, BusHub?) {
        guard let servers = plan.servers else {
            let hub = try hub(plan, parts)
            return (hub, hub)
        }
        do throws(BusError) {
            let bus = try servers.bus { isConnected in
                terminal.note("parallax: " + (isConnected ? "connected to" : "lost") + " NATS")
                // What was published meanwhile went nowhere.
                if isConnected { parts.committee.withLock { $0 }?.retryPending() }
            }
            return (bus, nil)
        } catch {
            throw .environment("NATS cannot be used: \(error)")
        }
    }

    private static func hub(
        _ plan: CommitteePlan,
        _ parts: Parts
    ) throws(ConsoleError) -> BusHub {
        let enrolled = plan.committee?.seats.map(\.identityKey) ?? []
        do {
            let identity = try plan.log.identity.withVenueSeed { seed throws(TLSError) in
                try TLSIdentity(seed: seed)
            }
            let rules = try BusRules(
                publish: [
                    CommitteeSubjects.responses, CommitteeSubjects.dissent,
                    CommitteeSubjects.journalFetch, "committee.>",
                ],
                subscribe: [
                    "attest.request.*", "attest.settled.*", CommitteeSubjects.journalChunk,
                    "committee.>",
                ]
            ) { key in
                enrolled.contains(key) || parts.relay.withLock { $0 }?.admits(key) ?? false
            }
            return try BusHub(address: plan.listen, identity: identity, rules: rules)
        } catch {
            throw .environment("\(error); name another address with --listen")
        }
    }

    private static func committee(
        _ plan: CommitteePlan,
        _ bus: any MessageBus,
        _ store: CommitteeStore,
        _ parts: Parts,
        _ terminal: Terminal
    ) throws(ConsoleError) -> CommitteeService {
        let handlers = CommitteeHandlers(
            certified: { certified in
                parts.coordinator.withLock { $0 }?.certified(certified)
            },
            dissented: { dissent in parts.coordinator.withLock { $0 }?.dissented(dissent) },
            rejected: { slot, seats in
                let list = seats.map(String.init).joined(separator: ", ")
                terminal.note("parallax: there can be no quorum for \(slot): \(list) dissent")
            },
            faulted: { fault in
                terminal.note("parallax: there is evidence against seat \(fault.seat)")
            },
            escalated: { slot in
                terminal.note("parallax: somebody must decide about \(slot)")
                parts.coordinator.withLock { $0 }?.escalated(slot)
            },
            warn: { error in terminal.note("parallax: \(error)") }
        )
        return try Console.committee { () throws(CommitteeError) in
            try CommitteeService(
                bus: bus,
                store: store,
                timing: plan.timing,
                handlers: handlers
            )
        }
    }

    /// From when on the next roster holds: for the first everything before it too, for the others from where the
    /// attestations of the one before end, so that no interval is left between two committees.
    private static func validFrom(
        _ last: EpochStatement?,
        _ progress: TransparencyService.Progress
    ) -> Timestamp {
        guard let last else { return Timestamp(1) }
        let start = progress.oldestUnattestedTime ?? Timestamp(LinuxClock().wallNanoseconds())
        return max(start, Timestamp(last.validFrom.nanoseconds + 1))
    }

    /// Reads the documents of the journal for all who need them.
    private func follow(
        _ journal: LinuxDirectory,
        _ terminal: Terminal
    ) throws(ConsoleError) {
        let (relay, coordinator, roster, docket) = (relay, coordinator, roster, docket)
        let committee = committee
        let enrolled = plan.committee
        let (start, hasRoster) = (OnceStarted(), Flag())
        let started = try Console.settlement { () throws(SettlementError) in
            try FilingFollower(
                journal,
                following: sequencer,
                take: { document in
                    switch document.kind {
                    case .ceremony: relay.filed(document.kind, document.bytes)
                    case .epoch:
                        hasRoster.set()
                        relay.filed(document.kind, document.bytes)
                        roster.take(document)
                    case .penalty: roster.take(document)
                    case .audit: Self.take(audit: document, committee)
                    default: break
                    }
                    coordinator.take(document)
                    docket.take(document.kind, document.bytes)
                },
                caughtUp: { [weak self] in
                    coordinator.caughtUp()
                    roster.appoint(at: Timestamp(LinuxClock().wallNanoseconds()))
                    guard start.isFirst() else { return }
                    self?.finishPenalties(terminal)
                    do { try relay.start() } catch { terminal.note("parallax: \(error)") }
                    // The relay reads what it was given on a thread of its own, so it may not know its roster yet.
                    if let enrolled, !hasRoster.isSet { relay.begin(enrolled) }
                },
                failed: { error in terminal.note("parallax: the journal: \(error)") }
            )
        }
        follower.withLock { follower in follower = started }
    }

    private func startControl(_ terminal: Terminal) throws(ConsoleError) {
        let server = try ControlServer(self, at: plan.control)
        control.withLock { control in control = server }
        var file = JSONObject()
        file.add("bus", busAddress)
        file.add("control", plan.control.url(port: server.port))
        file.add("venue", identity.venue.text.string)
        file.add("venueKey", Hex.encode(identity.venueKey.bytes))
        try Console.writeFile(plan.dataPath + "/serve.json", Array((file.description + "\n").utf8))
        terminal.note("parallax: bus at \(busAddress)")
        terminal.note("parallax: control at \(plan.control.url(port: server.port))")
    }
}

/// Something that is set once.
private final class Flag: Sendable {
    private let flag = Atomic<Bool>(false)

    var isSet: Bool { flag.load(ordering: .relaxed) }

    func set() { flag.store(true, ordering: .relaxed) }
}

/// Says once that it is the first time.
private final class OnceStarted: Sendable {
    private let flag = Atomic<Bool>(false)

    func isFirst() -> Bool { !flag.exchange(true, ordering: .relaxed) }
}
