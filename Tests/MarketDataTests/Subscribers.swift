import MarketData
import Primitives
import Synchronization
import Testing
import Venue

/// A subscriber that remembers what it gets.
final class RecordingSubscriber<Frame: Sendable>: MarketSubscriber {
    private let gathered = Mutex<[Frame]>([])
    private let behind = Atomic<Bool>(false)

    var isBehind: Bool { behind.load(ordering: .sequentiallyConsistent) }

    func fallBehind(_ isBehind: Bool) { behind.store(isBehind, ordering: .sequentiallyConsistent) }

    func send(_ frame: Frame) { gathered.withLock { frames in frames.append(frame) } }

    /// What came since the last call.
    func take() -> [Frame] {
        gathered.withLock { frames in
            defer { frames.removeAll() }
            return frames
        }
    }
}

/// The book as a client keeps it: a snapshot and what the deltas make of it.
struct ClientBook {
    private(set) var sequence: UInt64
    private var bids: [BookLevel]
    private var asks: [BookLevel]

    init(_ snapshot: BookSnapshot) {
        sequence = snapshot.sequence
        bids = snapshot.bids
        asks = snapshot.asks
    }

    /// Applies a delta; false if it is not the one behind what the client has.
    mutating func apply(_ delta: BookDelta) -> Bool {
        guard delta.previous == sequence, delta.sequence > sequence else { return false }
        sequence = delta.sequence
        Self.apply(delta.bids, to: &bids) { left, right in left > right }
        Self.apply(delta.asks, to: &asks) { left, right in left < right }
        return true
    }

    func equals(_ book: BookSnapshot?) -> Bool {
        book?.sequence == sequence && book?.bids == bids && book?.asks == asks
    }

    /// Whether the venue's checksum is that of this book.
    func has(_ checksum: UInt32, _ instrument: InstrumentID, _ json: MarketDataJSON) -> Bool {
        json.checksum(instrument, bids: bids, asks: asks) == checksum
    }

    private static func apply(
        _ changes: [BookLevel],
        to levels: inout [BookLevel],
        isBetter: (Price, Price) -> Bool
    ) {
        for change in changes {
            levels.removeAll { level in level.price == change.price }
            if change.orderCount == 0 { continue }
            let place =
                levels.firstIndex { level in isBetter(change.price, level.price) } ?? levels.count
            levels.insert(change, at: place)
        }
    }
}
