public import BLS12381
public import Cryptography
public import Encoding

/// The public result of a ceremony: the keys of one epoch, the same for everybody who read the log.
///
/// The group key is the value at zero of a polynomial that nobody knows, times the generator of G2; the
/// share key of seat i is its value at i. Both follow from the commitments to the coefficients.
public struct KeySet: Equatable, Sendable {
    /// The venue that the keys belong to.
    public let venue: Text
    /// The epoch in which the shares sign.
    public let epoch: UInt64
    /// The ceremony that made the keys.
    public let nonce: SHA256.Digest
    /// The indices of the seats, ascending.
    public let indices: [UInt32]
    /// The generator of G2 times each coefficient, the constant term first.
    public let commitments: [G2Element]
    /// The dealers whose polynomials make up the one of the group, ascending.
    public let qualified: [UInt32]
    /// The hash of everything in the log that decided who qualified.
    public let transcript: SHA256.Digest
    /// The key that verifies the signatures of the group: 96 bytes compressed, the same in all epochs.
    public let groupKey: PublicKey
    /// The key that verifies the partial signatures of each seat, in the order of `indices`.
    public let shareKeys: [PublicKey]
    /// What members sign to confirm the result.
    public let hash: SHA256.Digest

    /// How many shares make a signature.
    public var threshold: Int { commitments.count }

    /// Computes the keys that follow from the commitments.
    ///
    /// - Throws: `invalidElement` if the group key or a share key is the identity.
    init(
        venue: Text,
        epoch: UInt64,
        nonce: SHA256.Digest,
        indices: [UInt32],
        commitments: [G2Element],
        qualified: [UInt32],
        transcript: SHA256.Digest
    ) throws(ThresholdKeysError) {
        precondition(!commitments.isEmpty)
        precondition(commitments.count <= indices.count)
        self.venue = venue
        self.epoch = epoch
        self.nonce = nonce
        self.indices = indices
        self.commitments = commitments
        self.qualified = qualified
        self.transcript = transcript
        var shareKeys: [PublicKey] = []
        do throws(BLSError) {
            groupKey = try PublicKey(commitments[0])
            for index in indices {
                shareKeys.append(try PublicKey(Commitments.value(commitments, at: index)))
            }
        } catch {
            throw .invalidElement(error)
        }
        self.shareKeys = shareKeys
        hash = SHA256.hash(
            of: Self.encoded(
                venue: venue,
                epoch: epoch,
                nonce: nonce,
                indices: indices,
                commitments: commitments,
                qualified: qualified,
                transcript: transcript
            )
        )
    }

    /// The key of a seat's share; none if no seat has the index.
    public func shareKey(of index: UInt32) -> PublicKey? {
        guard let position = indices.firstIndex(of: index) else { return nil }
        return shareKeys[position]
    }

    /// The message of the partial signature with which a seat shows that it can sign.
    ///
    /// It is longer than the 32 bytes of the digests that seats sign later, so it is none of those.
    package var testMessage: [UInt8] { Array("parallax.keys/1 test".utf8) + hash.bytes }
}

// MARK: - Encoding

extension KeySet {
    private static var domain: Text { "parallax.keyset/1" }

    private static func encoded(
        venue: Text,
        epoch: UInt64,
        nonce: SHA256.Digest,
        indices: [UInt32],
        commitments: [G2Element],
        qualified: [UInt32],
        transcript: SHA256.Digest
    ) -> [UInt8] {
        var encoder = CBOREncoder(capacity: 200 + 98 * commitments.count)
        encoder.append(arrayCount: 8)
        encoder.append(text: domain)
        encoder.append(text: venue)
        encoder.append(unsigned: epoch)
        encoder.append(bytes: nonce.bytes)
        encoder.append(indices: indices)
        encoder.append(arrayCount: commitments.count)
        for commitment in commitments { encoder.append(bytes: commitment.compressed) }
        encoder.append(indices: qualified)
        encoder.append(bytes: transcript.bytes)
        return encoder.bytes
    }

    /// The key set in deterministic CBOR, without the keys that follow from the commitments; nothing in
    /// it is secret.
    ///
    /// - Complexity: O(n) in seats and threshold.
    public var encoded: [UInt8] {
        Self.encoded(
            venue: venue,
            epoch: epoch,
            nonce: nonce,
            indices: indices,
            commitments: commitments,
            qualified: qualified,
            transcript: transcript
        )
    }

    /// Reads a key set.
    ///
    /// The bytes say nothing about where they come from: compare `hash` with one that is trusted.
    ///
    /// - Throws: `malformed`, `unexpectedField` or `invalidElement`.
    /// - Complexity: O(n) in seats and threshold.
    public init(decoding bytes: [UInt8]) throws(ThresholdKeysError) {
        var reader = try BundleReader(bytes)
        try reader.readArray(count: 8)
        try reader.readText(Self.domain)
        let venue = try reader.readText()
        let epoch = try reader.readUnsigned()
        let nonce = try reader.readDigest()
        let indices = try reader.readIndices()
        let count = try reader.readArray(upTo: Limits.seatCountMax)
        guard count > 0, count <= indices.count, !venue.utf8.isEmpty,
            venue.utf8.count <= Limits.venueByteCountMax
        else { throw .unexpectedField }
        var commitments: [G2Element] = []
        for _ in 0..<count { commitments.append(try reader.readG2()) }
        let qualified = try reader.readIndices()
        let transcript = try reader.readDigest()
        try reader.requireEnd()
        try self.init(
            venue: venue,
            epoch: epoch,
            nonce: nonce,
            indices: indices,
            commitments: commitments,
            qualified: qualified,
            transcript: transcript
        )
    }
}
