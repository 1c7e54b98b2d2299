/// Why a component has no result; the text reaches the node's log.
public struct Failure: Error {
    /// What went wrong, in words.
    public var reason: String

    /// Makes a failure.
    public init(_ reason: String) { self.reason = reason }
}

/// The border of an operator's component (world `wavs-world`).
///
/// A component exports two functions that do nothing but call these two; `Components/Echo` shows how.
public enum OperatorWorld {
    /// Runs a service on what the host wrote, and writes what it answers.
    ///
    /// - Parameters:
    ///   - arguments: Where the trigger's action lies.
    ///   - service: What the component does.
    /// - Returns: Where the result lies until `end` is called.
    @unsafe public static func run(
        _ arguments: UnsafeRawPointer,
        _ service: (TriggerAction) throws(Failure) -> [WasmResponse]
    ) -> UnsafeMutableRawPointer {
        let action = unsafe TriggerAction.lift(arguments)
        return unsafe Answer.lower { () throws(Failure) in try service(action) }
    }

    /// Gives back what one run used; the host calls it when it has read the result.
    @unsafe public static func end() { unsafe BorderMemory.releaseAll() }
}

/// The border of an aggregator's component (world `aggregator-world`); `Components/EchoAggregator` shows how.
public enum AggregatorWorld {
    /// Answers `process-input` and `handle-timer-callback`.
    ///
    /// - Parameters:
    ///   - arguments: Where the input lies.
    ///   - aggregate: What the component does.
    /// - Returns: Where the result lies until `end` is called.
    @unsafe public static func process(
        _ arguments: UnsafeRawPointer,
        _ aggregate: (AggregatorInput) throws(Failure) -> [AggregatorAction]
    ) -> UnsafeMutableRawPointer {
        let input = unsafe AggregatorInput.lift(arguments)
        return unsafe Answer.lower { () throws(Failure) in try aggregate(input) }
    }

    /// Answers `handle-submit-callback`.
    ///
    /// - Parameters:
    ///   - arguments: Where the input lies, and behind it how the submission ended.
    ///   - finish: What the component does.
    /// - Returns: Where the result lies until `end` is called.
    @unsafe public static func submitted(
        _ arguments: UnsafeRawPointer,
        _ finish: (AggregatorInput, SubmissionResult) throws(Failure) -> Void
    ) -> UnsafeMutableRawPointer {
        var fields = unsafe RecordReader(arguments)
        let input = unsafe fields.next(AggregatorInput.self)
        let result = unsafe fields.next(SubmissionResult.self)
        return unsafe Answer.lower { () throws(Failure) in
            try finish(input, result)
            return Nothing()
        }
    }

    /// Gives back what one call used; the host calls it when it has read the result.
    @unsafe public static func end() { unsafe BorderMemory.releaseAll() }
}

/// A result without a value (`result<_, string>`).
private struct Nothing: Lowerable {
    static var layout: Layout { .empty }
    func lower(_ target: UnsafeMutableRawPointer) {}
}

/// Writes `result<Value, string>`: case 0 is the value, case 1 the reason why there is none.
private enum Answer {
    static func lower<Value: Lowerable>(
        _ body: () throws(Failure) -> Value
    ) -> UnsafeMutableRawPointer {
        let payload = Value.layout.or(String.layout)
        let result = unsafe BorderMemory.allocate(payload.variant)
        do throws(Failure) {
            let value = try body()
            unsafe value.lower(result + payload.payloadOffset)
        } catch {
            unsafe UInt8(1).lower(result)
            unsafe error.reason.lower(result + payload.payloadOffset)
        }
        return unsafe result
    }
}
