import BLS12381
import Cryptography
import Encoding
import Primitives
import Statements
import ThresholdKeys

extension EpochStatement {
    /// The roster that follows from a ceremony.
    init(
        _ announcement: CeremonyAnnouncement,
        _ keySet: KeySet,
        validFrom: Timestamp
    ) throws(StatementError) {
        var seats: [Seat] = []
        for seat in announcement.seats {
            guard let shareKey = keySet.shareKey(of: seat.index) else {
                preconditionFailure("every seat of a ceremony has a share key")
            }
            seats.append(
                Seat(
                    index: seat.index,
                    did: try seat.did(at: announcement.venue),
                    operator: seat.operator,
                    group: seat.group,
                    region: seat.region,
                    category: seat.category,
                    identityKey: seat.identityKey.bytes,
                    shareKey: shareKey.compressed
                )
            )
        }
        self.init(
            venue: announcement.venue,
            epoch: keySet.epoch,
            groupKey: keySet.groupKey.compressed,
            validFrom: validFrom,
            seats: seats
        )
    }
}

extension SeatEnrolment {
    /// The DID document of the observer, as the venue registers it.
    func document(at venue: VenueName, time: Timestamp) throws(StatementError) -> DIDStatement {
        let did = try did(at: venue)
        let document = DIDDocument(
            id: did,
            controller: venue.did,
            verificationMethods: [
                DIDDocument.VerificationMethod(
                    fragment: "identity",
                    controller: did,
                    material: .multikey(.ed25519(identityKey.bytes))
                )
            ],
            assertionMethods: ["identity"]
        )
        return DIDStatement(document: document, version: 1, time: time)
    }
}

extension CeremonyAnnouncement {
    /// The identity key of the seat that sent a bundle.
    func key(of bundle: CheckedBundle) -> Ed25519.PublicKey? {
        let dealers = previous?.seats ?? seats
        return (bundle.kind.role == .dealer ? dealers : seats)
            .first { seat in seat.index == bundle.sender }?.identityKey
    }
}
