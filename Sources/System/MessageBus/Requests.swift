internal import Platform
internal import Synchronization

/// The requests of one participant that wait for an answer, and the subjects at which they come.
final class Requests: Sendable {
    /// One caller that waits.
    private final class Waiting: Sendable {
        let subject: String
        let signal = Signal()
        let result = Mutex<Result<[UInt8], BusError>?>(nil)

        init(subject: String) { self.subject = subject }

        func end(_ result: Result<[UInt8], BusError>) {
            self.result.withLock { known in
                if known == nil { known = result }
            }
            signal.notify()
        }
    }

    private struct State {
        var waiting: [UInt64: Waiting] = [:]
        var next: UInt64 = 1
        var isClosed = false
    }

    /// What the subjects of all answers begin with, with a dot at the end.
    let prefix: String
    private let state = Mutex(State())

    /// Makes an empty list.
    ///
    /// - Parameter owner: What nobody else calls itself: a word, or words.
    init(owner: String) { prefix = Subject.inboxPrefix + owner + "." }

    /// The pattern of all answers.
    var pattern: String { prefix + "*" }

    /// Asks and waits.
    ///
    /// - Parameters:
    ///   - subject: What is asked about, for the error.
    ///   - timeoutMilliseconds: How long to wait.
    ///   - ask: Publishes the request with the subject of the answer.
    /// - Returns: The payload of the answer.
    /// - Throws: What `ask` throws; `timedOut`, `closed`, or what the other side answered.
    func perform(
        subject: String,
        timeoutMilliseconds: Int,
        _ ask: (String) throws(BusError) -> Void
    ) throws(BusError) -> [UInt8] {
        let waiting = Waiting(subject: subject)
        let number: UInt64? = state.withLock { state in
            guard !state.isClosed else { return nil }
            defer { state.next += 1 }
            state.waiting[state.next] = waiting
            return state.next
        }
        guard let number else { throw .closed }
        defer { state.withLock { $0.waiting[number] = nil } }
        try ask(prefix + String(number))
        let time = UInt64(max(timeoutMilliseconds, 0)) * 1_000_000
        waiting.signal.wait(timeoutNanoseconds: time)
        guard let result = waiting.result.withLock({ $0 }) else {
            throw .timedOut(subject: subject)
        }
        return try result.get()
    }

    /// Gives an answer to the caller that waits for it; false if the subject is none of an answer.
    func answer(_ subject: String, _ result: Result<[UInt8], BusError>) -> Bool {
        guard subject.hasPrefix(prefix) else { return false }
        find(subject)?.end(result)
        return true
    }

    /// Nobody has subscribed to the request whose answer was expected at a subject.
    func unanswered(_ subject: String) {
        let waiting = find(subject)
        waiting?.end(.failure(.noResponders(subject: waiting?.subject ?? subject)))
    }

    private func find(_ subject: String) -> Waiting? {
        guard let number = UInt64(subject.dropFirst(prefix.count)) else { return nil }
        return state.withLock { state in state.waiting[number] }
    }

    /// Ends all that wait; with `isLast` no more requests are taken.
    func fail(_ error: BusError, isLast: Bool = false) {
        let all = state.withLock { state in
            if isLast { state.isClosed = true }
            return Array(state.waiting.values)
        }
        for waiting in all { waiting.end(.failure(error)) }
    }
}
