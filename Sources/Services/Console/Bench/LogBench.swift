import Cryptography
import Encoding
import KeyStore
import LogStore
import MerkleLog
import Platform
import Synchronization

/// Measures how long entries take from the moment they are due until a signed checkpoint covers them.
///
/// Open loop: each entry has its moment, whatever became of those before it, so that a stall is paid for by all
/// entries that it holds up.
enum LogBench {
    struct Result {
        var entries: UInt64 = 0
        var entryBytes = 0
        var entriesPerSecond = 0.0
        var latencies = Durations()
        /// One `pwrite` and `fdatasync` of the bytes of a batch, over bytes that were there.
        var bareSyncs = Durations()
        /// The same into a new file, with its renaming and the `fsync` of its directory.
        var bareFiles = Durations()
        var counters = GroupCommitLog.Counters()
        var root = ""
        /// The key that signed the checkpoints.
        var verifierKey = ""
    }

    static let entryBytes = 700
    /// How long the submitter sleeps when nothing is due.
    private static let napNanoseconds: UInt64 = 200_000
    /// How long each kind of bare sync is measured for each second of the run.
    private static let bareNanoseconds: UInt64 = 100_000_000

    /// Measures everything.
    ///
    /// - Parameters:
    ///   - rate: How many entries a second.
    ///   - seconds: How long.
    ///   - path: An empty directory for the log.
    ///   - progress: Is told what is going on.
    /// - Returns: The measurements.
    /// - Throws: `environment` when the log fails, `disagreement` when it is not what was appended.
    static func run(
        rate: Int,
        seconds: Int,
        path: String,
        progress: (String) -> Void
    ) throws(ConsoleError) -> Result {
        var result = Result()
        progress("bare syncs of as many bytes")
        try measureBareSyncs(path, rate: rate, seconds: seconds, &result)
        let directory = try Console.platform { () throws(PlatformError) in
            try LinuxDirectory.open(path)
        }
        let (format, verifierKey) = try Self.format()
        result.verifierKey = verifierKey
        let log = try Console.log { () throws(LogStoreError) in
            try GroupCommitLog(try LogWriter.open(directory, format: format))
        }
        progress("\(rate.grouped) entries a second for \(seconds) s")
        let latencies = LatencyNotes(count: rate * seconds)
        let fault = submit(rate: rate, seconds: seconds, to: log, latencies)
        if let stopped = log.finish() ?? fault {
            try Console.log { () throws(LogStoreError) in throw stopped }
        }
        let measured = latencies.state.withLock { $0 }
        guard measured.latencies.count == rate * seconds else {
            throw .disagreement(
                "\(measured.latencies.count) of \(rate * seconds) entries were answered"
            )
        }
        result.entries = UInt64(rate * seconds)
        result.entryBytes = entryBytes
        result.entriesPerSecond = Double(rate * seconds) / (Double(measured.duration) / 1e9)
        result.latencies = measured.latencies
        result.counters = log.counters
        try check(directory, format, &result)
        return result
    }

    /// Signed notes, by a key that is made for this run.
    private static func format() throws(ConsoleError) -> (CheckpointFormat, key: String) {
        let origin: Text = "example.com/bench"
        let box = SigningKeyBox(SigningKey.generate())
        let key: NoteVerifierKey
        do throws(NoteError) {
            key = try NoteVerifierKey(name: origin, ed25519: box.key.publicKey)
        } catch {
            throw .disagreement(error.description)
        }
        let signer = CheckpointSigner(key: key) { text throws(LogStoreError) in box.key.sign(text) }
        let format = CheckpointFormat(
            origin: origin,
            signers: [signer],
            verifier: NativeEd25519.verifier
        )
        return (format, key.vkey.string)
    }

    private final class SigningKeyBox: Sendable {
        let key: SigningKey
        init(_ key: consuming SigningKey) { self.key = key }
    }

    /// Appends each entry when it is due; why the log stopped, if it did.
    private static func submit(
        rate: Int,
        seconds: Int,
        to log: GroupCommitLog,
        _ latencies: LatencyNotes
    ) -> LogStoreError? {
        let clock = LinuxClock()
        PlatformThread.requestPreciseNaps()
        let count = UInt64(rate) * UInt64(seconds)
        let start = clock.monotonicNanoseconds()
        latencies.start(at: start)
        var next: UInt64 = 0
        while next < count {
            let elapsed = clock.monotonicNanoseconds() - start
            let due = min(count, elapsed * UInt64(rate) / 1_000_000_000 + 1)
            while next < due {
                let moment = next * 1_000_000_000 / UInt64(rate)
                let admission = log.append(entry(next)) { result in
                    if case .success = result { latencies.note(moment) }
                }
                switch admission {
                case .accepted: next += 1
                case .busy: PlatformThread.nap(nanoseconds: napNanoseconds)
                case .stopped(let fault): return fault ?? .closed
                }
            }
            PlatformThread.nap(nanoseconds: napNanoseconds)
        }
        return nil
    }

    /// An entry that differs from all others, with the keys that a trade has.
    private static func entry(_ index: UInt64) -> LogEntry {
        var generator = SplitMix64(seed: index)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(entryBytes + 8)
        while bytes.count < entryBytes {
            var word = generator.next()
            for _ in 0..<8 {
                bytes.append(UInt8(truncatingIfNeeded: word))
                word >>= 8
            }
        }
        bytes.removeLast(bytes.count - entryBytes)
        let subject = SHA256.hash(of: Array(bytes.prefix(32)))
        return LogEntry(bytes, keys: [.number(.trades, index + 1), .subject(subject)])
    }

    /// Checks that what was measured is a whole log.
    private static func check(
        _ directory: LinuxDirectory,
        _ format: CheckpointFormat,
        _ result: inout Result
    ) throws(ConsoleError) {
        let count = result.entries
        result.root = try Console.log { () throws(LogStoreError) in
            let reader = try LogReader(directory: directory, reading: format.read)
            for index in [0, count / 2, count - 1] {
                guard try reader.entry(at: index) == entry(index).bytes,
                    try reader.leaf(of: .number(.trades, index + 1)) == index
                else { throw .damaged(file: "tile/entries", .entry(index: index)) }
            }
            return reader.head.root.hex
        }
    }

    private static func measureBareSyncs(
        _ path: String,
        rate: Int,
        seconds: Int,
        _ result: inout Result
    ) throws(ConsoleError) {
        let bytes = max(rate / 40, 1) * entryBytes
        let duration = bareNanoseconds * UInt64(min(seconds, 10))
        let measured = Mutex((syncs: Durations(), files: Durations()))
        let fault = Mutex<PlatformError?>(nil)
        try Console.platform { () throws(PlatformError) in
            let directory = try LinuxDirectory.open(path)
            let thread = try PlatformThread.start(name: "bare syncs") {
                // As the threads of the log.
                _ = PlatformThread.requestRealTime(priority: 1)
                do throws(PlatformError) {
                    let result = try bareSyncs(directory, bytes: bytes, for: duration)
                    measured.withLock { $0 = result }
                } catch {
                    fault.withLock { $0 = error }
                }
            }
            thread.join()
            if let error = fault.withLock({ $0 }) { throw error }
        }
        (result.bareSyncs, result.bareFiles) = measured.withLock { $0 }
    }

    private static func bareSyncs(
        _ directory: LinuxDirectory,
        bytes count: Int,
        for duration: UInt64
    ) throws(PlatformError) -> (syncs: Durations, files: Durations) {
        let data = [UInt8](repeating: 0x5a, count: count)
        let clock = LinuxClock()
        var syncs = Durations()
        var files = Durations()
        func write(_ file: any StorageFile) throws(PlatformError) {
            let span = data.span
            try unsafe span.withUnsafeBytes { bytes throws(PlatformError) in
                try unsafe file.write(bytes, at: 0)
            }
            try file.syncData()
        }
        let file = try directory.create("bare-syncs")
        try write(file)
        var end = clock.monotonicNanoseconds() + duration
        while clock.monotonicNanoseconds() < end {
            let start = clock.monotonicNanoseconds()
            try write(file)
            syncs.add(clock.monotonicNanoseconds() - start)
        }
        end = clock.monotonicNanoseconds() + duration
        while clock.monotonicNanoseconds() < end {
            let start = clock.monotonicNanoseconds()
            try write(try directory.create("bare-file.new"))
            try directory.rename("bare-file.new", to: "bare-file")
            try directory.sync()
            files.add(clock.monotonicNanoseconds() - start)
        }
        try directory.remove("bare-file")
        try directory.remove("bare-syncs")
        return (syncs, files)
    }
}

/// Notes how long after its moment each entry was covered by a signed checkpoint.
private final class LatencyNotes: Sendable {
    struct State {
        var latencies: Durations
        var start: UInt64 = 0
        /// From the start to the last answer.
        var duration: UInt64 = 0
    }

    let state: Mutex<State>
    private let clock = LinuxClock()

    init(count: Int) { state = Mutex(State(latencies: Durations(capacity: count))) }

    func start(at time: UInt64) { state.withLock { $0.start = time } }

    func note(_ moment: UInt64) {
        let now = clock.monotonicNanoseconds()
        state.withLock { state in
            state.duration = now - state.start
            state.latencies.add(state.duration - moment)
        }
    }
}
