import Cryptography
import Statements
import ThresholdKeys

/// What a seat knows of the ceremony that runs, and what it says in it.
struct ParticipantSession: ~Copyable {
    private let venue: VenueName
    private let store: SeatStore
    private let identityKey: Ed25519.PublicKey
    private let sign: @Sendable ([UInt8]) -> [UInt8]
    private var log: CeremonyLog
    private var member: CeremonyMember?
    /// What it has to say at the present height; none when it takes no part.
    private(set) var submission: [UInt8]?

    init(
        venue: VenueName,
        store: SeatStore,
        identityKey: Ed25519.PublicKey,
        verifier: @escaping Ed25519Verifier,
        sign: @escaping @Sendable ([UInt8]) -> [UInt8]
    ) {
        self.venue = venue
        self.store = store
        self.identityKey = identityKey
        self.sign = sign
        log = CeremonyLog(verifier: verifier)
        member = nil
    }

    /// What it asks for to be complete.
    var missing: CeremonyFetch {
        CeremonyFetch(
            identifier: log.running?.identifier,
            count: log.running?.documents.count ?? 0
        )
    }

    /// Takes a document that the venue filed.
    ///
    /// - Returns: Whether it followed on what is there, and what to report.
    mutating func take(_ document: [UInt8]) -> (fits: Bool, progress: [ParticipantProgress]) {
        if log.running?.documents.contains(document) == true { return (true, []) }
        do throws(KeyCeremonyError) {
            guard let step = try log.take(document) else { return (false, []) }
            if step == .began { try join() }
            return (true, try act())
        } catch {
            member = nil
            submission = nil
            return (true, [.refused(error)])
        }
    }

    /// Becomes a member of the ceremony that was announced, if it may.
    private mutating func join() throws(KeyCeremonyError) {
        member = nil
        submission = nil
        guard let announcement = log.running?.announcement else { return }
        guard announcement.venue == venue else {
            throw .otherVenue(expected: venue.text, found: announcement.venue.text)
        }
        // A share of this epoch or a later one says that this ceremony is over for the seat.
        if let newest = store.newestEpoch, newest >= announcement.epoch { return }
        guard announcement.speakers.contains(identityKey) else { throw .noSeat }
        let own = try ownShare(announcement)
        var secret = try store.ceremonySecret()
        defer { SecretBytes.wipe(&secret) }
        let parameters = announcement.parameters
        let identityKey = identityKey
        let joined = try store.withDecryptionKey { (key) throws(KeyCeremonyError) in
            do throws(ThresholdKeysError) {
                switch own {
                case .some(let share):
                    return try CeremonyMember(
                        parameters,
                        identityKey: identityKey,
                        secret: secret,
                        decryptionKey: key,
                        resharing: share
                    )
                case .none:
                    return try CeremonyMember(
                        parameters,
                        identityKey: identityKey,
                        secret: secret,
                        decryptionKey: key
                    )
                }
            } catch {
                throw .invalidParameters(error)
            }
        }
        member = consume joined
    }

    /// The old share with which the seat deals; none if it only joins.
    private func ownShare(
        _ announcement: CeremonyAnnouncement
    ) throws(KeyCeremonyError) -> KeyShare? {
        guard let previous = announcement.previous else {
            if let newest = store.newestEpoch { throw .wouldReplaceGroupKey(epoch: newest) }
            return nil
        }
        let epoch = previous.keySet.epoch
        guard let known = try store.keySet(epoch) else { return nil }
        guard known.hash == previous.keySet.hash else { throw .otherPreviousKeys(epoch: epoch) }
        return try store.share(epoch)
    }

    /// Says what follows from the log.
    private mutating func act() throws(KeyCeremonyError) -> [ParticipantProgress] {
        guard let running = log.running, member != nil else { return [] }
        guard running.isOpen else { return try conclude(running) }
        let bundles = member?.act(on: running.ceremony) ?? []
        guard running.part == 0 else { return [] }
        submission =
            CeremonySubmission(
                nonce: running.announcement.parameters.nonce,
                height: running.height,
                key: identityKey,
                bundles: bundles.map { bundle in bundle.signed { message in sign(message) } },
                sign: sign
            ).encoded
        return [.phase(running.ceremony.phase, epoch: running.announcement.epoch)]
    }

    private mutating func conclude(
        _ running: CeremonyLog.Running
    ) throws(KeyCeremonyError) -> [ParticipantProgress] {
        submission = nil
        var ended: CeremonyMember? = nil
        swap(&ended, &member)
        guard let ended else { return [] }
        let epoch = running.announcement.epoch
        switch running.ceremony.outcome {
        case .activated(let keySet, _):
            guard let share = ended.succeed(nil, after: running.ceremony).take() else {
                try store.removeShares()
                try store.forgetCeremony()
                return [.left(epoch: epoch)]
            }
            try store.keep(share, keySet)
            try store.forgetCeremony()
            return [.activated(epoch: epoch)]
        case .failed(let failure): return [.failed(failure)]
        case nil: return []
        }
    }
}

extension Succession {
    /// The share that is in force.
    fileprivate consuming func take() -> KeyShare? {
        switch consume self {
        case .activated(let share): share
        case .kept(let share): share
        }
    }
}
