import Cryptography
import Platform
import Primitives
import Venue

/// Plays a session through a venue process, kills that in the middle, and proves that nothing was lost.
struct Demo {
    /// How often the screen is drawn and the venue asked for its state.
    private static let drawNanoseconds: UInt64 = 100_000_000
    /// How long the sender sleeps when nothing is due.
    private static let napNanoseconds: UInt64 = 200_000
    /// Most commands in one write.
    private static let burstMax: UInt64 = 2_048

    let session: DemoSession
    let program: String
    let path: String
    let seconds: Int
    let stop: StopSignals
    let clock = LinuxClock()
    private let sendTimes: SendTimes
    private let screen: DemoScreen

    init(
        _ session: DemoSession,
        program: String,
        path: String,
        seconds: Int,
        stop: StopSignals,
        screen: DemoScreen
    ) {
        self.session = session
        self.program = program
        self.path = path
        self.seconds = seconds
        self.stop = stop
        self.screen = screen
        sendTimes = SendTimes(count: Int(session.count))
    }

    /// What a demonstration showed.
    struct Outcome {
        var undisturbed: UndisturbedRun
        /// What the venue said at the end.
        var status: AnswerFrame.Status
        var latencies: Durations
        /// The last command that was answered when the process was killed.
        var answeredAtKill: UInt64
        /// What the second process recovered.
        var recovered: AnswerFrame.Ready
        /// From the start of the second process until it was ready.
        var restartNanoseconds: UInt64
    }

    /// Plays the session.
    ///
    /// - Throws: `disagreement` when anything is not as in an undisturbed run; `environment` when a process
    ///   cannot be started or a signal asked to stop.
    func run() throws(ConsoleError) -> Outcome {
        screen.step("starting the venue: parallax serve --data \(path) --stdio")
        let first = try VenueProcess(program, data: path, sendTimes: sendTimes)
        if first.ready.durableSequence != 0 {
            throw .environment("\(path): there is a journal in it already; name an empty directory")
        }
        defer { first.kill() }
        let middle = session.setUpCount + (session.count - session.setUpCount) / 2
        try play(first, from: 1, until: middle)
        // So many at once that at the kill some are durable and not yet acknowledged, and some neither.
        _ = first.send(frames(middle + 1..<min(middle + Self.burstMax, session.count) + 1))
        first.kill()
        let before = first.snapshot()
        try check(before.fault)
        let answered = before.answered
        screen.endDrawing()
        screen.step("killed the venue (SIGKILL) after \(answered.grouped) acknowledged commands")
        let start = clock.monotonicNanoseconds()
        let second = try VenueProcess(program, data: path, sendTimes: sendTimes)
        defer { second.kill() }
        let restart = clock.monotonicNanoseconds() - start
        let ready = second.ready
        screen.recovered(ready, answered: answered, nanoseconds: restart)
        if ready.durableSequence < answered {
            throw .disagreement(
                "command \(answered) was acknowledged, but only \(ready.durableSequence) survived"
            )
        }
        try play(second, from: ready.durableSequence + 1, until: session.count)
        let status = try settle(second, session.count)
        screen.endDrawing()
        try second.finish()
        let after = second.snapshot()
        try check(after.fault)
        screen.step("the same session undisturbed, in this process, to compare")
        let undisturbed = UndisturbedRun(session, middle: ready.durableSequence)
        var latencies = before.latencies
        latencies.add(after.latencies)
        let outcome = Outcome(
            undisturbed: undisturbed,
            status: status,
            latencies: latencies,
            answeredAtKill: answered,
            recovered: ready,
            restartNanoseconds: restart
        )
        try compare(outcome)
        return outcome
    }

    private func check(_ fault: String?) throws(ConsoleError) {
        if let fault { throw .disagreement(fault) }
    }

    /// Sends commands at an even pace, without waiting for their answers.
    private func play(
        _ venue: VenueProcess,
        from first: UInt64,
        until last: UInt64
    ) throws(ConsoleError) {
        let interval = UInt64(seconds) * 1_000_000_000 / session.count
        let start = clock.monotonicNanoseconds()
        var next = first
        var drawn: UInt64 = 0
        while next <= last {
            let now = clock.monotonicNanoseconds()
            let due = min(first + (now - start) / max(interval, 1), last)
            let end = min(due, next + Self.burstMax - 1)
            if next <= end {
                sendTimes.note(next..<end + 1, start: start) { ($0 - first) * interval }
                if !venue.send(frames(next..<end + 1)) { break }
                next = end + 1
            } else {
                PlatformThread.nap(nanoseconds: Self.napNanoseconds)
            }
            if now - drawn > Self.drawNanoseconds {
                drawn = now
                try look(venue)
            }
        }
        if venue.isOver { throw .disagreement(venue.fault ?? "the venue process ended by itself") }
    }

    private func frames(_ commands: Range<UInt64>) -> [UInt8] {
        var frames: [UInt8] = []
        var payload = ByteWriter()
        for number in commands {
            RequestFrame(
                tag: number,
                time: session.time(number),
                .command(session.command(number))
            ).append(to: &frames, payload: &payload)
        }
        return frames
    }

    /// Draws the screen, asks for the next state, and sees whether all is well.
    private func look(_ venue: VenueProcess) throws(ConsoleError) {
        if stop.isRequested { throw .environment("stopped by a signal") }
        try check(venue.fault)
        screen.draw(venue.takeRecent(), of: session.count, clock.monotonicNanoseconds())
        ask(venue)
    }

    private func ask(_ venue: VenueProcess) {
        var frames: [UInt8] = []
        var payload = ByteWriter()
        RequestFrame(
            tag: 0,
            time: .zero,
            .status(FlowSession.instrument, feeAsset: FlowSession.quote)
        ).append(to: &frames, payload: &payload)
        // A venue that is gone is noticed by its missing answers.
        _ = venue.send(frames)
    }

    /// Waits until a command is answered, and returns the venue's state then.
    private func settle(
        _ venue: VenueProcess,
        _ command: UInt64
    ) throws(ConsoleError) -> AnswerFrame.Status {
        while true {
            if let status = venue.status, status.durableSequence >= command { return status }
            if venue.isOver {
                throw .disagreement(venue.fault ?? "the venue process ended by itself")
            }
            try look(venue)
            PlatformThread.nap(nanoseconds: Self.drawNanoseconds / 10)
        }
    }

    private func compare(_ outcome: Outcome) throws(ConsoleError) {
        let recovered = outcome.recovered
        if let hash = outcome.undisturbed.middleHash, hash != recovered.stateHash {
            throw .disagreement(
                "the state recovered after command \(recovered.durableSequence) is "
                    + "\(recovered.stateHash.hex), undisturbed it is \(hash.hex)"
            )
        }
        let status = outcome.status
        if status.stateHash != outcome.undisturbed.stateHash {
            throw .disagreement(
                "the final state is \(status.stateHash.hex), undisturbed it is "
                    + outcome.undisturbed.stateHash.hex
            )
        }
        if status.fees != outcome.undisturbed.tally.fees {
            throw .disagreement(
                "the fee account has \(status.fees), the trades paid "
                    + "\(outcome.undisturbed.tally.fees)"
            )
        }
        if !status.isTrialBalanceZero { throw .disagreement("the trial balance is not zero") }
    }
}
