import ComponentHost
import Cryptography
import Dispatcher
import Foundation
import Glibc
import Platform
import SeededRandomness
import Synchronization
import Testing
import TestSupport
import Triggers

/// A sink that writes a line for each result to a file and kills the process after some.
private final class KillingSink: ResultSink {
    private let file: Int32
    private let left: Mutex<Int>

    init(_ path: String, killAfter count: Int) {
        file = unsafe open(path, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        left = Mutex(count)
    }

    func take(_ work: WorkItem, _ responses: [WasmResponse]) throws(ResultFault) {
        let line = Array("\(work.eventID) \(Hex.encode(responses[0].payload))\n".utf8)
        let count = unsafe write(file, line, line.count)
        precondition(count == line.count && fdatasync(file) == 0)
        let isLast = left.withLock { left in
            left -= 1
            return left == 0
        }
        // The result is written, and that it was taken is not: the worst moment.
        if isLast { kill(getpid(), SIGKILL) }
    }
}

@Suite("a dispatcher that is killed") struct KilledDispatcherTests {
    /// The result of a run is different each time, so that a second run would be noticed.
    private static func engine(killAt count: Int) -> RecordingEngine {
        let left = Mutex(count)
        return RecordingEngine { _ in
            let isLast = left.withLock { left in
                left -= 1
                return left == 0
            }
            if isLast { kill(getpid(), SIGKILL) }
            return .finished([WasmResponse(payload: SystemRandom.bytes(8))])
        }
    }

    static let eventCount = 60

    /// What the process does that is killed: hands over all events as a source without a cursor does.
    static func live(_ path: String, seed: UInt64) throws {
        var random = RandomSource(seed: seed)
        let inEngine = random.chance(50)
        let count = 1 + random.below(12)
        let dispatcher = try Dispatcher(
            path: path + "/work.db",
            engine: engine(killAt: inEngine ? count : .max),
            sink: KillingSink(path + "/results", killAfter: inEngine ? .max : count),
            journal: RecordingJournal(),
            identify: Samples.identify
        )
        try dispatcher.replaceServices((1...3).map { Samples.service($0, [Samples.cron(1)]) })
        for number in 0..<eventCount {
            _ = try dispatcher.accept([Samples.occurrence(Samples.cron(1), number)])
        }
        try eventuallyDone(dispatcher)
        dispatcher.stop()
    }

    private static func eventuallyDone(_ dispatcher: Dispatcher) throws {
        eventually("all is handed on") {
            dispatcher.health.waiting == 0 && dispatcher.health.undelivered == 0
        }
    }

    @Test("loses nothing and answers nothing twice", arguments: [1, 2] as [UInt64])
    func killed(seed: UInt64) async throws {
        let place = try TemporaryDirectory()
        for round in 0..<5 as Range<UInt64> {
            await #expect(processExitsWith: .signal(SIGKILL)) {
                [path = place.path as String, seed = seed * 1_000 + round as UInt64] in
                try KilledDispatcherTests.live(path, seed: seed)
            }
        }
        let dispatcher = try Dispatcher.make(
            place,
            engine: Self.engine(killAt: .max),
            sink: KillingSink(place.path + "/results", killAfter: .max)
        )
        try dispatcher.replaceServices((1...3).map { Samples.service($0, [Samples.cron(1)]) })
        for number in 0..<Self.eventCount {
            _ = try dispatcher.accept([Samples.occurrence(Samples.cron(1), number)])
        }
        try Self.eventuallyDone(dispatcher)
        dispatcher.stop()
        let text = try String(contentsOfFile: place.path + "/results", encoding: .utf8)
        let lines = text.split(separator: "\n").map(String.init)
        // A line may come again, whole: downstream passes it over. Another result of the same event may not.
        let different = Set(lines)
        #expect(different.count == 3 * Self.eventCount)
        #expect(Set(different.map { $0.prefix(40) }).count == 3 * Self.eventCount)
        #expect(lines.count <= 3 * Self.eventCount + 5)
    }
}
