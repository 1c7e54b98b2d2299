import Cryptography
import Foundation
import KeyStore
import Platform
import Testing
import TestSupport

/// The real program on the real file system, with system calls that fail because strace makes them fail.
@Suite(
    "keys when system calls fail",
    .enabled(if: SystemCallTracer.isUsable, "strace is not installed or not permitted here")
)
struct KeysFaultTests {
    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
        try directory.write("a passphrase", to: "passphrase")
    }

    /// Runs the program; `?` before a call's name is for machines that have another one in its place.
    private func run(
        _ words: [String],
        failing injection: String
    ) throws -> ChildProcess.Ending {
        let calls = injection.prefix { character in character != ":" }
        return try FinishedProgram.run(
            [SystemCallTracer.program, "-f", "-o", "/dev/null"]
                + ["-e", "trace=\(calls)", "-e", "inject=\(injection)"]
                + [Places.program(), "keys"] + words
                + ["--passphrase-file", directory.path + "/passphrase"]
        ).ending
    }

    @Test(
        "a new key that cannot be made durable is no key, and leaves no file",
        arguments: [
            "write:error=ENOSPC:when=1", "fsync:error=EIO:when=1", "fsync:error=EIO:when=2",
            "fchmod:error=EPERM:when=1",
        ]
    )
    func generate(injection: String) throws {
        let words = [
            "generate", "--kind", "venue", "--name", "x", "--out", directory.path + "/a.key",
        ]
        #expect(try run(words, failing: injection) == .exited(3))
        #expect(try directory.names() == ["passphrase"])
    }

    @Test(
        "a passphrase that cannot be changed durably stays, and no file is left beside the key",
        arguments: ["fsync:error=EIO:when=1", "?rename,?renameat,?renameat2:error=EIO:when=1"]
    )
    func reseal(injection: String) throws {
        let path = directory.path + "/a.key"
        let passphrase = try Passphrase(file: directory.path + "/passphrase")
        try StoredKey.generate(.venue, name: "x").seal(to: path, passphrase, cost: .least)
        let before = try Data(contentsOf: URL(filePath: path))
        let words = ["reseal", path, "--new-passphrase-file", directory.path + "/passphrase"]
        #expect(try run(words, failing: injection) == .exited(3))
        #expect(try directory.names() == ["a.key", "passphrase"])
        #expect(try Data(contentsOf: URL(filePath: path)) == before)
    }
}
