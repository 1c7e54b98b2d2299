import Cryptography
import Encoding
import Primitives
import Statements
import ThresholdKeys
import Venue

/// What the venue's side of ceremonies does, without threads, clocks and sockets.
///
/// All that it knows is in the journal: it takes the filed documents from the first one on, and the same documents
/// lead to the same state. A phase ends when everybody has spoken, or when its time is over.
struct RelayState {
    /// What is to be done.
    enum Action: Equatable {
        /// Put a document into the journal; it comes back by `filed`.
        case file(FilingKind, [UInt8])
        /// Send the members a document of the ceremony.
        case publish([UInt8])
        /// Tell whoever looks on.
        case report(CeremonyProgress)
    }

    private let venue: VenueName
    private let limits: CeremonyLimits
    private(set) var log: CeremonyLog
    /// The roster in force, from the journal.
    private(set) var roster: EpochStatement?
    /// The keys that belong to it, with who holds them.
    private(set) var active: CeremonyAnnouncement.Previous?
    private let verifier: Ed25519Verifier
    /// What members said at the present height, in the order in which it came.
    private var said: [(key: Ed25519.PublicKey, bundles: [[UInt8]])] = []
    /// Documents that were filed and have not come back yet.
    private var pending: [[UInt8]] = []
    /// When the present height ends at the latest, or the next attempt begins.
    private var deadline: UInt64 = .max
    /// The attempt with which `begin` began.
    private var firstAttempt: UInt32 = 0
    /// The epoch whose roster was put on its way.
    private var activatedEpoch: UInt64 = 0

    init(venue: VenueName, limits: CeremonyLimits, verifier: @escaping Ed25519Verifier) {
        self.venue = venue
        self.limits = limits
        self.verifier = verifier
        log = CeremonyLog(verifier: verifier)
    }

    /// The keys of everybody who has a seat, or may get one.
    var admitted: [Ed25519.PublicKey] {
        var keys = log.running?.announcement.speakers ?? []
        for seat in active?.seats ?? [] where !keys.contains(seat.identityKey) {
            keys.append(seat.identityKey)
        }
        return keys
    }

    /// Announces a ceremony of the next epoch.
    ///
    /// - Throws: `isRunning`, `otherVenue` or `invalidParameters`.
    mutating func begin(_ committee: CommitteeFile) throws(KeyCeremonyError) -> [Action] {
        guard committee.venue == venue else {
            throw .otherVenue(expected: venue.text, found: committee.venue.text)
        }
        let epoch = (active?.keySet.epoch ?? 0) + 1
        var attempt: UInt32 = 0
        if let last = log.running, last.announcement.epoch == epoch {
            if last.isOpen, last.announcement.seats == committee.seats { return [] }
            guard case .failed = last.ceremony.outcome else {
                throw .isRunning(epoch: epoch)
            }
            attempt = last.announcement.attempt + 1
        }
        let announcement = try CeremonyAnnouncement(
            venue: venue,
            epoch: epoch,
            attempt: attempt,
            seats: committee.seats,
            previous: active
        )
        firstAttempt = attempt
        deadline = .max
        return file([CeremonyDocument.begin(announcement).encoded])
    }

    private mutating func file(_ documents: [[UInt8]]) -> [Action] {
        pending += documents
        return documents.map { document in .file(.ceremony, document) }
    }

    /// Takes a document of the kind `ceremony` that has become durable.
    mutating func filed(ceremony document: [UInt8], time: UInt64) -> [Action] {
        if let index = pending.firstIndex(of: document) { pending.remove(at: index) }
        let step: CeremonyLog.Step?
        do throws(KeyCeremonyError) {
            step = try log.take(document)
        } catch {
            return [.report(.skipped(error))]
        }
        guard let step, let running = log.running else { return [] }
        var actions: [Action] = [.publish(document)]
        if step != .said {
            said = []
            let isFirst = running.height == 0
            deadline =
                time + (isFirst ? limits.gatherNanoseconds : limits.phaseNanoseconds)
            if running.isOpen {
                actions.append(.report(.phase(running.ceremony.phase, running.announcement)))
            } else {
                actions += conclude(running, time: time)
            }
        }
        return actions
    }

    /// Takes a roster that has become durable.
    mutating func filed(epoch document: [UInt8]) -> [Action] {
        let statement: EpochStatement
        do throws(StatementError) {
            statement = try EpochStatement(decoding: document)
        } catch {
            // What is filed was checked before; an older program may have filed something else.
            return []
        }
        roster = statement
        deadline = .max
        if let running = log.running, running.announcement.epoch == statement.epoch,
            case .activated(let keySet, let confirmed) = running.ceremony.outcome
        {
            active = .init(keySet: keySet, seats: running.announcement.seats)
            return [.report(.activated(epoch: statement.epoch, confirmed: confirmed))]
        }
        return []
    }

    private mutating func conclude(_ running: CeremonyLog.Running, time: UInt64) -> [Action] {
        switch running.ceremony.outcome {
        case .activated(let keySet, _):
            deadline = .max
            if (roster?.epoch ?? 0) >= keySet.epoch { return [] }
            return [
                .report(.concluded(keySet, running.announcement, running.ceremony.faults))
            ]
        case .failed(let failure):
            deadline = time + limits.retryNanoseconds
            return [.report(.failed(failure, running.announcement, running.ceremony.faults))]
        case nil: return []
        }
    }

    /// The roster that is to be filed for a concluded ceremony, and the DID documents of its seats.
    private mutating func activation(
        _ running: CeremonyLog.Running,
        _ keySet: KeySet,
        validFrom: Timestamp
    ) -> [Action] {
        activatedEpoch = keySet.epoch
        do throws(StatementError) {
            let statement = try EpochStatement(
                running.announcement,
                keySet,
                validFrom: validFrom
            )
            var actions: [Action] = [.file(.epoch, statement.encoded)]
            let known = roster?.seats.map(\.identityKey) ?? []
            for seat in running.announcement.seats where !known.contains(seat.identityKey.bytes) {
                let document = try seat.document(at: venue, time: validFrom)
                actions.append(.file(.document, document.encoded))
            }
            return actions
        } catch {
            return [.report(.skipped(.malformedCommittee(error)))]
        }
    }

    /// Takes what a member says.
    mutating func receive(_ bytes: [UInt8]) -> [Action] {
        guard let running = log.running, running.isOpen else { return [] }
        let submission: CeremonySubmission
        do throws(KeyCeremonyError) {
            submission = try CeremonySubmission(decoding: bytes, verifier: verifier)
        } catch {
            return [.report(.skipped(error))]
        }
        guard submission.nonce == running.announcement.parameters.nonce,
            submission.height == running.height,
            running.announcement.speakers.contains(submission.key),
            !said.contains(where: { entry in entry.key == submission.key })
        else { return [] }
        // Only what a member signed itself is worth a place in the journal.
        let bundles = submission.bundles.filter { bundle in
            guard let checked = log.check(bundle, in: running) else { return false }
            return running.announcement.key(of: checked) == submission.key
        }
        said.append((submission.key, bundles))
        let count = running.announcement.speakers.count
        var actions: [Action] = [.report(.heard(said.count, of: count))]
        if said.count == count { actions += endHeight() }
        return actions
    }

    /// Ends the height when its time is over, files the roster when the keys are made, or begins the next attempt.
    ///
    /// - Parameters:
    ///   - time: The time.
    ///   - validFrom: From when on the roster of an epoch holds.
    /// - Returns: What is to be done.
    mutating func tick(
        _ time: UInt64,
        validFrom: (_ epoch: UInt64) -> Timestamp
    ) -> [Action] {
        if let running = log.running,
            case .activated(let keySet, _) = running.ceremony.outcome,
            max(roster?.epoch ?? 0, activatedEpoch) < keySet.epoch
        {
            return activation(running, keySet, validFrom: validFrom(keySet.epoch))
        }
        guard time >= deadline, pending.isEmpty, let running = log.running else { return [] }
        if running.isOpen {
            deadline = time + limits.phaseNanoseconds
            // With too few members there is nothing to end: it would only fail.
            if running.height == 0, said.count < Int(StatementLimits.threshold) { return [] }
            return endHeight()
        }
        guard case .failed = running.ceremony.outcome else { return [] }
        deadline = .max
        guard running.announcement.attempt + 1 - firstAttempt < limits.attemptsMax else {
            return [.report(.abandoned(running.announcement))]
        }
        do throws(KeyCeremonyError) {
            let announcement = running.announcement
            let next = try CeremonyAnnouncement(
                venue: venue,
                epoch: announcement.epoch,
                attempt: announcement.attempt + 1,
                seats: announcement.seats,
                previous: announcement.previous
            )
            return file([CeremonyDocument.begin(next).encoded])
        } catch {
            return [.report(.skipped(error))]
        }
    }

    /// Files what was said, in as many blocks as it takes.
    private mutating func endHeight() -> [Action] {
        guard pending.isEmpty, let running = log.running else { return [] }
        var parts: [[[UInt8]]] = [[]]
        var size = 0
        for bundle in said.flatMap(\.bundles) {
            if size + bundle.count > Self.blockBytesMax {
                parts.append([])
                size = 0
            }
            parts[parts.count - 1].append(bundle)
            size += bundle.count + 8
        }
        return file(
            parts.enumerated().map { position, bundles in
                CeremonyDocument.block(
                    CeremonyBlock(
                        nonce: running.announcement.parameters.nonce,
                        height: running.height,
                        part: UInt64(position),
                        isLast: position == parts.count - 1,
                        bundles: bundles
                    )
                ).encoded
            }
        )
    }

    /// Most bytes of the bundles in one block, so that it fits into a filing.
    private static let blockBytesMax = Filing.bytesMax - 1_000

    /// The documents from some position on, for a member that has the first ones of this ceremony.
    func documents(after identifier: SHA256.Digest?, count: Int) -> [[UInt8]] {
        guard let running = log.running else { return [] }
        let isSame = identifier == running.identifier && count <= running.documents.count
        return Array(running.documents.dropFirst(isSame ? count : 0))
    }
}
