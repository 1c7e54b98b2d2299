import Cryptography
import Encoding
import Foundation
import LogStore
import MerkleLog
import Platform
import SimulatedPlatform
import Synchronization
import Testing
import TestSupport

@Suite("group commit") struct GroupCommitTests {
    static let atOnce = GroupCommitLog.Configuration(batchNanoseconds: 0)

    @Test("entries of many tasks are answered with a checkpoint that covers them") func tasks()
        async throws
    {
        let directory = try TemporaryDirectory()
        let signer = TestSigner()
        let writer = try LogWriter.open(directory.open(), format: signer.format)
        let log = try GroupCommitLog(writer, configuration: Self.atOnce)
        let answers = try await withThrowingTaskGroup(of: (UInt64, GroupCommitLog.Answer).self) {
            group in
            for number in 0..<UInt64(400) {
                group.addTask { (number, try await log.append(TestEntries.entry(number))) }
            }
            var answers: [(UInt64, GroupCommitLog.Answer)] = []
            for try await answer in group { answers.append(answer) }
            return answers
        }
        #expect(log.finish() == nil)
        #expect(log.counters.entries == 400)
        #expect(Set(answers.map { answer in answer.1.index }) == Set(0..<400))
        let reader = try LogReader(directory: directory.open(), reading: signer.format.read)
        #expect(reader.size == 400)
        for (number, answer) in answers {
            #expect(answer.index < answer.head.size)
            #expect(try signer.format.read(answer.checkpoint) == answer.head)
            #expect(try reader.root(at: answer.head.size) == answer.head.root)
            let entry = TestEntries.entry(number).bytes
            #expect(try reader.entry(at: answer.index) == entry)
            let proof = try reader.inclusionProof(of: answer.index, treeSize: answer.head.size)
            #expect(proof.verifies(leafHash: MerkleTree.leafHash(entry), root: answer.head.root))
        }
        #expect(signer.contradictions == nil)
    }

    /// Entries are answered in the order in which one thread appended them, and the cursor follows.
    @Test("the order of one thread is kept, and the cursor is the last one's") func order() throws {
        let directory = try TemporaryDirectory()
        let signer = TestSigner()
        let indices = Mutex<[UInt64]>([])
        do {
            let log = try GroupCommitLog(
                try LogWriter.open(directory.open(), format: signer.format)
            )
            for number in 0..<UInt64(3_000) {
                let entry = TestEntries.entry(number)
                let admission = log.append(entry, cursor: [UInt8]("\(number)".utf8)) { result in
                    if case .success(let answer) = result {
                        indices.withLock { $0.append(answer.index) }
                    }
                }
                #expect(admission == .accepted)
            }
            #expect(log.finish() == nil)
            #expect(log.counters.commits < 3_000)
            #expect(log.append(TestEntries.entry(1)) { _ in } == .stopped(nil))
        }
        #expect(indices.withLock { $0 } == Array(0..<3_000))
        let writer = try LogWriter.open(directory.open(), format: signer.format)
        #expect(writer.cursor == [UInt8]("2999".utf8))
        #expect(writer.size == 3_000)
    }

    @Test("a full queue refuses, and a refused entry fails alone") func bounds() async throws {
        let directory = try TemporaryDirectory()
        let gate = Gate()
        let signer = TestSigner()
        let format = CheckpointFormat(
            sign: { head throws(LogStoreError) in
                if head.size > 0 { gate.pass() }
                return try signer.format.sign(head)
            },
            read: signer.format.read
        )
        let configuration = GroupCommitLog.Configuration(
            batchNanoseconds: 0,
            batchCountMax: 2,
            queueCountMax: 4
        )
        let log = try GroupCommitLog(
            try LogWriter.open(directory.open(), format: format),
            configuration: configuration
        )
        let results = Mutex<[String]>([])
        func append(_ entry: LogEntry) -> GroupCommitLog.Admission {
            log.append(entry) { result in
                let text: String
                switch result {
                case .success(let answer): text = "\(answer.index)"
                case .failure(let error): text = "\(error)"
                }
                results.withLock { $0.append(text) }
            }
        }
        #expect(append(TestEntries.entry(0)) == .accepted)
        // The first commit waits at its signature, so the queue is empty and fills up.
        gate.waitUntilReached()
        #expect(append(TestEntries.entry(1)) == .accepted)
        #expect(append(LogEntry([UInt8](repeating: 0, count: 65_536))) == .accepted)
        #expect(append(TestEntries.entry(2)) == .accepted)
        #expect(append(TestEntries.entry(3)) == .accepted)
        #expect(append(TestEntries.entry(4)) == .busy)
        await #expect(throws: LogStoreError.busy) { try await log.append(TestEntries.entry(4)) }
        #expect(log.counters.refusedBusy == 2)
        gate.open()
        #expect(log.finish() == nil)
        let refusal = "\(LogStoreError.entryTooLarge(count: 65_536))"
        #expect(results.withLock { $0 }.filter { text in text != refusal } == ["0", "1", "2", "3"])
        #expect(results.withLock { $0 }.contains(refusal))
        await #expect(throws: LogStoreError.stopped(.closed)) {
            try await log.append(TestEntries.entry(4))
        }
    }

    @Test("a failed write stops the log and fails all who wait") func failure() async throws {
        let disk = SimulatedDisk(seed: 1)
        let signer = TestSigner()
        let writer = try LogWriter.open(
            disk.directory(),
            format: signer.format,
            configuration: SimulatedLog.configuration
        )
        let log = try GroupCommitLog(writer, configuration: Self.atOnce)
        _ = try await log.append(TestEntries.entry(0))
        disk.plan(.failsWithoutEffect, at: disk.operationCount + 4)
        await #expect(throws: LogStoreError.self) { try await log.append(TestEntries.entry(1)) }
        let fault = try #require(log.finish())
        guard case .platform = fault else {
            Issue.record("\(fault)")
            return
        }
        #expect(log.append(TestEntries.entry(2)) { _ in } == .stopped(fault))
        await #expect(throws: LogStoreError.stopped(fault)) {
            try await log.append(TestEntries.entry(2))
        }
    }
}

/// Holds the log's thread at a place until the test lets it go.
final class Gate: Sendable {
    private let reached = Signal()
    private let opened = Signal()
    private let isOpen = Atomic<Bool>(false)

    /// Waits at the gate.
    func pass() {
        reached.notify()
        if !isOpen.load(ordering: .acquiring) { opened.wait() }
    }

    func waitUntilReached() { reached.wait() }

    func open() {
        isOpen.store(true, ordering: .releasing)
        opened.notify()
    }
}
