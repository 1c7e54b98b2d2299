public import BLS12381

/// Makes a group's signature of partial signatures, and names the wrong ones if there are any.
///
/// It first combines as many as are needed without looking at each, and verifies the one signature that
/// comes out: when all are honest, that is all the work. Only if it is wrong are the parts verified, together
/// and then by halves, and the right ones combined again.
public struct PartialCombiner: Sendable {
    /// How many partial signatures make a signature.
    public let threshold: Int
    /// The group's key.
    public let groupKey: PreparedPublicKey
    private let indices: [UInt32]
    private let shareKeys: [PublicKey]

    /// A signature of the group.
    public struct Combination: Sendable {
        /// The signature, which the group's key verifies.
        public let signature: Signature
        /// The indices of the partial signatures that it was made of, as many as the threshold, ascending.
        public let signers: [UInt32]
        /// The indices of those that were found to be wrong, ascending; none unless the first try failed.
        public let invalid: [UInt32]
    }

    /// Takes the keys of an epoch.
    public init(_ keySet: KeySet) {
        threshold = keySet.threshold
        groupKey = keySet.groupKey.prepared
        indices = keySet.indices
        shareKeys = keySet.shareKeys
    }

    /// Takes the keys of an epoch from elsewhere, such as a published roster.
    ///
    /// - Parameters:
    ///   - threshold: How many partial signatures make a signature.
    ///   - groupKey: The group's key.
    ///   - shareKeys: The key of each share with its index.
    /// - Throws: `invalidSeats` for indices that are not ascending numbers from 1 to 12;
    ///   `invalidThreshold` unless it is from 1 to the number of shares.
    public init(
        threshold: Int,
        groupKey: PublicKey,
        shareKeys: [(index: UInt32, key: PublicKey)]
    ) throws(ThresholdKeysError) {
        guard threshold >= 1, threshold <= shareKeys.count else {
            throw .invalidThreshold(threshold: threshold, seats: shareKeys.count)
        }
        indices = shareKeys.map { share in share.index }
        let isAscending = zip(indices, indices.dropFirst()).allSatisfy { $0 < $1 }
        guard isAscending,
            indices.allSatisfy({ $0 >= 1 && $0 <= UInt32(Limits.seatCountMax) })
        else { throw .invalidSeats }
        self.threshold = threshold
        self.groupKey = groupKey.prepared
        self.shareKeys = shareKeys.map { share in share.key }
    }

    /// Combines partial signatures of a message.
    ///
    /// - Parameters:
    ///   - partials: At most one of each seat, in any order.
    ///   - message: What they sign.
    /// - Returns: The signature, who made it, and who only seemed to.
    /// - Throws: `repeatedIndex`, `unknownIndex` or `tooFewPartials`.
    /// - Complexity: One verification if the parts with the lowest indices are right.
    public func combine(
        _ partials: [Threshold.PartialSignature],
        of message: [UInt8]
    ) throws(ThresholdKeysError) -> Combination {
        try combine(partials, ofHashed: .hash(message, tag: .basicSignature))
    }

    /// Combines partial signatures of a message that is hashed already.
    ///
    /// - Throws: As `combine(_:of:)`.
    public func combine(
        _ partials: [Threshold.PartialSignature],
        ofHashed hash: G1Element
    ) throws(ThresholdKeysError) -> Combination {
        let sorted = try check(partials)
        guard sorted.count >= threshold else {
            throw .tooFewPartials(valid: sorted.count, needed: threshold, invalid: [])
        }
        if let signature = signature(of: sorted, hash) {
            return Combination(
                signature: signature,
                signers: sorted.prefix(threshold).map { $0.index },
                invalid: []
            )
        }
        let invalid = try invalid(sorted, ofHashed: hash)
        let valid = sorted.filter { partial in !invalid.contains(partial.index) }
        guard valid.count >= threshold, let signature = signature(of: valid, hash) else {
            throw .tooFewPartials(valid: valid.count, needed: threshold, invalid: invalid)
        }
        return Combination(
            signature: signature,
            signers: valid.prefix(threshold).map { $0.index },
            invalid: invalid
        )
    }

    /// The indices of the wrong ones among partial signatures, ascending.
    ///
    /// - Throws: `repeatedIndex` or `unknownIndex`.
    /// - Complexity: One check of two pairings if all are right, about 2·log₂(n) for each wrong one.
    public func invalid(
        _ partials: [Threshold.PartialSignature],
        ofHashed hash: G1Element
    ) throws(ThresholdKeysError) -> [UInt32] {
        let sorted = try check(partials)
        var entries: [PartialVerification.Entry] = []
        for partial in sorted {
            for (index, key) in zip(indices, shareKeys) where index == partial.index {
                entries.append(.init(index: index, key: key, signature: partial.signature))
            }
        }
        return PartialVerification.invalid(entries, ofHashed: hash)
    }

    /// Sorts partial signatures and checks that their seats exist and are distinct.
    private func check(
        _ partials: [Threshold.PartialSignature]
    ) throws(ThresholdKeysError) -> [Threshold.PartialSignature] {
        let sorted = partials.sorted { left, right in left.index < right.index }
        for (position, partial) in sorted.enumerated() {
            guard indices.contains(partial.index) else { throw .unknownIndex(partial.index) }
            if position > 0, sorted[position - 1].index == partial.index {
                throw .repeatedIndex(partial.index)
            }
        }
        return sorted
    }

    /// The signature made of the first parts; none if the group's key does not verify it.
    private func signature(
        of partials: [Threshold.PartialSignature],
        _ hash: G1Element
    ) -> Signature? {
        do throws(BLSError) {
            let signature = try Threshold.combine(Array(partials.prefix(threshold)))
            return groupKey.verifies(signature, ofHashed: hash) ? signature : nil
        } catch {
            // The parts cancel each other, so they are not all right.
            return nil
        }
    }
}
