import BLS12381
import Cryptography

/// Finds the wrong ones among partial signatures of one message.
enum PartialVerification {
    /// A partial signature and the key that should verify it.
    struct Entry {
        var index: UInt32
        var key: PublicKey
        var signature: Signature
    }

    /// The indices of the wrong ones, in the order of the entries.
    ///
    /// All are checked at once; only while that fails, each half on its own. The randomisers are made by a hash
    /// of all keys and signatures, so they are fixed only after those are, and everybody comes
    /// to the same answer.
    ///
    /// - Complexity: One check of two pairings if all are right, about 2·log₂(n) for each wrong one.
    static func invalid(_ entries: [Entry], ofHashed hash: G1Element) -> [UInt32] {
        guard !entries.isEmpty else { return [] }
        let batch = batch(entries, hash)
        return invalid(entries[...], batch[...], hash, isKnownBad: false)
    }

    private static func invalid(
        _ entries: ArraySlice<Entry>,
        _ batch: ArraySlice<BatchEntry>,
        _ hash: G1Element,
        isKnownBad: Bool
    ) -> [UInt32] {
        if !isKnownBad, BatchVerification.verifies(Array(batch), ofHashed: hash) { return [] }
        if entries.count == 1 { return entries.map { entry in entry.index } }
        let middle = entries.startIndex + entries.count / 2
        let left = invalid(entries[..<middle], batch[..<middle], hash, isKnownBad: false)
        // If the left half is right, the wrong one is in the right half.
        let right = invalid(entries[middle...], batch[middle...], hash, isKnownBad: left.isEmpty)
        return left + right
    }

    private static func batch(_ entries: [Entry], _ hash: G1Element) -> [BatchEntry] {
        var parts = [hash.compressed]
        for entry in entries {
            parts.append(entry.key.compressed)
            parts.append(entry.signature.compressed)
        }
        let bytes = Challenge.bytes(.randomiser, parts, count: 16 * entries.count)
        return entries.enumerated().map { position, entry in
            BatchEntry(
                key: entry.key,
                signature: entry.signature,
                randomiser: randomiser(bytes[(16 * position)..<(16 * position + 16)])
            )
        }
    }

    private static func randomiser(_ bytes: ArraySlice<UInt8>) -> Randomiser {
        let high = bytes.prefix(8).reduce(UInt64(0)) { word, byte in word << 8 | UInt64(byte) }
        let low = bytes.suffix(8).reduce(UInt64(0)) { word, byte in word << 8 | UInt64(byte) }
        do throws(BLSError) {
            return try Randomiser(high: high, low: low)
        } catch {
            preconditionFailure("128 bits of a hash are not all zero")
        }
    }
}
