internal import Platform

/// Why a function of the host does not do what a program asks; it ends the call.
struct HostRefusal: Error {
    let reason: ComponentError

    init(_ text: String) { reason = .refused(text) }

    init(_ reason: ComponentError) { self.reason = reason }
}

/// What the functions of the host know of one call: its rights, its limits, and what it holds.
///
/// One thread uses it, the one that runs the program.
final class CallState {
    /// Bytes of all arguments of one call of the host's functions.
    static let argumentBytesMax = 4 << 20

    let context: HostContext
    let limits: CallLimits
    let isDeterministic: Bool
    var resources = ResourceTable()
    var random = DeterministicRandom()
    /// Why a function of the host ended the call; none while nothing did.
    var failure: ComponentError?

    private let endNanoseconds: UInt64
    private let systemClock = LinuxClock()
    private var logLines = 0
    /// What a program has printed of its current line, on standard output and on standard error.
    private var printed: [[UInt8]] = [[], []]
    /// The monotonic clock of programs that are run deterministically: it moves when they sleep.
    private var virtualNanoseconds: UInt64 = 0
    private var httpRequests = 0
    private var lookups = 0
    private var writtenBytes = 0

    init(_ context: HostContext, _ limits: CallLimits, isDeterministic: Bool) {
        self.context = context
        self.limits = limits
        self.isDeterministic = isDeterministic
        endNanoseconds =
            systemClock.monotonicNanoseconds() &+ UInt64(limits.milliseconds) &* 1_000_000
    }

    /// Nanoseconds until the call must have ended.
    var nanosecondsLeft: UInt64 {
        let now = systemClock.monotonicNanoseconds()
        return endNanoseconds > now ? endNanoseconds - now : 0
    }

    /// Ends the call if its time is over.
    func checkTime() throws(HostRefusal) {
        // Whoever runs a program deterministically gives it so much time that its fuel decides.
        guard nanosecondsLeft > 0 else {
            throw HostRefusal(.deadline(milliseconds: limits.milliseconds))
        }
    }

    /// The time of day that the program sees.
    var wallNanoseconds: UInt64 {
        isDeterministic
            ? context.fixedNanoseconds &+ virtualNanoseconds : context.clock.wallNanoseconds()
    }

    /// The time that the program measures with.
    var monotonicNanoseconds: UInt64 {
        isDeterministic ? virtualNanoseconds : context.clock.monotonicNanoseconds()
    }

    /// Waits until a moment of the program's monotonic clock, or until the call's time is over.
    func sleep(until nanoseconds: UInt64) throws(HostRefusal) {
        let now = monotonicNanoseconds
        guard nanoseconds > now else { return }
        if isDeterministic {
            virtualNanoseconds = nanoseconds
            return
        }
        let left = nanosecondsLeft
        PlatformThread.nap(nanoseconds: min(nanoseconds - now, left))
        guard nanoseconds - now <= left else {
            throw HostRefusal(.deadline(milliseconds: limits.milliseconds))
        }
    }

    /// Bytes that one call may write to files.
    private static let writtenBytesMax = 16 << 20

    /// Counts bytes that are about to be written to files.
    func countWritten(_ count: Int) throws(FileFault) {
        writtenBytes += count
        guard writtenBytes <= Self.writtenBytesMax else { throw FileFault("quota") }
    }

    /// Counts a request over HTTP; false when there were too many.
    func countRequest() -> Bool {
        httpRequests += 1
        return httpRequests <= limits.httpRequestsMax
    }

    /// Names that one call may look up.
    private static let lookupsMax = 32

    /// Counts a name that is looked up; false when there were too many.
    func countLookup() -> Bool {
        lookups += 1
        return lookups <= Self.lookupsMax
    }

    /// Hands a line to the log; lines above the limit are dropped, long ones are cut.
    func log(_ level: LogLevel, _ text: String) {
        logLines += 1
        if logLines > limits.logLinesMax {
            if logLines == limits.logLinesMax + 1 {
                context.log(.warn, "the program logs more than \(limits.logLinesMax) lines")
            }
            return
        }
        var line = text
        if text.utf8.count > limits.logLineBytesMax {
            line = String(decoding: text.utf8.prefix(limits.logLineBytesMax), as: UTF8.self) + "…"
        }
        context.log(level, Fault.line(line))
    }

    /// Takes what a program prints; whole lines go to the log.
    ///
    /// Stream 0 is standard output, 1 is standard error.
    func takePrinted(_ bytes: [UInt8], stream: Int) {
        for byte in bytes {
            if byte == UInt8(ascii: "\n") {
                flushPrinted(stream)
            } else if printed[stream].count < limits.logLineBytesMax {
                printed[stream].append(byte)
            }
        }
    }

    /// Hands what was printed without an end of line to the log.
    func finish() {
        for stream in 0..<2 where !printed[stream].isEmpty { flushPrinted(stream) }
    }

    private func flushPrinted(_ stream: Int) {
        log(stream == 0 ? .info : .warn, String(decoding: printed[stream], as: UTF8.self))
        printed[stream] = []
    }
}

/// Numbers that look random and are the same in every run (splitmix64, Steele and others 2014).
struct DeterministicRandom {
    private var state: UInt64 = 0

    mutating func word() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var word = state
        word = (word ^ (word >> 30)) &* 0xbf58_476d_1ce4_e5b9
        word = (word ^ (word >> 27)) &* 0x94d0_49bb_1331_11eb
        return word ^ (word >> 31)
    }
}
