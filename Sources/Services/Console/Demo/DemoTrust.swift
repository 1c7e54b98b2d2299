import Cryptography
import Encoding
import Journal
import KeyStore
import Platform
import Primitives
import Sequencer
import Statements
import Transparency
import Venue
import Verification

/// The second half of the demonstration: the log of the session, a quorum over every interval of it, and a
/// bundle that a counterparty verifies alone.
struct DemoTrust {
    private static let venue = "demo.parallax"
    private static let drawNanoseconds: UInt64 = 100_000_000

    let program: String
    /// The directory of the journal, which no process uses any more.
    let path: String
    /// Where the bundle is left for whoever wants to look at it.
    let bundlePath: String
    let stop: StopSignals
    let screen: DemoScreen

    /// What the counterparty was given, and what it made of it.
    struct Outcome {
        var keyGenerationNanoseconds: UInt64
        var logSize: UInt64
        var intervals: UInt64
        var bundleBytes: Int
        var trade: TradeID
    }

    func run() throws(ConsoleError) -> Outcome {
        let clock = LinuxClock()
        screen.step("twelve observers generate a group key among themselves: any eight can sign")
        var start = clock.monotonicNanoseconds()
        let identity = try Self.identity()
        let journal = try Console.openJournal(path)
        let end = try Self.end(of: journal)
        let committee = try Console.transparency { () throws(TransparencyError) in
            try LocalCommittee(venue: identity.venue, validFrom: Timestamp(1))
        }
        let keyGeneration = clock.monotonicNanoseconds() - start
        screen.step(
            "one group key of 96 bytes, twelve shares, \(committee.bundleCount) signed bundles, "
                + "\((Double(keyGeneration) / 1e9).fixed(1)) s"
        )
        let log = try Console.makeDirectory(path + "/log")
        start = clock.monotonicNanoseconds()
        let progress = try attest(journal, log, identity, committee, end.time)
        let seconds = Double(clock.monotonicNanoseconds() - start) / 1e9
        screen.step(
            "\(progress.size.grouped) leaves in the log, \(progress.certificates.grouped) intervals "
                + "attested by 12 of 12, \(seconds.fixed(1)) s"
        )
        let bundle = try handOver(end, log, identity, committee)
        try verify(bundle)
        return Outcome(
            keyGenerationNanoseconds: keyGeneration,
            logSize: progress.size,
            intervals: progress.certificates,
            bundleBytes: bundle.count,
            trade: end.trade.trade
        )
    }

    private static func identity() throws(ConsoleError) -> VenueIdentity {
        do {
            return try VenueIdentity(
                venue: VenueName(.init(venue)),
                origin: .init(venue + "/log"),
                venueKey: .generate(),
                logKey: .generate(),
                saltKey: SaltKey(bytes: SystemRandom.bytes(32))
            )
        } catch {
            throw .environment("\(error)")
        }
    }

    /// Where the session ended: its time, and its last trade.
    private struct End {
        var time: Timestamp
        var trade: Trade
    }

    private static func end(of journal: LinuxDirectory) throws(ConsoleError) -> End {
        var replay = try Console.journal { () throws(JournalError) in
            try JournalReplay(directory: journal, usesSnapshots: false)
        }
        var last: Trade?
        while try Console.journal({ () throws(JournalError) in try replay.next() }) != nil {
            for index in 0..<replay.events.count {
                if case .traded(let trade) = replay.events[index] { last = trade }
            }
        }
        guard let last else {
            throw .environment("there was no trade to hand over; play a longer flow")
        }
        return End(time: replay.venue.time, trade: last)
    }

    /// Logs the session, and lets the committee attest to every interval of it.
    private func attest(
        _ journal: LinuxDirectory,
        _ log: LinuxDirectory,
        _ identity: VenueIdentity,
        _ committee: LocalCommittee,
        _ time: Timestamp
    ) throws(ConsoleError) -> TransparencyService.Progress {
        let configuration = SequencerConfiguration(
            snapshotIntervalNanoseconds: 0,
            stateHashCommands: 4_096
        )
        let sink = SilentSink()
        let sequencer = try Console.journal { () throws(JournalError) in
            try Sequencer(journal, configuration: configuration, sink: sink)
        }
        defer { sequencer.stop() }
        let builder = try Console.transparency { () throws(TransparencyError) in
            try LogBuilder.open(journal: journal, log: log, identity: identity)
        }
        let service: TransparencyService
        do throws(PlatformError) {
            service = try TransparencyService(
                sequencer: sequencer,
                builder: builder,
                identity: identity,
                attester: committee
            )
        } catch {
            throw .environment("\(error)")
        }
        defer { service.stop() }
        try Console.transparency { () throws(TransparencyError) in
            try service.file(.epoch, committee.epoch.encoded, time: time)
            for document in committee.documents {
                try service.file(.document, document.encoded, time: time)
            }
        }
        return try awaitAll(service, sequencer)
    }

    /// Waits until every interval has its certificate in the log.
    private func awaitAll(
        _ service: TransparencyService,
        _ sequencer: Sequencer
    ) throws(ConsoleError) -> TransparencyService.Progress {
        while true {
            sequencer.endInterval()
            PlatformThread.nap(nanoseconds: Self.drawNanoseconds)
            if stop.isRequested { throw .environment("stopped by a signal") }
            let progress = service.progress
            if let fault = progress.fault { throw .disagreement("\(fault)") }
            screen.logged(progress)
            if progress.unattested == 0, progress.loggedSequence > 0,
                progress.loggedSequence == sequencer.durableSequence
            {
                screen.endDrawing()
                return progress
            }
        }
    }

    private func handOver(
        _ end: End,
        _ log: LinuxDirectory,
        _ identity: VenueIdentity,
        _ committee: LocalCommittee
    ) throws(ConsoleError) -> [UInt8] {
        let bundle = try Console.transparency { () throws(TransparencyError) in
            try BundleMaker(identity: identity, directory: log).bundle(
                trade: end.trade.trade,
                side: .buy,
                account: end.trade.buyer
            )
        }
        let trust = try Console.transparency { () throws(TransparencyError) in
            try identity.trust(roster: committee.epoch)
        }
        try Console.writeFile(bundlePath + "/bundle.cbor", bundle)
        try Console.writeFile(bundlePath + "/trust.json", trust.encoded)
        screen.step(
            "the buyer of trade \(end.trade.trade.rawValue.grouped) is handed its bundle, "
                + "\(bundle.count.grouped) bytes, and verifies it alone:"
        )
        return bundle
    }

    /// The counterparty's own process, without the venue; then the same with one bit of the bundle flipped.
    private func verify(_ bundle: [UInt8]) throws(ConsoleError) {
        let files = ["\(bundlePath)/bundle.cbor", "--trust", "\(bundlePath)/trust.json"]
        screen.step("parallax verify " + files.joined(separator: " "))
        let good = try runVerify(files)
        for line in good.lines { screen.quote(line) }
        if good.code != 0 { throw .disagreement("the bundle does not verify") }
        var forged = bundle
        forged[forged.count / 2] ^= 1
        try Console.writeFile(bundlePath + "/forged.cbor", forged)
        screen.step("the same with one bit flipped in the middle:")
        let bad = try runVerify(["\(bundlePath)/forged.cbor"] + files.dropFirst())
        for line in bad.lines where line.contains("FAILED") { screen.quote(line) }
        if bad.code != 1 { throw .disagreement("a forged bundle was not refused") }
    }

    private func runVerify(
        _ arguments: [String]
    ) throws(ConsoleError) -> (code: Int32, lines: [String]) {
        var bytes: [UInt8] = []
        let ending: ChildProcess.Ending
        do throws(PlatformError) {
            let process = try ChildProcess(program, ["verify"] + arguments)
            process.closeInput()
            while try process.output.read(appendingTo: &bytes) {}
            ending = process.wait()
        } catch {
            throw .environment("\(error)")
        }
        guard case .exited(let code) = ending else {
            throw .disagreement("parallax verify was killed")
        }
        let text = String(decoding: bytes, as: UTF8.self)
        return (code, text.split(separator: "\n").map(String.init))
    }
}

/// Nobody waits for the replies of a venue that only files documents.
private final class SilentSink: ReplySink {
    func deliver(_ batch: borrowing DurableBatch) {}
    func stopped(_ reason: JournalError) {}
}
