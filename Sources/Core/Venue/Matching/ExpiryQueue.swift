import Primitives

/// Good-till-time orders by expiry: a binary heap of (expiry, order id).
///
/// Orders that end otherwise stay until they come up or are sorted out; the id shows that they are stale.
struct ExpiryQueue: ~Copyable {
    struct Entry: BitwiseCopyable {
        var expiresAt: UInt64
        var order: UInt64

        @inline(__always)
        static func < (left: Entry, right: Entry) -> Bool {
            (left.expiresAt, left.order) < (right.expiresAt, right.order)
        }
    }

    private var heap = Pool<Entry>(capacity: 64)

    /// When the first entry is due; the end of time when there is none.
    private(set) var nextExpiry = UInt64.max

    var count: UInt32 { heap.count }

    mutating func insert(_ entry: Entry) {
        var position = heap.append(entry)
        while position > 0 {
            let parent = (position - 1) / 2
            if !(entry < heap[parent]) { break }
            heap[position] = heap[parent]
            position = parent
        }
        heap[position] = entry
        nextExpiry = heap[0].expiresAt
    }

    /// Takes the first entry; there must be one.
    mutating func removeFirst() -> Entry {
        let first = heap[0]
        let last = heap.removeLast()
        if heap.count > 0 { sink(last) }
        nextExpiry = heap.count == 0 ? .max : heap[0].expiresAt
        return first
    }

    private mutating func sink(_ entry: Entry) {
        var position: UInt32 = 0
        while true {
            var child = position * 2 + 1
            if child >= heap.count { break }
            if child + 1 < heap.count && heap[child + 1] < heap[child] { child += 1 }
            if !(heap[child] < entry) { break }
            heap[position] = heap[child]
            position = child
        }
        heap[position] = entry
    }
}
