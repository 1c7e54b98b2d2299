public import Attestation
public import Committee
internal import Cryptography
internal import Encoding
public import Platform
internal import Primitives
public import Sequencer
public import Statements
internal import Synchronization
public import Venue

/// Settles service contracts on evidence: asks the committee about the reports that were filed, files what it
/// certifies, and submits the commands that end contracts.
///
/// All that it knows comes from the journal, so it may be killed at any moment: the next one reads the journal
/// again and goes on. What it submits twice is refused by the venue and changes nothing.
public final class SettlementCoordinator: Sendable {
    /// Files a document in the venue's journal, after checking it; says why if it cannot.
    public typealias Filer = @Sendable (FilingKind, [UInt8]) -> String?

    /// How often it looks at the venue when nothing wakes it.
    private static let pauseNanoseconds: UInt64 = 100_000_000

    private struct State {
        var book: SettlementBook
        /// Documents that were read and not taken yet.
        var documents: [FiledDocument] = []
        /// Whether the journal was read to its end once.
        var isCurrent = false
        /// Certificates that could not be filed yet, and dissents.
        var unfiled: [(kind: FilingKind, document: [UInt8])] = []
        /// The contracts that wait, as of the last look.
        var waiting: [WaitingContract] = []
        /// Those whose attestation needs a person.
        var escalated: Set<UInt64> = []
    }

    private let venue: VenueName
    private let policy: SettlementPolicy
    private let sequencer: Sequencer
    private let committee: CommitteeService
    private let file: Filer
    private let isGood: @Sendable (QuorumCertificate) -> Bool
    private let clock: any Clock
    private let state: Mutex<State>
    private let wake = Signal()
    private let isStopping = Atomic<Bool>(false)
    private let thread = Mutex<PlatformThread?>(nil)

    /// Starts the coordinator; it does nothing before `caughtUp`.
    ///
    /// - Parameters:
    ///   - venue: The venue's name.
    ///   - policy: How service contracts end.
    ///   - sequencer: The venue.
    ///   - committee: The observers.
    ///   - file: Files documents.
    ///   - isGood: Checks a certificate against the roster of its epoch: what the journal holds is believed only so far.
    ///   - clock: Tells the time.
    /// - Throws: `platform` when there is no thread to be had.
    public init(
        venue: VenueName,
        policy: SettlementPolicy,
        sequencer: Sequencer,
        committee: CommitteeService,
        file: @escaping Filer,
        isGood: @escaping @Sendable (QuorumCertificate) -> Bool,
        clock: any Clock = LinuxClock()
    ) throws(SettlementError) {
        self.venue = venue
        self.policy = policy
        self.sequencer = sequencer
        self.committee = committee
        self.file = file
        self.isGood = isGood
        self.clock = clock
        state = Mutex(State(book: SettlementBook(venue: venue, policy: policy)))
        do throws(PlatformError) {
            let started = try PlatformThread.start(name: "settlement") { self.run() }
            thread.withLock { thread in thread = started }
        } catch {
            throw .platform("\(error)")
        }
    }

    /// Ends the thread; a second call does nothing.
    public func stop() {
        isStopping.store(true, ordering: .sequentiallyConsistent)
        wake.notify()
        let running = thread.withLock { thread in
            let running = thread
            thread = nil
            return running
        }
        running?.join()
    }

    // MARK: - What comes from the journal and the committee

    /// Takes a document of the journal.
    public func take(_ document: FiledDocument) {
        state.withLock { state in state.documents.append(document) }
    }

    /// The journal was read to its end.
    public func caughtUp() {
        state.withLock { state in state.isCurrent = true }
        wake.notify()
    }

    /// The committee has certified; certificates of intervals are not its business.
    public func certified(_ attestation: CertifiedAttestation) {
        guard case .claim = attestation.slot else { return }
        let statement = AttestationStatement(
            venue: venue,
            number: attestation.slot.rawValue,
            certificate: attestation.certificate.encoded,
            time: attestation.certificate.attested.time
        )
        put(.attestation, statement.encoded)
    }

    /// A seat dissents: from a claim or from an interval, it becomes a leaf.
    public func dissented(_ dissent: Dissent) { put(.dissent, dissent.statement.encoded) }

    // MARK: - For what people ask

    /// The venue's name.
    var venueName: VenueName { venue }

    /// The time.
    func now() -> UInt64 { clock.wallNanoseconds() }

    /// Whether some component judges a claim.
    func policyKnows(_ claim: Text) -> Bool { policy.component(for: claim) != nil }

    /// Asks the observers again.
    func retry(_ slot: AttestedSlot) { committee.retry(slot) }

    /// Looks at what is known.
    func withBook<Result>(
        _ body: (SettlementBook, [WaitingContract], Set<UInt64>) -> Result
    ) -> Result {
        state.withLock { state in body(state.book, state.waiting, state.escalated) }
    }

    /// Files something for a person, who is told if it cannot be.
    func fileNow(_ kind: FilingKind, _ document: [UInt8]) throws(SettlementError) {
        if let reason = file(kind, document) { throw .filingRefused(reason) }
        wake.notify()
    }

    /// A person is needed.
    public func escalated(_ slot: AttestedSlot) {
        state.withLock { state in _ = state.escalated.insert(slot.rawValue) }
    }

    private func put(_ kind: FilingKind, _ document: [UInt8]) {
        state.withLock { state in state.unfiled.append((kind, document)) }
        wake.notify()
    }

    // MARK: - The work

    private func run() {
        while !isStopping.load(ordering: .sequentiallyConsistent) {
            fileWhatWaits()
            if state.withLock({ state in state.isCurrent }) { settle() }
            wake.wait(timeoutNanoseconds: Self.pauseNanoseconds)
        }
    }

    private func fileWhatWaits() {
        let unfiled = state.withLock { state in
            let unfiled = state.unfiled
            state.unfiled = []
            return unfiled
        }
        for (position, item) in unfiled.enumerated() where file(item.kind, item.document) != nil {
            // The venue is busy: the rest waits for the next look, in its order.
            state.withLock { state in state.unfiled.insert(contentsOf: unfiled[position...], at: 0)
            }
            return
        }
    }

    private func settle() {
        // Documents first, then the venue: so no report is taken for one of a contract that is not there yet.
        let documents = state.withLock { state in
            let documents = state.documents
            state.documents = []
            return documents
        }
        guard let waiting = readWaiting() else {
            state.withLock { state in state.documents.insert(contentsOf: documents, at: 0) }
            return
        }
        let now = Timestamp(clock.wallNanoseconds())
        let actions = state.withLock { state in
            for document in documents { take(document, into: &state.book) }
            state.waiting = waiting
            return state.book.keepOnly(waiting) + state.book.advance(waiting, at: now)
        }
        for action in actions { perform(action) }
    }

    private func perform(_ action: SettlementAction) {
        switch action {
        case .request(let claim, let report):
            committee.attest(AttestationSubject(claim, report: report))
        case .withdraw(let slot):
            committee.abandon(slot)
            state.withLock { state in _ = state.escalated.remove(slot.rawValue) }
        case .settle(let trade, let digest):
            let settlement = ContractSettlement(trade: trade, certificate: digest)
            submit(.settleContract(settlement), trade)
        case .fail(let trade): submit(.failContract(trade), trade)
        case .expire(let trade): submit(.expireContract(trade), trade)
        }
    }

    private func submit(_ command: Command, _ trade: TradeID) {
        if sequencer.submit(command, tag: Reply.timerTag) == .accepted { return }
        // Busy or stopping: the next look tries again.
        state.withLock { state in state.book.forgetEnding(of: trade) }
    }

    /// The contracts that wait, as of now; none when the venue does not answer, because it was stopped.
    private func readWaiting() -> [WaitingContract]? {
        let answer = Answer()
        sequencer.read { venue in
            answer.give(venue.waitingContracts())
        }
        while !isStopping.load(ordering: .relaxed) {
            if let list = answer.wait(nanoseconds: Self.pauseNanoseconds) { return list }
        }
        return nil
    }

    private final class Answer: Sendable {
        private let list = Mutex<[WaitingContract]?>(nil)
        private let isThere = Signal()

        func give(_ found: [WaitingContract]) {
            list.withLock { list in list = found }
            isThere.notify()
        }

        func wait(nanoseconds: UInt64) -> [WaitingContract]? {
            isThere.wait(timeoutNanoseconds: nanoseconds)
            return list.withLock { list in list }
        }
    }

    private func take(_ document: FiledDocument, into book: inout SettlementBook) {
        do {
            switch document.kind {
            case .epoch:
                let roster = try EpochStatement(decoding: document.bytes)
                book.appoint(epoch: roster.epoch, hash: document.digest)
            case .report:
                let report = try ReportStatement(decoding: document.bytes)
                book.take(report, document.bytes, at: document.time)
            case .dissent: book.take(try DissentStatement(decoding: document.bytes))
            case .decision:
                book.take(try DecisionStatement(decoding: document.bytes), at: document.time)
            case .attestation:
                let statement = try AttestationStatement(decoding: document.bytes)
                guard case .claim = statement.slot else { return }
                let certificate = try QuorumCertificate(decoding: statement.certificate)
                guard let claim = certificate.claim, isGood(certificate) else { return }
                book.take(claim, document: document.digest)
            default: break
            }
        } catch {
            // It was checked before it was filed; what slipped through says nothing here.
        }
    }
}
