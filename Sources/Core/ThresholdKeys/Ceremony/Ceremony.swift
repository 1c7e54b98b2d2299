import Cryptography

/// The public side of a ceremony: what everybody who reads the log makes of it.
///
/// It takes the log's entries in order and knows no secret, so members, auditors and clients all come to the
/// same state; whoever was away reads the log again. What a member does next follows from it
/// (`CeremonyMember.act`). docs/key-generation.md describes the protocol.
public struct Ceremony: Sendable {
    /// What was agreed before.
    public let parameters: CeremonyParameters
    /// The height up to which the log was read; entries of this height may follow.
    public private(set) var height: UInt64 = 0
    /// What the log is read for.
    public private(set) var phase = Phase.waiting
    /// The faults in the order in which the log showed them.
    public internal(set) var faults: [Fault] = []
    /// The keys that members are asked to confirm; none before the phase of confirmation.
    public private(set) var candidate: KeySet?
    /// How the ceremony ended; none while it runs.
    public private(set) var outcome: Outcome?

    var dealers: [DealerRecord]
    var receivers: [ReceiverRecord]
    private var transcript: SHA256.Digest

    /// How a ceremony ends.
    public enum Outcome: Equatable, Sendable {
        /// The keys are in force; the members that confirmed them are listed by index.
        case activated(KeySet, confirmed: [UInt32])
        /// There are no new keys.
        case failed(CeremonyFailure)
    }

    /// Begins to read the log of a ceremony.
    public init(_ parameters: CeremonyParameters) {
        self.parameters = parameters
        dealers = parameters.dealers.map(DealerRecord.init)
        receivers = parameters.seats.map(ReceiverRecord.init)
        transcript = parameters.nonce
        advance(to: 0)
    }

    /// The dealers whose deals count so far, ascending.
    public var qualified: [UInt32] {
        dealers.filter { dealer in dealer.isQualified }.map { dealer in dealer.seat.index }
    }

    /// The deal of a dealer, if it came in time and fits what was committed to.
    package func deal(of dealer: UInt32) -> Deal? {
        dealers.first { record in record.seat.index == dealer }?.deal
    }

    /// Notes that the log has reached a height, with or without an entry.
    ///
    /// - Parameter height: Not below the height reached before; a precondition.
    public mutating func advance(to height: UInt64) {
        precondition(height >= self.height, "the log does not shrink")
        self.height = height
        let schedule = parameters.schedule
        if phase == .waiting, height >= schedule.start { phase = .commit }
        if phase == .commit, height >= schedule.commitEnd { phase = .deal }
        if phase == .deal, height >= schedule.dealEnd { phase = .complaint }
        if phase == .complaint, height >= schedule.complaintEnd { phase = .justification }
        if phase == .justification, height >= schedule.justificationEnd { fixResult() }
        if phase == .confirmation, height >= schedule.confirmationEnd {
            countConfirmations()
            conclude()
        }
    }

    /// Takes an entry of the log.
    ///
    /// - Parameters:
    ///   - bundle: The entry, checked with the same parameters; a precondition.
    ///   - height: Its height, not below the one before; a precondition.
    public mutating func receive(_ bundle: CheckedBundle, at height: UInt64) {
        precondition(
            bundle.nonce == parameters.nonce,
            "the bundle was checked for another ceremony"
        )
        advance(to: height)
        guard phase != .waiting, phase != .concluded else { return }
        guard keep(bundle) else { return }
        if phase < .confirmation { append(bundle) }
        if let flaw = bundle.flaw {
            blame(bundle, .flawedBundle(flaw), .flawedBundle(bundle.bytes))
            return
        }
        guard let body = bundle.body else { return }
        switch body {
        case .commit: break  // It is kept until the deal, which is compared with it.
        case .deal(let deal): take(deal, from: bundle)
        case .complaints(let complaints): take(complaints, from: bundle)
        case .justifications(let justifications): take(justifications, from: bundle)
        case .confirmation(let confirmation):
            take(confirmation, from: bundle)
            let held = receivers.count { receiver in receiver.confirmation != nil }
            if held >= parameters.confirmationCountPreferred {
                countConfirmations()
                let confirmed = receivers.count { receiver in receiver.isConfirmed }
                if confirmed >= parameters.confirmationCountPreferred { conclude() }
            }
        }
    }

    /// Keeps a bundle, so that a different one of the same kind is found, and answers whether it counts:
    /// whether it is the first one of its kind, and its phase is open.
    private mutating func keep(_ bundle: CheckedBundle) -> Bool {
        let isTimely = bundle.kind.phase == phase
        guard let slot = slot(of: bundle) else { return false }
        let first = bundles(of: bundle.kind.role, slot)[bundle.kind]
        guard let first else {
            setBundle(bundle, slot, isCounted: isTimely)
            return isTimely
        }
        guard first.bundle.content == bundle.content else {
            if phase < .confirmation { append(bundle) }
            blame(
                bundle,
                .equivocation,
                .equivocation(first: first.bundle.bytes, second: bundle.bytes)
            )
            return false
        }
        guard isTimely, !first.isCounted else { return false }
        setBundle(bundle, slot, isCounted: true)
        return true
    }

    private func slot(of bundle: CheckedBundle) -> Int? {
        switch bundle.kind.role {
        case .dealer: dealers.firstIndex { $0.seat.index == bundle.sender }
        case .receiver: receivers.firstIndex { $0.seat.index == bundle.sender }
        }
    }

    private func bundles(of role: Role, _ slot: Int) -> KeptBundles {
        role == .dealer ? dealers[slot].bundles : receivers[slot].bundles
    }

    private mutating func setBundle(_ bundle: CheckedBundle, _ slot: Int, isCounted: Bool) {
        let kept = KeptBundle(bundle: bundle, isCounted: isCounted)
        switch bundle.kind.role {
        case .dealer: dealers[slot].bundles[bundle.kind] = kept
        case .receiver: receivers[slot].bundles[bundle.kind] = kept
        }
    }

    /// Adds a bundle to the hash of what decided the result.
    private mutating func append(_ bundle: CheckedBundle) {
        transcript = SHA256.hash(pair: transcript, SHA256.hash(of: bundle.content))
    }

    /// Ends the phase of justification: who qualifies is decided, and with it the keys.
    private mutating func fixResult() {
        evictUnjustified()
        let qualified = self.qualified
        guard qualified.count >= parameters.qualifiedCountMin else {
            fail(
                .tooFewDealers(qualified: qualified.count, needed: parameters.qualifiedCountMin)
            )
            return
        }
        do throws(ThresholdKeysError) {
            candidate = try KeySet(
                venue: parameters.venue,
                epoch: parameters.epoch,
                nonce: parameters.nonce,
                indices: parameters.seats.map { seat in seat.index },
                commitments: groupCommitments(),
                qualified: qualified,
                transcript: transcript
            )
        } catch {
            fail(.degenerateKey)
            return
        }
        if let previous = parameters.previous, let candidate {
            precondition(
                candidate.groupKey == previous.keySet.groupKey,
                "the group key is constant"
            )
        }
        phase = .confirmation
    }

    /// Ends the phase of confirmation, before its time if nearly all have confirmed.
    private mutating func conclude() {
        let confirmed = receivers.filter { $0.isConfirmed }.map { $0.seat.index }
        guard let candidate, confirmed.count >= parameters.threshold else {
            fail(
                .tooFewConfirmations(confirmed: confirmed.count, needed: parameters.threshold)
            )
            return
        }
        outcome = .activated(candidate, confirmed: confirmed)
        phase = .concluded
    }

    private mutating func fail(_ failure: CeremonyFailure) {
        outcome = .failed(failure)
        phase = .concluded
    }
}
