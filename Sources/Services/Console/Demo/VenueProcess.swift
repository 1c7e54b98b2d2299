import Platform
import Primitives
import Synchronization
import Venue

/// A venue in a process of its own, commanded through its standard input.
///
/// Commands are numbered by their position in the session: command n gets tag n. The venue's own commands, such
/// as the filing of documents, stand between them in the journal. A thread receives the answers and notes how
/// far they got.
final class VenueProcess: Sendable {
    /// What the answers said so far.
    struct Progress {
        /// The last command that was answered; answers come in order.
        var answered: UInt64 = 0
        /// Its number in the journal.
        var sequence: UInt64 = 0
        var refused: UInt64 = 0
        var trades: UInt64 = 0
        var latencies = Durations()
        /// Those since the last look.
        var recent = Durations()
        /// The last answer to a question about the state.
        var status: AnswerFrame.Status?
        /// What was wrong with an answer.
        var fault: String?
        /// The venue closed its end.
        var isOver = false
    }

    let process: ChildProcess
    let ready: AnswerFrame.Ready
    private let progress: Mutex<Progress>
    private let receiver: Mutex<PlatformThread?>
    private let sendTimes: SendTimes

    /// Starts a venue and waits until it has recovered its journal.
    ///
    /// - Parameters:
    ///   - program: The path of `parallax`.
    ///   - arguments: Its arguments.
    ///   - errors: A file for what it says to people; this process's if nil.
    ///   - answered: The last command that the venue has already.
    ///   - sendTimes: When each command was to be sent.
    /// - Throws: `environment` when it does not start, `disagreement` when it answers nonsense.
    init(
        _ program: String,
        _ arguments: [String],
        errors: String?,
        answered: UInt64 = 0,
        sendTimes: SendTimes
    ) throws(ConsoleError) {
        self.sendTimes = sendTimes
        var buffer = FrameBuffer()
        do {
            process = try ChildProcess(program, arguments, errors: errors)
        } catch {
            throw .environment(error.description)
        }
        ready = try Self.awaitReady(process, &buffer)
        var progress = Progress()
        progress.answered = answered
        self.progress = Mutex(progress)
        receiver = Mutex(nil)
        let first = buffer
        do {
            let thread = try PlatformThread.start(name: "answers") { self.receive(first) }
            receiver.withLock { $0 = thread }
        } catch {
            throw .environment(error.description)
        }
    }

    private static func awaitReady(
        _ process: ChildProcess,
        _ buffer: inout FrameBuffer
    ) throws(ConsoleError) -> AnswerFrame.Ready {
        while true {
            do throws(FrameError) {
                if let frame = try buffer.next() {
                    if case .ready(let ready) = try AnswerFrame(frame) { return ready }
                    throw FrameError(what: "the first answer does not say that the venue is ready")
                }
            } catch {
                throw .disagreement("the venue process: \(error.what)")
            }
            let isOpen = (try? process.output.read(appendingTo: &buffer.bytes)) ?? false
            if !isOpen {
                throw .environment("the venue process did not start; see its message above")
            }
        }
    }

    var answered: UInt64 { progress.withLock { $0.answered } }
    var status: AnswerFrame.Status? { progress.withLock { $0.status } }
    var isOver: Bool { progress.withLock { $0.isOver } }
    var fault: String? { progress.withLock { $0.fault } }
    func snapshot() -> Progress { progress.withLock { $0 } }

    /// The progress with the latencies since the last call, and without all the others.
    func takeRecent() -> Progress {
        progress.withLock { progress in
            var taken = Progress()
            swap(&taken.recent, &progress.recent)
            taken.answered = progress.answered
            taken.status = progress.status
            return taken
        }
    }

    /// Sends frames; whether the venue still takes them.
    func send(_ frames: [UInt8]) -> Bool { (try? process.write(frames)) != nil }

    /// Ends the process at once, and waits for the last answers that it wrote.
    func kill() {
        process.kill()
        join()
    }

    /// Lets the process end in order.
    func finish() throws(ConsoleError) {
        process.closeInput()
        join()
        let ending = process.wait()
        if ending != .exited(0) { throw .disagreement("the venue process ended with \(ending)") }
    }

    private func join() {
        let thread = receiver.withLock { receiver in
            let thread = receiver
            receiver = nil
            return thread
        }
        thread?.join()
    }

    private func receive(_ first: FrameBuffer) {
        var buffer = first
        let clock = LinuxClock()
        var isOpen = true
        while isOpen {
            let now = clock.monotonicNanoseconds()
            progress.withLock { progress in
                do throws(FrameError) {
                    while let frame = try buffer.next() {
                        note(try AnswerFrame(frame), now, &progress)
                    }
                } catch {
                    progress.fault = "the venue process: \(error.what)"
                }
            }
            isOpen = (try? process.output.read(appendingTo: &buffer.bytes)) ?? false
        }
        progress.withLock { $0.isOver = true }
    }

    private func note(_ answer: AnswerFrame, _ now: UInt64, _ progress: inout Progress) {
        switch answer {
        case .ready: progress.fault = "the venue process was ready twice"
        case .failed(let reason): progress.fault = reason
        case .status(let status): progress.status = status
        case .reply(let reply):
            if reply.tag != progress.answered + 1 || reply.sequence <= progress.sequence {
                progress.fault =
                    "command \(reply.tag) was answered as number \(reply.sequence), "
                    + "after command \(progress.answered) as number \(progress.sequence)"
            }
            progress.answered = reply.tag
            progress.sequence = reply.sequence
            if reply.refusal != 0 { progress.refused += 1 }
            progress.trades += UInt64(reply.tradeCount)
            if let sent = sendTimes.time(of: reply.tag) {
                progress.latencies.add(now - min(sent, now))
                progress.recent.add(now - min(sent, now))
            }
        }
    }
}

/// When each command of a session was to be sent, so that its latency can be told when it is answered.
final class SendTimes: Sendable {
    private let times = Mutex<[UInt64]>([])

    init(count: Int) {
        times.withLock { $0 = [UInt64](repeating: 0, count: count + 1) }
    }

    /// Notes when the commands were to be sent that are sent together now.
    func note(_ commands: Range<UInt64>, start: UInt64, interval: (UInt64) -> UInt64) {
        times.withLock { times in
            for command in commands { times[Int(command)] = start + interval(command) }
        }
    }

    /// When the command was to be sent; nil if it is not measured.
    func time(of command: UInt64) -> UInt64? {
        times.withLock { times in
            guard command < times.count, times[Int(command)] > 0 else { return nil }
            return times[Int(command)]
        }
    }
}
