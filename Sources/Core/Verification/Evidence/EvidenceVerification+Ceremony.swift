import Attestation
import Cryptography
import Encoding
import Statements
import ThresholdKeys

extension EvidenceVerification {
    /// Checks that the evidence of a key ceremony holds against a seat, in whichever role it took part.
    ///
    /// The parameters need not be trusted: the member signed their hash with each of its bundles.
    func checkDeal(
        _ ceremony: [UInt8],
        _ proof: [UInt8],
        _ shown: SeatEvidence,
        _ seat: Seat
    ) throws(EvidenceError) {
        let parameters: CeremonyParameters
        let evidence: ThresholdKeys.Evidence
        do throws(ThresholdKeysError) {
            parameters = try CeremonyParameters(decoding: ceremony)
            evidence = try ThresholdKeys.Evidence(decoding: proof)
        } catch {
            throw .invalidCeremony(error)
        }
        guard parameters.venue == shown.venue.text else { throw .otherVotes("venue") }
        let dealersEpoch = parameters.previous?.keySet.epoch ?? parameters.epoch
        let roles: [(role: Role, seats: [CeremonySeat], epoch: UInt64)] = [
            (.dealer, parameters.dealers, dealersEpoch),
            (.receiver, parameters.seats, parameters.epoch),
        ]
        for (role, seats, epoch) in roles where epoch == shown.epoch {
            let member = seats.first { member in member.index == seat.index }
            guard let member, member.identityKey == seat.identityKey else { continue }
            let holds = evidence.verify(
                against: role,
                member.index,
                in: parameters,
                verifier: verifier
            )
            if holds { return }
        }
        throw .ceremonyProvesNothing
    }
}
