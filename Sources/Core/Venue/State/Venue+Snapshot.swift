public import Cryptography
import Primitives

// Format of a snapshot, little-endian:
//
//     offset  size
//     0       8     "PLXVENU2"
//     8       32    state hash
//     40      72    header, as `VenueHeader` lies in memory
//     112     32    number of records of each table, four bytes each: orders, balances, accounts, assets,
//                   instruments, contracts, bonds, penalties; record 0 included
//     144     …     the records of each table in that order, as they lie in memory
//
// It is valid when it has exactly that length and its contents give the state hash. Version 1 had no bonds and no
// penalties; it is of an unknown format now, because its state hash cannot be compared.

/// Why a snapshot cannot be used.
public enum SnapshotError: Error, Equatable, Sendable {
    /// It ends too early, or does not end where it should.
    case truncated
    /// It is of another format or version.
    case unknownFormat
    /// Its contents do not give the state hash that it carries.
    case damaged
}

private let magic: UInt64 = 0x32_55_4E_45_56_58_4C_50
private let headerOffset = 40
private let countsOffset = headerOffset + MemoryLayout<VenueHeader>.size
private let tablesOffset = countsOffset + 32

extension Venue {
    /// Writes all state, in pieces.
    public mutating func writeSnapshot<Failure: Error>(
        _ write: (UnsafeRawBufferPointer) throws(Failure) -> Void
    ) throws(Failure) {
        let hash = stateHash()
        try unsafe writeValue(magic, write)
        try unsafe writeValue(hash.words, write)
        try unsafe writeValue(header, write)
        try unsafe writeValue(orders.count, write)
        try unsafe writeValue(balances.count, write)
        try unsafe writeValue(accounts.count, write)
        try unsafe writeValue(assets.count, write)
        try unsafe writeValue(instruments.count, write)
        try unsafe writeValue(contracts.count, write)
        try unsafe writeValue(bonds.count, write)
        try unsafe writeValue(penalties.count, write)
        try unsafe orders.withUnsafeBytes(write)
        try unsafe balances.withUnsafeBytes(write)
        try unsafe accounts.withUnsafeBytes(write)
        try unsafe assets.withUnsafeBytes(write)
        try unsafe instruments.withUnsafeBytes(write)
        try unsafe contracts.withUnsafeBytes(write)
        try unsafe bonds.withUnsafeBytes(write)
        try unsafe penalties.withUnsafeBytes(write)
    }

    private func writeValue<Value: BitwiseCopyable, Failure: Error>(
        _ value: Value,
        _ write: (UnsafeRawBufferPointer) throws(Failure) -> Void
    ) throws(Failure) {
        try unsafe withUnsafeBytes(of: value) { bytes throws(Failure) in try unsafe write(bytes) }
    }

    /// Restores a venue from the bytes that `writeSnapshot` wrote.
    ///
    /// - Parameters:
    ///   - snapshot: The bytes, all of them.
    ///   - hashSeed: As when a venue is made.
    ///   - pageHash: As when a venue is made.
    /// - Returns: The venue, equal to the one that was written.
    /// - Throws: `SnapshotError` when the bytes are not a whole and undamaged snapshot.
    public static func restore(
        from snapshot: RawSpan,
        hashSeed: UInt64 = 0x5851_F42D_4C95_7F2D,
        pageHash: @escaping PageHash = { SHA256.hash(of: $0) }
    ) throws(SnapshotError) -> Venue {
        guard snapshot.byteCount >= tablesOffset else { throw .truncated }
        guard unsafe snapshot.unsafeLoadUnaligned(fromByteOffset: 0, as: UInt64.self) == magic
        else { throw .unknownFormat }
        let counts = (0..<8).map {
            unsafe snapshot.unsafeLoadUnaligned(
                fromByteOffset: countsOffset + 4 * $0,
                as: UInt32.self
            )
        }
        let sizes = [
            MemoryLayout<Order>.stride, MemoryLayout<BalanceRecord>.stride,
            MemoryLayout<AccountRecord>.stride, MemoryLayout<AssetRecord>.stride,
            MemoryLayout<InstrumentRecord>.stride, MemoryLayout<ContractRecord>.stride,
            MemoryLayout<BondRecord>.stride, MemoryLayout<PenaltyRecord>.stride,
        ]
        var offsets = [tablesOffset]
        for (count, size) in zip(counts, sizes) {
            guard count > 0, Int(count) <= snapshot.byteCount / size else { throw .truncated }
            offsets.append(offsets[offsets.count - 1] + Int(count) * size)
        }
        guard offsets[8] == snapshot.byteCount else { throw .truncated }

        var venue = Venue(
            ordersCapacity: Swift.max(counts[0], 1 << 16),
            hashSeed: hashSeed,
            pageHash: pageHash
        )
        venue.header = unsafe snapshot.unsafeLoadUnaligned(
            fromByteOffset: headerOffset,
            as: VenueHeader.self
        )
        venue.orders.replace(with: snapshot.extracting(offsets[0]..<offsets[1]), count: counts[0])
        venue.balances.replace(with: snapshot.extracting(offsets[1]..<offsets[2]), count: counts[1])
        venue.accounts.replace(with: snapshot.extracting(offsets[2]..<offsets[3]), count: counts[2])
        venue.assets.replace(with: snapshot.extracting(offsets[3]..<offsets[4]), count: counts[3])
        venue.instruments.replace(
            with: snapshot.extracting(offsets[4]..<offsets[5]),
            count: counts[4]
        )
        venue.contracts.replace(
            with: snapshot.extracting(offsets[5]..<offsets[6]),
            count: counts[5]
        )
        venue.bonds.replace(with: snapshot.extracting(offsets[6]..<offsets[7]), count: counts[6])
        venue.penalties.replace(
            with: snapshot.extracting(offsets[7]..<offsets[8]),
            count: counts[7]
        )
        let words = unsafe snapshot.unsafeLoadUnaligned(
            fromByteOffset: 8,
            as: (UInt64, UInt64, UInt64, UInt64).self
        )
        guard venue.stateHash() == SHA256.Digest(words: words) else { throw .damaged }
        venue.rebuild()
        return venue
    }

    /// Makes everything that is derived from the tables.
    private mutating func rebuild() {
        book.extend(toInstruments: instruments.count)
        book.extend(toSlots: orders.count)
        extendIndices(toAccounts: accounts.count)
        ordersOfAccount.extend(toSlots: orders.count)
        trailing = Array(repeating: [], count: Int(instruments.count))
        for balance in 1..<Swift.max(balances.count, 1) {
            balanceRecords.insert(
                balance,
                balances[balance].account,
                balances[balance].asset,
                seed: hashSeed
            )
        }
        for contract in 1..<Swift.max(contracts.count, 1) where contracts[contract].trade != 0 {
            contractsByTrade.insert(contractHash(contracts[contract].trade), contract)
        }
        var live: [UInt32] = []
        live.reserveCapacity(Int(header.liveOrders))
        for slot in 1..<Swift.max(orders.count, 1) where orders[slot].id != 0 { live.append(slot) }
        // The lists go by age, the queues by priority.
        let byAge = live.map { orders[$0].id }.sorted()
        for id in byAge { index(OrderID(id).slot) }
        let byPriority = live.map { (orders[$0].priority, $0) }.sorted { $0.0 < $1.0 }
        for (_, slot) in byPriority { insert(slot) }
    }
}
