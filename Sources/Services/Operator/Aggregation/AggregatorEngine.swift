public import ComponentHost

/// What an aggregator's component is called for.
public enum AggregatorCall: Equatable, Sendable {
    /// A submission came.
    case input
    /// A timer that the component asked for has ended.
    case timer
    /// A submission to a chain has ended.
    case submitted(SubmissionResult)
}

/// What came of a call.
public enum AggregatorOutcome: Equatable, Sendable {
    /// What the component wants done.
    case actions([AggregatorAction])
    /// The component failed by itself; trying again would give the same.
    case failed(reason: String)
    /// The node could not run it now.
    case unavailable(reason: String)
}

/// Runs the components of aggregators.
public protocol AggregatorEngine: Sendable {
    /// Calls a workflow's aggregator on the calling thread, within the limits of service and node.
    func call(
        _ service: Service,
        _ workflow: Workflow,
        _ input: AggregatorInput,
        _ call: AggregatorCall
    ) -> AggregatorOutcome
}
