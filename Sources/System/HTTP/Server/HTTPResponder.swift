internal import Synchronization

/// Answers one request, from any thread and at any time.
///
/// Whoever lets the last copy go without an answer answers with 500. The client may be gone by then, which
/// nobody needs to know.
public struct HTTPResponder: Sendable {
    private let ticket: Ticket

    init(_ shared: ReactorShared, connection: UInt64, stream: Int32) {
        ticket = Ticket(shared, connection: connection, stream: stream)
    }

    private init(_ ticket: Ticket) { self.ticket = ticket }

    /// Makes a responder that hands the answer to a function, for tests and for what stands before a handler.
    ///
    /// - Parameter respond: Takes the answer; called once, on the thread that answers.
    public init(_ respond: @escaping @Sendable (HTTPResponse) -> Void) {
        ticket = Ticket(respond)
    }

    /// Answers.
    ///
    /// - Returns: False if there was an answer before, which stands.
    @discardableResult public func respond(_ response: HTTPResponse) -> Bool {
        ticket.use(response)
    }

    /// A responder that changes the answer on its way.
    public func transforming(
        _ change: @escaping @Sendable (HTTPResponse) -> HTTPResponse
    ) -> HTTPResponder {
        HTTPResponder { response in respond(change(response)) }
    }

    /// The right to answer once.
    private final class Ticket: Sendable {
        private enum Target: Sendable {
            case reactor(ReactorShared, connection: UInt64, stream: Int32)
            case function(@Sendable (HTTPResponse) -> Void)
        }

        private let target: Target
        private let isUsed = Atomic<Bool>(false)

        init(_ send: @escaping @Sendable (HTTPResponse) -> Void) { target = .function(send) }

        init(_ shared: ReactorShared, connection: UInt64, stream: Int32) {
            target = .reactor(shared, connection: connection, stream: stream)
        }

        deinit {
            if !isUsed.load(ordering: .acquiring) { use(.text(500, "no answer")) }
        }

        @discardableResult func use(_ response: HTTPResponse) -> Bool {
            guard !isUsed.exchange(true, ordering: .acquiringAndReleasing) else { return false }
            switch target {
            case .function(let send): send(response)
            case .reactor(let shared, let connection, let stream):
                shared.post(
                    ReactorMessage(
                        connection: connection,
                        stream: stream,
                        content: .response(response)
                    )
                )
            }
            return true
        }
    }
}
