extension Component {
    /// What a call of an operator's component gave, and what it took.
    public struct Report: Equatable, Sendable {
        /// The responses.
        public var responses: [WasmResponse]
        /// Units of fuel; the same in every deterministic run.
        public var fuelUsed: UInt64
    }

    /// Runs an operator's component (`run` of `wavs:operator`) in a new instance.
    ///
    /// - Parameters:
    ///   - action: What happened.
    ///   - context: What the program may see and do.
    ///   - limits: What it may use; never more than the engine's maxima.
    /// - Returns: Its responses; several have different salts.
    /// - Throws: `guest` when the program says it failed; what ended it otherwise.
    public func run(
        _ action: TriggerAction,
        _ context: HostContext,
        _ limits: CallLimits
    ) throws(ComponentError) -> [WasmResponse] {
        try report(action, context, limits).responses
    }

    /// As `run`, with what it took.
    ///
    /// - Parameters:
    ///   - action: What happened.
    ///   - context: What the program may see and do.
    ///   - limits: What it may use; never more than the engine's maxima.
    /// - Returns: The responses and the fuel.
    /// - Throws: As `run`.
    public func report(
        _ action: TriggerAction,
        _ context: HostContext,
        _ limits: CallLimits
    ) throws(ComponentError) -> Report {
        let outcome = try call(.run, [action.value], context, limits)
        let responses = try WasmResponse.list(Self.success(outcome.value))
        return Report(responses: responses, fuelUsed: outcome.fuelUsed)
    }

    /// Asks an aggregator's component what to do with an operator's response (`process-input`).
    ///
    /// - Parameters:
    ///   - input: What the operators worked on, and what they found.
    ///   - context: What the program may see and do.
    ///   - limits: What it may use; never more than the engine's maxima.
    /// - Returns: What it wants done, in order.
    /// - Throws: `guest` when the program says it failed; what ended it otherwise.
    public func processInput(
        _ input: AggregatorInput,
        _ context: HostContext,
        _ limits: CallLimits
    ) throws(ComponentError) -> [AggregatorAction] {
        let outcome = try call(.processInput, [input.value], context, limits)
        return try AggregatorAction.list(Self.success(outcome.value))
    }

    /// Tells an aggregator's component that a time it asked for is over (`handle-timer-callback`).
    ///
    /// - Parameters:
    ///   - input: What the operators worked on, and what they found.
    ///   - context: What the program may see and do.
    ///   - limits: What it may use; never more than the engine's maxima.
    /// - Returns: What it wants done, in order.
    /// - Throws: As `processInput`.
    public func handleTimerCallback(
        _ input: AggregatorInput,
        _ context: HostContext,
        _ limits: CallLimits
    ) throws(ComponentError) -> [AggregatorAction] {
        let outcome = try call(.handleTimerCallback, [input.value], context, limits)
        return try AggregatorAction.list(Self.success(outcome.value))
    }

    /// Tells an aggregator's component how a submission ended (`handle-submit-callback`).
    ///
    /// - Parameters:
    ///   - input: What the operators worked on, and what they found.
    ///   - result: How it ended.
    ///   - context: What the program may see and do.
    ///   - limits: What it may use; never more than the engine's maxima.
    /// - Throws: As `processInput`.
    public func handleSubmitCallback(
        _ input: AggregatorInput,
        _ result: SubmissionResult,
        _ context: HostContext,
        _ limits: CallLimits
    ) throws(ComponentError) {
        let outcome = try call(
            .handleSubmitCallback,
            [input.value, result.value],
            context,
            limits
        )
        _ = try Self.success(outcome.value)
    }

    /// What a result holds; the program's own error is thrown.
    private static func success(_ value: WITValue?) throws(ComponentError) -> WITValue? {
        switch value {
        case .success(let value): return value
        case .failure(.string(let text)): throw .guest(Fault.line(Fault.cut(text)))
        default: throw .badOutput("no result")
        }
    }
}
