public import EventBus
public import Follower
public import Journal
public import Platform
internal import Synchronization
public import Venue

/// What is published for a record of the journal.
public protocol EventFormat: Sendable {
    /// The messages of one record, in order; the same whenever they are made.
    func messages(
        _ record: JournalRecord,
        _ events: borrowing EventBuffer
    ) -> [EventMessage]
}

/// Publishes what the journal says on an event bus: at least once, and in order.
///
/// A `Follower` moves it. When the bus is away, it waits and the venue goes on. How far it is, is in a file that is
/// replaced now and then: after a crash some messages are published again, which the buses or their consumers drop by
/// the identifiers.
public final class Outbox: Projection {
    private struct State {
        var messages: [EventMessage] = []
        var sequence: UInt64 = 0
        var stored: UInt64 = 0
        var storedTime: UInt64 = 0
        var publishedCount: UInt64 = 0
    }

    /// The name of the file in the outbox's directory.
    private static let fileName = "cursor"
    /// How long the file may be behind.
    private static let storeNanoseconds: UInt64 = 100_000_000

    /// The last command that was published when the outbox was made.
    public let cursor: UInt64
    private let directory: any StorageDirectory
    private let bus: any EventBus
    private let format: any EventFormat
    private let clock: any Clock
    private let state: Mutex<State>

    /// Opens an outbox, or begins one with the first command of the journal.
    ///
    /// - Parameters:
    ///   - directory: Its own directory.
    ///   - bus: Where to publish.
    ///   - format: What to publish.
    ///   - clock: Says when to store how far it is.
    /// - Throws: `FollowerError.failed` when the directory cannot be read, or its file is none.
    public init(
        _ directory: any StorageDirectory,
        bus: any EventBus,
        format: any EventFormat,
        clock: any Clock = LinuxClock()
    ) throws(FollowerError) {
        let cursor = try Self.read(directory)
        self.cursor = cursor
        self.directory = directory
        self.bus = bus
        self.format = format
        self.clock = clock
        state = Mutex(State(sequence: cursor, stored: cursor))
    }

    /// How many messages were published since it was opened.
    public var publishedCount: UInt64 { state.withLock { $0.publishedCount } }

    /// Gathers the messages of a record.
    public func take(
        _ record: JournalRecord,
        _ events: borrowing EventBuffer,
        _ venue: inout Venue
    ) {
        let messages = format.messages(record, events)
        state.withLock { state in
            state.messages += messages
            state.sequence = record.sequence
        }
    }

    /// Publishes what was gathered.
    public func flush(_ venue: inout Venue) throws(FollowerError) {
        let (messages, sequence) = state.withLock { ($0.messages, $0.sequence) }
        do throws(EventBusError) {
            if !messages.isEmpty { try bus.publish(messages) }
        } catch {
            switch error {
            case .unavailable(let reason): throw .unavailable(reason)
            case .failed(let reason): throw .failed(reason)
            }
        }
        let now = clock.monotonicNanoseconds()
        let isDue = state.withLock { state in
            state.messages.removeAll(keepingCapacity: true)
            state.publishedCount += UInt64(messages.count)
            return state.stored < sequence && now - state.storedTime >= Self.storeNanoseconds
        }
        if isDue { try store(sequence, now) }
    }

    /// Stores how far it is, and closes the bus; to be called after the follower was stopped.
    ///
    /// - Throws: `FollowerError.failed` when that cannot be stored: at the next start more is published again.
    public func close() throws(FollowerError) {
        bus.close()
        let (sequence, stored, hasRest) = state.withLock { state in
            (state.sequence, state.stored, !state.messages.isEmpty)
        }
        // What was gathered and not published is not done.
        if !hasRest, stored < sequence { try store(sequence, clock.monotonicNanoseconds()) }
    }

    private func store(_ sequence: UInt64, _ now: UInt64) throws(FollowerError) {
        do throws(PlatformError) {
            try directory.replace(Self.fileName, with: Array("\(sequence)\n".utf8))
        } catch {
            throw .failed("\(error)")
        }
        state.withLock { state in
            state.stored = sequence
            state.storedTime = now
        }
    }

    private static func read(_ directory: any StorageDirectory) throws(FollowerError) -> UInt64 {
        do throws(PlatformError) {
            let file: any StorageFile
            do throws(PlatformError) {
                file = try directory.open(fileName, readOnly: true)
            } catch {
                guard error.isNotFound else { throw error }
                return 0
            }
            var bytes = [UInt8](repeating: 0, count: 32)
            var span = bytes.mutableSpan
            let count = try unsafe span.withUnsafeMutableBytes { bytes throws(PlatformError) in
                try unsafe file.read(into: bytes, at: 0)
            }
            let text = String(decoding: bytes.prefix(count), as: UTF8.self)
            if text.hasSuffix("\n"), let sequence = UInt64(text.dropLast()) { return sequence }
        } catch {
            throw .failed("\(error)")
        }
        throw .failed(
            "\(directory.path)/\(fileName): it does not say how far the outbox is; remove it to publish everything "
                + "again"
        )
    }
}
