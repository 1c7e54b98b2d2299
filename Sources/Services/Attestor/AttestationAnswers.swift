internal import Attestation
internal import BLS12381
internal import Cryptography
internal import Encoding
internal import MessageBus
internal import Platform
internal import Primitives
internal import Statements
internal import Synchronization

/// Signs and sends votes and dissents; both desks use it, each on its own thread.
final class AttestationAnswers: Sendable {
    /// How many refusals are remembered, so that whoever asks again gets the same.
    private static let dissentsMax = 256

    private struct Remembered {
        var digest: SHA256.Digest
        var message: [UInt8]
    }

    private let configuration: AttestorConfiguration
    private let keys: SeatKeys
    private let votes: VoteStore
    private let bus: any MessageBus
    private let clock: any Clock
    private let followed: FollowedState
    let report: @Sendable (AttestorEvent) -> Void
    private let dissents = Mutex<[Remembered]>([])

    init(
        _ configuration: AttestorConfiguration,
        _ keys: SeatKeys,
        _ votes: VoteStore,
        _ bus: any MessageBus,
        _ clock: any Clock,
        _ followed: FollowedState,
        _ report: @escaping @Sendable (AttestorEvent) -> Void
    ) {
        self.configuration = configuration
        self.keys = keys
        self.votes = votes
        self.bus = bus
        self.clock = clock
        self.followed = followed
        self.report = report
    }

    /// The seat under the newest roster, if the request is made under it; reports why not otherwise.
    private func seat(for attested: Attested) -> UInt32? {
        let roster = followed.state.withLock { state in state.documents.newestRoster }
        guard let roster, let own = OwnSeat(roster, identityKey: keys.identityKey) else {
            report(.unanswered(attested.slot, "the journal has no roster yet"))
            return nil
        }
        do throws(AttestationError) {
            try Roster.check(own.statement, hash: own.hash, attested)
        } catch {
            report(.unanswered(attested.slot, "\(error)"))
            return nil
        }
        if own.index == nil {
            report(
                .unanswered(attested.slot, "this observer has no seat in epoch \(attested.epoch)")
            )
        }
        return own.index
    }

    /// Signs what is to be attested, or sends what was signed before.
    func vote(for attested: Attested) throws(AttestorError) {
        guard let index = seat(for: attested) else { return }
        pause()
        let answer = try votes.vote(for: attested) { makeVote(for: attested, index) }
        switch answer {
        case .vote(let vote):
            send(vote, Self.subject(attested))
            report(.voted(attested.slot))
            if configuration.misbehaviour.equivocates { equivocate(attested, index) }
        case .contradicts(let signed):
            report(
                .unanswered(
                    attested.slot,
                    "this seat has signed \(signed.hex) for it, and signs once"
                )
            )
        case .none:
            report(.unanswered(attested.slot, "this seat has no share of epoch \(attested.epoch)"))
        }
    }

    /// Sends the vote that was cast for an interval of long ago; there is nothing else to say about it.
    func repeatVote(for attested: Attested) throws(AttestorError) {
        let answer = try votes.vote(for: attested) { nil }
        if case .vote(let vote) = answer {
            send(vote, Self.subject(attested))
        } else {
            report(.unanswered(attested.slot, "it was too long ago"))
        }
    }

    private func makeVote(for attested: Attested, _ index: UInt32) -> Vote? {
        let digest = attested.digest.bytes
        var message = digest
        if configuration.misbehaviour.hasInvalidShare { message.append(0) }
        guard let partial = keys.signWithShare(attested.epoch, message) else { return nil }
        return Vote(
            for: attested,
            index: index,
            partial: partial,
            identityKey: keys.identityKey.bytes,
            signer: keys.sign
        )
    }

    /// Signs another state for the same slot, past the store of votes: the fault that costs a seat its bond.
    private func equivocate(_ attested: Attested, _ index: UInt32) {
        guard case .interval(var statement) = attested else { return }
        statement.interval.stateHash = SHA256.hash(of: statement.interval.stateHash.bytes)
        if let vote = makeVote(for: .interval(statement), index) {
            send(vote.encoded, Self.subject(attested))
        }
    }

    /// Refuses to sign, and says why in public.
    func dissent(from attested: Attested, _ reason: String) throws(AttestorError) {
        guard let index = seat(for: attested) else { return }
        pause()
        let digest = attested.digest
        let known = dissents.withLock { dissents in
            dissents.first { dissent in dissent.digest == digest }?.message
        }
        if let known {
            send(known, "attest.dissent")
            return
        }
        let dissent = Dissent(
            from: attested,
            index: index,
            reason: Self.line(reason),
            time: Timestamp(clock.wallNanoseconds()),
            identityKey: keys.identityKey.bytes,
            signer: keys.sign
        )
        let message = dissent.encoded
        dissents.withLock { dissents in
            if dissents.count >= Self.dissentsMax { dissents.removeFirst() }
            dissents.append(Remembered(digest: digest, message: message))
        }
        send(message, "attest.dissent")
        report(.dissented(attested.slot, reason))
    }

    private func send(_ message: [UInt8], _ subject: String) {
        do throws(BusError) {
            try bus.publish(subject, message)
        } catch {
            // What is lost is asked for again, and the answer is the same.
            report(.ignored("an answer could not be sent: \(error)"))
        }
    }

    private func pause() {
        let delay = configuration.misbehaviour.delayMilliseconds
        if delay > 0 { PlatformThread.nap(nanoseconds: delay * 1_000_000) }
    }

    private static func subject(_ attested: Attested) -> String {
        switch attested {
        case .interval: "attest.response.interval"
        case .claim: "attest.response.claim"
        }
    }

    /// A reason as the one line that a dissent may have.
    static func line(_ reason: String) -> Text {
        var bytes: [UInt8] = []
        for scalar in reason.unicodeScalars {
            let isControl = scalar.value < 0x20 || scalar.value == 0x7f
            let encoded = isControl ? [UInt8(ascii: " ")] : Array(String(scalar).utf8)
            if bytes.count + encoded.count > StatementLimits.textMax { break }
            bytes += encoded
        }
        return Text(utf8: bytes.isEmpty ? Array("no reason".utf8) : bytes) ?? "no reason"
    }
}
