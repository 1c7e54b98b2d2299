import Foundation
import LogStore
import Platform
import Synchronization
import Testing
import TestSupport

/// The real file system and a process that is killed at a moment that nobody chose.
@Suite("a process that is killed", .serialized) struct KilledProcessTests {
    /// Where the processes write; the child has it from its environment.
    static let variable = "PARALLAX_TEST_LOG"
    static let kills = 4 * effort

    @Test("has lost nothing that it acknowledged, and signed nothing twice") func killed()
        async throws
    {
        let directory = try TemporaryDirectory()
        unsafe setenv(Self.variable, directory.path, 1)
        defer { unsafe unsetenv(Self.variable) }
        let signer = TestSigner()
        var roots: [TreeHead] = []
        for _ in 0..<Self.kills {
            await #expect(processExitsWith: .signal(SIGKILL)) {
                try KilledProcessTests.writeUntilKilled()
            }
            let reader = try LogReader(directory: directory.open(), reading: signer.format.read)
            let summary = try LogAudit.run(reader, hasIndex: false)
            let acknowledged = try Self.acknowledged(in: directory.path)
            #expect(summary.entries >= acknowledged)
            #expect(acknowledged > roots.last?.size ?? 0)
            for head in roots { #expect(try reader.root(at: head.size) == head.root) }
            roots.append(reader.head)
        }
        let writer = try LogWriter.open(directory.open(), format: signer.format)
        let reader = try LogReader(directory: directory.open(), reading: signer.format.read)
        #expect(writer.size == reader.size)
        #expect(writer.cursor == [UInt8]("\(writer.size)".utf8))
        _ = try LogAudit.run(reader, keys: TestEntries.keys)
    }

    /// The size that the killed processes acknowledged last.
    static func acknowledged(in path: String) throws -> UInt64 {
        let bytes = try WholeFile.read(path + "/acknowledged")
        return try #require(UInt64(String(decoding: bytes, as: UTF8.self)))
    }

    /// Appends until another thread ends the process, some time after a number of commits.
    static func writeUntilKilled() throws {
        let path = try #require(ProcessInfo.processInfo.environment[variable])
        let signer = TestSigner()
        let directory = try LinuxDirectory.open(path)
        var writer = try LogWriter.open(directory, format: signer.format)
        let file = URL(filePath: path + "/acknowledged")
        let isDue = Signal()
        let killer = try PlatformThread.start(name: "killer") {
            isDue.wait()
            PlatformThread.nap(nanoseconds: SystemRandom.word() % 3_000_000)
            kill(getpid(), SIGKILL)
        }
        for commit in 0... {
            for _ in 0..<(commit % 5 == 0 ? 400 : 3) {
                try writer.append(TestEntries.entry(writer.size))
            }
            try writer.commit(cursor: [UInt8]("\(writer.size)".utf8))
            try Data("\(writer.size)".utf8).write(to: file, options: .atomic)
            if commit == 6 { isDue.notify() }
        }
        killer.join()
    }
}
