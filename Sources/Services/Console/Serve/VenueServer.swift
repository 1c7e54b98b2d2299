import Gateway
import Journal
import Platform
import Primitives
import Sequencer
import Synchronization
import Transparency
import Venue

/// A venue that one client commands through this process's standard input and output.
///
/// One thread reads commands, the sequencer's own threads carry them out, and one thread writes answers, so
/// that a client that reads slowly never holds up the journal. Nothing is read while the client leaves
/// too many answers unread or the queue is full: then the client's pipe fills, which is the backpressure.
final class VenueServer: Sendable {
    /// How many bytes of answers may wait for the client before nothing more is read.
    private static let waitingBytesMax = 8 << 20

    /// Comes first: only threads that are started behind it leave the signals to it.
    private let stop = StopSignals()
    private let waiting = Mutex<[UInt8]>([])
    private let hasWaiting = Signal()
    private let isEnding = Atomic<Bool>(false)
    private let isClientGone = Atomic<Bool>(false)
    private let failure = Mutex<JournalError?>(nil)
    /// The gateway's door, which gets its own replies; none without a gateway.
    private let gate: CommandGate?

    init(hasGateway: Bool) throws(ConsoleError) {
        gate =
            hasGateway
            ? try Console.platform { () throws(PlatformError) in try CommandGate() } : nil
    }

    /// Serves until the client closes its end, a signal asks to stop, or the journal fails.
    ///
    /// What was accepted is made durable and answered before this returns.
    ///
    /// - Throws: `ConsoleError` when the journal cannot be recovered or fails, or the client sends nonsense.
    func run(
        _ path: String,
        configuration: SequencerConfiguration,
        companion: (any VenueCompanionPlan)?,
        gateway: GatewayPlan? = nil,
        outboxes: OutboxPlan? = nil,
        readsInput: Bool,
        _ terminal: Terminal
    ) throws(ConsoleError) {
        let directory = try Self.directory(path)
        let clock = LinuxClock()
        let start = clock.monotonicNanoseconds()
        let sequencer = try Console.journal { () throws(JournalError) in
            try Sequencer(directory, configuration: configuration, sink: self) { warning in
                terminal.note("parallax: \(warning)")
            }
        }
        gate?.attach(sequencer)
        let recoveryTime = clock.monotonicNanoseconds() - start
        let writer = try startWriter()
        if readsInput { sayReady(sequencer, recoveryTime) }
        let service = try companion.map { plan throws(ConsoleError) in
            try plan.start(beside: sequencer, journal: directory, terminal)
        }
        let running = try gate.flatMap { gate throws(ConsoleError) in
            try gateway?.start(gate, sequencer, journal: directory, terminal)
        }
        let publishing = try outboxes.map { plan throws(ConsoleError) in
            try plan.start(sequencer, journal: directory, terminal)
        }
        var mistake: FrameError?
        if readsInput {
            do { try read(sequencer) } catch { mistake = error }
        } else {
            while !stop.wait(milliseconds: 1_000), sequencer.fault == nil {}
        }
        running?.drain()
        if service != nil { sequencer.endInterval() }
        sequencer.stop()
        running?.stop()
        publishing?.stop(terminal)
        service?.stop()
        isEnding.store(true, ordering: .sequentiallyConsistent)
        hasWaiting.notify()
        writer.join()
        if let error = failure.withLock({ $0 }) {
            try Console.journal { () throws(JournalError) in throw error }
        }
        if let mistake {
            throw .usage("standard input is not as it should be: \(mistake.what)", command: "serve")
        }
    }

    /// Says what was recovered.
    private func sayReady(_ sequencer: Sequencer, _ recoveryTime: UInt64) {
        let recovery = sequencer.recovery
        sequencer.read { venue in
            self.answer(
                .ready(
                    AnswerFrame.Ready(
                        durableSequence: recovery.lastSequence,
                        snapshotSequence: recovery.snapshotSequence,
                        replayedCount: recovery.replayedCount,
                        recoveryNanoseconds: recoveryTime,
                        stateHash: venue.stateHash()
                    )
                )
            )
        }
    }

    private static func directory(_ path: String) throws(ConsoleError) -> LinuxDirectory {
        do {
            return try LinuxDirectory.open(path, create: true)
        } catch {
            throw .environment("\(error); name a directory that can be written to")
        }
    }

    private func startWriter() throws(ConsoleError) -> PlatformThread {
        do {
            return try PlatformThread.start(name: "answers") { self.write() }
        } catch {
            throw .environment("\(error)")
        }
    }

    private func read(_ sequencer: Sequencer) throws(FrameError) {
        var buffer = FrameBuffer()
        while stop.awaitInput(on: .standardInput) {
            do {
                guard try Pipe.standardInput.read(appendingTo: &buffer.bytes) else { return }
            } catch { return }
            while let frame = try buffer.next() {
                let request = try RequestFrame(frame)
                if !submit(request, sequencer) { return }
            }
            while waiting.withLock({ $0.count }) > Self.waitingBytesMax {
                if stop.isRequested || isClientGone.load(ordering: .relaxed) { return }
                PlatformThread.nap(nanoseconds: 1_000_000)
            }
        }
    }

    /// Hands a request over; false when the sequencer takes no more.
    private func submit(_ request: RequestFrame, _ sequencer: Sequencer) -> Bool {
        switch request.content {
        case .status(let instrument, let asset):
            let counters = sequencer.counters
            let durable = sequencer.durableSequence
            sequencer.read { venue in
                self.answer(
                    .status(
                        AnswerFrame.Status(
                            tag: request.tag,
                            sequence: venue.sequence,
                            durableSequence: durable,
                            stateHash: venue.stateHash(),
                            tradeCount: venue.tradeCount,
                            liveOrderCount: venue.liveOrderCount,
                            waitingContractCount: venue.waitingContractCount,
                            bestBid: venue.bestPrice(of: instrument, .buy),
                            bestAsk: venue.bestPrice(of: instrument, .sell),
                            fees: venue.balance(of: .fees, in: asset).available,
                            journalBytes: counters.bytes,
                            syncCount: counters.syncs,
                            snapshotCount: counters.snapshots,
                            isTrialBalanceZero: venue.isTrialBalanceZero
                        )
                    )
                )
            }
            return true
        case .command(let command):
            while true {
                switch sequencer.submit(command, tag: request.tag, time: request.time) {
                case .accepted: return true
                case .busy: PlatformThread.nap(nanoseconds: 50_000)
                case .stopped, .failed: return false
                }
            }
        }
    }

    private func answer(_ frame: AnswerFrame) {
        waiting.withLock { bytes in frame.append(to: &bytes) }
        hasWaiting.notify()
    }

    /// The thread that writes answers.
    private func write() {
        while true {
            let isLast = isEnding.load(ordering: .sequentiallyConsistent)
            let bytes = waiting.withLock { waiting in
                let bytes = waiting
                waiting = []
                return bytes
            }
            if bytes.isEmpty {
                if isLast { return }
                hasWaiting.wait()
                continue
            }
            if isClientGone.load(ordering: .relaxed) { continue }
            do {
                try Pipe.standardOutput.write(bytes)
            } catch {
                // Without a client what was accepted still becomes durable; the answers have nobody to go to.
                isClientGone.store(true, ordering: .relaxed)
            }
        }
    }
}

extension VenueServer: ReplySink {
    func deliver(_ batch: borrowing DurableBatch) {
        gate?.deliver(batch)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Int(batch.count) * 48)
        for index in 0..<batch.count {
            let reply = batch.replies[index]
            if reply.tag == Reply.timerTag || gate != nil && CommandGate.owns(reply.tag) {
                continue
            }
            AnswerFrame.reply(
                AnswerFrame.CommandReply(
                    tag: reply.tag,
                    sequence: reply.sequence,
                    refusal: reply.refusal?.rawValue ?? 0,
                    order: reply.order,
                    filled: reply.filled,
                    tradeCount: reply.tradeCount
                )
            ).append(to: &bytes)
        }
        waiting.withLock { waiting in
            if waiting.isEmpty { swap(&waiting, &bytes) } else { waiting.append(contentsOf: bytes) }
        }
        hasWaiting.notify()
    }

    func stopped(_ reason: JournalError) {
        failure.withLock { failure in failure = reason }
        gate?.stopped(reason)
        answer(.failed(reason.description))
    }
}
