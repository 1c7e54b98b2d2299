public import Attestation
internal import Cryptography
internal import KeyStore
internal import LogStore
public import Platform
public import Primitives
public import Statements
internal import Synchronization
public import Transparency
public import Venue
public import Verification

/// A penalty that follows from evidence which the venue holds, and has not been filed.
public struct DuePenalty: Equatable, Sendable {
    /// The name of the evidence in the venue's folder.
    public let name: String
    /// What is to be filed.
    public let penalty: PenaltyStatement
}

/// What a venue holds against its observers: puts evidence together as soon as it is complete, judges it, and says
/// which penalties are due.
///
/// It works on a thread of its own at the lowest priority. All that it knows comes from the journal, the log and the
/// evidence folder, so nothing is lost when the venue is killed.
public final class PenaltyDocket: Sendable {
    /// How often it looks when nothing wakes it.
    private static let pauseNanoseconds: UInt64 = 1_000_000_000

    private enum Verdict {
        case proven(ProvenFault)
        /// Nothing is proven by the rosters of so many epochs.
        case unproven(rosterCount: Int)
    }

    private struct State {
        var watch = AttendanceWatch()
        /// The last hour whose suspects were counted out.
        var countedHour: UInt64 = 0
        /// How many votes with wrong shares were looked at.
        var joinedCount = 0
        var verdicts: [String: Verdict] = [:]
        var due: [DuePenalty] = []
        /// The evidence whose penalties were handed on to be filed.
        var handedOn: Set<SHA256.Digest> = []
    }

    private let folder: EvidenceFolder
    private let identity: VenueIdentity
    private let logPath: String
    private let clock: any Clock
    private let record: @Sendable () -> CommitteeRecord
    private let file: (@Sendable ([UInt8]) -> Bool)?
    private let warn: @Sendable (CommitteeError) -> Void
    private let state = Mutex(State())
    private let isStopping = Atomic<Bool>(false)
    private let wake = Signal()
    private let thread = Mutex<PlatformThread?>(nil)

    /// Makes a docket, which does nothing on its own before `start`.
    ///
    /// - Parameters:
    ///   - folder: Where evidence is kept.
    ///   - identity: The venue.
    ///   - logPath: Its log.
    ///   - clock: Tells the time.
    ///   - record: The rosters and penalties so far.
    ///   - file: Files the penalty for evidence, without asking anybody; false to be called again later. None to leave it
    ///     to people.
    ///   - warn: Called when the log or the folder cannot be read.
    public init(
        folder: EvidenceFolder,
        identity: VenueIdentity,
        logPath: String,
        clock: any Clock = LinuxClock(),
        record: @escaping @Sendable () -> CommitteeRecord,
        file: (@Sendable ([UInt8]) -> Bool)? = nil,
        warn: @escaping @Sendable (CommitteeError) -> Void = { _ in }
    ) {
        self.folder = folder
        self.identity = identity
        self.logPath = logPath
        self.clock = clock
        self.record = record
        self.file = file
        self.warn = warn
    }

    /// Starts to look.
    ///
    /// - Throws: `platform` when there is no thread to be had.
    public func start() throws(CommitteeError) {
        do throws(PlatformError) {
            let started = try PlatformThread.start(name: "penalties") { self.run() }
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

    private func run() {
        PlatformThread.yieldToOthers()
        while !isStopping.load(ordering: .sequentiallyConsistent) {
            do throws(CommitteeError) {
                try look(at: Timestamp(clock.wallNanoseconds()))
            } catch {
                warn(error)
            }
            wake.wait(timeoutNanoseconds: Self.pauseNanoseconds)
        }
    }

    // MARK: What comes from the journal

    /// Takes a document of the journal; certificates and dissents count.
    public func take(_ kind: FilingKind, _ document: [UInt8]) {
        let record = record()
        do {
            switch kind {
            case .attestation:
                let statement = try AttestationStatement(decoding: document)
                let certificate = try QuorumCertificate(decoding: statement.certificate)
                let attested = certificate.attested
                guard let roster = record.history.roster(ofEpoch: attested.epoch) else { return }
                state.withLock { state in
                    state.watch.take(certificate, roster: roster) { did in
                        record.maySign(did, at: attested.time)
                    }
                }
            case .dissent:
                let dissent = try DissentStatement(decoding: document)
                guard let roster = record.history.roster(ofEpoch: dissent.epoch) else { return }
                state.withLock { state in state.watch.take(dissent, roster: roster) }
            default: return
            }
        } catch {
            // It was checked before it was filed; what slipped through says nothing here.
        }
    }

    // MARK: Judging

    /// Judges evidence by what the venue knows.
    ///
    /// - Throws: `rosterUnusable` before there is a roster; `log` when the log cannot be read.
    public func verification(
        by record: CommitteeRecord
    ) throws(CommitteeError) -> EvidenceVerification {
        guard let newest = record.history.rosters.last else {
            throw .rosterUnusable("there is none yet")
        }
        let log = try openLog()
        do {
            return EvidenceVerification(
                rosters: try record.history.rosters.map { roster in try Roster(roster) },
                trust: try identity.trust(roster: newest),
                verifier: NativeEd25519.verifier,
                leaf: { index, size in log.provenLeaf(index, size) }
            )
        } catch {
            throw .rosterUnusable("\(error)")
        }
    }

    private func openLog() throws(CommitteeError) -> LogRecord {
        do {
            return LogRecord(
                try LogReader(
                    directory: LinuxDirectory.open(logPath),
                    reading: identity.checkpointFormat.read
                )
            )
        } catch {
            throw .log("\(error)")
        }
    }

    /// The penalties that are due, by the names of their evidence; of several for one observer's fault all are there until
    /// one is filed.
    public var due: [DuePenalty] { state.withLock { state in state.due } }

    /// Puts evidence together, judges what is new, and files what is due if it is to.
    ///
    /// - Parameter time: The time.
    /// - Throws: `store` or `log` when the folder or the log cannot be read.
    public func look(at time: Timestamp) throws(CommitteeError) {
        let record = record()
        guard !record.history.rosters.isEmpty else { return }
        try joinWrongShares(record)
        try countAbsence(record)
        try judge(record)
        let proven = state.withLock { state in
            state.verdicts.compactMap { name, verdict -> (name: String, fault: ProvenFault)? in
                guard case .proven(let fault) = verdict else { return nil }
                return (name, fault)
            }
        }
        var due: [DuePenalty] = []
        for (name, fault) in proven.sorted(by: { left, right in left.name < right.name }) {
            do throws(PenaltyRefusal) {
                due.append(
                    DuePenalty(name: name, penalty: try record.penalty(for: fault, at: time))
                )
            } catch {
                // It was filed, or nothing follows from it any more.
                continue
            }
        }
        state.withLock { state in state.due = due }
        try fileDue(due)
    }

    private func judge(_ record: CommitteeRecord) throws(CommitteeError) {
        let count = record.history.rosters.count
        let known = state.withLock { state in
            state.verdicts.filter { _, verdict in
                // What was not proven may be when there is another roster.
                if case .unproven(let rosterCount) = verdict { return rosterCount == count }
                return true
            }
        }
        let pieces = try folder.pieces(besides: Set(known.keys))
        if pieces.isEmpty { return }
        let judge = try verification(by: record)
        for piece in pieces {
            var verdict = Verdict.unproven(rosterCount: count)
            do throws(EvidenceError) {
                verdict = .proven(try judge.prove(piece.bytes))
            } catch {
                // The roster of a ceremony that failed may never come.
                if case .missingRoster = error {
                } else {
                    warn(.evidence(name: piece.name, "\(error)"))
                }
            }
            state.withLock { state in state.verdicts[piece.name] = verdict }
        }
    }

    /// Joins three wrong shares of one observer to evidence.
    private func joinWrongShares(_ record: CommitteeRecord) throws(CommitteeError) {
        let count = try folder.wrongShareCount()
        guard state.withLock({ state in state.joinedCount < count }) else { return }
        let shares = try folder.wrongShares()
        state.withLock { state in state.joinedCount = count }
        let rosters = record.history.rosters
        for did in Self.observers(of: rosters) {
            let isPaid = record.penalties.contains { penalty in
                penalty.did == did && penalty.fault == .invalidShares
            }
            if isPaid { continue }
            let evidence = SeatEvidence(invalidShares: shares, by: did, rosters: rosters)
            if let evidence { try folder.keep(evidence) }
        }
    }

    /// Everybody who ever had a seat, each once.
    private static func observers(of rosters: [EpochStatement]) -> [OrbitDID] {
        var list: [OrbitDID] = []
        for roster in rosters {
            for seat in roster.seats where !list.contains(seat.did) { list.append(seat.did) }
        }
        return list
    }

    /// Counts out once an hour, from the log, who seems to have been absent.
    private func countAbsence(_ record: CommitteeRecord) throws(CommitteeError) {
        guard let roster = record.history.rosters.last else { return }
        let suspects = state.withLock { state -> [OrbitDID] in
            guard state.watch.newestHour > state.countedHour else { return [] }
            state.countedHour = state.watch.newestHour
            return state.watch.suspects(in: roster)
        }
        if suspects.isEmpty { return }
        let log = try openLog()
        let rosters = try log.rosters()
        for did in suspects {
            let before = record.penalties.last { penalty in
                penalty.did == did && penalty.fault == .attendance
            }
            let evidence = try log.absence(
                of: did,
                rosters: rosters,
                after: before?.time ?? .zero
            )
            if let evidence { try folder.keep(evidence) }
        }
    }

    /// Files what is due, each piece once.
    private func fileDue(_ due: [DuePenalty]) throws(CommitteeError) {
        guard let file else { return }
        var observers: Set<OrbitDID> = []
        for item in due {
            let hash = item.penalty.evidence
            // One at a time for each observer: what follows from the next depends on the one before.
            guard observers.insert(item.penalty.did).inserted,
                !state.withLock({ state in state.handedOn.contains(hash) })
            else { continue }
            let pieces = try folder.pieces().filter { piece in piece.name == item.name }
            guard let piece = pieces.first, file(piece.bytes) else { continue }
            state.withLock { state in _ = state.handedOn.insert(hash) }
        }
    }
}
