public import Cryptography
import Primitives

/// A way to compute SHA-256 of some bytes.
///
/// The core has its own; a shell may lend it one that uses the processor's instructions. The result is the
/// same, so nothing else depends on it.
public typealias PageHash = @Sendable (RawSpan) -> SHA256.Digest

extension Venue {
    /// The hash over all state: equal on every machine that applied the same commands.
    ///
    /// SHA-256 of a tag, the header and, table by table, the number of records and the root of the tree
    /// over its pages.
    /// - Complexity: O(what changed since the last call).
    public mutating func stateHash() -> SHA256.Digest {
        var hasher = SHA256.Hasher()
        let tag: StaticString = "parallax.state/2"
        unsafe hasher.update(
            UnsafeRawBufferPointer(start: tag.utf8Start, count: tag.utf8CodeUnitCount)
        )
        unsafe withUnsafeBytes(of: header) { unsafe hasher.update($0) }
        absorb(orders.count, orders.root(pageHash), &hasher)
        absorb(balances.count, balances.root(pageHash), &hasher)
        absorb(accounts.count, accounts.root(pageHash), &hasher)
        absorb(assets.count, assets.root(pageHash), &hasher)
        absorb(instruments.count, instruments.root(pageHash), &hasher)
        absorb(contracts.count, contracts.root(pageHash), &hasher)
        absorb(bonds.count, bonds.root(pageHash), &hasher)
        absorb(penalties.count, penalties.root(pageHash), &hasher)
        return hasher.finalize()
    }

    private func absorb(_ count: UInt32, _ root: SHA256.Digest, _ hasher: inout SHA256.Hasher) {
        unsafe withUnsafeBytes(of: count.littleEndian) { unsafe hasher.update($0) }
        unsafe withUnsafeBytes(of: root.words) { unsafe hasher.update($0) }
    }
}
