public import Cryptography

/// A whole ceremony in one process: all members, and a log in memory that puts their bundles in order.
///
/// The cryptography is the real one; what is missing is the distance between the members. It serves where one
/// operator runs all seats, as in a demonstration. The members share the checking of bundles and nothing
/// else: each decrypts and verifies its own shares.
public enum CommitteeSession {
    /// What the process knows of one member.
    ///
    /// The secrets are the caller's, who wipes them after the session.
    public struct Participant: Sendable {
        /// The key that verifies what the member signs.
        public var identityKey: Ed25519.PublicKey
        /// 32 bytes that nobody can guess, drawn for this ceremony alone.
        public var secret: [UInt8]
        /// The secret bytes of the member's decryption key.
        public var decryptionSecret: [UInt8]

        /// Joins the parts.
        public init(
            identityKey: Ed25519.PublicKey,
            secret: [UInt8],
            decryptionSecret: [UInt8]
        ) {
            self.identityKey = identityKey
            self.secret = secret
            self.decryptionSecret = decryptionSecret
        }
    }

    /// What everybody may know of a ceremony that has succeeded.
    public struct Transcript: Sendable {
        /// The keys.
        public let keySet: KeySet
        /// The log: at each height, from the first one of the schedule on, the bundles in their order.
        public let log: [[[UInt8]]]
    }

    /// Runs a ceremony in which nobody is at fault.
    ///
    /// - Parameters:
    ///   - parameters: What was agreed; two heights a phase are enough.
    ///   - participants: All members, at most twelve; one without a seat is an error.
    ///   - shares: The old shares if keys are reshared; on success they are replaced by the new ones and
    ///     wiped, otherwise they stay as they are.
    ///   - verifier: Verifies signatures of identity keys.
    ///   - sign: Signs bytes with the identity key of a member.
    /// - Returns: The keys and the log that they came from.
    /// - Throws: What members throw; `ceremonyFailed`; `bundleRefused` if `sign` and `verifier` do not fit.
    public static func run(
        _ parameters: CeremonyParameters,
        participants: [Participant],
        shares: inout KeyShares,
        verifier: Ed25519Verifier,
        sign: (_ identityKey: Ed25519.PublicKey, _ message: [UInt8]) -> [UInt8]
    ) throws(ThresholdKeysError) -> Transcript {
        guard participants.count <= Limits.seatCountMax else { throw .invalidSeats }
        var members = InlineArray<12, CeremonyMember?> { _ in nil }
        for (position, participant) in participants.enumerated() {
            members[position] = try member(participant, parameters, shares)
        }
        var ceremony = Ceremony(parameters)
        var log: [[[UInt8]]] = []
        var height = parameters.schedule.start
        while ceremony.outcome == nil {
            ceremony.advance(to: height)
            var entries: [[UInt8]] = []
            for (position, participant) in participants.enumerated() {
                let bundles = members[position]?.act(on: ceremony) ?? []
                for bundle in bundles {
                    entries.append(
                        bundle.signed { message in sign(participant.identityKey, message) }
                    )
                }
            }
            for entry in entries {
                let bundle: CheckedBundle
                do throws(BundleRefusal) {
                    bundle = try CheckedBundle(checking: entry, in: parameters, verifier: verifier)
                } catch {
                    throw .bundleRefused(error)
                }
                ceremony.receive(bundle, at: height)
            }
            log.append(entries)
            height += 1
        }
        switch ceremony.outcome {
        case .activated(let keySet, _):
            var replaced = KeyShares()
            for position in participants.indices {
                var member: CeremonyMember? = nil
                swap(&member, &members[position])
                take(member, ceremony, into: &replaced)
            }
            shares = replaced
            return Transcript(keySet: keySet, log: log)
        case .failed(let failure): throw .ceremonyFailed(failure)
        case nil: preconditionFailure("the loop ends with an outcome")
        }
    }

    private static func member(
        _ participant: Participant,
        _ parameters: CeremonyParameters,
        _ shares: borrowing KeyShares
    ) throws(ThresholdKeysError) -> CeremonyMember {
        let key = try DecryptionKey(secretBytes: participant.decryptionSecret)
        let seats = parameters.previous?.seats ?? []
        if let seat = seats.first(where: { $0.identityKey == participant.identityKey }) {
            let holder = try shares.member(holding: seat.index) {
                (share) throws(ThresholdKeysError) in
                try CeremonyMember(
                    parameters,
                    identityKey: participant.identityKey,
                    secret: participant.secret,
                    decryptionKey: key,
                    resharing: share
                )
            }
            if let holder { return holder }
        }
        return try CeremonyMember(
            parameters,
            identityKey: participant.identityKey,
            secret: participant.secret,
            decryptionKey: key
        )
    }

    private static func take(
        _ member: consuming CeremonyMember?,
        _ ceremony: Ceremony,
        into shares: inout KeyShares
    ) {
        guard let member else { return }
        switch member.succeed(nil, after: ceremony) {
        case .activated(.some(let share)): shares.insert(share)
        case .activated(.none): break
        case .kept: break
        }
    }
}

extension CommitteeSession.Participant: CustomStringConvertible {
    /// A placeholder, because most of it is secret.
    public var description: String { "Participant(not shown)" }
}

#if !hasFeature(Embedded)
    extension CommitteeSession.Participant: CustomReflectable {
        /// Nothing, so that no dump shows the secrets either.
        public var customMirror: Mirror { Mirror(self, children: []) }
    }
#endif
