internal import Platform
internal import Synchronization

/// What another thread has for a connection.
struct ReactorMessage: Sendable {
    enum Content: Sendable {
        /// The answer to a request.
        case response(HTTPResponse)
        /// A piece of a file that is sent; none if it could not be read.
        case piece(ByteChunk?)
        /// A peer or a call has something to be sent.
        case waiting
    }

    /// The connection; it may be gone.
    let connection: UInt64
    /// The stream of the connection; 0 where there is only one.
    let stream: Int32
    let content: Content
}

/// What the reactor and the other threads share.
final class ReactorShared: Sendable {
    private struct State {
        // At most one answer for each request and one note for each peer or call, so it needs no bound of its own.
        var messages: [ReactorMessage] = []
        var mustStop = false
        var isAsleep = false
        var failure: HTTPError?
    }

    let poller: SocketPoller
    let counters = ServerCounters()
    private let state = Mutex(State())

    init(_ poller: SocketPoller) { self.poller = poller }

    var failure: HTTPError? { state.withLock { $0.failure } }

    func requestStop() {
        state.withLock { $0.mustStop = true }
        poller.wake()
    }

    func fail(_ error: PlatformError) { state.withLock { $0.failure = .system(error) } }

    /// Hands something to the reactor, which is woken only if it sleeps: many messages cost one system call.
    func post(_ message: ReactorMessage) {
        let mustWake = state.withLock { state in
            state.messages.append(message)
            defer { state.isAsleep = false }
            return state.isAsleep
        }
        if mustWake { poller.wake() }
    }

    /// Whether the reactor may sleep: nothing was posted that it has not taken.
    func prepareToSleep() -> Bool {
        state.withLock { state in
            state.isAsleep = state.messages.isEmpty
            return state.isAsleep
        }
    }

    /// What was posted since the last call, in exchange for an empty array whose room is used again; and whether
    /// to stop.
    func take(_ messages: inout [ReactorMessage]) -> Bool {
        state.withLock { state in
            state.isAsleep = false
            swap(&state.messages, &messages)
            return state.mustStop
        }
    }
}
