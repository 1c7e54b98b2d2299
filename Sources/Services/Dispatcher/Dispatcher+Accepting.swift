public import ComponentHost
internal import Cryptography
internal import Platform
internal import Synchronization
public import Triggers

extension Dispatcher {
    /// Takes occurrences in their order: one row on the disk for each workflow that waits for one.
    ///
    /// - Throws: `SinkFault.unavailable` when they could not be written.
    public func accept(_ occurrences: [TriggerOccurrence]) throws(SinkFault) -> Acceptance {
        let index = state.withLock { $0.index }
        var candidates: [WorkStore.Candidate] = []
        for occurrence in occurrences {
            for configuration in index.audience(occurrence.audience) {
                candidates.append(candidate(configuration, occurrence))
            }
        }
        if candidates.isEmpty { return .accepted }
        do throws(DispatcherError) {
            let admissions = try admit(candidates, mayHoldBack: true)
            let isHeldBack = admissions.contains { admission in
                if case .holdBack = admission { true } else { false }
            }
            if isHeldBack { state.withLock { $0.totals.heldBack += 1 } }
            return isHeldBack ? .heldBack : .accepted
        } catch {
            state.withLock { $0.lastError = "\(error)" }
            throw .unavailable(reason: "\(error)")
        }
    }

    /// Accepts a trigger by hand for one workflow, whatever its own trigger is.
    ///
    /// - Returns: The event's id. If the same data was given for the workflow before, it is that event's, and
    ///   nothing new happens.
    /// - Throws: `DispatcherError.unknownWorkflow`, `.full`, `.tooLarge` or `.database`.
    public func submit(
        serviceID: String,
        workflowID: String,
        data: TriggerData
    ) throws(DispatcherError) -> EventID {
        let index = state.withLock { $0.index }
        let audience = TriggerOccurrence.Audience.workflow(
            serviceID: serviceID,
            workflowID: workflowID
        )
        guard let configuration = index.audience(audience).first else {
            throw .unknownWorkflow(service: serviceID, workflow: workflowID)
        }
        let eventID = identify(configuration, data)
        let occurrence = TriggerOccurrence(audience, data, name: [eventID.bytes])
        let candidate = candidate(configuration, occurrence)
        guard candidate.action.count <= limits.actionBytesMax else {
            throw .tooLarge(byteCount: candidate.action.count, limit: limits.actionBytesMax)
        }
        let admissions = try admit([candidate], mayHoldBack: true)
        switch admissions[0] {
        case .accept, .duplicate: return eventID
        case .holdBack, .refuse: throw .full(service: serviceID)
        }
    }

    private func candidate(
        _ configuration: TriggerConfiguration,
        _ occurrence: TriggerOccurrence
    ) -> WorkStore.Candidate {
        // The identity has 32 bytes and the service's id a fixed length, so nothing can be read in two ways.
        let name =
            occurrence.identity + Array(configuration.serviceID.utf8)
            + [0] + Array(configuration.workflowID.utf8)
        return WorkStore.Candidate(
            eventID: identify(configuration, occurrence.data),
            identity: SHA256.hash(of: name).bytes,
            service: configuration.serviceID,
            action: TriggerCoding.encode(
                TriggerAction(configuration: configuration, data: occurrence.data)
            )
        )
    }

    /// Writes what there is room for and lets the workers have it.
    private func admit(
        _ candidates: [WorkStore.Candidate],
        mayHoldBack: Bool
    ) throws(DispatcherError) -> [WorkStore.Admission] {
        try intake.withLock { _ throws(DispatcherError) in
            let now = clock.monotonicNanoseconds()
            var added: [String: Int] = [:]
            var addedCount = 0
            let admissions = try store.add(candidates, time: clock.wallNanoseconds()) {
                candidate in
                let admission = room(for: candidate, added, addedCount, now)
                if case .accept = admission {
                    added[candidate.service, default: 0] += 1
                    addedCount += 1
                }
                return admission
            }
            state.withLock { state in
                for (candidate, admission) in zip(candidates, admissions) {
                    Self.count(admission, candidate, &state)
                }
            }
            for (candidate, admission) in zip(candidates, admissions) {
                note(admission, candidate)
            }
            if addedCount > 0 { wakeWorkers() }
            return admissions
        }
    }

    private static func count(
        _ admission: WorkStore.Admission,
        _ candidate: WorkStore.Candidate,
        _ state: inout State
    ) {
        switch admission {
        case .accept:
            state.totals.accepted += 1
            state.runs.push(
                FairQueue.Entry(eventID: candidate.eventID, service: candidate.service)
            )
        case .duplicate: state.totals.duplicates += 1
        case .refuse: state.refusals[candidate.service, default: 0] += 1
        case .holdBack: break
        }
    }

    private func note(_ admission: WorkStore.Admission, _ candidate: WorkStore.Candidate) {
        switch admission {
        case .accept: journal.note(candidate.eventID, .accepted, "")
        case .duplicate: journal.note(candidate.eventID, .duplicate, "")
        case .refuse(let reason): journal.note(candidate.eventID, .refused, reason)
        // It is not an event yet: it comes again.
        case .holdBack: break
        }
    }

    /// Whether there is room for one more event of a service, and what to do if not.
    private func room(
        for candidate: WorkStore.Candidate,
        _ added: [String: Int],
        _ addedCount: Int,
        _ now: UInt64
    ) -> WorkStore.Admission {
        let service = candidate.service
        guard candidate.action.count <= limits.actionBytesMax else {
            return .refuse(reason: "its data has more than \(limits.actionBytesMax) bytes")
        }
        return state.withLock { state in
            let count =
                state.runs.count(of: service) + state.deliveries.count(of: service)
                + added[service, default: 0]
            if count * 2 <= limits.serviceWaitingCountMax {
                state.overloaded.remove(service)
            }
            if state.overloaded.contains(service) {
                return .refuse(reason: "the service has had too much work for too long")
            }
            guard count < limits.serviceWaitingCountMax else {
                let since = state.fullSince[service] ?? now
                state.fullSince[service] = since
                guard now &- since >= limits.holdBackNanoseconds else { return .holdBack }
                state.overloaded.insert(service)
                state.fullSince[service] = nil
                return .refuse(reason: "the service has had too much work for too long")
            }
            if count * 2 <= limits.serviceWaitingCountMax { state.fullSince[service] = nil }
            let total = state.runs.count + state.deliveries.count + addedCount
            return total < limits.waitingCountMax ? .accept : .holdBack
        }
    }
}
