/// What one call of a program may use; every limit is finite.
public struct CallLimits: Equatable, Sendable {
    /// Units of fuel, about one for each instruction.
    public var fuel: UInt64
    /// Milliseconds by the wall clock, the time that the host's functions take included.
    public var milliseconds: Int
    /// Bytes of each memory of the program.
    public var memoryBytes: Int
    /// Elements of each table of the program.
    public var tableElements: Int
    /// Bytes of the answer, counted as its texts and lists of bytes; also of each value that is stored.
    public var outputBytesMax: Int
    /// Lines that may be logged.
    public var logLinesMax: Int
    /// Bytes of one logged line; longer ones are cut.
    public var logLineBytesMax: Int
    /// Requests over HTTP.
    public var httpRequestsMax: Int

    /// Makes limits; those left out are what a node gives a service that asks for nothing.
    public init(
        fuel: UInt64 = 1_000_000_000,
        milliseconds: Int = 5_000,
        memoryBytes: Int = 64 << 20,
        tableElements: Int = 20_000,
        outputBytesMax: Int = 1 << 20,
        logLinesMax: Int = 256,
        logLineBytesMax: Int = 4_096,
        httpRequestsMax: Int = 32
    ) {
        precondition(milliseconds > 0)
        precondition(memoryBytes >= 0)
        self.fuel = fuel
        self.milliseconds = milliseconds
        self.memoryBytes = memoryBytes
        self.tableElements = tableElements
        self.outputBytesMax = outputBytesMax
        self.logLinesMax = logLinesMax
        self.logLineBytesMax = logLineBytesMax
        self.httpRequestsMax = httpRequestsMax
    }

    /// The most that a node lets any service have, unless its owner says otherwise.
    public static let nodeMaxima = CallLimits(
        fuel: 20_000_000_000,
        milliseconds: 60_000,
        memoryBytes: 256 << 20,
        tableElements: 100_000,
        outputBytesMax: 2 << 20,
        logLinesMax: 1_024,
        logLineBytesMax: 16_384,
        httpRequestsMax: 256
    )

    /// These limits, none of them above the node's.
    public func capped(by maxima: CallLimits) -> CallLimits {
        CallLimits(
            fuel: min(fuel, maxima.fuel),
            milliseconds: min(milliseconds, maxima.milliseconds),
            memoryBytes: min(memoryBytes, maxima.memoryBytes),
            tableElements: min(tableElements, maxima.tableElements),
            outputBytesMax: min(outputBytesMax, maxima.outputBytesMax),
            logLinesMax: min(logLinesMax, maxima.logLinesMax),
            logLineBytesMax: min(logLineBytesMax, maxima.logLineBytesMax),
            httpRequestsMax: min(httpRequestsMax, maxima.httpRequestsMax)
        )
    }

    /// These limits with what a service asks for, none of them above the node's.
    ///
    /// - Parameters:
    ///   - definition: What the service says about the program.
    ///   - maxima: The node's maxima.
    /// - Returns: What a call of the program may use.
    public func with(_ definition: ComponentDefinition, maxima: CallLimits) -> CallLimits {
        var limits = self
        if let fuel = definition.fuelLimit { limits.fuel = fuel }
        if let seconds = definition.timeLimitSeconds {
            let (product, overflows) = seconds.multipliedReportingOverflow(by: 1_000)
            let milliseconds = overflows ? Int.max : Int(clamping: product)
            limits.milliseconds = max(1, milliseconds)
        }
        return limits.capped(by: maxima)
    }
}
