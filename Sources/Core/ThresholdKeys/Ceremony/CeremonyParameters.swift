import BLS12381
public import Cryptography
public import Encoding

/// A seat of a committee: its index and the public keys of the member who holds it.
public struct CeremonySeat: Equatable, Sendable {
    /// The number of the share, from 1 to 12; at 0 lies the secret itself.
    public let index: UInt32
    /// The key that verifies the member's bundles.
    public let identityKey: Ed25519.PublicKey
    /// The key that shares are encrypted to.
    public let encryptionKey: EncryptionKey

    /// Joins the parts of a seat.
    public init(index: UInt32, identityKey: Ed25519.PublicKey, encryptionKey: EncryptionKey) {
        self.index = index
        self.identityKey = identityKey
        self.encryptionKey = encryptionKey
    }
}

/// The epoch whose keys are reshared.
public struct PreviousEpoch: Equatable, Sendable {
    /// Its keys.
    public let keySet: KeySet
    /// The seats that hold its shares.
    public let seats: [CeremonySeat]
    /// How many of its shares make a signature, and so how many dealers are needed.
    ///
    /// It is stated besides the key set, so that both have to be forged to make do with fewer dealers.
    public let threshold: Int

    /// Joins the parts.
    public init(keySet: KeySet, seats: [CeremonySeat], threshold: Int) {
        self.keySet = keySet
        self.seats = seats
        self.threshold = threshold
    }
}

/// Everything that members must agree on before a ceremony, and the nonce that stands for it.
public struct CeremonyParameters: Equatable, Sendable {
    /// The venue that the keys belong to.
    public let venue: Text
    /// The epoch that the new shares will sign in.
    public let epoch: UInt64
    /// The number of the attempt, so that each has a nonce of its own.
    public let attempt: UInt32
    /// Who receives a share, by ascending index.
    public let seats: [CeremonySeat]
    /// How many of the new shares will make a signature.
    public let threshold: Int
    /// The epoch to continue; none if the keys are made anew.
    public let previous: PreviousEpoch?
    /// When the phases end.
    public let schedule: Schedule
    /// The hash of all of this, in every bundle of the ceremony.
    public let nonce: SHA256.Digest

    /// Checks that everything fits together.
    ///
    /// - Throws: `invalidVenue`, `invalidSeats`, `repeatedIdentity`, `invalidThreshold`, `invalidSchedule`
    ///   or `invalidPrevious`.
    public init(
        venue: Text,
        epoch: UInt64,
        attempt: UInt32 = 0,
        seats: [CeremonySeat],
        threshold: Int,
        previous: PreviousEpoch? = nil,
        schedule: Schedule
    ) throws(ThresholdKeysError) {
        guard !venue.utf8.isEmpty, venue.utf8.count <= Limits.venueByteCountMax else {
            throw .invalidVenue
        }
        try Self.check(seats, threshold: threshold)
        if let previous {
            try Self.check(previous.seats, threshold: previous.threshold)
            guard previous.keySet.venue == venue,
                previous.keySet.epoch < epoch,
                previous.keySet.threshold == previous.threshold,
                previous.keySet.indices == previous.seats.map({ seat in seat.index })
            else { throw .invalidPrevious }
        }
        guard schedule.isValid(isFresh: previous == nil) else { throw .invalidSchedule }
        self.venue = venue
        self.epoch = epoch
        self.attempt = attempt
        self.seats = seats
        self.threshold = threshold
        self.previous = previous
        self.schedule = schedule
        nonce = Self.nonce(
            head: (venue, epoch, attempt, threshold),
            seats: seats,
            previous: previous,
            schedule: schedule
        )
    }

    /// Whether the keys are made anew.
    public var isFresh: Bool { previous == nil }

    /// Who deals: the holders of the old shares, or everybody if the keys are made anew.
    public var dealers: [CeremonySeat] { previous?.seats ?? seats }

    /// How many dealers must qualify: the old threshold, or the new one if the keys are made anew.
    ///
    /// As long as fewer members are corrupt than the threshold, one of the dealers that count is honest, so
    /// nobody knows the result; and n - t members may be silent or corrupt without stopping the rest.
    public var qualifiedCountMin: Int { previous?.threshold ?? threshold }

    /// How many dealers may be faulty: as many complaints without proof may one receiver make.
    public var faultyDealerCountMax: Int { dealers.count - qualifiedCountMin }

    /// How many confirmations end the last phase early: all but one, but not fewer than the threshold.
    public var confirmationCountPreferred: Int { max(threshold, seats.count - 1) }

    /// The seat of a dealer.
    func dealer(_ index: UInt32) -> CeremonySeat? {
        dealers.first { seat in seat.index == index }
    }

    /// The seat of a receiver.
    func receiver(_ index: UInt32) -> CeremonySeat? {
        seats.first { seat in seat.index == index }
    }

    private static func check(_ seats: [CeremonySeat], threshold: Int) throws(ThresholdKeysError) {
        guard !seats.isEmpty, seats.count <= Limits.seatCountMax else { throw .invalidSeats }
        for (position, seat) in seats.enumerated() {
            guard seat.index >= 1, seat.index <= UInt32(Limits.seatCountMax) else {
                throw .invalidSeats
            }
            guard position == 0 || seats[position - 1].index < seat.index else {
                throw .invalidSeats
            }
            guard !seats[..<position].contains(where: { $0.identityKey == seat.identityKey }) else {
                throw .repeatedIdentity(index: seat.index)
            }
        }
        guard threshold <= seats.count, 2 * threshold > seats.count else {
            throw .invalidThreshold(threshold: threshold, seats: seats.count)
        }
    }
}

// MARK: - Nonce

extension CeremonyParameters {
    private static func nonce(
        head: (venue: Text, epoch: UInt64, attempt: UInt32, threshold: Int),
        seats: [CeremonySeat],
        previous: PreviousEpoch?,
        schedule: Schedule
    ) -> SHA256.Digest {
        var encoder = CBOREncoder(capacity: 4096)
        encoder.append(arrayCount: 8)
        encoder.append(text: "parallax.ceremony/1")
        encoder.append(text: head.venue)
        encoder.append(unsigned: head.epoch)
        encoder.append(unsigned: UInt64(head.attempt))
        encoder.append(unsigned: UInt64(head.threshold))
        append(seats, to: &encoder)
        encoder.append(arrayCount: schedule.heights.count)
        for height in schedule.heights { encoder.append(unsigned: height) }
        if let previous {
            encoder.append(arrayCount: 4)
            encoder.append(unsigned: UInt64(previous.threshold))
            encoder.append(bytes: previous.keySet.hash.bytes)
            encoder.append(arrayCount: previous.keySet.commitments.count)
            for commitment in previous.keySet.commitments {
                encoder.append(bytes: commitment.compressed)
            }
            append(previous.seats, to: &encoder)
        } else {
            encoder.append(arrayCount: 0)
        }
        return SHA256.hash(of: encoder.bytes)
    }

    private static func append(_ seats: [CeremonySeat], to encoder: inout CBOREncoder) {
        encoder.append(arrayCount: seats.count)
        for seat in seats {
            encoder.append(arrayCount: 3)
            encoder.append(unsigned: UInt64(seat.index))
            encoder.append(bytes: seat.identityKey.bytes)
            encoder.append(bytes: seat.encryptionKey.compressed)
        }
    }
}
