package import Encoding
import Platform

/// A venue and its observers in processes of their own, for tests that make them fail.
package final class CommitteeTrial {
    private let network: CommitteeNetwork
    private let demo: Demo
    private var venue: VenueProcess?
    private var sold: [String] = []

    /// How many commands of the session were acknowledged.
    package private(set) var played: UInt64 = 0

    /// Makes keys and configurations; nothing runs yet.
    ///
    /// - Parameters:
    ///   - program: The path of `parallax`.
    ///   - path: An empty directory.
    ///   - components: The directory of the components.
    ///   - places: Where the processes run, and how they meet.
    /// - Throws: `ConsoleError` when an observer cannot be initialised.
    package init(
        program: String,
        path: String,
        components: String,
        places: CommitteePlaces = CommitteePlaces()
    ) throws(ConsoleError) {
        network = try CommitteeNetwork(
            program: program,
            path: path,
            components: components,
            places: places
        )
        let nowhere = Terminal(isInteractive: false, output: { _ in }, errors: { _ in })
        demo = try Demo(
            DemoSession(FlowGenerator.commands(seed: 1, count: 20_000)),
            network: network,
            seconds: 1,
            stop: StopSignals(),
            screen: DemoScreen(nowhere, isDrawing: false)
        )
    }

    /// The directory of the venue's journal.
    package var journalPath: String { network.journalPath }

    /// The directory of the venue's log.
    package var logPath: String { network.logPath }

    /// Starts the venue and all observers, and waits for the group's key.
    ///
    /// - Parameter conducts: How seats misbehave, as `parallax observe --misbehave` takes it.
    /// - Throws: `ConsoleError` when a process does not start, or no key comes.
    package func start(_ conducts: [UInt32: String] = [:]) throws(ConsoleError) {
        venue = try demo.startVenue()
        try demo.startCommittee(conducts)
        try awaitAttested()
    }

    /// Ends the venue with SIGKILL, and starts it again.
    ///
    /// - Parameter options: More options of `parallax serve`.
    /// - Throws: `ConsoleError` when it does not start.
    package func restartVenue(_ options: [String] = []) throws(ConsoleError) {
        venue?.kill()
        venue = try demo.startVenue(answered: demo.survivors(), options)
        played = venue?.answered ?? 0
    }

    /// Starts the observer of a seat, again if it was ended.
    ///
    /// - Parameters:
    ///   - seat: The seat.
    ///   - conduct: How it misbehaves, as `parallax observe --misbehave` takes it; not at all if nil.
    /// - Throws: `ConsoleError` when it does not start.
    package func startObserver(
        _ seat: UInt32,
        _ conduct: String? = nil
    ) throws(ConsoleError) {
        try network.startObserver(seat, conduct)
    }

    /// Ends the observer of a seat with SIGKILL.
    package func killObserver(_ seat: UInt32) { network.killObserver(seat) }

    /// Sends more commands of the session, and waits until they are durable.
    package func trade(_ count: UInt64) throws(ConsoleError) {
        guard let venue else { throw .environment("the venue was not started") }
        let last = played + count
        try demo.play(venue, from: played + 1, until: last, perSecond: 10_000)
        played = last
        try demo.waitFor(venue, "the acknowledgements") { venue.answered >= last }
    }

    /// Sells two downlinks, and reports one as it was.
    package func sell() throws(ConsoleError) {
        guard let venue else { throw .environment("the venue was not started") }
        sold = try DemoSettlement(demo, venue).sell()
    }

    /// Waits until the downlink that was reported is settled, reports the other one as it was not, and waits until
    /// it has failed.
    package func settle() throws(ConsoleError) {
        guard let venue else { throw .environment("the venue was not started") }
        try DemoSettlement(demo, venue).settle(sold)
    }

    /// How many service contracts wait for what becomes of them.
    package func waitingContractCount() throws(ConsoleError) -> Int {
        try DemoSettlement.waiting(ControlClient(data: network.journalPath)).count
    }

    /// How many of the acknowledged commands the journal has, after the end.
    package func survivors() throws(ConsoleError) -> UInt64 {
        try demo.survivors(countMax: played)
    }

    /// What the observer of a seat has said since its first start.
    package func messages(of seat: UInt32) throws(ConsoleError) -> String {
        let bytes = try Console.platform { () throws(PlatformError) in
            try WholeFile.read(network.messages(of: seat))
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Waits until everything that is durable now has its certificate in the log.
    package func awaitAttested() throws(ConsoleError) {
        // Asked now: what the poller knows may be older than the last acknowledgement.
        let client = try ControlClient(data: network.journalPath)
        let durable = try client.get("/v1/status").count("durableSequence")
        try demo.waitFor(venue, "the certificates") {
            guard let status = demo.committee else { return false }
            return status.count("certificates") > 0 && status.count("unattested") == 0
                && status.count("loggedSequence") >= durable
        }
    }

    /// Waits until the committee's status is as it should be.
    package func awaitStatus(
        _ what: String,
        _ isSo: (Encoding.JSONObject) -> Bool
    ) throws(ConsoleError) {
        try demo.waitFor(venue, what) { demo.committee.map(isSo) ?? false }
    }

    /// Ends everything in order.
    package func finish() throws(ConsoleError) {
        demo.end()
        try venue?.finish()
        network.stopObservers()
    }
}
