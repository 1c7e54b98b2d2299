internal import Attestation
internal import BLS12381
internal import Cryptography
internal import Encoding
internal import KeyStore
internal import Platform
public import Primitives
public import Statements
internal import Synchronization
internal import ThresholdKeys

/// Twelve seats of a committee in this process, for demonstrations and tests.
///
/// The key generation, the votes and the certificates are the real ones; what is missing are the twelve
/// independent operators. Whoever runs this process holds all shares, so its certificates prove to nobody
/// else what a committee's would.
public final class LocalCommittee: IntervalAttester {
    /// One seat.
    private final class Member: Sendable {
        let plan: SeatPlan
        let identity: SigningKey

        init(_ plan: SeatPlan) {
            self.plan = plan
            identity = .generate()
        }
    }

    /// The roster of the one epoch.
    public let epoch: EpochStatement
    /// The same, always there.
    public var roster: EpochStatement? { epoch }
    /// The DID documents of the seats.
    public let documents: [DIDStatement]
    /// How many bundles the key generation took.
    public let bundleCount: Int

    private let members: [Member]
    private let shares: KeyShares
    private let checkedRoster: Roster
    private let certificates = Mutex<[IntervalCertificate]>([])
    private let wake = Mutex<@Sendable () -> Void>({})

    /// Generates the keys of twelve members, and from those the group's key, 8 of 12.
    ///
    /// - Parameters:
    ///   - venue: The venue.
    ///   - validFrom: From when on the roster holds.
    /// - Throws: `quorumFailed` when the key generation fails.
    public init(venue: VenueName, validFrom: Timestamp) throws(TransparencyError) {
        let members = SeatPlan.all.map(Member.init)
        do {
            var shares = KeyShares()
            let transcript = try Self.generate(venue, members, &shares)
            epoch = try Self.roster(venue, validFrom, members, transcript.keySet)
            documents = try members.map { member in
                try Self.document(member, venue, validFrom)
            }
            bundleCount = transcript.log.reduce(0) { count, bundles in count + bundles.count }
            checkedRoster = try Roster(epoch)
            self.shares = shares
        } catch {
            throw .quorumFailed(interval: 0, "no group key: \(error)")
        }
        self.members = members
    }

    /// Makes the certificate at once.
    ///
    /// A committee whose key generation succeeded always comes to one.
    public func request(_ statement: IntervalStatement) {
        do throws(TransparencyError) {
            let certified = IntervalCertificate(
                number: statement.interval.number,
                certificate: try certificate(for: statement)
            )
            certificates.withLock { certificates in certificates.append(certified) }
        } catch {
            preconditionFailure("twelve good votes make a certificate: \(error)")
        }
        wake.withLock { wake in wake }()
    }

    /// The certificates that were made since the last call.
    public func takeCertificates() -> [IntervalCertificate] {
        certificates.withLock { certificates in
            let taken = certificates
            certificates = []
            return taken
        }
    }

    /// Names what is called when there is a certificate.
    public func notify(_ wake: @escaping @Sendable () -> Void) {
        self.wake.withLock { known in known = wake }
    }

    /// The votes of all twelve seats, combined.
    public func certificate(
        for statement: IntervalStatement
    ) throws(TransparencyError) -> [UInt8] {
        var votes: [Vote] = []
        for member in members {
            let index = member.plan.index
            guard let partial = shares.sign(statement.digest.bytes, by: index) else {
                preconditionFailure("every seat has its share")
            }
            votes.append(
                Vote(
                    for: .interval(statement),
                    index: index,
                    partial: partial.signature,
                    identityKey: member.identity.publicKey.bytes,
                    signer: { message in member.identity.sign(message) }
                )
            )
        }
        do throws(AttestationError) {
            let certificate = try QuorumCertificate(attested: .interval(statement), votes: votes)
            try certificate.checkGroupSignature(checkedRoster.groupKey)
            return certificate.encoded
        } catch {
            throw .quorumFailed(interval: statement.interval.number, "\(error)")
        }
    }

    private static func generate(
        _ venue: VenueName,
        _ members: [Member],
        _ shares: inout KeyShares
    ) throws(ThresholdKeysError) -> CommitteeSession.Transcript {
        var seats: [CeremonySeat] = []
        var participants: [CommitteeSession.Participant] = []
        for member in members {
            let key = try DecryptionKey(keyMaterial: SystemRandom.bytes(32))
            seats.append(
                CeremonySeat(
                    index: member.plan.index,
                    identityKey: member.identity.publicKey,
                    encryptionKey: key.encryptionKey
                )
            )
            participants.append(
                CommitteeSession.Participant(
                    identityKey: member.identity.publicKey,
                    secret: SystemRandom.bytes(32),
                    decryptionSecret: key.secretBytes
                )
            )
        }
        let parameters = try CeremonyParameters(
            venue: venue.text,
            epoch: 1,
            seats: seats,
            threshold: Int(StatementLimits.threshold),
            schedule: Schedule(start: 0, phaseLength: 2, isFresh: true)
        )
        return try CommitteeSession.run(
            parameters,
            participants: participants,
            shares: &shares,
            verifier: NativeEd25519.verifier,
            sign: { key, message in
                guard let member = members.first(where: { $0.identity.publicKey == key }) else {
                    preconditionFailure("only members sign")
                }
                return member.identity.sign(message)
            }
        )
    }

    private static func roster(
        _ venue: VenueName,
        _ validFrom: Timestamp,
        _ members: [Member],
        _ keys: KeySet
    ) throws(StatementError) -> EpochStatement {
        var seats: [EpochStatement.Seat] = []
        for member in members {
            guard let shareKey = keys.shareKey(of: member.plan.index) else {
                preconditionFailure("every seat has its share")
            }
            seats.append(
                EpochStatement.Seat(
                    index: member.plan.index,
                    did: try member.plan.did(at: venue),
                    operator: member.plan.operatorName,
                    group: member.plan.group,
                    region: member.plan.region,
                    category: member.plan.category,
                    identityKey: member.identity.publicKey.bytes,
                    shareKey: shareKey.compressed
                )
            )
        }
        return EpochStatement(
            venue: venue,
            epoch: keys.epoch,
            groupKey: keys.groupKey.compressed,
            validFrom: validFrom,
            seats: seats
        )
    }

    private static func document(
        _ member: Member,
        _ venue: VenueName,
        _ time: Timestamp
    ) throws(StatementError) -> DIDStatement {
        let did = try member.plan.did(at: venue)
        let document = DIDDocument(
            id: did,
            controller: venue.did,
            verificationMethods: [
                DIDDocument.VerificationMethod(
                    fragment: "identity",
                    controller: did,
                    material: .multikey(.ed25519(member.identity.publicKey.bytes))
                )
            ],
            assertionMethods: ["identity"]
        )
        return DIDStatement(document: document, version: 1, time: time)
    }
}
