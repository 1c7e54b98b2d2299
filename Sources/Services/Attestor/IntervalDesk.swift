internal import Attestation
internal import Cryptography
internal import Encoding
internal import Primitives
internal import Statements
internal import Synchronization

/// Answers the requests for intervals, once their intervals were followed.
struct IntervalDesk: ~Copyable {
    private struct Waiting {
        var statement: IntervalStatement
        var arrivedNanoseconds: UInt64
    }

    private let answers: AttestationAnswers
    private let followed: FollowedState
    private var waiting: [Waiting] = []

    init(_ answers: AttestationAnswers, _ followed: FollowedState) {
        self.answers = answers
        self.followed = followed
    }

    /// Whether a request waits for an interval that has not come.
    var isWaiting: Bool { !waiting.isEmpty }

    /// Takes a request; the same one again takes the place of the first.
    mutating func take(_ statement: IntervalStatement, at nanoseconds: UInt64) {
        if waiting.contains(where: { waiting in waiting.statement == statement }) { return }
        // The oldest makes room: whoever asked for it asks again if it still matters.
        if waiting.count >= AttestorLimits.requestsMax { waiting.removeFirst() }
        waiting.append(Waiting(statement: statement, arrivedNanoseconds: nanoseconds))
    }

    /// Answers all that can be answered, and drops what waits too long.
    mutating func work(at nanoseconds: UInt64) throws(AttestorError) {
        guard !waiting.isEmpty else { return }
        let all = waiting
        waiting.removeAll(keepingCapacity: true)
        for request in all {
            let number = request.statement.interval.number
            let (last, known, divergence) = followed.state.withLock { state in
                (state.lastInterval, state.interval(number), state.divergence)
            }
            if let known {
                try answer(request.statement, known)
            } else if number <= last {
                try answers.repeatVote(for: .interval(request.statement))
            } else if let divergence {
                try answers.dissent(from: .interval(request.statement), divergence)
            } else if nanoseconds - request.arrivedNanoseconds < AttestorLimits.requestNanoseconds {
                waiting.append(request)
            } else {
                answers.report(
                    .unanswered(.interval(number), "its commands have not come in time")
                )
            }
        }
    }

    private func answer(
        _ statement: IntervalStatement,
        _ own: ReExecutedInterval
    ) throws(AttestorError) {
        if let reason = Self.difference(statement, own) {
            try answers.dissent(from: .interval(statement), reason)
        } else {
            try answers.vote(for: .interval(statement))
        }
    }

    /// What of a statement is not so, as a sentence; nothing if all is.
    static func difference(_ statement: IntervalStatement, _ own: ReExecutedInterval) -> String? {
        let told = statement.interval
        let right = own.interval
        if told.lastSequence != right.lastSequence {
            return "interval \(told.number) ends with command \(right.lastSequence), not "
                + "\(told.lastSequence)"
        }
        if told.firstSequence != right.firstSequence {
            return "interval \(told.number) begins with command \(right.firstSequence), not "
                + "\(told.firstSequence)"
        }
        if told.stateHash != right.stateHash {
            return
                "the state hash after command \(right.lastSequence) is \(right.stateHash.hex), not "
                + "\(told.stateHash.hex)"
        }
        if statement.log.origin != own.log.origin {
            return "the log's origin is \(own.log.origin.string)"
        }
        if statement.log.size != own.log.size {
            return "the log has \(own.log.size) leaves after interval \(told.number), not "
                + "\(statement.log.size)"
        }
        if statement.log.root != own.log.root {
            return "the log's root of size \(own.log.size) is \(own.log.root.hex), not "
                + "\(statement.log.root.hex)"
        }
        if statement.time != own.time {
            return "interval \(told.number) ended at \(own.time.nanoseconds), not "
                + "\(statement.time.nanoseconds)"
        }
        return nil
    }
}
