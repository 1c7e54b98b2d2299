/// What one connection or stream has to say, and until when its client must have read it.
final class ConnectionOutput {
    let context: ServerContext
    private(set) var queue: OutputQueue
    /// When the client counts as one that does not read; none while nothing waits.
    private(set) var deadline: UInt64?

    init(_ context: ServerContext, chunkBytes: Int = 4 << 10) {
        self.context = context
        queue = OutputQueue(chunkBytes: chunkBytes)
    }

    var count: Int { queue.count }

    /// Appends bytes.
    func append(_ bytes: [UInt8]) {
        queue.append(bytes)
        extend(bytes.count)
    }

    /// Appends bytes.
    func append(_ bytes: RawSpan) {
        queue.append(bytes)
        extend(bytes.byteCount)
    }

    /// Appends a piece without copying it.
    func append(shared chunk: ByteChunk) {
        queue.append(shared: chunk)
        extend(chunk.count)
    }

    /// Notes that so many bytes left.
    func consume(_ count: Int) {
        queue.consume(count)
        if queue.isEmpty { deadline = nil }
    }

    /// Moves as many bytes as there are and fit to another place; returns how many.
    func move(into target: UnsafeMutableRawBufferPointer) -> Int {
        let moved = unsafe queue.move(into: target)
        if queue.isEmpty { deadline = nil }
        return moved
    }

    /// Drops what was not begun to be written.
    func dropUnbegun() {
        queue.dropUnbegun()
        deadline = nil
        extend(queue.count)
    }

    /// The deadline grows with what is appended, so that a slow reader cannot win time by asking for more.
    private func extend(_ count: Int) {
        guard count > 0 else { return }
        let needed = UInt64(count) * 1_000_000_000 / UInt64(context.limits.readRateMin)
        deadline = (deadline ?? context.now &+ context.limits.writeNanoseconds) &+ needed
    }
}
