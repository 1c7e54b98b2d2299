/// Why a stream gives or takes nothing more.
enum StreamFault: Error {
    /// It is at its end.
    case closed
    /// It failed, in words.
    case failed(String)
}

/// Bytes that a program reads.
class InputStream: HostResource {
    static let type = ResourceType.inputStream

    /// Bytes of one read, because a list of bytes takes 64 times as much room on its way.
    static let readBytesMax = 64 << 10

    /// At most so many bytes, and at least one unless none are asked for.
    func read(_ count: Int) throws(StreamFault) -> [UInt8] { throw .closed }
}

/// Bytes that are there already.
final class BytesInput: InputStream {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    override func read(_ count: Int) throws(StreamFault) -> [UInt8] {
        guard position < bytes.count else { throw .closed }
        let end = min(position + count, bytes.count)
        defer { position = end }
        return Array(bytes[position..<end])
    }
}

/// Bytes that a program writes.
class OutputStream: HostResource {
    static let type = ResourceType.outputStream

    /// Bytes of one write.
    static let writeBytesMax = 64 << 10

    func write(_ bytes: [UInt8]) throws(StreamFault) { throw .closed }
}

/// Standard output or standard error: it goes to the service's log.
final class PrintedOutput: OutputStream {
    private unowned let state: CallState
    private let stream: Int

    init(_ state: CallState, stream: Int) {
        self.state = state
        self.stream = stream
    }

    override func write(_ bytes: [UInt8]) { state.takePrinted(bytes, stream: stream) }
}

/// What went wrong with a stream, for the program to ask.
final class StreamError: HostResource {
    static let type = ResourceType.error
    let text: String

    init(_ text: String) { self.text = text }
}

/// Something to wait for.
final class Pollable: HostResource {
    static let type = ResourceType.pollable

    enum Event {
        /// It is there.
        case ready
        /// A moment of the monotonic clock.
        case time(UInt64)
        /// An answer over HTTP.
        case response(FutureResponse)
    }

    let event: Event

    init(_ event: Event) { self.event = event }

    func isReady(_ state: CallState) -> Bool {
        switch event {
        case .ready: true
        case .time(let nanoseconds): state.monotonicNanoseconds >= nanoseconds
        case .response(let future): future.isDone
        }
    }
}
