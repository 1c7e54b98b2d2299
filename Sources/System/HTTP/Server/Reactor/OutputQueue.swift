internal import Glibc

/// What waits to be written to one connection, as pieces that may be shared with other connections.
struct OutputQueue {
    /// A piece, and whether more may be appended to it.
    private struct Entry {
        let chunk: ByteChunk
        let isOwned: Bool
    }

    /// The least room of a piece that collects short writes.
    private let chunkBytes: Int
    /// Pieces that one system call takes.
    private static let vectorCountMax = 64

    private var entries: [Entry] = []
    private var first = 0
    /// How much of the first piece was written.
    private var offset = 0
    /// An owned piece that is used again, so that short answers cost no allocation.
    private var spare: ByteChunk?
    /// Bytes that wait.
    private(set) var count = 0

    /// Makes an empty queue whose pieces have room for so many bytes at least.
    init(chunkBytes: Int = 4 << 10) { self.chunkBytes = chunkBytes }

    var isEmpty: Bool { count == 0 }

    /// Appends bytes, which are copied.
    mutating func append(_ bytes: [UInt8]) { append(unsafe bytes.span.bytes) }

    /// Appends bytes, which are copied.
    mutating func append(_ bytes: RawSpan) {
        guard bytes.byteCount > 0 else { return }
        var taken = 0
        if first < entries.count, let last = entries.last, last.isOwned {
            taken = last.chunk.append(bytes)
        }
        count += bytes.byteCount
        guard taken < bytes.byteCount else { return }
        let rest = bytes.extracting(droppingFirst: taken)
        let chunk: ByteChunk
        if rest.byteCount <= chunkBytes, let spare {
            chunk = spare
            self.spare = nil
        } else {
            chunk = ByteChunk(capacity: max(chunkBytes, rest.byteCount))
        }
        let appended = chunk.append(rest)
        precondition(appended == rest.byteCount, "the piece was made large enough")
        entries.append(Entry(chunk: chunk, isOwned: true))
    }

    /// Appends a piece without copying it; nobody changes it any more.
    mutating func append(shared chunk: ByteChunk) {
        guard chunk.count > 0 else { return }
        count += chunk.count
        entries.append(Entry(chunk: chunk, isOwned: false))
    }

    /// Lends the next bytes; none if nothing waits.
    func withFirst<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result? {
        guard first < entries.count else { return nil }
        let rest = unsafe UnsafeRawBufferPointer(rebasing: entries[first].chunk.bytes[offset...])
        return unsafe body(rest)
    }

    /// Moves as many bytes as there are and fit to another place; returns how many.
    mutating func move(into target: UnsafeMutableRawBufferPointer) -> Int {
        var moved = 0
        while moved < target.count, count > 0 {
            let free = unsafe UnsafeMutableRawBufferPointer(rebasing: target[moved...])
            let step = unsafe withFirst { bytes in
                let part = unsafe UnsafeRawBufferPointer(rebasing: bytes.prefix(free.count))
                unsafe free.copyMemory(from: part)
                return part.count
            }
            guard let step else { preconditionFailure("bytes that are counted are there") }
            consume(step)
            moved += step
        }
        return moved
    }

    /// Writes to a socket what it takes by one system call.
    ///
    /// - Returns: What `writev` returned; `errno` is as it left it.
    func write(to socket: Int32) -> Int {
        var vectors: [iovec] = unsafe []
        unsafe vectors.reserveCapacity(min(entries.count - first, Self.vectorCountMax))
        var skipped = offset
        for entry in entries[first...].prefix(Self.vectorCountMax) {
            let rest = unsafe UnsafeRawBufferPointer(rebasing: entry.chunk.bytes[skipped...])
            skipped = 0
            unsafe vectors.append(
                iovec(
                    iov_base: UnsafeMutableRawPointer(mutating: rest.baseAddress),
                    iov_len: rest.count
                )
            )
        }
        return unsafe vectors.withUnsafeMutableBufferPointer { vectors in
            var message = unsafe msghdr()
            unsafe message.msg_iov = vectors.baseAddress
            unsafe message.msg_iovlen = vectors.count
            return unsafe sendmsg(socket, &message, Int32(MSG_NOSIGNAL))
        }
    }

    /// Notes that so many bytes left.
    mutating func consume(_ bytes: Int) {
        precondition(bytes <= count, "no more was written than there was")
        count -= bytes
        var left = bytes
        while left > 0 {
            let chunk = entries[first].chunk
            let step = min(left, chunk.count - offset)
            left -= step
            offset += step
            if offset == chunk.count { removeFirst() }
        }
        if first == entries.count {
            entries.removeAll(keepingCapacity: entries.count <= Self.vectorCountMax)
            first = 0
        } else if first > 1_024 {
            entries.removeFirst(first)
            first = 0
        }
    }

    /// Drops what was not begun to be written, so that what is appended next comes soon.
    mutating func dropUnbegun() {
        guard first < entries.count else { return }
        let kept = offset > 0 ? entries[first] : nil
        entries = kept.map { [$0] } ?? []
        first = 0
        count = kept.map { $0.chunk.count - offset } ?? 0
    }

    private mutating func removeFirst() {
        let entry = entries[first]
        first += 1
        offset = 0
        // Whoever else held it would see its bytes change; the queue is alone with what it owns.
        if entry.isOwned, spare == nil, first == entries.count, entry.chunk.count <= chunkBytes {
            entry.chunk.clear()
            spare = entry.chunk
        }
    }
}
