internal import Attestation
internal import Cryptography
public import MessageBus
public import Platform
internal import Primitives
public import Statements
internal import Synchronization
internal import Transparency

/// The committee as the venue sees it: asks the observers over the network, and makes certificates of their answers.
///
/// One thread does all the work; the network's threads only put what came into a bounded queue. Any number of
/// attestations may be under way at once. What it must not forget is in the journal: after a crash whoever
/// asked asks again, and the observers give the same answers.
public final class CommitteeService: Sendable {
    /// How many answers may wait to be looked at; more are refused and counted.
    private static let inboxCountMax = 1 << 15
    /// How often is looked whether something is due, at least.
    private static let pauseNanoseconds: UInt64 = 1_000_000_000

    private enum Inbound {
        case vote([UInt8], sender: Ed25519.PublicKey?, time: UInt64)
        case dissent([UInt8], sender: Ed25519.PublicKey?, time: UInt64)
        case begin(AttestationSubject)
        case retry(AttestedSlot)
        case retryPending
        case abandon(AttestedSlot)
        case appoint(CommitteeKeys)
    }

    private struct Inbox {
        var items: [Inbound] = []
        var answerCount = 0
        var droppedCount: UInt64 = 0
    }

    private let bus: any MessageBus
    private let clock: any Clock
    private let store: CommitteeStore
    private let handlers: CommitteeHandlers
    private let inbox = Mutex(Inbox())
    private let state: Mutex<CommitteeState>
    private let wake = Signal()
    private let isStopping = Atomic<Bool>(false)
    private let thread = Mutex<PlatformThread?>(nil)
    let intervals = IntervalCertificates()
    private let appointed = Mutex<EpochStatement?>(nil)
    private let subscriptions = Mutex<[BusSubscription]>([])
    private let overdue: OverdueSlots
    private let acknowledgements = Mutex<[SHA256.Digest: Acknowledgement]>([:])

    /// Starts the committee; it asks nobody before `appoint`.
    ///
    /// - Parameters:
    ///   - bus: The network.
    ///   - clock: Tells the time.
    ///   - store: Remembers attendance, refusals and evidence.
    ///   - timing: How long each stage may take.
    ///   - handlers: Whom to tell.
    /// - Throws: `platform` when the network or a thread cannot be had, `store` when the memory cannot be read.
    public init(
        bus: any MessageBus,
        clock: any Clock = LinuxClock(),
        store: CommitteeStore,
        timing: CommitteeTiming = CommitteeTiming(),
        handlers: CommitteeHandlers
    ) throws(CommitteeError) {
        self.bus = bus
        self.clock = clock
        self.store = store
        self.handlers = handlers
        state = Mutex(CommitteeState(timing: timing))
        overdue = try OverdueSlots(store, clock)
        try subscribe()
        do throws(PlatformError) {
            let started = try PlatformThread.start(name: "committee") { self.run() }
            thread.withLock { thread in thread = started }
        } catch {
            throw .platform("\(error)")
        }
    }

    private func subscribe() throws(CommitteeError) {
        do throws(BusError) {
            let votes = try bus.subscribe(CommitteeSubjects.responses) { [weak self] message in
                guard let self else { return }
                let time = clock.monotonicNanoseconds()
                put(.vote(message.payload, sender: message.sender, time: time))
            }
            let dissents = try bus.subscribe(CommitteeSubjects.dissent) { [weak self] message in
                guard let self else { return }
                let time = clock.monotonicNanoseconds()
                put(.dissent(message.payload, sender: message.sender, time: time))
            }
            subscriptions.withLock { list in list = [votes, dissents] }
        } catch {
            throw .platform("\(error)")
        }
    }

    /// Replaces the roster; attestations of an earlier epoch that have no certificate are given up.
    public func appoint(_ keys: CommitteeKeys) {
        put(.appoint(keys))
        appointed.withLock { roster in roster = keys.roster.statement }
        intervals.call()
    }

    /// The roster that was appointed last.
    var presentRoster: EpochStatement? { appointed.withLock { roster in roster } }

    /// Asks for a quorum, unless it is asked already; the handlers are told what becomes of it.
    public func attest(_ subject: AttestationSubject) { put(.begin(subject)) }

    /// Asks again at once.
    public func retry(_ slot: AttestedSlot) { put(.retry(slot)) }

    /// Asks again at once about everything whose attempt found no quorum, because observers have come back.
    public func retryPending() { put(.retryPending) }

    /// Asks no more.
    public func abandon(_ slot: AttestedSlot) { put(.abandon(slot)) }

    /// How it does.
    public var status: CommitteeStatus {
        var status = state.withLock { state in state.status }
        let dropped = inbox.withLock { inbox in inbox.droppedCount }
        if dropped > 0 { status.refusals.append((.overload, dropped)) }
        let known = acknowledgements.withLock { known in known }
        if known.isEmpty { return status }
        for position in status.waiting.indices {
            let record = Acknowledgement.record(of: status.waiting[position].slot)
            status.waiting[position].acknowledgement = known[record]
        }
        return status
    }

    /// Takes an audit statement of the journal: that somebody knows of an attestation without a quorum is shown.
    public func take(_ audit: AuditStatement) {
        guard audit.event == Acknowledgement.event else { return }
        let acknowledgement = Acknowledgement(by: audit.requestor, reason: audit.reason)
        acknowledgements.withLock { known in known[audit.record] = acknowledgement }
    }

    /// Ends the thread; a second call does nothing.
    public func stop() {
        isStopping.store(true, ordering: .sequentiallyConsistent)
        wake.notify()
        let held = subscriptions.withLock { list in
            let held = list
            list = []
            return held
        }
        for subscription in held { subscription.cancel() }
        let running = thread.withLock { thread in
            let running = thread
            thread = nil
            return running
        }
        running?.join()
    }

    /// Queues something: orders always, answers while there is room.
    private func put(_ item: Inbound) {
        inbox.withLock { inbox in
            switch item {
            case .vote, .dissent:
                guard inbox.answerCount < Self.inboxCountMax else {
                    inbox.droppedCount += 1
                    return
                }
                inbox.answerCount += 1
            case .begin, .retry, .retryPending, .abandon, .appoint: break
            }
            inbox.items.append(item)
        }
        wake.notify()
    }

    private func run() {
        while true {
            let isLast = isStopping.load(ordering: .sequentiallyConsistent)
            let items = inbox.withLock { inbox in
                let items = inbox.items
                inbox.items = []
                inbox.answerCount = 0
                return items
            }
            for item in items { perform(state.withLock { state in handle(item, &state) }) }
            let now = clock.monotonicNanoseconds()
            let (effects, deadline, records) = state.withLock { state in
                let effects = state.advance(to: now)
                return (effects, state.deadline, state.takeRecords(at: now, all: isLast))
            }
            perform(effects)
            keep(records)
            if isLast { return }
            let rest = deadline.map { $0 > now ? $0 - now : 0 } ?? Self.pauseNanoseconds
            if rest > 0 { wake.wait(timeoutNanoseconds: min(rest, Self.pauseNanoseconds)) }
        }
    }

    private func handle(
        _ item: Inbound,
        _ state: inout CommitteeState
    ) -> [CommitteeState.Effect] {
        let now = clock.monotonicNanoseconds()
        switch item {
        case .vote(let bytes, let sender, let time):
            return state.vote(bytes, from: sender, at: time)
        case .dissent(let bytes, let sender, let time):
            return state.dissent(bytes, from: sender, at: time)
        case .begin(let subject):
            return state.begin(subject, at: now, before: overdue.before(subject.slot))
        case .retry(let slot): return state.retry(slot, at: now)
        case .retryPending: return state.retryPending(at: now)
        case .abandon(let slot):
            note { () throws(CommitteeError) in try overdue.remove(slot) }
            return state.abandon(slot, at: now)
        case .appoint(let keys): return state.appoint(keys, at: now)
        }
    }

    private func perform(_ effects: [CommitteeState.Effect]) {
        for effect in effects {
            switch effect {
            case .publish(let subject, let message): publish(subject, message)
            case .certified(let certified):
                publish(certified.subject, certified.attestation.certificate.encoded)
                note { () throws(CommitteeError) in
                    try overdue.remove(certified.attestation.slot)
                }
                if case .interval(let number) = certified.attestation.slot {
                    intervals.put(
                        IntervalCertificate(
                            number: number,
                            certificate: certified.attestation.certificate.encoded
                        )
                    )
                }
                handlers.certified(certified.attestation)
            case .dissented(let dissent): handlers.dissented(dissent)
            case .rejected(let slot, let seats): handlers.rejected(slot, seats)
            case .postponed(let slot, let startTime):
                let waited = clock.monotonicNanoseconds() - startTime
                note { () throws(CommitteeError) in try overdue.add(slot, waited: waited) }
            case .escalated(let slot):
                note { () throws(CommitteeError) in try overdue.escalate(slot) }
                handlers.escalated(slot)
            case .faulted(let fault):
                note { () throws(CommitteeError) in try store.keep(fault) }
                handlers.faulted(fault)
            }
        }
    }

    /// Writes something down; the operator is told if it cannot be.
    private func note(_ body: () throws(CommitteeError) -> Void) {
        do throws(CommitteeError) { try body() } catch { handlers.warn(error) }
    }

    private func publish(_ subject: String, _ message: [UInt8]) {
        do throws(BusError) {
            try bus.publish(subject, message, replyTo: nil)
        } catch {
            // Who is not reached is asked again at the next heartbeat.
            handlers.warn(.platform("\(subject) was not published: \(error)"))
        }
    }

    private func keep(_ records: CommitteeRecords) {
        if records.isEmpty { return }
        note { () throws(CommitteeError) in
            try store.keep(records, wallNanoseconds: clock.wallNanoseconds())
        }
    }
}
