internal import ComponentHost
internal import Platform
internal import Synchronization
internal import Triggers

extension Dispatcher {
    /// How long a thread sleeps at most when nothing is due: also how often what ended long ago is forgotten.
    private static let idleNanoseconds: UInt64 = 60_000_000_000
    /// Answers handed on between two looks for what ended long ago.
    private static let forgetCount = 8_192
    static let removed = "the service was removed"

    /// Runs components until it is stopped: what a worker does.
    func work(_ signal: Signal) {
        while let entry = next(\.runs, signal, idle: {}) { run(entry) }
    }

    /// Hands answers on until it is stopped, and forgets what ended long ago.
    func deliver() {
        var count = 0
        while let entry = next(\.deliveries, deliverySignal, idle: forget) {
            deliver(entry)
            count += 1
            // A node that is never idle must forget, too.
            if count.isMultiple(of: Self.forgetCount) { forget() }
        }
    }

    /// The next event of a queue; none when it is time to stop.
    private func next(
        _ queue: WritableKeyPath<State, FairQueue>,
        _ signal: Signal,
        idle: () -> Void
    ) -> FairQueue.Entry? {
        while true {
            let now = clock.monotonicNanoseconds()
            let (entry, due, isStopped) = state.withLock { state in
                if state.isStopped { return (FairQueue.Entry?.none, UInt64?.none, true) }
                return (
                    state[keyPath: queue].take(now: now), state[keyPath: queue].nextDue(), false
                )
            }
            if isStopped { return nil }
            if let entry { return entry }
            let pause = due.map { due in due > now ? due - now : 0 } ?? Self.idleNanoseconds
            if !signal.wait(timeoutNanoseconds: min(pause, Self.idleNanoseconds)) { idle() }
        }
    }

    private func run(_ entry: FairQueue.Entry) {
        do throws(DispatcherError) {
            guard let item = try store.load(entry.eventID)?.item else {
                // It was ended while it waited: its service was removed.
                return state.withLock { $0.runs.finish(entry.service) }
            }
            journal.note(entry.eventID, .started, "attempt \(item.attempt)")
            switch checked(engine.run(item)) {
            case .finished(let responses): try finish(entry, responses)
            case .failed(let reason): try fail(entry, reason)
            case .unavailable(let reason):
                if item.attempt >= limits.attemptCountMax {
                    try fail(entry, "given up after \(item.attempt) attempts: \(reason)")
                } else {
                    try store.countAttempt(entry.eventID)
                    try retry(entry, reason)
                }
            }
        } catch {
            // The file is at fault, not the event; what is on the disk says where it stands.
            state.withLock { $0.lastError = "\(error)" }
            _ = delay(entry, "\(error)", onlyIfKnown: false)
        }
        // A place in the service's share is free, which another worker may have waited for.
        wakeWorkers()
    }

    /// An outcome within the bounds of responses, or the failure to keep to them.
    private func checked(_ outcome: WorkOutcome) -> WorkOutcome {
        guard case .finished(let responses) = outcome else { return outcome }
        guard responses.count <= limits.responseCountMax else {
            return .failed(reason: "more than \(limits.responseCountMax) responses")
        }
        var rest = limits.responseBytesMax
        for response in responses {
            rest -= response.payload.count + (response.eventIDSalt?.count ?? 0)
            if rest < 0 {
                return .failed(reason: "responses of more than \(limits.responseBytesMax) bytes")
            }
        }
        return outcome
    }

    private func finish(
        _ entry: FairQueue.Entry,
        _ responses: [WasmResponse]
    ) throws(DispatcherError) {
        try store.finish(entry.eventID, responses)
        journal.note(entry.eventID, .finished, "\(responses.count) responses")
        let isKnown = state.withLock { state in
            state.totals.finished += 1
            guard state.services.contains(entry.service) else { return false }
            state.runs.finish(entry.service)
            state.deliveries.push(
                FairQueue.Entry(eventID: entry.eventID, service: entry.service)
            )
            return true
        }
        if isKnown { deliverySignal.notify() } else { try fail(entry, Self.removed) }
    }

    private func fail(_ entry: FairQueue.Entry, _ reason: String) throws(DispatcherError) {
        try store.fail([entry.eventID], reason: reason, time: clock.wallNanoseconds())
        journal.note(entry.eventID, .failed, reason)
        state.withLock { state in
            state.totals.failed += 1
            state.runs.finish(entry.service)
        }
    }

    private func retry(_ entry: FairQueue.Entry, _ reason: String) throws(DispatcherError) {
        // While it ran its service may have been removed, with everything else that waited for it.
        if !delay(entry, reason, onlyIfKnown: true) { try fail(entry, Self.removed) }
    }

    /// Lets an event wait for its next attempt; false if its service is gone.
    private func delay(
        _ entry: FairQueue.Entry,
        _ reason: String,
        onlyIfKnown: Bool
    ) -> Bool {
        let pause = pause(afterFailures: entry.failedAttempts)
        var later = entry
        later.failedAttempts += 1
        let due = clock.monotonicNanoseconds() &+ pause
        let isDelayed = state.withLock { state in
            guard !onlyIfKnown || state.services.contains(entry.service) else { return false }
            state.runs.delay(later, until: due)
            return true
        }
        if isDelayed {
            journal.note(entry.eventID, .retrying, "in \(pause / 1_000_000) ms: \(reason)")
        }
        return isDelayed
    }

    private func pause(afterFailures count: Int) -> UInt64 {
        let doubled = limits.retryMinNanoseconds.multipliedReportingOverflow(
            by: 1 << UInt64(min(count, 40))
        )
        return doubled.overflow
            ? limits.retryMaxNanoseconds
            : min(doubled.partialValue, limits.retryMaxNanoseconds)
    }

    private func deliver(_ entry: FairQueue.Entry) {
        let fault: String
        do throws(DispatcherError) {
            guard let (item, responses) = try store.load(entry.eventID) else {
                return state.withLock { $0.deliveries.finish(entry.service) }
            }
            do throws(ResultFault) {
                try sink.take(item, responses)
            } catch {
                return redeliver(entry, "\(error)")
            }
            try store.deliver(entry.eventID, time: clock.wallNanoseconds())
            journal.note(entry.eventID, .delivered, "")
            return state.withLock { state in
                state.totals.delivered += 1
                state.deliveries.finish(entry.service)
            }
        } catch {
            fault = "\(error)"
        }
        redeliver(entry, fault)
    }

    private func redeliver(_ entry: FairQueue.Entry, _ reason: String) {
        let due = clock.monotonicNanoseconds() &+ pause(afterFailures: entry.failedAttempts)
        journal.note(entry.eventID, .retrying, "handing on: \(reason)")
        var entry = entry
        entry.failedAttempts += 1
        state.withLock { state in
            state.lastError = reason
            state.deliveries.delay(entry, until: due)
        }
    }

    private func forget() {
        let now = clock.wallNanoseconds()
        let before = now > limits.memoryNanoseconds ? now - limits.memoryNanoseconds : 0
        do throws(DispatcherError) {
            try store.forget(endedBefore: before, keeping: limits.memoryCountMax)
        } catch {
            state.withLock { $0.lastError = "\(error)" }
        }
    }
}
