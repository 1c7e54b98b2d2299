import Cryptography
import Primitives

/// A pool of records that belong to the state: it notes which pages change, so that its hash costs what
/// changed and not what there is.
///
/// Records are hashed as they lie in memory, so they have no padding and only fixed-width fields. A page
/// is `recordsPerPage` records; the page hashes are the leaves of a binary tree, where a last node
/// without a sibling moves up unchanged (as in RFC 6962 §2.1). Record 0 is never used: 0 means none.
struct Table<Record: BitwiseCopyable>: ~Copyable {
    private var records: Pool<Record>
    /// One bit a page.
    private var dirty: Pool<UInt64>
    /// Node hashes, storey by storey, the pages first.
    ///
    /// Empty until the first hash is taken.
    private var storeys: [[SHA256.Digest]] = []
    private let pageShift: UInt32

    /// Makes a table of one record that is never used.
    init(capacity: UInt32, recordsPerPage: UInt32, unused: Record) {
        precondition(recordsPerPage.nonzeroBitCount == 1)
        precondition(MemoryLayout<Record>.size == MemoryLayout<Record>.stride)
        pageShift = UInt32(recordsPerPage.trailingZeroBitCount)
        records = Pool(capacity: capacity)
        dirty = Pool(capacity: (capacity >> pageShift) / 64 + 1)
        append(unused)
    }

    @inline(__always) var count: UInt32 { records.count }

    /// The record at `index`; writing marks its page.
    @inline(__always)
    subscript(index: UInt32) -> Record {
        @inline(__always) _read { yield records[index] }
        @inline(__always) _modify {
            mark(index)
            yield &records[index]
        }
    }

    /// Changes several fields of the record at `index` and marks its page once.
    @inline(__always)
    mutating func modify(_ index: UInt32, _ body: (inout Record) -> Void) {
        mark(index)
        body(&records[index])
    }

    @inline(__always) @discardableResult
    mutating func append(_ record: Record) -> UInt32 {
        let index = records.append(record)
        dirty.extend(to: (index >> pageShift) / 64 &+ 1, with: 0)
        mark(index)
        return index
    }

    mutating func extend(to count: UInt32, with record: Record) {
        while records.count < count { append(record) }
    }

    @inline(__always)
    private mutating func mark(_ index: UInt32) {
        let page = index >> pageShift
        dirty[page >> 6] |= 1 &<< UInt64(page & 63)
    }

    func withUnsafeBytes<Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Void
    ) throws(Failure) {
        try unsafe records.withUnsafeBytes(from: 0, to: records.count, body)
    }

    /// Replaces the contents by `count` records from raw bytes.
    mutating func replace(with bytes: RawSpan, count: UInt32) {
        let stride = MemoryLayout<Record>.stride
        precondition(bytes.byteCount == Int(count) * stride)
        records.removeAll()
        for index in 0..<Int(count) {
            append(
                unsafe bytes.unsafeLoadUnaligned(fromByteOffset: index * stride, as: Record.self)
            )
        }
    }

    /// The root of the tree over all pages, with what changed since the last call hashed anew.
    mutating func root(_ hash: PageHash) -> SHA256.Digest {
        let pages = Int((records.count - 1) >> pageShift) + 1
        fit(toPages: pages)
        var changed = hashDirtyPages(hash)
        var storey = 0
        while storeys[storey].count > 1 {
            changed = hashParents(of: changed, storey: storey, hash)
            storey += 1
        }
        return storeys[storey][0]
    }

    /// Gives every storey its size.
    private mutating func fit(toPages pages: Int) {
        let zero = SHA256.Digest(words: (0, 0, 0, 0))
        var size = pages
        var storey = 0
        while true {
            if storeys.count == storey { storeys.append([]) }
            while storeys[storey].count < size { storeys[storey].append(zero) }
            if size == 1 { return }
            size = (size + 1) / 2
            storey += 1
        }
    }

    /// Hashes the pages that changed and returns their numbers, ascending.
    private mutating func hashDirtyPages(_ hash: PageHash) -> [UInt32] {
        var changed: [UInt32] = []
        for word in 0..<dirty.count where dirty[word] != 0 {
            var bits = dirty[word]
            while bits != 0 {
                let page = word << 6 | UInt32(bits.trailingZeroBitCount)
                bits &= bits &- 1
                let start = page << pageShift
                let end = Swift.min(start + 1 << pageShift, records.count)
                storeys[0][Int(page)] = unsafe records.withUnsafeBytes(from: start, to: end) {
                    unsafe hash(RawSpan(_unsafeBytes: $0))
                }
                changed.append(page)
            }
            dirty[word] = 0
        }
        return changed
    }

    /// Hashes the parents of changed nodes and returns their numbers, ascending.
    private mutating func hashParents(
        of nodes: [UInt32],
        storey: Int,
        _ hash: PageHash
    ) -> [UInt32] {
        var changed: [UInt32] = []
        for node in nodes where changed.last != node / 2 {
            let left = Int(node & ~1)
            if left + 1 < storeys[storey].count {
                storeys[storey + 1][left / 2] = unsafe storeys[storey].withUnsafeBytes {
                    unsafe hash(RawSpan(_unsafeBytes: $0[left * 32..<left * 32 + 64]))
                }
            } else {
                storeys[storey + 1][left / 2] = storeys[storey][left]
            }
            changed.append(node / 2)
        }
        return changed
    }
}
