public import ComponentHost
internal import Database
public import Dispatcher
internal import Platform

/// Signs what components answered, durably, and hands it to the aggregator.
///
/// A node never signs two envelopes for one event: the first that is on the disk stays.
public final class SubmissionManager: ResultSink, Sendable {
    private let database: Database
    private let registry: ServiceRegistry
    private let keys: OperatorKeys
    private let journal: NodeJournal
    private let clock: any Clock
    private let ready: @Sendable (_ chain: String) -> Void

    init(
        database: Database,
        registry: ServiceRegistry,
        keys: OperatorKeys,
        journal: NodeJournal,
        clock: any Clock,
        ready: @escaping @Sendable (_ chain: String) -> Void
    ) {
        self.database = database
        self.registry = registry
        self.keys = keys
        self.journal = journal
        self.clock = clock
        self.ready = ready
    }

    /// Signs the responses to an event and keeps them until they are aggregated.
    public func take(
        _ work: WorkItem,
        _ responses: [WasmResponse]
    ) throws(ResultFault) {
        let configuration = work.action.configuration
        do throws(OperatorError) {
            let entry = try registry.require(configuration.serviceID)
            let workflow = try registry.workflow(
                configuration.serviceID,
                configuration.workflowID
            )
            guard case .aggregator(_, let kind) = workflow.submit else {
                journal.note(work.eventID, stage: "kept", "the workflow submits nothing")
                return
            }
            if responses.isEmpty {
                journal.note(work.eventID, stage: "empty", "the component answered nothing")
                return
            }
            if let reason = Self.fault(responses) {
                journal.note(work.eventID, stage: "refused", reason)
                return
            }
            let key = try keys.key(entry.keyIndex)
            for response in responses {
                let submission = Submission(work.action, response, signedBy: key, kind)
                try keep(submission, work.eventID, entry.service.manager.chain)
            }
            ready(entry.service.manager.chain)
        } catch .unknownService, .unknownWorkflow {
            journal.note(work.eventID, stage: "dropped", "the service was removed meanwhile")
        } catch {
            throw .unavailable(reason: error.description)
        }
    }

    /// Why responses cannot be told apart.
    private static func fault(_ responses: [WasmResponse]) -> String? {
        guard responses.count > 1 else { return nil }
        let salts = responses.compactMap(\.eventIDSalt)
        guard salts.count == responses.count, Set(salts).count == salts.count else {
            return "more than one response, and not each with a salt of its own"
        }
        return nil
    }

    private func keep(
        _ submission: Submission,
        _ work: EventID,
        _ chain: String
    ) throws(OperatorError) {
        let now = Int64(clock.wallNanoseconds() / 1_000_000)
        let count = try OperatorError.wrapping { () throws(DatabaseError) in
            try database.execute(
                """
                INSERT INTO own_submissions
                (event, work, service, chain, submission, made, is_queued, publish_count, publish_at)
                VALUES (?, ?, ?, ?, ?, ?, 0, 0, ?) ON CONFLICT (event) DO NOTHING
                """,
                [
                    .blob(submission.eventID.bytes), .blob(work.bytes),
                    .text(submission.action.configuration.serviceID), .text(chain),
                    .blob(submission.encoded), .integer(now), .integer(now),
                ]
            )
        }
        guard count == 1 else {
            journal.note(submission.eventID, stage: "signed before", "the first signature stays")
            return
        }
        if submission.eventID != work {
            journal.note(work, stage: "response", "continues as event \(submission.eventID)")
            journal.note(submission.eventID, stage: "response", "to the trigger of event \(work)")
        }
        let size = submission.response.payload.count
        journal.note(submission.eventID, stage: "signed", "a response of \(size) bytes")
    }
}
