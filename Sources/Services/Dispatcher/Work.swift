public import ComponentHost
internal import Cryptography

/// The id of an event: what makes a service's work on one trigger unique on every operator's node.
///
/// WAVS makes it by RIPEMD-160 from the service, the workflow and the trigger's data.
public struct EventID: Hashable, Sendable {
    /// How many bytes an id has.
    public static let byteCount = 20

    /// The 20 bytes.
    public let bytes: [UInt8]

    /// Makes an id from its bytes; none if there are not 20.
    public init?(bytes: [UInt8]) {
        guard bytes.count == Self.byteCount else { return nil }
        self.bytes = bytes
    }
}

extension EventID: CustomStringConvertible {
    /// The bytes in hexadecimal.
    public var description: String { Hex.encode(bytes) }
}

/// One trigger for one workflow: what a component is run for once.
public struct WorkItem: Equatable, Sendable {
    /// The event's id.
    public let eventID: EventID
    /// Which workflow, and what happened.
    public let action: TriggerAction
    /// When it was accepted: nanoseconds since 1970.
    public let acceptedNanoseconds: UInt64
    /// The number of this attempt, from 1.
    public let attempt: Int

    /// Makes a work item.
    public init(
        eventID: EventID,
        action: TriggerAction,
        acceptedNanoseconds: UInt64,
        attempt: Int
    ) {
        self.eventID = eventID
        self.action = action
        self.acceptedNanoseconds = acceptedNanoseconds
        self.attempt = attempt
    }
}

/// How an attempt ended.
public enum WorkOutcome: Equatable, Sendable {
    /// The component answered.
    case finished([WasmResponse])
    /// The component failed by itself: an error, a trap, a limit. Trying again would give the same.
    case failed(reason: String)
    /// The node could not run it now, such as when the program could not be fetched. It is tried again.
    case unavailable(reason: String)
}

/// Runs components.
public protocol ServiceEngine: Sendable {
    /// Runs a workflow's component for one trigger, on the calling thread.
    ///
    /// It returns within the limits that the service and the node set; several threads call it at once.
    func run(_ work: WorkItem) -> WorkOutcome
}

/// Takes the responses of components.
public protocol ResultSink: Sendable {
    /// Takes the responses to one event, and returns when they are durable.
    ///
    /// After a crash the same responses may come once more, never different ones; whoever takes them passes over an
    /// event that it has. One thread calls it.
    ///
    /// - Throws: `ResultFault.unavailable`; they come again after a pause.
    func take(_ work: WorkItem, _ responses: [WasmResponse]) throws(ResultFault)
}

/// Why responses could not be taken.
public enum ResultFault: Error, Equatable, Sendable {
    /// It may work later; the reason is for people.
    case unavailable(reason: String)
}

extension ResultFault: CustomStringConvertible {
    /// The reason.
    public var description: String {
        switch self {
        case .unavailable(let reason): reason
        }
    }
}

/// What happens to an event in the dispatcher.
public enum EventStage: String, Equatable, Sendable, CaseIterable {
    /// It is on the disk and waits for its turn.
    case accepted
    /// It came again and was passed over.
    case duplicate
    /// There was no room for it.
    case refused
    /// The component was started.
    case started
    /// The node could not run it; it is tried again.
    case retrying
    /// The component answered, and the answer is on the disk.
    case finished
    /// It is over without an answer.
    case failed
    /// The answer was handed on.
    case delivered
}

/// Keeps what happened to each event, for people who ask.
public protocol EventJournal: Sendable {
    /// Notes one step; it must not block, and several threads call it at once.
    func note(_ eventID: EventID, _ stage: EventStage, _ detail: String)
}

/// A service with its id.
public struct RegisteredService: Equatable, Sendable {
    /// The id: 64 hexadecimal digits.
    public let id: String
    /// The service.
    public let service: Service

    /// Makes an entry.
    public init(id: String, service: Service) {
        self.id = id
        self.service = service
    }
}

/// Where an event's work stands.
public enum WorkState: Equatable, Sendable {
    /// It waits or runs; so many attempts could not be made.
    case waiting(failedAttempts: Int)
    /// The component answered, and the answer waits to be handed on.
    case finished
    /// The answer was handed on.
    case delivered
    /// It is over without an answer.
    case failed(reason: String)
}
