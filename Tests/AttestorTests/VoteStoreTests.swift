import Attestation
import Attestor
import BLS12381
import Cryptography
import Encoding
import Foundation
import KeyStore
import Platform
import Primitives
import Statements
import Testing
import TestSupport

@Suite("Votes that are never contradicted") struct VoteStoreTests {
    private let folder: TemporaryDirectory

    init() throws { folder = try TemporaryDirectory() }

    private static func statement(
        _ number: UInt64,
        epoch: UInt64 = 1,
        state: UInt64 = 1
    ) throws -> IntervalStatement {
        IntervalStatement(
            venue: try VenueName("venue.example"),
            epoch: epoch,
            interval: Interval(
                number: number,
                firstSequence: number * 10,
                lastSequence: number * 10 + 9,
                stateHash: SHA256.Digest(words: (state, 2, 3, 4))
            ),
            time: Timestamp(number),
            log: LogHead(
                origin: "venue.example/log",
                size: number,
                root: SHA256.Digest(words: (number, 0, 0, 0))
            ),
            rosterHash: SHA256.Digest(words: (epoch, 0, 0, 0))
        )
    }

    private static func cast(
        _ store: VoteStore,
        _ statement: IntervalStatement
    ) throws -> VoteStore.Answer {
        let attested = Attested.interval(statement)
        let key = TestSeats.identity(3)
        let partial = try TestSeats.share(3).sign(attested.digest.bytes)
        return try store.vote(for: attested) {
            Vote(
                for: attested,
                index: 3,
                partial: partial,
                identityKey: key.publicKey.bytes,
                signer: { message in key.sign(message) }
            )
        }
    }

    private static func isVote(_ answer: VoteStore.Answer) -> Bool {
        if case .vote = answer { return true }
        return false
    }

    @Test("whoever asks again gets the same vote, and another digest for the slot gets none")
    func once() throws {
        let store = try VoteStore(directory: folder.path)
        let first = try Self.cast(store, Self.statement(7))
        #expect(Self.isVote(first))
        #expect(try store.vote(for: .interval(Self.statement(7)), make: { nil }) == first)
        let other = try Self.statement(7, state: 5)
        #expect(try Self.cast(store, other) == .contradicts(Self.statement(7).digest))
        #expect(try store.vote(for: .interval(Self.statement(8)), make: { nil }) == .none)
        #expect(store.voteCount == 1)
    }

    @Test("in a later epoch the slot is signed again only for the same state and log")
    func epochs() throws {
        let store = try VoteStore(directory: folder.path)
        #expect(Self.isVote(try Self.cast(store, Self.statement(7))))
        #expect(Self.isVote(try Self.cast(store, Self.statement(7, epoch: 2))))
        #expect(!Self.isVote(try Self.cast(store, Self.statement(7, epoch: 3, state: 9))))
    }

    @Test("votes survive SIGKILL, and no slot is signed otherwise afterwards") func kill()
        async throws
    {
        await #expect(processExitsWith: .signal(SIGKILL)) { [path = folder.path as String] in
            let store = try VoteStore(directory: path)
            for number in UInt64(1)...20 { _ = try Self.cast(store, Self.statement(number)) }
            Glibc.kill(getpid(), SIGKILL)
        }
        let store = try VoteStore(directory: folder.path)
        #expect(store.voteCount == 20)
        for number in UInt64(1)...20 {
            let other = try Self.statement(number, state: 8)
            let same = try Self.statement(number)
            #expect(try Self.cast(store, other) == .contradicts(same.digest))
            #expect(Self.isVote(try store.vote(for: .interval(same), make: { nil })))
        }
    }

    @Test("an older copy of the database is refused") func oldCopy() throws {
        let folder = folder.path
        try Self.castOne(in: folder, number: 1)
        let old = try WholeFile.read(folder + "/votes.db")
        try Self.castOne(in: folder, number: 2)
        try? FileManager.default.removeItem(atPath: folder + "/votes.db-wal")
        try WholeFile.write(old, to: folder + "/votes.db")
        #expect(throws: AttestorError.votesAreOlder(kept: 1, expected: 2)) {
            _ = try VoteStore(directory: folder)
        }
    }

    private static func castOne(in folder: String, number: UInt64) throws {
        let store = try VoteStore(directory: folder)
        _ = try cast(store, statement(number))
    }
}
