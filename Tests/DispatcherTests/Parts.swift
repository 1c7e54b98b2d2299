import ComponentHost
import Cryptography
import Dispatcher
import Foundation
import Platform
import Synchronization
import Testing
import TestSupport
import Triggers

extension TemporaryDirectory {
    /// Where the database of a test lies.
    var work: String { path + "/work.db" }
}

/// A clock that only the test moves.
final class HandClock: Clock {
    private let now = Mutex<UInt64>(1_700_000_000_000_000_000)

    func wallNanoseconds() -> UInt64 { now.withLock { $0 } }
    func monotonicNanoseconds() -> UInt64 { now.withLock { $0 } }
    func advance(_ nanoseconds: UInt64) { now.withLock { $0 += nanoseconds } }
}

/// An engine that does what a closure says, and keeps what it ran.
final class RecordingEngine: ServiceEngine {
    private let runs = Mutex<[WorkItem]>([])
    private let body: @Sendable (WorkItem) -> WorkOutcome

    init(_ body: @escaping @Sendable (WorkItem) -> WorkOutcome = RecordingEngine.echo) {
        self.body = body
    }

    var all: [WorkItem] { runs.withLock { $0 } }

    func run(_ work: WorkItem) -> WorkOutcome {
        runs.withLock { $0.append(work) }
        return body(work)
    }

    /// Answers with what it was given.
    @Sendable static func echo(_ work: WorkItem) -> WorkOutcome {
        guard case .raw(let bytes) = work.action.data else { return .failed(reason: "not raw") }
        return .finished([WasmResponse(payload: bytes)])
    }
}

/// A sink that keeps what it was given, and refuses as often as it is told.
final class RecordingSink: ResultSink {
    private struct State {
        var results: [(work: WorkItem, responses: [WasmResponse])] = []
        var refusals = 0
    }

    private let state: Mutex<State>

    init(refusals: Int = 0) { state = Mutex(State(refusals: refusals)) }

    var payloads: [[UInt8]] { state.withLock { $0.results.map { $0.responses[0].payload } } }

    var count: Int { state.withLock { $0.results.count } }

    func take(_ work: WorkItem, _ responses: [WasmResponse]) throws(ResultFault) {
        let isRefused = state.withLock { state in
            if state.refusals > 0 {
                state.refusals -= 1
                return true
            }
            state.results.append((work, responses))
            return false
        }
        if isRefused { throw .unavailable(reason: "full") }
    }
}

/// A journal in memory.
final class RecordingJournal: EventJournal {
    private let notes = Mutex<[(eventID: EventID, stage: EventStage, detail: String)]>([])

    func note(_ eventID: EventID, _ stage: EventStage, _ detail: String) {
        notes.withLock { $0.append((eventID, stage, detail)) }
    }

    func stages(of eventID: EventID) -> [EventStage] {
        notes.withLock { notes in notes.filter { $0.eventID == eventID }.map(\.stage) }
    }

    func count(_ stage: EventStage) -> Int {
        notes.withLock { notes in notes.count { $0.stage == stage } }
    }

    func details(_ stage: EventStage) -> [String] {
        notes.withLock { notes in notes.filter { $0.stage == stage }.map(\.detail) }
    }
}

/// Services, triggers and ids for tests.
enum Samples {
    static func serviceID(_ number: Int) -> String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: 64 - digits.count) + digits
    }

    static func cron(_ minute: Int) -> Trigger {
        .cron(schedule: "\(minute) * * * *", startNanoseconds: nil, endNanoseconds: nil)
    }

    /// A service with a workflow `main` for each trigger: `main`, `main1` and so on.
    static func service(
        _ number: Int,
        _ triggers: [Trigger],
        status: Service.Status = .active
    ) -> RegisteredService {
        let workflows = triggers.enumerated().map { index, trigger in
            Workflow(
                id: index == 0 ? "main" : "main\(index)",
                trigger: trigger,
                component: ComponentDefinition(source: .digest("00")),
                submit: .none
            )
        }
        let manager = Service.Manager.evm(
            chain: "evm:31337",
            address: EVMAddress(bytes: [UInt8](repeating: UInt8(number), count: 20))
        )
        return RegisteredService(
            id: serviceID(number),
            service: Service(
                name: "service \(number)",
                workflows: workflows,
                status: status,
                manager: manager
            )
        )
    }

    @Sendable static func identify(
        _ configuration: TriggerConfiguration,
        _ data: TriggerData
    ) -> EventID {
        let action = TriggerAction(
            configuration: TriggerConfiguration(
                serviceID: configuration.serviceID,
                workflowID: configuration.workflowID,
                trigger: .manual
            ),
            data: data
        )
        let digest = SHA256.hash(of: TriggerCoding.encode(action)).bytes
        guard let eventID = EventID(bytes: Array(digest[..<20])) else {
            preconditionFailure("20 bytes are an id")
        }
        return eventID
    }

    /// The occurrence of a number for everybody who waits for a trigger.
    static func occurrence(_ trigger: Trigger, _ number: Int) -> TriggerOccurrence {
        let bytes = Array("\(number)".utf8)
        return TriggerOccurrence(.watchers(of: trigger), .raw(bytes), name: [bytes])
    }

    static func bytes(_ number: Int) -> [UInt8] { Array("\(number)".utf8) }
}

extension Dispatcher {
    static func make(
        _ place: TemporaryDirectory,
        engine: any ServiceEngine = RecordingEngine(),
        sink: any ResultSink = RecordingSink(),
        journal: any EventJournal = RecordingJournal(),
        limits: DispatcherLimits = DispatcherLimits(),
        clock: any Clock = LinuxClock()
    ) throws -> Dispatcher {
        try Dispatcher(
            path: place.work,
            engine: engine,
            sink: sink,
            journal: journal,
            identify: Samples.identify,
            limits: limits,
            clock: clock
        )
    }
}
