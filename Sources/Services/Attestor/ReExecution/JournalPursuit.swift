internal import Attestation
internal import ComponentHost
internal import Cryptography
internal import Encoding
internal import KeyStore
internal import MessageBus
internal import Platform
internal import Primitives
internal import Statements
internal import Synchronization
internal import Venue

/// Follows a venue's journal through the sandbox: takes the pieces as they come, fetches what is missing, begins
/// again at the snapshot after a fault, and writes a snapshot now and then.
///
/// One thread drives it; what it learns is in `followed`, which others read.
struct JournalPursuit: ~Copyable {
    private let configuration: AttestorConfiguration
    private let keys: SeatKeys
    private let votes: VoteStore
    private let bus: any MessageBus
    private let folder: LinuxDirectory
    private let followed: FollowedState
    private let report: @Sendable (AttestorEvent) -> Void

    /// The command that the next piece begins with.
    private(set) var nextSequence: UInt64 = 1
    /// The hash of the piece before.
    private var lastPiece = SHA256.Digest(words: (0, 0, 0, 0))
    private var commandsSinceSnapshot: UInt64 = 0
    /// Whether the pieces did not continue each other, so that a snapshot does not help.
    private var mustBeginAnew = false
    private var faultsInTurn = 0

    init(
        _ configuration: AttestorConfiguration,
        _ keys: SeatKeys,
        _ votes: VoteStore,
        _ bus: any MessageBus,
        _ followed: FollowedState,
        _ report: @escaping @Sendable (AttestorEvent) -> Void
    ) throws(AttestorError) {
        self.configuration = configuration
        self.keys = keys
        self.votes = votes
        self.bus = bus
        self.followed = followed
        self.report = report
        do throws(PlatformError) {
            folder = try LinuxDirectory.open(configuration.directory)
        } catch {
            throw .files(error)
        }
    }

    /// How long to wait before beginning again after a fault, longer after each.
    var pauseNanoseconds: UInt64 { 100_000_000 << UInt64(min(faultsInTurn, 8)) }

    /// Whether nothing more will be followed.
    var hasDiverged: Bool { followed.state.withLock { state in state.divergence != nil } }

    // MARK: Beginning

    /// Begins at the snapshot, or with the first command.
    ///
    /// - Throws: `sandbox`, `foreignModule` or `files` when not even an empty sandbox can be made.
    mutating func begin() throws(AttestorError) {
        let snapshot = mustBeginAnew ? nil : usableSnapshot()
        mustBeginAnew = false
        if let snapshot {
            do throws(AttestorError) {
                try restore(snapshot)
                report(.restored(interval: snapshot.interval.interval.number))
                return
            } catch {
                report(.beganAnew("\(error)"))
            }
        }
        let sandbox = try makeSandbox()
        nextSequence = 1
        lastPiece = SHA256.Digest(words: (0, 0, 0, 0))
        commandsSinceSnapshot = 0
        followed.state.withLock { state in
            state.restart(nil, FollowedDocuments())
            state.sandbox = sandbox
        }
        if snapshot == nil { report(.beganAnew(nil)) }
    }

    private func makeSandbox() throws(AttestorError) -> JournalSandbox {
        try JournalSandbox(
            configuration.module,
            venue: configuration.venue,
            venueKey: configuration.venueKey,
            limits: configuration.limits
        )
    }

    private func usableSnapshot() -> SeatSnapshot? {
        do throws(AttestorError) {
            return try SeatSnapshot.read(
                from: folder,
                venue: configuration.venue,
                key: keys.identityKey
            )
        } catch {
            report(.ignored("\(error)"))
            return nil
        }
    }

    private mutating func restore(_ snapshot: SeatSnapshot) throws(AttestorError) {
        let sandbox = try makeSandbox()
        let found = try sandbox.restore(snapshot.state)
        let signed = snapshot.interval
        guard found.interval.number == signed.interval.number,
            found.interval.lastSequence == signed.interval.lastSequence,
            found.interval.stateHash == signed.interval.stateHash, found.log == signed.log,
            found.time == signed.time
        else { throw .snapshot("its state is not the one that this seat signed") }
        nextSequence = signed.interval.lastSequence + 1
        lastPiece = snapshot.chunk
        commandsSinceSnapshot = 0
        followed.state.withLock { state in
            state.restart(signed, snapshot.documents)
            state.sandbox = sandbox
        }
        tellRoster(snapshot.documents)
    }

    private func tellRoster(_ documents: FollowedDocuments) {
        guard let roster = documents.newestRoster,
            let seat = OwnSeat(roster, identityKey: keys.identityKey)
        else { return }
        report(.roster(epoch: seat.statement.epoch, seat: seat.index))
    }

    // MARK: Following

    /// Takes a piece.
    ///
    /// - Returns: Whether something is missing before it.
    /// - Throws: `AttestorError`; what must be done then is for `recover` to know.
    mutating func take(_ bytes: [UInt8]) throws(AttestorError) -> Bool {
        let piece = try JournalPiece(
            decoding: bytes,
            venue: configuration.venue,
            key: configuration.venueKey
        )
        guard piece.chunk.last >= nextSequence else { return false }
        guard piece.chunk.first <= nextSequence else { return true }
        guard piece.chunk.first == nextSequence, piece.chunk.previous == lastPiece else {
            mustBeginAnew = true
            throw .brokenChain
        }
        guard let sandbox = followed.state.withLock({ state in state.sandbox }) else {
            throw .malformed("nothing was begun")
        }
        try sandbox.apply(piece.chunk.records[...])
        let interval = piece.endsInterval ? try sandbox.check(leaves: piece.chunk.leaves) : nil
        try accept(piece, interval)
        faultsInTurn = 0
        if interval != nil, commandsSinceSnapshot >= configuration.snapshotCommands {
            try writeSnapshot()
        }
        return false
    }

    private mutating func accept(
        _ piece: JournalPiece,
        _ interval: ReExecutedInterval?
    ) throws(AttestorError) {
        nextSequence = piece.chunk.last + 1
        lastPiece = piece.hash
        commandsSinceSnapshot += piece.chunk.last - piece.chunk.first + 1
        var newRoster: FollowedDocuments?
        followed.state.withLock { state in
            for document in piece.documents
            where state.documents.take(document.filing, document.bytes, configuration.venue) {
                newRoster = state.documents
            }
            if let interval { state.append(interval) }
        }
        if let newRoster { tellRoster(newRoster) }
        for document in piece.documents where document.filing.kind == .attestation {
            try learn(document.bytes)
        }
    }

    /// Takes over this seat's own vote out of a certificate in the journal.
    private func learn(_ document: [UInt8]) throws(AttestorError) {
        guard let certificate = Self.certificate(document) else { return }
        for vote in certificate.votes where isOwn(vote) {
            guard try votes.learn(vote, for: certificate.attested) else {
                report(.failed("another vote for \(certificate.attested.slot) is in the journal"))
                continue
            }
        }
    }

    private func isOwn(_ vote: Vote) -> Bool {
        vote.message.protected.keyID == StatementIssuer.keyID(of: keys.identityKey.bytes)
            && vote.message.isValid { message, signature in
                NativeEd25519.verifies(signature, of: message, by: keys.identityKey)
            }
    }

    private static func certificate(_ document: [UInt8]) -> QuorumCertificate? {
        do throws(StatementError) {
            let statement = try AttestationStatement(decoding: document)
            do throws(AttestationError) {
                return try QuorumCertificate(decoding: statement.certificate)
            } catch {
                return nil
            }
        } catch {
            return nil
        }
    }

    /// Fetches what is missing, up to what the venue has.
    ///
    /// - Parameter isStopping: Asked between the pieces.
    /// - Returns: Whether the venue answered.
    /// - Throws: As `take`.
    mutating func fetch(isStopping: () -> Bool) throws(AttestorError) -> Bool {
        while !isStopping(), !hasDiverged {
            let answer: FetchAnswer
            do {
                let bytes = try bus.request(
                    "journal.fetch",
                    FetchRequest(from: nextSequence).encoded,
                    timeoutMilliseconds: AttestorLimits.fetchMilliseconds
                )
                answer = try FetchAnswer(decoding: bytes)
            } catch let error as AttestationError {
                throw .message(error)
            } catch {
                // The venue is away; it is asked again.
                return false
            }
            let before = nextSequence
            for chunk in answer.chunks {
                if isStopping() { return true }
                _ = try take(chunk)
                followed.changed()
            }
            if nextSequence == before { return true }
        }
        return true
    }

    /// Does what must be done after an error.
    ///
    /// - Returns: Whether following must begin again.
    mutating func recover(from error: AttestorError) -> Bool {
        switch error {
        case .disagreement(let what):
            followed.state.withLock { state in state.divergence = what }
            followed.changed()
            report(.diverged(what))
            return false
        case .message, .badPiece:
            report(.ignored("\(error)"))
            return false
        default:
            faultsInTurn += 1
            report(.restarting("\(error)"))
            return true
        }
    }

    // MARK: Snapshots

    /// Writes a snapshot if something has happened since the last and an interval has just ended.
    mutating func writeSnapshot() throws(AttestorError) {
        let (sandbox, last, documents) = followed.state.withLock { state in
            (state.sandbox, state.intervals.last, state.documents)
        }
        guard commandsSinceSnapshot > 0, let sandbox, let last,
            last.interval.lastSequence + 1 == nextSequence
        else { return }
        let snapshot = SeatSnapshot(
            venue: configuration.venue,
            chunk: lastPiece,
            interval: last,
            documents: documents,
            state: try sandbox.snapshot()
        )
        try snapshot.write(to: folder, sign: keys.sign)
        commandsSinceSnapshot = 0
        report(.snapshot(interval: last.interval.number))
    }
}

/// What was followed, with whom to tell when it changes.
final class FollowedState: Sendable {
    let state = Mutex(Followed())
    private let listener: Signal

    init(listener: Signal) { self.listener = listener }

    /// Wakes the desk of claims, which waits on another thread.
    func changed() { listener.notify() }
}
