internal import ComponentHost
internal import Database
public import Dispatcher
internal import Platform
internal import Synchronization

/// Keeps what happened to each event, and what components logged, for people who ask.
///
/// Noting never waits: a thread writes in batches. When more comes than can be written, the newest lines are dropped
/// and counted; after a crash the last moment may be missing. Nothing depends on it.
public final class NodeJournal: EventJournal, Sendable {
    /// One step of an event.
    public struct Step: Equatable, Sendable {
        /// When: milliseconds since 1970.
        public let milliseconds: Int64
        /// What happened, in one word or a few.
        public let stage: String
        /// Why and how, for people.
        public let detail: String
    }

    /// One line of a component's log.
    public struct Line: Equatable, Sendable {
        /// When: milliseconds since 1970.
        public let milliseconds: Int64
        /// The workflow whose component logged it.
        public let workflow: String
        /// How important it is, as WAVS names it.
        public let level: String
        /// What the component said.
        public let text: String
    }

    private enum Note: Sendable {
        case step(event: [UInt8], time: Int64, stage: String, detail: String)
        case line(service: String, workflow: String, time: Int64, level: LogLevel, text: String)
    }

    private struct Pending {
        var notes: [Note] = []
        var droppedCount = 0
        var mustStop = false
    }

    /// Notes that wait to be written at most.
    private static let pendingCountMax = 8_192
    /// Bytes of a detail or line that are kept.
    private static let textBytesMax = 2_048
    /// Lines that are kept of a service.
    static let lineCountMax: Int64 = 2_000
    /// Steps that are kept of all events together.
    static let stepCountMax: Int64 = 200_000
    /// Steps that are answered of one event.
    private static let stepAnswerMax: Int64 = 500

    private let database: Database
    private let clock: any Clock
    private let pending = Mutex(Pending())
    private let writing = Mutex<Void>(())
    private let signal = Signal()
    private let thread: Mutex<PlatformThread?>

    /// Opens the file and starts the thread.
    init(path: String, clock: any Clock) throws(OperatorError) {
        self.clock = clock
        database = try OperatorError.wrapping { () throws(DatabaseError) in
            try Database(path: path, migrations: OperatorStore.journalMigrations)
        }
        thread = Mutex(nil)
        do throws(PlatformError) {
            let started = try PlatformThread.start(name: "node-journal") { [weak self] in
                while let self, self.writeNext() {}
            }
            thread.withLock { $0 = started }
        } catch {
            throw .system(reason: error.description)
        }
    }

    /// Writes what waits, and stops the thread.
    func stop() {
        pending.withLock { $0.mustStop = true }
        signal.notify()
        let thread = thread.withLock { thread in
            defer { thread = nil }
            return thread
        }
        thread?.join()
    }

    /// How many notes could not be kept.
    var droppedCount: Int { pending.withLock { $0.droppedCount } }

    // MARK: Noting

    /// Notes a step in the dispatcher.
    public func note(_ eventID: EventID, _ stage: EventStage, _ detail: String) {
        note(eventID, stage: stage.rawValue, detail)
    }

    /// Notes any step.
    func note(_ eventID: EventID, stage: String, _ detail: String) {
        let detail = Self.shortened(detail)
        add(.step(event: eventID.bytes, time: now, stage: stage, detail: detail))
    }

    /// Keeps a line of a component's log.
    func log(service: String, workflow: String, _ level: LogLevel, _ text: String) {
        let text = Self.shortened(text)
        add(.line(service: service, workflow: workflow, time: now, level: level, text: text))
    }

    private var now: Int64 { Int64(clock.wallNanoseconds() / 1_000_000) }

    private static func shortened(_ text: String) -> String {
        guard text.utf8.count > textBytesMax else { return text }
        return String(decoding: text.utf8.prefix(textBytesMax), as: UTF8.self) + " …"
    }

    private func add(_ note: Note) {
        pending.withLock { pending in
            if pending.notes.count < Self.pendingCountMax {
                pending.notes.append(note)
            } else {
                pending.droppedCount += 1
            }
        }
        signal.notify()
    }

    // MARK: Writing

    /// Waits for notes and writes them; false when the thread is to end.
    private func writeNext() -> Bool {
        signal.wait(timeoutNanoseconds: 1_000_000_000)
        drain()
        return !pending.withLock { $0.mustStop && $0.notes.isEmpty }
    }

    /// Writes all notes that wait.
    private func drain() {
        writing.withLock { _ in
            let notes = pending.withLock { pending in
                defer { pending.notes = [] }
                return pending.notes
            }
            guard !notes.isEmpty else { return }
            do throws(DatabaseError) {
                try database.transaction { transaction throws(DatabaseError) in
                    for note in notes { try Self.write(note, transaction) }
                    try transaction.execute(
                        "DELETE FROM events WHERE id <= (SELECT max(id) FROM events) - ?",
                        [.integer(Self.stepCountMax)]
                    )
                }
            } catch {
                // A journal that cannot be written is missed, and the node goes on.
                pending.withLock { $0.droppedCount += notes.count }
            }
        }
    }

    private static func write(
        _ note: Note,
        _ transaction: borrowing Transaction
    ) throws(DatabaseError) {
        switch note {
        case .step(let event, let time, let stage, let detail):
            try transaction.execute(
                "INSERT INTO events (event, time, stage, detail) VALUES (?, ?, ?, ?)",
                [.blob(event), .integer(time), .text(stage), .text(detail)]
            )
        case .line(let service, let workflow, let time, let level, let text):
            try transaction.execute(
                """
                INSERT INTO service_logs (service, workflow, time, level, line)
                VALUES (?, ?, ?, ?, ?)
                """,
                [
                    .text(service), .text(workflow), .integer(time),
                    .integer(Int64(level.rawValue)), .text(text),
                ]
            )
            try transaction.execute(
                """
                DELETE FROM service_logs WHERE service = ?1 AND id <= (
                    SELECT id FROM service_logs WHERE service = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2
                )
                """,
                [.text(service), .integer(lineCountMax)]
            )
        }
    }

    // MARK: Asking

    /// What happened to an event, the oldest first.
    func steps(of eventID: EventID) throws(OperatorError) -> [Step] {
        drain()
        return try OperatorError.wrapping { () throws(DatabaseError) in
            var steps: [Step] = []
            let rows = try database.rows(
                "SELECT time, stage, detail FROM events WHERE event = ? ORDER BY id LIMIT ?",
                [.blob(eventID.bytes), .integer(Self.stepAnswerMax)]
            )
            for row in rows {
                steps.append(
                    Step(
                        milliseconds: try row.integer(0),
                        stage: try row.text(1),
                        detail: try row.text(2)
                    )
                )
            }
            return steps
        }
    }

    /// The newest lines of a service's log, the oldest of them first.
    func lines(of service: String, limit: Int) throws(OperatorError) -> [Line] {
        drain()
        return try OperatorError.wrapping { () throws(DatabaseError) in
            var lines: [Line] = []
            let rows = try database.rows(
                """
                SELECT time, workflow, level, line FROM service_logs WHERE service = ?
                ORDER BY id DESC LIMIT ?
                """,
                [.text(service), .integer(Int64(limit))]
            )
            for row in rows.reversed() {
                let level = LogLevel(rawValue: Int(try row.integer(2))) ?? .info
                lines.append(
                    Line(
                        milliseconds: try row.integer(0),
                        workflow: try row.text(1),
                        level: level.name,
                        text: try row.text(3)
                    )
                )
            }
            return lines
        }
    }
}
