import Journal
import Platform
import Primitives
import ReferenceVenue
import Sequencer
import SimulatedPlatform
import Synchronization
import Testing
import TestSupport
import Venue

@Suite("Sequencer")
struct SequencerTests {
    /// Sizes at which a few hundred commands already need several segments.
    static let small = SequencerConfiguration(
        journal: JournalConfiguration(segmentBytes: 16 << 10, batchBytesMax: 8 << 10),
        queueCapacity: 1 << 12,
        batchCommandsMax: 64,
        snapshotIntervalNanoseconds: 0,
        stateHashCommands: 50
    )

    /// A session of an ordinary venue, with its times.
    static func session(seed: UInt64, count: Int) -> [(command: Command, time: Timestamp)] {
        var generator = CommandGenerator(seed: seed)
        let reference = ReferenceVenue()
        return (0..<count).map { index in
            let step = generator.next(reference)
            _ = reference.apply(step.command, sequence: UInt64(index + 1), time: step.time)
            return step
        }
    }

    @Test("every accepted command is answered once, in order, and survives a restart")
    func answersAndSurvives() throws {
        let directory = try TemporaryDirectory()
        let session = Self.session(seed: 1, count: 2_000)
        let sink = RecordingSink()
        let sequencer = try Sequencer(directory.open(), configuration: Self.small, sink: sink)
        #expect(sequencer.recovery.lastSequence == 0)
        for (index, step) in session.enumerated() {
            let answer = sequencer.submit(step.command, tag: UInt64(index), time: step.time)
            #expect(answer == .accepted)
        }
        guard var venue = sequencer.finish() else {
            Issue.record("the venue was given away before")
            return
        }
        #expect(sink.all.map(\.tag) == (0..<2_000).map { UInt64($0) })
        #expect(sink.all.map(\.sequence) == (1...2_000).map { UInt64($0) })
        #expect(sequencer.submit(.advanceTime) == .stopped)
        #expect(sequencer.counters.durable == 2_000)
        #expect(sequencer.durableSequence == 2_000)

        var replay = try JournalReplay(directory: directory.open())
        try replay.advance()
        #expect(replay.venue.sequence == 2_000)
        let hashes = (replay.venue.stateHash(), venue.stateHash())
        #expect(hashes.0 == hashes.1)
        #expect(replay.reader.tail == .clean)
    }

    @Test("a second writer is refused at once")
    func secondWriter() throws {
        let directory = try TemporaryDirectory()
        let sequencer = try Sequencer(
            directory.open(),
            configuration: Self.small,
            sink: RecordingSink()
        )
        let error = JournalError.platform(.locked(path: directory.path))
        #expect(throws: error) {
            _ = try Sequencer(
                directory.open(),
                configuration: Self.small,
                sink: RecordingSink()
            )
        }
        sequencer.stop()
        _ = consume sequencer
        let next = try Sequencer(
            directory.open(),
            configuration: Self.small,
            sink: RecordingSink()
        )
        next.stop()
    }

    @Test("a full queue refuses at once and counts it, and forgets nothing that it took")
    func fullQueue() throws {
        let disk = SimulatedDisk(seed: 1)
        let sink = GateSink()
        var configuration = Self.small
        configuration.queueCapacity = 64
        let sequencer = try Sequencer(disk.directory(), configuration: configuration, sink: sink)
        var acceptedCount = 0
        // The sink holds the journal up, so the queue must become full.
        while sequencer.submit(.advanceTime, time: Timestamp(1)) == .accepted {
            acceptedCount += 1
        }
        #expect(acceptedCount >= 64)
        #expect(sequencer.counters.refusedBusy == 1)
        sink.open()
        sequencer.stop()
        #expect(sink.count == acceptedCount)
        #expect(Int(sequencer.durableSequence) == acceptedCount)
    }

    @Test(
        "after a failed sync or a full disk nothing is acknowledged or accepted any more",
        arguments: [SimulatedDisk.Fault.failsWithoutEffect, .failsWithEffect, .diskFull]
    )
    func failsClosed(_ fault: SimulatedDisk.Fault) throws {
        let session = Self.session(seed: 3, count: 500)
        let disk = SimulatedDisk(seed: 1)
        let sink = RecordingSink()
        let sequencer = try Sequencer(disk.directory(), configuration: Self.small, sink: sink)
        disk.plan(fault, at: disk.operationCount + 20)
        var index = 0
        while sink.stopReason == nil {
            let step = session[index % session.count]
            if sequencer.submit(step.command, time: step.time) == .accepted { index += 1 }
        }
        let reason = try #require(sink.stopReason)
        #expect(sequencer.fault == reason)
        #expect(sequencer.submit(.advanceTime) == .failed(reason))
        sequencer.stop()
        #expect(sink.all.count == Int(sequencer.durableSequence))
        #expect(sink.all.count < index)

        // Reading goes on, and a restart finds at least what was acknowledged.
        disk.endProcesses()
        let recovered = try RecoveredJournal(disk.directory(), configuration: Self.small.journal)
        #expect(Int(recovered.report.lastSequence) >= sink.all.count)
    }

    @Test("a stop with a snapshot makes the next start replay nothing")
    func snapshotOnStop() throws {
        let session = Self.session(seed: 4, count: 1_000)
        let disk = SimulatedDisk(seed: 1)
        var configuration = Self.small
        configuration.snapshotsOnStop = true
        let sequencer = try Sequencer(
            disk.directory(),
            configuration: configuration,
            sink: RecordingSink()
        )
        for step in session { _ = sequencer.submit(step.command, time: step.time) }
        guard var venue = sequencer.finish() else {
            Issue.record("the venue was given away before")
            return
        }
        #expect(sequencer.counters.snapshots >= 1)
        disk.endProcesses()
        var recovered = try RecoveredJournal(disk.directory(), configuration: Self.small.journal)
        #expect(recovered.report.snapshotSequence == 1_000)
        #expect(recovered.report.replayedCount == 0)
        let hashes = (recovered.venue.stateHash(), venue.stateHash())
        #expect(hashes.0 == hashes.1)
    }

    @Test("snapshots while commands arrive leave a journal that gives the same state")
    func snapshotsWhileRunning() throws {
        let session = Self.session(seed: 5, count: 2_000)
        let disk = SimulatedDisk(seed: 1)
        var configuration = Self.small
        configuration.snapshotCommands = 100
        configuration.snapshotsOnStop = true
        let sequencer = try Sequencer(
            disk.directory(),
            configuration: configuration,
            sink: RecordingSink()
        )
        for step in session { _ = sequencer.submit(step.command, time: step.time) }
        guard var venue = sequencer.finish() else {
            Issue.record("the venue was given away before")
            return
        }
        disk.losePower()
        let names = disk.fileNames
        #expect(names.filter { name in name.hasPrefix("snapshot-") }.count <= 2)
        var whole = try JournalReplay(directory: disk.directory(), usesSnapshots: false)
        try whole.advance()
        let hashes = (whole.venue.stateHash(), venue.stateHash())
        #expect(whole.commandCount == 2_000)
        #expect(hashes.0 == hashes.1)
    }

    @Test("time passes by itself when nothing is submitted")
    func idleTimer() throws {
        let disk = SimulatedDisk(seed: 1)
        let sink = RecordingSink()
        var configuration = Self.small
        configuration.idleTimerNanoseconds = 1_000_000
        let sequencer = try Sequencer(disk.directory(), configuration: configuration, sink: sink)
        sink.wait(for: 3)
        sequencer.stop()
        #expect(sink.all.allSatisfy { reply in reply.tag == Reply.timerTag })
        #expect(sink.all.map(\.time) == sink.all.map(\.time).sorted())
    }

    @Test("the commands of several threads are all answered, those of each in their order")
    func severalSubmitters() throws {
        let disk = SimulatedDisk(seed: 1)
        let sink = RecordingSink()
        let sequencer = try Sequencer(disk.directory(), configuration: Self.small, sink: sink)
        let threads = try (0..<4).map { thread in
            try PlatformThread.start(name: "submitter") {
                for index in 0..<1_000 {
                    let tag = UInt64(thread * 1_000 + index)
                    while sequencer.submit(.advanceTime, tag: tag) == .busy {}
                }
            }
        }
        for thread in threads { thread.join() }
        sequencer.stop()
        let tags = sink.all.map(\.tag)
        #expect(tags.sorted() == (0..<4_000).map { UInt64($0) })
        for thread in 0..<4 {
            let own = tags.filter { tag in tag / 1_000 == UInt64(thread) }
            #expect(own == own.sorted())
        }
    }

    @Test("a reader sees the venue between two commands")
    func reader() throws {
        let disk = SimulatedDisk(seed: 1)
        let sink = RecordingSink()
        let sequencer = try Sequencer(disk.directory(), configuration: Self.small, sink: sink)
        _ = sequencer.submit(.defineAsset(AssetID(1)))
        sink.wait(for: 1)
        let seen = Mutex<UInt64>(0)
        let signal = Signal()
        sequencer.read { venue in
            let version = venue.rulebookVersion
            seen.withLock { seen in seen = version }
            signal.notify()
        }
        signal.wait()
        #expect(seen.withLock { seen in seen } == 1)
        sequencer.stop()
    }

    @Test("a reply says what the events say")
    func replies() throws {
        let disk = SimulatedDisk(seed: 1)
        let sink = RecordingSink()
        let sequencer = try Sequencer(disk.directory(), configuration: Self.small, sink: sink)
        let seller = AccountID(16)
        let buyer = AccountID(17)
        let instrument = InstrumentID(1)
        let commands: [Command] = [
            .defineAsset(AssetID(1)), .defineAsset(AssetID(2)),
            .defineInstrument(
                InstrumentDefinition(
                    instrument: instrument,
                    base: AssetID(1),
                    quote: AssetID(2)
                )
            ),
            .setPhase(PhaseChange(instrument: instrument, phase: .continuous)),
            .openAccount(seller), .openAccount(buyer),
            .deposit(Transfer(account: seller, asset: AssetID(1), amount: 100)),
            .deposit(Transfer(account: buyer, asset: AssetID(2), amount: 1_000)),
            .placeOrder(
                NewOrder(
                    account: seller,
                    instrument: instrument,
                    side: .sell,
                    price: Price(5),
                    quantity: Quantity(10)
                )
            ),
            .placeOrder(
                NewOrder(
                    account: buyer,
                    instrument: instrument,
                    side: .buy,
                    price: Price(6),
                    quantity: Quantity(4)
                )
            ),
            .openAccount(seller),
        ]
        for command in commands { _ = sequencer.submit(command) }
        sequencer.stop()
        let replies = sink.all
        try #require(replies.count == commands.count)
        #expect(replies[8].order != .none)
        #expect(replies[8].tradeCount == 0)
        #expect(replies[9].order != replies[8].order)
        #expect(replies[9].filled == Quantity(4))
        #expect(replies[9].tradeCount == 1)
        #expect(replies[10].refusal == .accountExists)
        #expect(replies.filter { reply in reply.refusal == nil }.count == 10)
    }
}
