import Cryptography
import Encoding
public import ThresholdKeys

// The parameters of a key ceremony as a file. Who reads them need not trust them: every bundle of the ceremony has
// the hash of all parameters, and its member signed it.

extension CeremonyParameters {
    private static var domain: Text { "parallax.ceremony-parameters/1" }
    /// Most bytes of a file: two committees and a set of keys.
    public static var bytesMax: Int { 1 << 16 }

    /// The parameters in deterministic CBOR: the array of a tag, venue, epoch, attempt, threshold, seats, the six
    /// heights of the schedule, and what is continued: an empty array, or threshold, key set and seats.
    public var encoded: [UInt8] {
        var previousParts: [CBORValue] = []
        if let previous {
            previousParts = [
                .unsigned(UInt64(previous.threshold)), .bytes(previous.keySet.encoded),
                Self.value(previous.seats),
            ]
        }
        let heights = [
            schedule.start, schedule.commitEnd, schedule.dealEnd, schedule.complaintEnd,
            schedule.justificationEnd, schedule.confirmationEnd,
        ]
        return CBORValue.array([
            .text(Self.domain), .text(venue), .unsigned(epoch), .unsigned(UInt64(attempt)),
            .unsigned(UInt64(threshold)), Self.value(seats),
            .array(heights.map { height in .unsigned(height) }), .array(previousParts),
        ]).encoded
    }

    /// Reads parameters.
    ///
    /// - Throws: `malformed`, `unexpectedField`, or what does not fit together.
    public init(decoding bytes: [UInt8]) throws(ThresholdKeysError) {
        let value: CBORValue
        do throws(CBORError) {
            let limits = DecodingLimits(bytesMax: Self.bytesMax, depthMax: 5)
            value = try CBORValue(decoding: bytes, limits: limits)
        } catch {
            throw .malformed(error)
        }
        guard let parts = value.array, parts.count == 8, parts[0].text == Self.domain,
            let venue = parts[1].text, let epoch = parts[2].unsigned,
            let attempt = parts[3].unsigned.flatMap({ number in UInt32(exactly: number) }),
            let threshold = parts[4].unsigned.flatMap({ number in UInt8(exactly: number) }),
            let heights = parts[6].array?.compactMap({ height in height.unsigned }),
            heights.count == 6, parts[6].array?.count == 6,
            let previousParts = parts[7].array
        else { throw .unexpectedField }
        try self.init(
            venue: venue,
            epoch: epoch,
            attempt: attempt,
            seats: Self.seats(parts[5]),
            threshold: Int(threshold),
            previous: Self.previous(previousParts),
            schedule: Schedule(
                start: heights[0],
                commitEnd: heights[1],
                dealEnd: heights[2],
                complaintEnd: heights[3],
                justificationEnd: heights[4],
                confirmationEnd: heights[5]
            )
        )
    }

    private static func value(_ seats: [CeremonySeat]) -> CBORValue {
        .array(
            seats.map { seat in
                .array([
                    .unsigned(UInt64(seat.index)), .bytes(seat.identityKey.bytes),
                    .bytes(seat.encryptionKey.compressed),
                ])
            }
        )
    }

    private static func seats(_ value: CBORValue) throws(ThresholdKeysError) -> [CeremonySeat] {
        guard let items = value.array else { throw .unexpectedField }
        var seats: [CeremonySeat] = []
        for item in items {
            guard let parts = item.array, parts.count == 3, let number = parts[0].unsigned,
                let index = UInt32(exactly: number), let identity = parts[1].bytes,
                let encryption = parts[2].bytes
            else { throw .unexpectedField }
            let identityKey: Ed25519.PublicKey
            do throws(Ed25519.KeyError) {
                identityKey = try Ed25519.PublicKey(bytes: identity)
            } catch {
                throw .unexpectedField
            }
            seats.append(
                CeremonySeat(
                    index: index,
                    identityKey: identityKey,
                    encryptionKey: try EncryptionKey(compressed: encryption)
                )
            )
        }
        return seats
    }

    private static func previous(
        _ parts: [CBORValue]
    ) throws(ThresholdKeysError) -> PreviousEpoch? {
        if parts.isEmpty { return nil }
        guard parts.count == 3, let number = parts[0].unsigned,
            let threshold = UInt8(exactly: number), let keySet = parts[1].bytes
        else { throw .unexpectedField }
        return PreviousEpoch(
            keySet: try KeySet(decoding: keySet),
            seats: try seats(parts[2]),
            threshold: Int(threshold)
        )
    }
}
