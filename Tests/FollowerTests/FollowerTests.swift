import Follower
import Journal
import Platform
import Primitives
import Sequencer
import Synchronization
import Testing
import TestSupport
import Venue

@Suite("Follower")
struct FollowerTests {
    /// Sizes at which a few hundred commands already need several segments and snapshots.
    static let small = SequencerConfiguration(
        journal: JournalConfiguration(
            segmentBytes: 16 << 10,
            batchBytesMax: 8 << 10,
            snapshotsKept: 1
        ),
        batchCommandsMax: 64,
        snapshotIntervalNanoseconds: 0,
        snapshotCommands: 500,
        stateHashCommands: 50
    )

    /// Opens so many accounts, each a command.
    static func openAccounts(_ numbers: Range<UInt32>, _ sequencer: Sequencer) {
        for number in numbers {
            let command = Command.openAccount(AccountID(number))
            while sequencer.submit(command) == .busy {}
        }
    }

    @Test("a projection gets every command once, in order, with its events and the state after it")
    func takesEverything() throws {
        let directory = try TemporaryDirectory()
        let sequencer = try Sequencer(
            directory.open(),
            configuration: Self.small,
            sink: UnheardReplies()
        )
        let projection = Accounts()
        let follower = try Follower(
            sequencer,
            journal: directory.open(),
            projection: projection,
            name: "accounts"
        )
        Self.openAccounts(16..<3_016, sequencer)
        eventually("the follower took what is durable") { follower.progress.sequence == 3_000 }
        sequencer.stop()
        follower.stop()
        #expect(projection.opened == Array(16..<3_016))
        #expect(projection.sequences == Array(1...3_000))
        #expect(follower.progress.hasEnded)
        #expect(follower.progress.fault == nil)
    }

    @Test(
        "a projection goes on behind its cursor, also when what it lacks was archived",
        arguments: [0, 1, 700, 2_999, 3_000] as [UInt64]
    )
    func goesOn(after cursor: UInt64) throws {
        let directory = try TemporaryDirectory()
        let sequencer = try Sequencer(
            directory.open(),
            configuration: Self.small,
            sink: UnheardReplies()
        )
        Self.openAccounts(16..<3_016, sequencer)
        try eventually("segments were archived") {
            try directory.names().contains("archive")
                && sequencer.durableSequence == 3_000
        }
        let projection = Accounts(cursor: cursor)
        let follower = try Follower(
            sequencer,
            journal: directory.open(),
            projection: projection,
            name: "accounts"
        )
        Self.openAccounts(3_016..<3_116, sequencer)
        eventually("the follower took what is durable") { follower.progress.sequence == 3_100 }
        sequencer.stop()
        follower.stop()
        #expect(projection.sequences == Array((cursor + 1)...3_100))
    }

    @Test("while its database is away a projection is asked again, and is handed nothing new")
    func waits() throws {
        let directory = try TemporaryDirectory()
        let sequencer = try Sequencer(
            directory.open(),
            configuration: Self.small,
            sink: UnheardReplies()
        )
        let projection = Accounts()
        projection.fail(with: .unavailable("no database"))
        let warnings = Mutex<[FollowerError]>([])
        let follower = try Follower(
            sequencer,
            journal: directory.open(),
            projection: projection,
            name: "accounts"
        ) { warning in
            warnings.withLock { warnings in warnings.append(warning) }
        }
        Self.openAccounts(16..<116, sequencer)
        eventually("it tried more than once") { projection.refusedCount >= 3 }
        #expect(follower.progress.fault == .unavailable("no database"))
        let taken = projection.sequences.count
        Self.openAccounts(116..<216, sequencer)
        eventually("it tried again") { projection.refusedCount >= 5 }
        #expect(projection.sequences.count == taken)
        projection.fail(with: nil)
        eventually("the follower took what is durable") { follower.progress.sequence == 200 }
        #expect(follower.progress.fault == nil)
        #expect(warnings.withLock { $0 } == [.unavailable("no database")])
        sequencer.stop()
        follower.stop()
        #expect(projection.sequences == Array(1...200))
    }

    @Test("a projection that fails ends its follower, and the venue goes on")
    func ends() throws {
        let directory = try TemporaryDirectory()
        let sequencer = try Sequencer(
            directory.open(),
            configuration: Self.small,
            sink: UnheardReplies()
        )
        let projection = Accounts()
        projection.fail(with: .failed("wrong schema"))
        let follower = try Follower(
            sequencer,
            journal: directory.open(),
            projection: projection,
            name: "accounts"
        )
        eventually("it ended") { follower.progress.hasEnded }
        #expect(follower.progress.fault == .failed("wrong schema"))
        Self.openAccounts(16..<17, sequencer)
        eventually("the venue goes on") { sequencer.durableSequence == 1 }
        follower.stop()
        sequencer.stop()
    }

    @Test("a projection of another, longer journal is refused")
    func ahead() throws {
        let directory = try TemporaryDirectory()
        let sequencer = try Sequencer(
            directory.open(),
            configuration: Self.small,
            sink: UnheardReplies()
        )
        defer { sequencer.stop() }
        #expect(throws: FollowerError.ahead(cursor: 7, lastSequence: 0)) {
            _ = try Follower(
                sequencer,
                journal: directory.open(),
                projection: Accounts(cursor: 7),
                name: "accounts"
            )
        }
    }
}

/// A projection that notes which accounts were opened.
final class Accounts: Projection {
    private struct State {
        var sequences: [UInt64] = []
        var opened: [UInt32] = []
        var refusal: FollowerError?
        var refusedCount = 0
    }

    let cursor: UInt64
    private let state = Mutex(State())

    init(cursor: UInt64 = 0) { self.cursor = cursor }

    var sequences: [UInt64] { state.withLock { $0.sequences } }
    var opened: [UInt32] { state.withLock { $0.opened } }
    var refusedCount: Int { state.withLock { $0.refusedCount } }

    func fail(with error: FollowerError?) { state.withLock { $0.refusal = error } }

    func take(_ record: JournalRecord, _ events: borrowing EventBuffer, _ venue: inout Venue) {
        if case .stateHash = record.content { return }
        var opened: [UInt32] = []
        for index in 0..<events.count {
            if case .accountOpened(let account) = events[index] { opened.append(account.rawValue) }
        }
        #expect(venue.sequence == record.sequence)
        state.withLock { state in
            state.sequences.append(record.sequence)
            state.opened += opened
        }
    }

    func flush(_ venue: inout Venue) throws(FollowerError) {
        let refusal = state.withLock { state in
            if state.refusal != nil { state.refusedCount += 1 }
            return state.refusal
        }
        if let refusal { throw refusal }
    }
}
