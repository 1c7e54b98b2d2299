internal import Platform
internal import Synchronization

/// What the connections of a server have in common; used by the reactor's thread alone.
final class ServerContext {
    let limits: HTTPLimits
    let handlers: HTTPHandlers
    let shared: ReactorShared
    /// Whether HTTP/2 is spoken without TLS with a client that begins with it.
    let speaksClearHTTP2: Bool
    private let pool: WorkerPool?
    private let files: WorkerPool
    private let clock: any Clock
    /// Bytes of what clients have begun and not completed.
    private var incompleteBytes = 0
    /// The monotonic time when the reactor last woke.
    private(set) var now: UInt64
    private var dateSecond: UInt64 = 0
    private var dateText = ""

    init(_ seed: ReactorSeed) {
        limits = seed.limits
        handlers = seed.handlers
        shared = seed.shared
        speaksClearHTTP2 = seed.speaksClearHTTP2
        pool = seed.pool
        files = seed.files
        clock = seed.clock
        now = seed.clock.monotonicNanoseconds()
    }

    func readClock() { now = clock.monotonicNanoseconds() }

    /// Notes that clients hold more or fewer bytes by what they have not completed; whether they may.
    func changeIncompleteBytes(by count: Int) -> Bool {
        incompleteBytes += count
        precondition(incompleteBytes >= 0, "no more is given back than was taken")
        return incompleteBytes <= limits.incompleteBytesTotalMax
    }

    /// The date for the head of an answer, made once a second.
    var date: String {
        let second = clock.wallNanoseconds() / 1_000_000_000
        if second != dateSecond || dateText.isEmpty {
            dateSecond = second
            dateText = HTTPDate.text(seconds: second)
        }
        return dateText
    }

    /// Hands a request to its handler; the answer comes as a message.
    func dispatch(_ request: HTTPRequest, connection: UInt64, stream: Int32) {
        shared.counters.requests.add(1, ordering: .relaxed)
        let responder = HTTPResponder(shared, connection: connection, stream: stream)
        guard let pool else { return handlers.request(request, responder) }
        let isTaken = pool.submit { [handlers] in handlers.request(request, responder) }
        if !isTaken { responder.respond(.text(503, "busy", ["Retry-After": "1"])) }
    }

    /// Has a piece of a file read by another thread; it comes as a message.
    func read(
        _ file: HTTPFile,
        at offset: UInt64,
        count: Int,
        connection: UInt64,
        stream: Int32
    ) {
        let isTaken = files.submit { [shared] in
            let piece = ByteChunk(capacity: count)
            let isRead = unsafe piece.fill { place in
                do throws(PlatformError) {
                    return try unsafe file.file.read(into: place, at: offset)
                } catch {
                    return 0
                }
            }
            shared.post(
                ReactorMessage(
                    connection: connection,
                    stream: stream,
                    content: .piece(isRead == count ? piece : nil)
                )
            )
        }
        precondition(isTaken, "each stream waits for one piece, and the queue has room for all")
    }
}
