/// Bytes at a place that does not move, so that the kernel can be told of many pieces at once.
///
/// One thread fills it; from then on any number of connections may read it.
@safe final class ByteChunk: @unchecked Sendable {
    // Bytes behind `count` are written by the owner alone, and nobody reads those; the compiler cannot see that.
    private let base: UnsafeMutablePointer<UInt8>
    private let capacity: Int
    /// How many bytes there are.
    private(set) var count = 0

    /// Makes an empty one with room for `capacity` bytes.
    init(capacity: Int) {
        precondition(capacity > 0, "there is room for something")
        unsafe base = .allocate(capacity: capacity)
        self.capacity = capacity
    }

    /// Makes one of several pieces in a row.
    convenience init(_ pieces: [UInt8]...) {
        self.init(capacity: max(1, pieces.reduce(0) { sum, piece in sum + piece.count }))
        for piece in pieces {
            let taken = append(unsafe piece.span.bytes)
            precondition(taken == piece.count, "it was made large enough")
        }
    }

    deinit { unsafe base.deallocate() }

    /// The bytes.
    var bytes: UnsafeRawBufferPointer {
        unsafe UnsafeRawBufferPointer(start: base, count: count)
    }

    /// Appends as many bytes as there is room for; returns how many.
    func append(_ source: RawSpan) -> Int {
        let taken = min(source.byteCount, capacity - count)
        unsafe source.withUnsafeBytes { source in
            guard taken > 0, let start = source.baseAddress else { return }
            unsafe UnsafeMutableRawPointer(base + count).copyMemory(from: start, byteCount: taken)
        }
        count += taken
        return taken
    }

    /// Lets a function fill what is free; it returns how many bytes it wrote.
    func fill(_ body: (UnsafeMutableRawBufferPointer) -> Int) -> Int {
        let free = unsafe UnsafeMutableRawBufferPointer(
            start: base + count,
            count: capacity - count
        )
        let filled = unsafe body(free)
        precondition(filled <= capacity - count, "no more was written than there was room for")
        count += max(0, filled)
        return filled
    }

    /// Forgets the bytes; only who filled it and shares it with nobody may do so.
    func clear() { count = 0 }
}
