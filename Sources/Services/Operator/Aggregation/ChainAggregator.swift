internal import ComponentHost
internal import Database
internal import Dispatcher
internal import Ethereum
internal import Platform
internal import Synchronization

/// Gathers submissions of the services whose manager is on one chain, and submits quorums to that chain.
///
/// Each chain has a thread of its own, so one that cannot be reached delays no other. What it must remember is in the
/// database; only what peers told in the last moments is in memory, and they tell it again.
final class ChainAggregator: Sendable {
    /// What all chains share.
    struct Parts: Sendable {
        let database: Database
        let registry: ServiceRegistry
        let chains: ChainDirectory
        let engine: any AggregatorEngine
        let exchange: (any PeerExchange)?
        let journal: NodeJournal
        let keys: OperatorKeys
        let clock: any Clock
        let limits: TransactionOutbox.Limits
        /// Wakes the aggregator of another chain.
        let wake: @Sendable (_ chain: String) -> Void
    }

    /// Who a submission comes from.
    enum Origin: Equatable {
        /// This node, which has tried to queue it so often.
        case own(attempt: Int64)
        /// Another node.
        case peer

        /// What it is called in the timeline.
        var name: String { self == .peer ? "a peer" : "this node" }
    }

    struct Inbox {
        var submissions: [Submission] = []
        var refusedCount = 0
        var droppedCount = 0
        var mustStop = false
        var failure: String?
        var height: UInt64?
    }

    /// Submissions of peers that wait at most; further ones are dropped and counted.
    private static let inboxCountMax = 1_024
    /// How long the thread sleeps when nothing wakes it.
    private static let tickNanoseconds: UInt64 = 500_000_000
    /// The pause before a timer is tried again that could not be run.
    private static let timerRetryMilliseconds: Int64 = 5_000
    /// How often the chain is asked for its height.
    static let heightMilliseconds: Int64 = 5_000

    let contracts: ServiceContracts
    let parts: Parts
    let queue: QuorumQueue
    let outbox: TransactionOutbox
    let inbox = Mutex(Inbox())
    private let signal = Signal()
    private let thread = Mutex<PlatformThread?>(nil)
    private let nextHeight = Mutex<Int64>(0)

    init(contracts: ServiceContracts, parts: Parts) throws(OperatorError) {
        self.contracts = contracts
        self.parts = parts
        queue = QuorumQueue(database: parts.database, clock: parts.clock)
        outbox = TransactionOutbox(
            chain: contracts.chain,
            node: contracts.node,
            payer: parts.keys.payer,
            database: parts.database,
            clock: parts.clock,
            limits: parts.limits
        )
    }

    var chain: String { contracts.chain }

    /// Starts the thread.
    func start() throws(OperatorError) {
        do throws(PlatformError) {
            let started = try PlatformThread.start(name: "aggregator") { [weak self] in
                while let self, self.work() {}
            }
            thread.withLock { $0 = started }
        } catch {
            throw .system(reason: error.description)
        }
    }

    /// Ends the thread; what it does for the moment is finished first.
    func stop() {
        inbox.withLock { $0.mustStop = true }
        signal.notify()
        let thread = thread.withLock { thread in
            defer { thread = nil }
            return thread
        }
        thread?.join()
    }

    /// Lets the thread look at once for what to do.
    func wake() { signal.notify() }

    /// Takes what a peer told; it is checked by the thread.
    func receive(_ submission: Submission) {
        inbox.withLock { inbox in
            if inbox.submissions.count < Self.inboxCountMax {
                inbox.submissions.append(submission)
            } else {
                inbox.droppedCount += 1
            }
        }
        signal.notify()
    }

    // MARK: The thread

    private func work() -> Bool {
        signal.wait(timeoutNanoseconds: Self.tickNanoseconds)
        if inbox.withLock({ $0.mustStop }) { return false }
        do throws(OperatorError) {
            askHeight()
            try takeOwn()
            try takeReceived()
            try runTimers()
            try settleTransactions()
            for active in try queue.due(chain) { try attempt(active) }
            try publishOwn()
            for eventID in try queue.expire(chain) {
                parts.journal.note(eventID, stage: "expired", "no quorum in 48 hours")
            }
            inbox.withLock { $0.failure = nil }
        } catch {
            inbox.withLock { $0.failure = error.description }
        }
        return true
    }

    /// Asks for the chain's height now and then, for people who ask the node.
    private func askHeight() {
        let now = queue.now
        guard
            nextHeight.withLock({ next in
                guard now >= next else { return false }
                next = now + Self.heightMilliseconds
                return true
            })
        else { return }
        do throws(JSONRPCError) {
            let height = try contracts.node.blockNumber()
            inbox.withLock { $0.height = height }
        } catch {
            inbox.withLock { $0.height = nil }
        }
    }

    // MARK: Submissions

    /// Puts this node's own signed responses into their queues.
    private func takeOwn() throws(OperatorError) {
        let rows = try OperatorError.wrapping { () throws(DatabaseError) in
            try parts.database.rows(
                """
                SELECT event, submission, queue_count FROM own_submissions
                WHERE chain = ? AND is_queued = 0 AND queue_at <= ? ORDER BY queue_at LIMIT 256
                """,
                [.text(chain), .integer(queue.now)]
            )
        }
        for row in rows {
            let (event, bytes, count) = try OperatorError.wrapping { () throws(DatabaseError) in
                (try row.blob(0), try row.blob(1), try row.integer(2))
            }
            let submission = try Submission(decoding: bytes)
            let origin = Origin.own(attempt: count)
            guard try aggregate(submission, from: origin) else {
                try postponeOwn(event, count)
                continue
            }
            _ = try OperatorError.wrapping { () throws(DatabaseError) in
                try parts.database.execute(
                    "UPDATE own_submissions SET is_queued = 1 WHERE event = ?",
                    [.blob(event)]
                )
            }
        }
    }

    /// Lets an own submission be tried again after a pause that grows.
    private func postponeOwn(_ event: [UInt8], _ count: Int64) throws(OperatorError) {
        let pause = min(QuorumQueue.retryMinMilliseconds << min(count, 4), 15_000)
        _ = try OperatorError.wrapping { () throws(DatabaseError) in
            try parts.database.execute(
                """
                UPDATE own_submissions SET queue_at = ?, queue_count = queue_count + 1
                WHERE event = ?
                """,
                [.integer(queue.now + pause), .blob(event)]
            )
        }
    }

    /// Checks what peers told; one that cannot be queued now is told again by its signer.
    private func takeReceived() throws(OperatorError) {
        let submissions = inbox.withLock { inbox in
            defer { inbox.submissions = [] }
            return inbox.submissions
        }
        for (index, submission) in submissions.enumerated() {
            do throws(OperatorError) {
                _ = try aggregate(submission, from: .peer)
            } catch {
                keep(submissions[index...])
                throw error
            }
        }
    }

    /// Puts submissions back that could not be checked now.
    private func keep(_ submissions: some Collection<Submission>) {
        inbox.withLock { inbox in
            inbox.submissions.insert(contentsOf: submissions, at: 0)
            let excess = inbox.submissions.count - Self.inboxCountMax
            if excess > 0 {
                inbox.submissions.removeLast(excess)
                inbox.droppedCount += excess
            }
        }
    }

    /// Checks the signer, asks the component, and queues.
    ///
    /// - Returns: Whether that is over; false when it is to be tried again.
    private func aggregate(
        _ submission: Submission,
        from sender: Origin
    ) throws(OperatorError) -> Bool {
        let configuration = submission.action.configuration
        guard let entry = parts.registry.entry(configuration.serviceID),
            let workflow = entry.service.workflows.first(where: {
                $0.id == configuration.workflowID
            }), case .evm(_, let address) = entry.service.manager,
            let manager = EthereumAddress(bytes: address.bytes)
        else {
            refuse(submission, "its service or workflow is not on this node")
            return true
        }
        do throws(OperatorError) {
            let signer = try submission.signer()
            guard try contracts.weight(of: signer, manager) > UInt256(low: 0) else {
                // The node's own key may be registered later; a stranger may come again then.
                guard case .own(let attempt) = sender else {
                    refuse(submission, "its signer \(signer) is no operator of the service")
                    return true
                }
                if attempt == 0 {
                    let reason = "this node's key \(signer) is not registered"
                    note(submission.eventID, "waiting", reason)
                }
                return false
            }
            return try act(submission, entry.service, workflow, signer, .input, sender)
        } catch .refusedSubmission(let reason) {
            refuse(submission, reason)
            return true
        }
    }

    private func refuse(_ submission: Submission, _ reason: String) {
        inbox.withLock { $0.refusedCount += 1 }
        note(submission.eventID, "refused", reason)
    }

    /// Calls the aggregator's component and does what it wants.
    private func act(
        _ submission: Submission,
        _ service: Service,
        _ workflow: Workflow,
        _ signer: EthereumAddress,
        _ call: AggregatorCall,
        _ sender: Origin
    ) throws(OperatorError) -> Bool {
        let input = submission.aggregatorInput
        switch parts.engine.call(service, workflow, input, call) {
        case .failed(let reason):
            note(submission.eventID, "aggregator failed", reason)
            return true
        case .unavailable(let reason):
            if sender == .peer || sender == .own(attempt: 0) {
                note(submission.eventID, "aggregator waits", reason)
            }
            return false
        case .actions(let actions):
            for action in actions.prefix(16) {
                switch action {
                case .timer(let seconds): try keepTimer(submission, seconds)
                case .submit(let action): try append(submission, signer, action, sender)
                }
            }
            return true
        }
    }

    private func append(
        _ submission: Submission,
        _ signer: EthereumAddress,
        _ action: SubmitAction,
        _ sender: Origin
    ) throws(OperatorError) {
        guard case .evm(let chain, let address, _) = action,
            let handler = EthereumAddress(bytes: address.bytes)
        else {
            note(submission.eventID, "waits", "the node has no client for chains of Cosmos")
            return
        }
        // The handler may ask another manager than the service's own, on another chain.
        let contracts = try parts.chains.contracts(chain)
        let manager = try contracts.manager(of: handler)
        guard try contracts.weight(of: signer, manager) > UInt256(low: 0) else {
            refuse(submission, "its signer \(signer) weighs nothing with the handler's manager")
            return
        }
        switch try queue.append(submission, by: signer, action) {
        case .added: note(submission.eventID, "queued", "from \(sender.name), signed by \(signer)")
        case .replaced, .burned: break
        case .refused(let reason): refuse(submission, reason)
        }
        if chain != self.chain { parts.wake(chain) }
    }

    func note(_ eventID: EventID, _ stage: String, _ detail: String) {
        parts.journal.note(eventID, stage: stage, detail)
    }

    // MARK: Timers

    private func keepTimer(_ submission: Submission, _ seconds: UInt64) throws(OperatorError) {
        let delay = Int64(min(seconds, 30 * 86_400)) * 1_000
        _ = try OperatorError.wrapping { () throws(DatabaseError) in
            try parts.database.execute(
                "INSERT INTO timers (chain, due, submission) VALUES (?, ?, ?)",
                [.text(chain), .integer(queue.now + delay), .blob(submission.encoded)]
            )
        }
        note(submission.eventID, "timer", "the aggregator is called again in \(seconds) s")
    }

    private func runTimers() throws(OperatorError) {
        let rows = try OperatorError.wrapping { () throws(DatabaseError) in
            try parts.database.rows(
                "SELECT id, submission FROM timers WHERE chain = ? AND due <= ? ORDER BY due LIMIT 64",
                [.text(chain), .integer(queue.now)]
            )
        }
        for row in rows {
            let (id, bytes) = try OperatorError.wrapping { () throws(DatabaseError) in
                (try row.integer(0), try row.blob(1))
            }
            let submission = try Submission(decoding: bytes)
            guard try ended(submission, .timer) else {
                _ = try OperatorError.wrapping { () throws(DatabaseError) in
                    try parts.database.execute(
                        "UPDATE timers SET due = ? WHERE id = ?",
                        [.integer(queue.now + Self.timerRetryMilliseconds), .integer(id)]
                    )
                }
                continue
            }
            _ = try OperatorError.wrapping { () throws(DatabaseError) in
                try parts.database.execute("DELETE FROM timers WHERE id = ?", [.integer(id)])
            }
        }
    }

    /// Calls the component because a timer or a submission has ended.
    func ended(_ submission: Submission, _ call: AggregatorCall) throws(OperatorError) -> Bool {
        let configuration = submission.action.configuration
        guard let entry = parts.registry.entry(configuration.serviceID),
            let workflow = entry.service.workflows.first(where: {
                $0.id == configuration.workflowID
            })
        else { return true }
        let signer = try submission.signer()
        return try act(submission, entry.service, workflow, signer, call, .own(attempt: 0))
    }

    // MARK: Telling

    /// Tells the others what this node signed, and again and more rarely until the queues are over.
    private func publishOwn() throws(OperatorError) {
        guard let exchange = parts.exchange else { return }
        let now = queue.now
        let rows = try OperatorError.wrapping { () throws(DatabaseError) in
            try parts.database.rows(
                """
                SELECT event, service, submission, publish_count FROM own_submissions
                WHERE chain = ? AND publish_at <= ? ORDER BY publish_at LIMIT 64
                """,
                [.text(chain), .integer(now)]
            )
        }
        for row in rows {
            let (event, service, bytes, count) = try OperatorError.wrapping {
                () throws(DatabaseError) in
                (try row.blob(0), try row.text(1), try row.blob(2), try row.integer(3))
            }
            exchange.publish(service, bytes)
            let pause = min(1_000 << min(count, 10), 600_000) as Int64
            // A submission whose queues are all over, or that nobody asked for in two days, is told no more.
            _ = try OperatorError.wrapping { () throws(DatabaseError) in
                try parts.database.transaction { transaction throws(DatabaseError) in
                    let open = try transaction.rows(
                        "SELECT count(*), coalesce(sum(state = 0), 0) FROM queues WHERE event = ?",
                        [.blob(event)]
                    ).first
                    let count = try open?.integer(0) ?? 0
                    let openCount = try open?.integer(1) ?? 0
                    let isOver = count > 0 && openCount == 0
                    let next = isOver ? Int64.max : now + pause
                    try transaction.execute(
                        """
                        UPDATE own_submissions SET publish_count = publish_count + 1, publish_at = ?
                        WHERE event = ?
                        """,
                        [.integer(next), .blob(event)]
                    )
                }
            }
        }
    }
}
