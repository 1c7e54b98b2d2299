import BLS12381
import Cryptography
import Encoding
import KeyStore
import SimulatedCommittee
import ThresholdKeys
import SeededRandomness

/// Persons with seats 1, 2 … whose ceremonies run in one process without faults.
struct OneProcessCommittee: ~Copyable {
    var persons: [Person]
    var shares = KeyShares()
    /// Who has the seats now, by position; everybody at first.
    var seated: [Int]
    private var source: RandomSource

    init(seed: UInt64, count: Int) {
        source = RandomSource(seed: seed)
        persons = []
        for name in 0..<count { persons.append(Person(name, from: &source)) }
        seated = Array(0..<count)
    }

    /// The seats of those who have one now.
    var seats: [CeremonySeat] { seats(of: seated) }

    /// Everybody has the seat of the same number, whenever it has one.
    func seats(of positions: [Int]) -> [CeremonySeat] {
        positions.map { position in persons[position].seat(UInt32(position) + 1) }
    }

    mutating func run(_ parameters: CeremonyParameters) throws -> CommitteeSession.Transcript {
        var participants: [CommitteeSession.Participant] = []
        for person in persons where isTaking(person, parameters) {
            participants.append(
                CommitteeSession.Participant(
                    identityKey: person.identityKey,
                    secret: source.bytes(32),
                    decryptionSecret: person.decryptionSecret
                )
            )
        }
        let persons = self.persons
        return try CommitteeSession.run(
            parameters,
            participants: participants,
            shares: &shares,
            verifier: NativeEd25519.verifies,
            sign: { key, message in
                for person in persons where person.identityKey == key {
                    return person.sign(message)
                }
                return []
            }
        )
    }

    private func isTaking(_ person: Person, _ parameters: CeremonyParameters) -> Bool {
        (parameters.dealers + parameters.seats).contains { seat in
            seat.identityKey == person.identityKey
        }
    }

    mutating func generate(threshold: Int) throws -> CommitteeSession.Transcript {
        try run(
            CeremonyParameters(
                venue: "venue.test",
                epoch: 1,
                seats: seats,
                threshold: threshold,
                schedule: Schedule(start: 0, phaseLength: 2, isFresh: true)
            )
        )
    }

    /// The partial signatures of all shares.
    func sign(_ message: [UInt8]) -> [Threshold.PartialSignature] {
        shares.indices.compactMap { index in shares.sign(message, by: index) }
    }
}
