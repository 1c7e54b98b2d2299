public import Journal
public import Platform
internal import Primitives
public import Sequencer
internal import Synchronization
public import Venue

/// The one door from the gateway's threads to the sequencer and back.
///
/// `submit` may be called by any thread and never waits. What became of a command comes back on the gate's own
/// thread once it is durable: the journal's thread only copies it into a list, which is bounded because each
/// command in flight holds one of `inFlightMax` places. When all are taken, or the sequencer's queue is
/// full, a command is refused with `busy`, and that is the backpressure for everybody.
///
/// Tags have their highest bit set, so that other submitters, who use lower ones, are told apart.
public final class CommandGate: ReplySink {
    /// Receives how it ended; on the gate's thread, must not wait.
    public typealias Completion = @Sendable (CommandEnd) -> Void

    private struct Place {
        var completion: Completion?
        /// How often the place was used: part of the tag.
        var turn: UInt32 = 0
    }

    private struct Places {
        var places: [Place] = []
        var free: [UInt32] = []
        var inFlight = 0
    }

    private struct Delivered {
        var replies: [Reply] = []
        var events: [Event] = []
        var hasFailed = false
    }

    /// The highest bit of a tag.
    private static let mark: UInt64 = 1 << 63

    /// Whether a reply with that tag is a gate's, and nobody else's.
    public static func owns(_ tag: UInt64) -> Bool { tag & mark != 0 && tag != Reply.timerTag }

    private let inFlightMax: Int
    private let sequencer = Mutex<Sequencer?>(nil)
    private let places = Mutex(Places())
    private let delivered = Mutex(Delivered())
    private let hasDelivered = Signal()
    private let isStopping = Atomic<Bool>(false)
    private let thread = Mutex<PlatformThread?>(nil)

    /// Makes a gate, to be given to the sequencer as its sink.
    ///
    /// - Parameter inFlightMax: How many commands may wait to become durable; at most 2³¹ − 1.
    /// - Throws: `PlatformError` when there is no thread to be had.
    public init(inFlightMax: Int = 1 << 15) throws(PlatformError) {
        precondition(1...Int(Int32.max) ~= inFlightMax)
        self.inFlightMax = inFlightMax
        let started = try PlatformThread.start(name: "replies") { self.work() }
        thread.withLock { thread in thread = started }
    }

    /// Names the sequencer, once, before the first command.
    public func attach(_ sequencer: Sequencer) {
        self.sequencer.withLock { attached in
            precondition(attached == nil, "a gate leads to one sequencer")
            attached = sequencer
        }
    }

    /// How many commands wait to become durable.
    public var inFlight: Int { places.withLock { places in places.inFlight } }

    /// Queues a command.
    ///
    /// - Parameters:
    ///   - command: What to do.
    ///   - completion: Receives how it ended; exactly once if this returns, and never if it throws.
    /// - Throws: Why it was not queued.
    public func submit(
        _ command: Command,
        _ completion: @escaping Completion
    ) throws(CommandRejection) {
        try send(completion) { sequencer, tag in sequencer.submit(command, tag: tag) }
    }

    /// Queues a document for the journal.
    ///
    /// - Parameters:
    ///   - kind: What it is.
    ///   - document: The document, which may be filed.
    ///   - completion: As in `submit`.
    /// - Throws: Why it was not queued.
    public func file(
        _ kind: FilingKind,
        _ document: [UInt8],
        _ completion: @escaping Completion
    ) throws(CommandRejection) {
        try send(completion) { sequencer, tag in sequencer.file(kind, document, tag: tag) }
    }

    private func send(
        _ completion: @escaping Completion,
        _ submit: (Sequencer, UInt64) -> Sequencer.Answer
    ) throws(CommandRejection) {
        let attached = sequencer.withLock { sequencer in sequencer }
        guard let attached else { throw .stopped }
        let tag = places.withLock { places in take(&places, completion) }
        guard let tag else { throw .busy }
        let answer = submit(attached, tag)
        if answer == .accepted {
            // A failure of the journal in between releases all places that it finds; this one may have come later.
            if attached.fault != nil { failAll() }
            return
        }
        // After a failure somebody else may have released the place, and answered.
        guard release(tag) != nil else { return }
        throw answer == .busy ? .busy : .stopped
    }

    /// Hands over what is delivered, and ends the thread; to be called after the sequencer was stopped.
    public func stop() {
        isStopping.store(true, ordering: .sequentiallyConsistent)
        hasDelivered.notify()
        let running = thread.withLock { thread in
            defer { thread = nil }
            return thread
        }
        running?.join()
    }

    // MARK: ReplySink

    /// Copies what is the gate's own; called on the journal's thread.
    public func deliver(_ batch: borrowing DurableBatch) {
        var replies: [Reply] = []
        var events: [Event] = []
        for index in 0..<batch.count {
            var reply = batch.replies[index]
            guard Self.owns(reply.tag) else { continue }
            let first = reply.firstEvent
            reply.firstEvent = UInt32(events.count)
            for event in first..<(first + reply.eventCount) { events.append(batch.events[event]) }
            replies.append(reply)
        }
        if replies.isEmpty { return }
        delivered.withLock { delivered in
            if delivered.replies.isEmpty {
                swap(&delivered.replies, &replies)
                swap(&delivered.events, &events)
            } else {
                let base = UInt32(delivered.events.count)
                for index in replies.indices { replies[index].firstEvent += base }
                delivered.replies.append(contentsOf: replies)
                delivered.events.append(contentsOf: events)
            }
        }
        hasDelivered.notify()
    }

    /// Ends all waits; called when the journal failed.
    public func stopped(_ reason: JournalError) { failAll() }

    // MARK: Places

    private func take(_ places: inout Places, _ completion: @escaping Completion) -> UInt64? {
        let index: UInt32
        if let free = places.free.popLast() {
            index = free
        } else {
            guard places.places.count < inFlightMax else { return nil }
            index = UInt32(places.places.count)
            places.places.append(Place())
        }
        places.inFlight += 1
        places.places[Int(index)].completion = completion
        return Self.mark | UInt64(places.places[Int(index)].turn & 0x3FFF_FFFF) << 32
            | UInt64(index)
    }

    /// Empties the place of a tag; nil if it was emptied before.
    private func release(_ tag: UInt64) -> Completion? {
        places.withLock { places in release(tag, &places) }
    }

    private func release(_ tag: UInt64, _ places: inout Places) -> Completion? {
        let index = Int(UInt32(truncatingIfNeeded: tag))
        guard index < places.places.count,
            UInt64(places.places[index].turn & 0x3FFF_FFFF) == tag >> 32 & 0x3FFF_FFFF,
            let completion = places.places[index].completion
        else { return nil }
        places.places[index].completion = nil
        places.places[index].turn &+= 1
        places.free.append(UInt32(index))
        places.inFlight -= 1
        return completion
    }

    // MARK: The thread

    private func failAll() {
        delivered.withLock { delivered in delivered.hasFailed = true }
        hasDelivered.notify()
    }

    private func work() {
        while true {
            let isLast = isStopping.load(ordering: .sequentiallyConsistent)
            var taken = Delivered()
            delivered.withLock { delivered in swap(&delivered, &taken) }
            complete(taken)
            if taken.hasFailed { endAll() }
            if isLast {
                endAll()
                return
            }
            if taken.replies.isEmpty { hasDelivered.wait() }
        }
    }

    private func complete(_ taken: Delivered) {
        if taken.replies.isEmpty { return }
        let completions = places.withLock { places in
            taken.replies.map { reply in release(reply.tag, &places) }
        }
        for (reply, completion) in zip(taken.replies, completions) {
            let range = Int(reply.firstEvent)..<Int(reply.firstEvent + reply.eventCount)
            completion?(.durable(CommandOutcome(reply: reply, events: taken.events[range])))
        }
    }

    private func endAll() {
        let waiting = places.withLock { places in
            places.places.indices.compactMap { index in
                let tag = UInt64(places.places[index].turn & 0x3FFF_FFFF) << 32 | UInt64(index)
                return release(tag, &places)
            }
        }
        for completion in waiting { completion(.unknown) }
    }
}
