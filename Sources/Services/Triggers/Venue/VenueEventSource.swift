internal import ComponentHost

/// Brings events of a venue to workflows, as raw triggers.
///
/// Whoever decodes the venue's messages gives each event a kind and a name that tells it from all others, such as the
/// interval's number or the trade. Which workflows are told of a kind is the node's configuration.
public final class VenueEventSource: Sendable {
    /// A workflow of a service.
    public struct Target: Hashable, Sendable {
        /// The service's id.
        public let serviceID: String
        /// The workflow's id.
        public let workflowID: String

        /// Makes a target.
        public init(serviceID: String, workflowID: String) {
            self.serviceID = serviceID
            self.workflowID = workflowID
        }
    }

    private let name: String
    private let targets: [String: [Target]]
    private let sink: any TriggerSink

    /// Makes a source.
    ///
    /// - Parameters:
    ///   - name: The venue's name.
    ///   - targets: The workflows that are told of each kind of event.
    ///   - sink: Takes the triggers.
    public init(name: String, targets: [String: [Target]], sink: any TriggerSink) {
        self.name = name
        self.targets = targets
        self.sink = sink
    }

    /// Hands an event on, and returns when it is durable; it waits for the disk, so a bus's thread must not call it.
    ///
    /// - Parameters:
    ///   - kind: The kind of event.
    ///   - bytes: What the components get.
    ///   - identity: Tells the event from all others of its kind: handing one over twice has no effect.
    /// - Throws: `TriggerError.heldBack` when there is no room now, and the caller must hand it over again later;
    ///   `.notTaken` when it could not be written.
    public func publish(kind: String, bytes: [UInt8], identity: [UInt8]) throws(TriggerError) {
        let occurrences = (targets[kind] ?? []).map { target in
            TriggerOccurrence(
                .workflow(serviceID: target.serviceID, workflowID: target.workflowID),
                .raw(bytes),
                name: [Array("venue".utf8), Array(name.utf8), Array(kind.utf8), identity]
            )
        }
        if occurrences.isEmpty { return }
        let acceptance: Acceptance
        do throws(SinkFault) { acceptance = try sink.accept(occurrences) } catch {
            throw .notTaken(source: name, reason: "\(error)")
        }
        if acceptance == .heldBack { throw .heldBack(source: name) }
    }
}
