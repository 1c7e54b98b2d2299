import Cryptography
import Journal
import Platform
import Primitives
import Sequencer
import Synchronization
import Venue

/// Measures how long commands take from the moment they are due until they are durable.
///
/// Open loop: each command has its moment, whatever became of those before it, so that a stall is paid for by
/// all commands that it holds up.
enum JournalBench {
    struct Result {
        var commands: UInt64 = 0
        var offeredPerSecond = 0.0
        var acknowledgedPerSecond = 0.0
        var latencies = Durations()
        var bareSyncs = Durations()
        /// The longest time between two looks of the submitter at what is due, and between two acknowledgements:
        /// they tell whether a stall was the submitter's or the journal's.
        var submitterGapMax: UInt64 = 0
        var acknowledgementGapMax: UInt64 = 0
        var counters: SequencerCounters?
        var warnings: [String] = []
        var stateHash = ""
    }

    /// How long the submitter sleeps when nothing is due; spinning would take the processor from the journal.
    private static let napNanoseconds: UInt64 = 20_000
    /// How long the bare syncs are measured.
    private static let bareNanoseconds: UInt64 = 2_000_000_000

    /// Measures everything.
    ///
    /// - Parameters:
    ///   - flow: What to submit, again and again.
    ///   - rate: How many commands a second.
    ///   - seconds: How long.
    ///   - path: An empty directory for the journal.
    ///   - progress: Is told what is going on.
    /// - Returns: The measurements.
    /// - Throws: `environment` when the journal fails.
    static func run(
        _ flow: [FlowCommand],
        rate: Int,
        seconds: Int,
        path: String,
        progress: (String) -> Void
    ) throws(ConsoleError) -> Result {
        var result = Result()
        progress("bare syncs of as many bytes")
        result.bareSyncs = try bareSyncs(path, rate: rate, seconds: seconds)
        let directory = try Console.platform { () throws(PlatformError) in
            try LinuxDirectory.open(path)
        }
        let count = UInt64(rate) * UInt64(seconds)
        let sink = LatencySink(count: count, rate: rate)
        let sequencer = try Console.journal { () throws(JournalError) in
            try Sequencer(directory, sink: sink) { warning in sink.note(warning) }
        }
        let setUp = FlowSession.setUp()
        for command in setUp { try submit(command, LatencySink.unmeasured, .zero, sequencer) }
        while sequencer.durableSequence < UInt64(setUp.count), sequencer.fault == nil {
            PlatformThread.nap(nanoseconds: 1_000_000)
        }
        progress("\(rate.grouped) commands a second for \(seconds) s")
        let clock = LinuxClock()
        PlatformThread.requestPreciseNaps()
        let start = clock.monotonicNanoseconds()
        sink.start(at: start)
        var next: UInt64 = 0
        var lastElapsed: UInt64 = 0
        while next < count {
            let elapsed = clock.monotonicNanoseconds() - start
            result.submitterGapMax = max(result.submitterGapMax, elapsed - lastElapsed)
            lastElapsed = elapsed
            let due = min(count, elapsed * UInt64(rate) / 1_000_000_000 + 1)
            while next < due {
                try submit(repeated(flow, next), next, .zero, sequencer)
                next += 1
            }
            PlatformThread.nap(nanoseconds: napNanoseconds)
        }
        let offered = clock.monotonicNanoseconds() - start
        guard var venue = sequencer.finish() else {
            throw .disagreement("the sequencer ended without a venue")
        }
        if let fault = sequencer.fault {
            try Console.journal { () throws(JournalError) in throw fault }
        }
        let measured = sink.measured
        if measured.latencies.count != Int(count) {
            throw .disagreement(
                "\(measured.latencies.count) of \(count) commands were acknowledged"
            )
        }
        result.commands = count
        result.offeredPerSecond = Double(count) / (Double(offered) / 1e9)
        result.acknowledgedPerSecond = Double(count) / (Double(measured.end - start) / 1e9)
        result.latencies = measured.latencies
        result.acknowledgementGapMax = measured.gapMax
        result.warnings = measured.warnings
        result.counters = sequencer.counters
        result.stateHash = venue.stateHash().hex
        return result
    }

    /// The command number `index` of a flow that starts again at its end, with other client ids each time.
    private static func repeated(_ flow: [FlowCommand], _ index: UInt64) -> Command {
        let (pass, place) = index.quotientAndRemainder(dividingBy: UInt64(flow.count))
        var row = flow[Int(place)]
        // A multiple of the number of accounts, so that orders keep their owners.
        row.order &+= pass &* (1 << 40)
        return FlowSession.command(for: row)
    }

    private static func submit(
        _ command: Command,
        _ tag: UInt64,
        _ time: Timestamp,
        _ sequencer: Sequencer
    ) throws(ConsoleError) {
        while true {
            switch sequencer.submit(command, tag: tag, time: time) {
            case .accepted: return
            case .busy: PlatformThread.nap(nanoseconds: napNanoseconds)
            case .stopped: throw .disagreement("the sequencer stopped")
            case .failed(let error):
                try Console.journal { () throws(JournalError) in throw error }
            }
        }
    }

    /// How long `pwrite` and `fdatasync` take alone, each time with what would have gathered at that rate
    /// during the last one, on a file that was written before, as the journal's are.
    private static func bareSyncs(
        _ path: String,
        rate: Int,
        seconds: Int
    ) throws(ConsoleError) -> Durations {
        let bytesPerCommand: UInt64 = 80
        let fileBytes = 64 << 20
        let name = "bare-syncs"
        let measured = Mutex(Durations())
        let fault = Mutex<PlatformError?>(nil)
        let duration = min(bareNanoseconds, UInt64(seconds) * 1_000_000_000)
        try Console.platform { () throws(PlatformError) in
            let directory = try LinuxDirectory.open(path)
            let file = try directory.create(name)
            let zeros = [UInt8](repeating: 0, count: 1 << 20)
            for start in stride(from: 0, to: fileBytes, by: zeros.count) {
                try write(zeros, zeros.count, to: file, at: UInt64(start))
            }
            try file.syncData()
            let thread = try PlatformThread.start(name: "bare syncs") {
                _ = PlatformThread.requestRealTime(priority: 10)
                do throws(PlatformError) {
                    let clock = LinuxClock()
                    let data = [UInt8](repeating: 0x5A, count: 1 << 20)
                    let end = clock.monotonicNanoseconds() + duration
                    var last: UInt64 = 100_000
                    var offset = 0
                    while clock.monotonicNanoseconds() < end {
                        let gathered = last * UInt64(rate) / 1_000_000_000 * bytesPerCommand
                        let size = min(max((Int(gathered) + 511) & ~511, 512), data.count)
                        if offset + size > fileBytes { offset = 0 }
                        let start = clock.monotonicNanoseconds()
                        try write(data, size, to: file, at: UInt64(offset))
                        try file.syncData()
                        last = clock.monotonicNanoseconds() - start
                        offset += size
                        measured.withLock { $0.add(last) }
                    }
                } catch {
                    fault.withLock { $0 = error }
                }
            }
            thread.join()
            try directory.remove(name)
            if let error = fault.withLock({ $0 }) { throw error }
        }
        return measured.withLock { $0 }
    }

    private static func write(
        _ bytes: [UInt8],
        _ count: Int,
        to file: any StorageFile,
        at offset: UInt64
    ) throws(PlatformError) {
        try unsafe bytes.withUnsafeBufferPointer { buffer throws(PlatformError) in
            try unsafe file.write(
                UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: buffer[..<count])),
                at: offset
            )
        }
    }
}

/// Notes how long after its moment each command became durable.
private final class LatencySink: ReplySink {
    /// The tag of commands that are not measured.
    static let unmeasured = UInt64.max - 1

    struct Measured {
        var latencies: Durations
        var start: UInt64 = 0
        /// When the last command was acknowledged.
        var end: UInt64 = 0
        var gapMax: UInt64 = 0
        var warnings: [String] = []
    }

    private let state: Mutex<Measured>
    private let rate: UInt64
    private let clock = LinuxClock()

    init(count: UInt64, rate: Int) {
        state = Mutex(Measured(latencies: Durations(capacity: Int(count))))
        self.rate = UInt64(rate)
    }

    var measured: Measured { state.withLock { $0 } }

    func start(at time: UInt64) { state.withLock { $0.start = time } }

    func note(_ warning: SequencerWarning) {
        state.withLock { $0.warnings.append(warning.description) }
    }

    func deliver(_ batch: borrowing DurableBatch) {
        let now = clock.monotonicNanoseconds()
        state.withLock { state in
            if state.end > 0 { state.gapMax = max(state.gapMax, now - state.end) }
            for index in 0..<batch.count {
                let tag = batch.replies[index].tag
                if tag >= Self.unmeasured { continue }
                state.latencies.add(now - state.start - tag * 1_000_000_000 / rate)
                state.end = now
            }
        }
    }

    func stopped(_ reason: JournalError) {}
}
