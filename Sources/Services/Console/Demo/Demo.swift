import Encoding
import Platform
import Primitives
import Venue

/// Plays a session through a venue with a committee, kills the venue in the middle, and proves that nothing was
/// lost and everything is attested.
struct Demo {
    /// How often the screen is drawn and the venue asked for its state.
    private static let drawNanoseconds: UInt64 = 100_000_000
    /// How long the sender sleeps when nothing is due.
    private static let napNanoseconds: UInt64 = 200_000
    /// Most commands in one write.
    private static let burstMax: UInt64 = 2_048
    /// How long to wait for something that should come.
    private static let patienceNanoseconds: UInt64 = 180_000_000_000

    let session: DemoSession
    let network: CommitteeNetwork
    let seconds: Int
    let stop: StopSignals
    let screen: DemoScreen
    let clock = LinuxClock()
    private let sendTimes: SendTimes
    private let poller: StatusPoller

    init(
        _ session: DemoSession,
        network: CommitteeNetwork,
        seconds: Int,
        stop: StopSignals,
        screen: DemoScreen
    ) throws(ConsoleError) {
        self.session = session
        self.network = network
        self.seconds = seconds
        self.stop = stop
        self.screen = screen
        sendTimes = SendTimes(count: Int(session.count))
        poller = try StatusPoller(data: network.journalPath)
    }

    /// What a demonstration showed.
    struct Outcome {
        var undisturbed: UndisturbedRun
        var survived: SurvivedSession
        /// What the venue said at the end.
        var status: AnswerFrame.Status
        /// How the committee did at the end.
        var committee: Encoding.JSONObject
        var latencies: Durations
        /// The last command that was answered when the process was killed.
        var answeredAtKill: UInt64
        /// What the second process recovered.
        var recovered: AnswerFrame.Ready
        var keyGenerationNanoseconds: UInt64
    }

    /// Plays the session.
    ///
    /// - Throws: `disagreement` when anything is not as in an undisturbed run; `environment` when a process
    ///   cannot be started or a signal asked to stop.
    func run() throws(ConsoleError) -> Outcome {
        defer { poller.stop() }
        screen.step("starting the venue: parallax serve --committee …")
        let first = try startVenue()
        defer { first.kill() }
        let start = clock.monotonicNanoseconds()
        try startCommittee()
        let keyGeneration = clock.monotonicNanoseconds() - start
        screen.step(
            "one group key of 96 bytes, \(network.seats.count) shares, made in "
                + "\((Double(keyGeneration) / 1e9).fixed(1)) s; nobody ever had the secret"
        )
        let middle = session.setUpCount + (session.count - session.setUpCount) / 2
        try play(first, from: 1, until: middle)
        // So many at once that at the kill some are durable and not yet acknowledged, and some neither.
        _ = first.send(frames(middle + 1..<min(middle + Self.burstMax, session.count) + 1))
        first.kill()
        let before = first.snapshot()
        try check(before.fault)
        screen.endDrawing()
        screen.step(
            "killed the venue (SIGKILL) after \(before.answered.grouped) acknowledged commands"
        )
        let survivors = try survived().count
        if survivors < before.answered {
            throw .disagreement(
                "command \(before.answered) was acknowledged, but only \(survivors) survived"
            )
        }
        let second = try startVenue(answered: survivors)
        defer { second.kill() }
        screen.recovered(second.ready, answered: before.answered, survivors: survivors)
        try play(second, from: survivors + 1, until: session.count)
        try waitFor(second, "the last acknowledgement") { second.answered == session.count }
        screen.endDrawing()
        try DemoSettlement(self, second).run()
        let status = try settle(second)
        let committee = poller.status ?? Encoding.JSONObject()
        screen.endDrawing()
        try second.finish()
        network.stopObservers()
        let after = second.snapshot()
        try check(after.fault)
        screen.step("the same session undisturbed, in this process, to compare")
        var latencies = before.latencies
        latencies.add(after.latencies)
        let outcome = Outcome(
            undisturbed: UndisturbedRun(session),
            survived: try survived(),
            status: status,
            committee: committee,
            latencies: latencies,
            answeredAtKill: before.answered,
            recovered: second.ready,
            keyGenerationNanoseconds: keyGeneration
        )
        try compare(outcome)
        return outcome
    }

    /// Starts the venue's process.
    func startVenue(
        answered: UInt64 = 0,
        _ more: [String] = []
    ) throws(ConsoleError) -> VenueProcess {
        try VenueProcess(
            network.program,
            network.venueArguments(["--snapshot-commands", "20000"] + more),
            errors: network.venueMessages,
            answered: answered,
            sendTimes: sendTimes
        )
    }

    /// Starts the observers, and waits until they have a group key.
    ///
    /// - Parameter conducts: How seats misbehave, as `parallax observe --misbehave` takes it.
    /// - Throws: `disagreement` when no key comes.
    func startCommittee(_ conducts: [UInt32: String] = [:]) throws(ConsoleError) {
        screen.step(
            "starting \(network.seats.count) observers, each in a process of its own; they generate a "
                + "group key among themselves, of which any eight can sign"
        )
        try network.startObservers(conducts)
        try waitFor(nil, "the group key") { (poller.status?.count("epoch") ?? 0) > 0 }
        screen.endDrawing()
    }

    /// Asks the venue no more.
    func end() { poller.stop() }

    /// How the committee does.
    var committee: Encoding.JSONObject? { poller.status }

    /// Waits for something, and draws meanwhile.
    func waitFor(
        _ venue: VenueProcess?,
        _ what: String,
        _ isThere: () throws(ConsoleError) -> Bool
    ) throws(ConsoleError) {
        let end = clock.monotonicNanoseconds() + Self.patienceNanoseconds
        while try !isThere() {
            if let venue {
                try check(venue.fault)
                if venue.isOver { throw .disagreement("the venue process ended by itself") }
            }
            if clock.monotonicNanoseconds() > end {
                throw .disagreement(
                    "\(what) did not come; see \(network.venueMessages) and the observers' messages "
                        + "beside it (--keep keeps them)"
                )
            }
            try look(venue)
            PlatformThread.nap(nanoseconds: Self.drawNanoseconds)
        }
    }

    /// How many commands of the session a venue that has ended has made durable.
    ///
    /// - Parameter countMax: How many there are at most; behind them the journal may go on with others.
    /// - Returns: How many there are.
    /// - Throws: `disagreement` when one is missing before another.
    func survivors(countMax: UInt64 = .max) throws(ConsoleError) -> UInt64 {
        try survived(countMax: countMax).count
    }

    private func survived(countMax: UInt64 = .max) throws(ConsoleError) -> SurvivedSession {
        let journal = try Console.openJournal(network.journalPath)
        return try SurvivedSession(session, in: journal, countMax: countMax)
    }

    private func check(_ fault: String?) throws(ConsoleError) {
        if let fault { throw .disagreement(fault) }
    }

    /// Sends commands at an even pace, without waiting for their answers.
    func play(
        _ venue: VenueProcess,
        from first: UInt64,
        until last: UInt64,
        perSecond rate: Int? = nil
    ) throws(ConsoleError) {
        let interval =
            rate.map { 1_000_000_000 / UInt64($0) }
            ?? UInt64(seconds) * 1_000_000_000 / session.count
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
            RequestFrame(tag: number, time: .zero, .command(session.command(number)))
                .append(to: &frames, payload: &payload)
        }
        return frames
    }

    /// Sends commands that are not of the session; their tags go on behind it.
    func send(_ commands: [Command], to venue: VenueProcess) throws(ConsoleError) {
        var frames: [UInt8] = []
        var payload = ByteWriter()
        let first = venue.answered + 1
        for (position, command) in commands.enumerated() {
            RequestFrame(tag: first + UInt64(position), time: .zero, .command(command))
                .append(to: &frames, payload: &payload)
        }
        let refused = venue.snapshot().refused
        guard venue.send(frames) else { throw .disagreement("the venue takes no more commands") }
        try waitFor(venue, "the acknowledgement of a service") {
            venue.answered == first + UInt64(commands.count) - 1
        }
        if venue.snapshot().refused != refused {
            throw .disagreement("the venue refused a command of the orbital service")
        }
    }

    /// Draws the screen, asks for the next state, and sees whether all is well.
    private func look(_ venue: VenueProcess?) throws(ConsoleError) {
        if stop.isRequested { throw .environment("stopped by a signal") }
        let progress = venue?.takeRecent()
        screen.draw(progress, of: session.count, poller.status, clock.monotonicNanoseconds())
        guard let venue else { return }
        try check(venue.fault)
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

    /// Waits until everything is in the log and attested, and returns the venue's state then.
    private func settle(_ venue: VenueProcess) throws(ConsoleError) -> AnswerFrame.Status {
        var last: UInt64 = 0
        try waitFor(venue, "the last certificate") {
            guard let status = poller.status, let state = venue.status else { return false }
            // Everything that was durable at the look before is in the log and has its certificate.
            let isDone =
                last > 0 && status.count("loggedSequence") >= last
                && status.count("unattested") == 0 && state.waitingContractCount == 0
            last = max(last, status.count("durableSequence"))
            return isDone
        }
        guard let status = venue.status else { throw .disagreement("the venue says nothing") }
        return status
    }

    private func compare(_ outcome: Outcome) throws(ConsoleError) {
        let (journal, undisturbed) = (outcome.survived, outcome.undisturbed)
        guard journal.count == session.count else {
            throw .disagreement("\(journal.count) of \(session.count) commands are in the journal")
        }
        guard journal.tally.tradesHash == undisturbed.tally.tradesHash else {
            throw .disagreement("the trades are other ones than in an undisturbed run")
        }
        guard journal.fees == undisturbed.fees else {
            throw .disagreement(
                "the fee account has \(journal.fees), undisturbed it has \(undisturbed.fees)"
            )
        }
        if !outcome.status.isTrialBalanceZero {
            throw .disagreement("the trial balance is not zero")
        }
    }
}
