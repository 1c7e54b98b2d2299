import Cryptography
import Foundation
import KeyStore
import Testing

/// The program strace, which follows another one and can make its system calls fail.
enum SystemCallTracer {
    private static let program = URL(filePath: "/usr/bin/strace")

    /// Whether it can follow a process here.
    static let isUsable: Bool = {
        guard FileManager.default.isExecutableFile(atPath: program.path) else { return false }
        return (try? exitCode(of: ["-o", "/dev/null", "/bin/true"])) == 0
    }()

    /// Runs it to its end.
    static func exitCode(of arguments: [String]) throws -> Int32 {
        let process = Process()
        process.executableURL = program
        process.arguments = arguments
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        return process.terminationStatus
    }
}

/// The real program on the real file system, with system calls that fail because strace makes them fail.
@Suite(
    "keys when system calls fail",
    .enabled(if: SystemCallTracer.isUsable, "strace is not installed or not permitted here")
)
struct KeysFaultTests {
    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
        let secret = try directory.write(Array("a passphrase".utf8), to: "passphrase")
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: secret)
    }

    /// Runs the program; `?` before a call's name is for machines that have another one in its place.
    private func run(_ words: [String], failing injection: String) throws -> Int32 {
        let calls = injection.prefix { character in character != ":" }
        return try SystemCallTracer.exitCode(
            of: ["-f", "-o", "/dev/null", "-e", "trace=\(calls)", "-e", "inject=\(injection)"]
                + [Places.program(), "keys"] + words
                + ["--passphrase-file", directory.path + "/passphrase"]
        )
    }

    private func names() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: directory.path).sorted()
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
        #expect(try run(words, failing: injection) == 3)
        #expect(try names() == ["passphrase"])
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
        #expect(try run(words, failing: injection) == 3)
        #expect(try names() == ["a.key", "passphrase"])
        #expect(try Data(contentsOf: URL(filePath: path)) == before)
    }
}
