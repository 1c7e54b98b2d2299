import BLS12381
import Cryptography
import Encoding
import KeyStore
import SimulatedCommittee
import Testing
import ThresholdKeys
import SeededRandomness

@Suite("Threshold keys: parameters and members") struct MemberTests {
    private let persons: [Person]

    init() {
        var source = RandomSource(seed: 41)
        persons = (0..<4).map { name in Person(name, from: &source) }
    }

    private var seats: [CeremonySeat] {
        persons.enumerated().map { position, person in person.seat(UInt32(position) + 1) }
    }

    private func parameters(
        venue: Text = "venue.test",
        epoch: UInt64 = 1,
        attempt: UInt32 = 0,
        seats: [CeremonySeat]? = nil,
        threshold: Int = 3,
        previous: PreviousEpoch? = nil,
        schedule: Schedule? = nil
    ) throws(ThresholdKeysError) -> CeremonyParameters {
        try CeremonyParameters(
            venue: venue,
            epoch: epoch,
            attempt: attempt,
            seats: seats ?? self.seats,
            threshold: threshold,
            previous: previous,
            schedule: schedule
                ?? Schedule(start: 0, phaseLength: 1, isFresh: previous == nil)
        )
    }

    private func member(
        _ person: Int,
        _ parameters: CeremonyParameters,
        secret: UInt8 = 1
    ) throws(ThresholdKeysError) -> CeremonyMember {
        try CeremonyMember(
            parameters,
            identityKey: persons[person].identityKey,
            secret: [UInt8](repeating: secret, count: 32),
            decryptionKey: persons[person].decryptionKey
        )
    }

    @Test("parameters that do not fit together are refused") func refusals() throws {
        #expect(throws: ThresholdKeysError.invalidVenue) { try parameters(venue: "") }
        #expect(throws: ThresholdKeysError.invalidVenue) {
            try parameters(venue: Text(String(repeating: "v", count: 65)))
        }
        #expect(throws: ThresholdKeysError.invalidSeats) { try parameters(seats: []) }
        #expect(throws: ThresholdKeysError.invalidSeats) {
            try parameters(seats: seats.reversed())
        }
        for index in [0, 13] as [UInt32] {
            #expect(throws: ThresholdKeysError.invalidSeats) {
                try parameters(seats: [persons[0].seat(index)], threshold: 1)
            }
        }
        #expect(throws: ThresholdKeysError.repeatedIdentity(index: 5)) {
            try parameters(seats: seats + [persons[1].seat(5)])
        }
        for threshold in [-1, 0, 2, 5] {
            #expect(
                throws: ThresholdKeysError.invalidThreshold(threshold: threshold, seats: 4)
            ) { try parameters(threshold: threshold) }
        }
        #expect(throws: ThresholdKeysError.invalidSchedule) {
            try parameters(schedule: Schedule(start: 0, phaseLength: 1, isFresh: false))
        }
        #expect(throws: ThresholdKeysError.invalidSchedule) {
            try parameters(
                schedule: Schedule(
                    start: 0,
                    commitEnd: 1,
                    dealEnd: 2,
                    complaintEnd: 2,
                    justificationEnd: 3,
                    confirmationEnd: 4
                )
            )
        }
    }

    @Test("an old epoch that is not the one to continue is refused") func otherPrevious() throws {
        var committee = OneProcessCommittee(seed: 41, count: 4)
        let keySet = try committee.generate(threshold: 3).keySet
        let seats = committee.seats
        let right = PreviousEpoch(keySet: keySet, seats: seats, threshold: 3)
        _ = try parameters(epoch: 2, seats: seats, previous: right)
        #expect(throws: ThresholdKeysError.invalidPrevious) {
            try parameters(epoch: 1, seats: seats, previous: right)
        }
        #expect(throws: ThresholdKeysError.invalidPrevious) {
            try parameters(venue: "venue.other", epoch: 2, seats: seats, previous: right)
        }
        #expect(throws: ThresholdKeysError.invalidPrevious) {
            // Fewer seats, and a threshold that fits them but not the key set.
            let fewer = PreviousEpoch(keySet: keySet, seats: Array(seats[..<3]), threshold: 2)
            return try parameters(epoch: 2, seats: seats, previous: fewer)
        }
        #expect(throws: ThresholdKeysError.invalidPrevious) {
            let more = PreviousEpoch(keySet: keySet, seats: seats, threshold: 4)
            return try parameters(epoch: 2, seats: seats, previous: more)
        }
    }

    @Test("each part of the parameters changes the nonce") func nonces() throws {
        let first = try parameters()
        let others = [
            try parameters(venue: "venue.other"), try parameters(epoch: 2),
            try parameters(attempt: 1), try parameters(seats: Array(seats[..<3]), threshold: 2),
            try parameters(threshold: 4),
            try parameters(schedule: Schedule(start: 0, phaseLength: 2, isFresh: true)),
        ]
        #expect(Set(others.map { $0.nonce } + [first.nonce]).count == 7)
        #expect(try parameters().nonce == first.nonce)
    }

    @Test("a member with the wrong keys is refused") func wrongKeys() throws {
        let parameters = try parameters(seats: Array(seats[..<3]), threshold: 2)
        #expect(throws: ThresholdKeysError.notAMember) { _ = try member(3, parameters) }
        #expect(throws: ThresholdKeysError.wrongSecretLength(31)) {
            _ = try CeremonyMember(
                parameters,
                identityKey: persons[0].identityKey,
                secret: [UInt8](repeating: 0, count: 31),
                decryptionKey: persons[0].decryptionKey
            )
        }
        #expect(throws: ThresholdKeysError.wrongDecryptionKey(index: 1)) {
            _ = try CeremonyMember(
                parameters,
                identityKey: persons[0].identityKey,
                secret: [UInt8](repeating: 0, count: 32),
                decryptionKey: persons[1].decryptionKey
            )
        }
    }

    @Test("a share of another seat or epoch does not deal") func wrongShare() throws {
        var committee = OneProcessCommittee(seed: 42, count: 3)
        let keySet = try committee.generate(threshold: 2).keySet
        let seats = committee.seats
        let parameters = try parameters(
            epoch: 2,
            seats: seats,
            threshold: 2,
            previous: PreviousEpoch(keySet: keySet, seats: seats, threshold: 2)
        )
        guard let share = committee.shares.take(2) else {
            Issue.record("the share is missing")
            return
        }
        let persons = committee.persons
        #expect(throws: ThresholdKeysError.wrongShare(index: 1)) {
            _ = try CeremonyMember(
                parameters,
                identityKey: persons[0].identityKey,
                secret: [UInt8](repeating: 1, count: 32),
                decryptionKey: persons[0].decryptionKey,
                resharing: share
            )
        }
    }

    @Test("after a restart a member says the very same, and with another secret something else")
    func restart() throws {
        let parameters = try parameters()
        let ceremony = Ceremony(parameters)
        var first = try member(0, parameters)
        var again = try member(0, parameters)
        var other = try member(0, parameters, secret: 2)
        let said = first.act(on: ceremony)
        #expect(said.count == 1)
        #expect(again.act(on: ceremony) == said)
        #expect(other.act(on: ceremony) != said)
        // Once a phase is enough: the log keeps what was said.
        #expect(first.act(on: ceremony) == [])
        // In another attempt the same secret gives other numbers.
        let next = try self.parameters(attempt: 1)
        var later = try member(0, next)
        let bundles = later.act(on: Ceremony(next))
        #expect(bundles.map { $0.content } != said.map { $0.content })
    }

    @Test("dealers whose polynomials add up to zero make no key") func degenerate() throws {
        let parameters = try parameters(
            seats: Array(seats[..<3]),
            threshold: 2,
            schedule: Schedule(start: 0, phaseLength: 1, isFresh: true)
        )
        // Seat 1 deals a secret and seat 2 the same one with the other sign: they conspire.
        let secret = Scalar(77)
        var ceremony = Ceremony(parameters)
        var entries: [[BundleBody]] = [[], []]
        for (index, constant) in [(1, secret), (2, -secret)] as [(UInt32, Scalar)] {
            let source = try SecretSource(
                secret: [UInt8](repeating: UInt8(index), count: 32),
                nonce: parameters.nonce
            )
            let polynomial = SecretPolynomial(count: 2, constant: constant, source: source)
            let deal = Deal(polynomial, dealer: index, in: parameters, source: source)
            entries[0].append(.commit(deal.commitDigest(dealer: index, nonce: parameters.nonce)))
            entries[1].append(.deal(deal))
        }
        for (height, bodies) in entries.enumerated() {
            for (position, body) in bodies.enumerated() {
                let bundle = UnsignedBundle(
                    body,
                    sender: UInt32(position) + 1,
                    nonce: parameters.nonce
                )
                let entry = bundle.signed { message in persons[position].sign(message) }
                let checked = try CheckedBundle(
                    checking: entry,
                    in: parameters,
                    verifier: NativeEd25519.verifies
                )
                ceremony.receive(checked, at: UInt64(height))
            }
        }
        ceremony.advance(to: 10)
        #expect(ceremony.qualified == [1, 2])
        #expect(ceremony.outcome == .failed(.degenerateKey))
    }

    @Test("every error says what is wrong and what to do") func descriptions() {
        let errors: [ThresholdKeysError] = [
            .invalidSeats, .repeatedIdentity(index: 2), .invalidThreshold(threshold: 1, seats: 2),
            .invalidVenue, .invalidSchedule, .invalidPrevious, .wrongSecretLength(3),
            .wrongDecryptionKey(index: 4), .notAMember, .wrongShare(index: 5), .repeatedIndex(6),
            .unknownIndex(7), .tooFewPartials(valid: 1, needed: 2, invalid: [3]),
            .ceremonyFailed(.degenerateKey), .bundleRefused(.wrongSignature),
            .malformed(.truncated(position: 8)), .unexpectedField, .invalidElement(.identity),
        ]
        let refusals: [BundleRefusal] = [
            .notABundle, .otherCeremony, .unknownSender, .wrongSignature,
        ]
        let failures: [CeremonyFailure] = [
            .tooFewDealers(qualified: 1, needed: 2), .degenerateKey,
            .tooFewConfirmations(confirmed: 1, needed: 2),
        ]
        let texts =
            errors.map { $0.description } + refusals.map { $0.description }
            + failures.map { $0.description }
        #expect(texts.allSatisfy { text in text.contains(":") && text.count > 30 })
        #expect(Set(texts).count == texts.count)
    }
}
