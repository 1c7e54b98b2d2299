internal import Platform

/// How long calls of a component take, each in a new instance.
public struct CallTiming: Equatable, Sendable {
    /// Microseconds that half of the calls take at most.
    public var medianMicroseconds: Double
    /// Microseconds that 99 of 100 calls take at most.
    public var percentile99Microseconds: Double
    /// How many calls were measured.
    public var calls: Int

    /// Calls a component again and again.
    ///
    /// - Parameters:
    ///   - component: The component, one of `wavs:operator`.
    ///   - action: What it works on.
    ///   - context: What it may see and do.
    ///   - limits: What it may use.
    ///   - calls: How many calls are measured, after a tenth as many that are not; at least 1.
    /// - Returns: The times of the calls.
    /// - Throws: What a call throws.
    /// - Complexity: O(n) calls.
    public static func measure(
        _ component: Component,
        _ action: TriggerAction,
        _ context: HostContext,
        _ limits: CallLimits,
        calls: Int
    ) throws(ComponentError) -> CallTiming {
        precondition(calls > 0)
        let clock = LinuxClock()
        var nanoseconds: [UInt64] = []
        nanoseconds.reserveCapacity(calls)
        for index in 0..<(calls + calls / 10) {
            let start = clock.monotonicNanoseconds()
            _ = try component.run(action, context, limits)
            let end = clock.monotonicNanoseconds()
            if index >= calls / 10 { nanoseconds.append(end - start) }
        }
        nanoseconds.sort()
        func microseconds(_ percent: Int) -> Double {
            Double(nanoseconds[(nanoseconds.count - 1) * percent / 100]) / 1_000
        }
        return CallTiming(
            medianMicroseconds: microseconds(50),
            percentile99Microseconds: microseconds(99),
            calls: calls
        )
    }
}
