internal import Database
internal import Dispatcher
internal import Encoding
internal import Platform

/// What happened to one event and why, and what happens next: from what the node remembers of it.
struct Explanation {
    private struct Queue {
        var id: [UInt8]
        var chain: String
        var isActive: Bool
        var attemptCount: Int64
        var attemptAt: Int64
        var reason: String
        var action: [UInt8]
        var service: String
        var workflow: String
    }

    private let node: OperatorNode
    private let eventID: EventID

    init(_ node: OperatorNode, _ eventID: EventID) {
        self.node = node
        self.eventID = eventID
    }

    /// The answer; none if the node knows nothing of the event.
    func answer() throws(OperatorError) -> JSONValue? {
        let steps = try node.journal.steps(of: eventID)
        let queues = try queues()
        let work = try workState()
        let isSigned = try isSigned()
        if steps.isEmpty, queues.isEmpty, work == nil, !isSigned { return nil }
        let timeline = steps.map { step in
            JSONForm.object([
                "time_ms": JSONForm.number(Int(step.milliseconds)),
                "stage": JSONForm.text(step.stage), "detail": JSONForm.text(step.detail),
            ])
        }
        var described: [JSONValue] = []
        for queue in queues { described.append(try describe(queue)) }
        let now = Int64(node.clock.wallNanoseconds() / 1_000_000)
        return JSONForm.object([
            "event_id": JSONForm.text(eventID.description),
            "service_id": JSONForm.text(queues.first?.service),
            "workflow_id": JSONForm.text(queues.first?.workflow),
            "state": JSONForm.text(state(work, queues, isSigned)),
            "next_step": JSONForm.text(nextStep(work, queues, isSigned, now)),
            "timeline": .array(timeline), "queues": .array(described),
        ])
    }

    private func state(_ work: WorkState?, _ queues: [Queue], _ isSigned: Bool) -> String {
        if queues.contains(where: \.isActive) { return "waiting for a quorum" }
        if !queues.isEmpty { return "over" }
        if isSigned { return "signed" }
        return switch work {
        case .waiting: "waiting for its component"
        case .finished: "answered"
        case .delivered: "over"
        case .failed: "failed"
        case nil: "known from peers or long ago"
        }
    }

    private func nextStep(
        _ work: WorkState?,
        _ queues: [Queue],
        _ isSigned: Bool,
        _ now: Int64
    ) -> String {
        if let queue = queues.first(where: \.isActive) {
            let seconds = max(0, queue.attemptAt - now + 999) / 1_000
            let why = queue.reason.isEmpty ? "" : " (last: \(queue.reason))"
            return "try to submit to \(queue.chain) in \(seconds) s\(why)"
        }
        if let queue = queues.first { return "nothing: \(queue.reason)" }
        if isSigned { return "the aggregator takes it when the chain can be asked" }
        switch work {
        case .waiting(let attempts):
            return attempts == 0
                ? "the component is run when a worker is free"
                : "the component is run again after a pause (\(attempts) attempts could not be made)"
        case .finished: return "the answer is signed"
        case .failed(let reason): return "nothing: \(reason)"
        case .delivered, nil: return "nothing"
        }
    }

    private func workState() throws(OperatorError) -> WorkState? {
        guard let dispatcher = node.dispatcher else { return nil }
        do throws(DispatcherError) {
            return try dispatcher.state(of: eventID)
        } catch {
            throw .system(reason: error.description)
        }
    }

    private func isSigned() throws(OperatorError) -> Bool {
        try OperatorError.wrapping { () throws(DatabaseError) in
            try !node.database.rows(
                "SELECT 1 FROM own_submissions WHERE event = ?",
                [.blob(eventID.bytes)]
            ).isEmpty
        }
    }

    private func queues() throws(OperatorError) -> [Queue] {
        try OperatorError.wrapping { () throws(DatabaseError) in
            var queues: [Queue] = []
            let rows = try node.database.rows(
                """
                SELECT id, chain, state, attempt_count, attempt_at, reason, action, service, workflow
                FROM queues WHERE event = ? ORDER BY id LIMIT 64
                """,
                [.blob(eventID.bytes)]
            )
            for row in rows {
                queues.append(
                    Queue(
                        id: try row.blob(0),
                        chain: try row.text(1),
                        isActive: try row.integer(2) == QuorumQueue.State.active.rawValue,
                        attemptCount: try row.integer(3),
                        attemptAt: try row.integer(4),
                        reason: try row.text(5),
                        action: try row.blob(6),
                        service: try row.text(7),
                        workflow: try row.text(8)
                    )
                )
            }
            return queues
        }
    }

    private func describe(_ queue: Queue) throws(OperatorError) -> JSONValue {
        let rows = try OperatorError.wrapping { () throws(DatabaseError) in
            try node.database.rows(
                "SELECT bucket, signer FROM queue_entries WHERE queue = ? ORDER BY bucket, signer",
                [.blob(queue.id)]
            )
        }
        var entries: [JSONValue] = []
        for row in rows {
            let (bucket, signer) = try OperatorError.wrapping { () throws(DatabaseError) in
                (try row.blob(0), try row.blob(1))
            }
            entries.append(
                JSONForm.object([
                    "envelope_hash": JSONForm.hexadecimal(bucket),
                    "signer": JSONForm.hexadecimal(signer),
                ])
            )
        }
        return JSONForm.object([
            "chain": JSONForm.text(queue.chain),
            "state": JSONForm.text(queue.isActive ? "active" : "burned"),
            "attempts": JSONForm.number(Int(queue.attemptCount)),
            "next_attempt_ms": JSONForm.number(Int(queue.attemptAt)),
            "reason": JSONForm.text(queue.reason), "signatures": .array(entries),
            "action": try ServiceCodec.value(queue.action),
        ])
    }
}
