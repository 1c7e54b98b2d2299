import Foundation
import Glibc
import KeyStore
import Platform
import Testing
import TestSupport

/// The program with a pseudo-terminal as its standard streams, and what it writes there.
final class TerminalSession {
    private let identifier: pid_t
    private let terminal: Int32
    private(set) var output = ""

    init(_ words: [String]) throws {
        // Glibc's functions for this are declared for GNU sources only; TIOCSPTLCK unlocks the other end,
        // and TIOCGPTN tells its number.
        terminal = unsafe open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
        var locked: Int32 = 0
        var other: UInt32 = 0
        try #require(unsafe ioctl(terminal, 0x4004_5431, &locked) == 0)
        try #require(unsafe ioctl(terminal, 0x8004_5430, &other) == 0)
        let name = "/dev/pts/\(other)"
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        for stream: Int32 in 0...2 {
            unsafe posix_spawn_file_actions_addopen(&actions, stream, name, O_RDWR | O_NOCTTY, 0)
        }
        let program = try Places.program()
        var arguments = unsafe ([program] + words).map { unsafe strdup($0) } + [nil]
        defer { unsafe arguments.forEach { word in unsafe free(word) } }
        var number: pid_t = 0
        let code = unsafe posix_spawn(&number, program, &actions, nil, &arguments, environ)
        try #require(code == 0)
        identifier = number
    }

    deinit { close(terminal) }

    /// Waits until the program has written a text.
    func expect(_ text: String) throws {
        var bytes = [UInt8](repeating: 0, count: 4_096)
        while !output.contains(text) {
            let count = unsafe read(terminal, &bytes, bytes.count)
            try #require(count > 0, "the program ended without \"\(text)\": \(output)")
            output += String(decoding: bytes[..<count], as: UTF8.self)
        }
    }

    func type(_ text: String) {
        let bytes = Array(text.utf8)
        #expect(unsafe write(terminal, bytes, bytes.count) == bytes.count)
    }

    /// Whether the terminal shows what is typed.
    var shows: Bool {
        var settings = termios()
        #expect(unsafe tcgetattr(terminal, &settings) == 0)
        return settings.c_lflag & tcflag_t(ECHO) != 0
    }

    /// What everybody can see of the program while it runs: its arguments and its environment.
    func visible() throws -> Data {
        var data = Data()
        for name in ["cmdline", "environ"] {
            data += try Data(contentsOf: URL(filePath: "/proc/\(identifier)/\(name)"))
        }
        return data
    }

    /// Reads what is left, and waits for the end.
    func exitCode() -> Int32 {
        var bytes = [UInt8](repeating: 0, count: 4_096)
        while true {
            let count = unsafe read(terminal, &bytes, bytes.count)
            if count <= 0 { break }
            output += String(decoding: bytes[..<count], as: UTF8.self)
        }
        var status: Int32 = 0
        while unsafe waitpid(identifier, &status, 0) < 0, errno == EINTR {}
        return (status >> 8) & 0xff
    }
}

@Suite("passphrases at the terminal") struct KeysTerminalTests {
    let directory: TemporaryDirectory
    private let passphrase = "typed, and nowhere seen"

    init() throws { directory = try TemporaryDirectory() }

    private var path: String { directory.path + "/a.key" }

    private func start() throws -> TerminalSession {
        let session = try TerminalSession([
            "keys", "generate", "--kind", "venue", "--name", "venue", "--out", path,
        ])
        try session.expect("new passphrase for \(path): ")
        return session
    }

    @Test("a passphrase typed twice seals a key, and nobody sees it") func typed() throws {
        let session = try start()
        #expect(!session.shows)
        session.type(passphrase + "\n")
        try session.expect("the same again: ")
        #expect(try session.visible().range(of: Data(passphrase.utf8)) == nil)
        session.type(passphrase + "\n")
        #expect(session.exitCode() == 0)
        #expect(session.output.contains("a.key: sealed"))
        #expect(!session.output.contains("typed, and"))
        let opened = try StoredKey(opening: path, .venue, Passphrase(bytes: Array(passphrase.utf8)))
        #expect(opened.head.name == "venue")
    }

    @Test("two passphrases that differ seal nothing") func different() throws {
        let session = try start()
        session.type(passphrase + "\n")
        try session.expect("the same again: ")
        session.type(passphrase + "!\n")
        #expect(session.exitCode() == 2)
        #expect(session.output.contains("the two passphrases differ"))
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test(
        "Control-C, the end of the input and an empty line end it, and the terminal shows again",
        arguments: ["\u{3}", "half\u{3}", "\u{4}", "\n"]
    )
    func cancelled(keys: String) throws {
        let session = try start()
        session.type(keys)
        try session.expect("no passphrase was typed")
        #expect(session.exitCode() == 2)
        #expect(!session.output.contains("half"))
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test("without a terminal and without a file a passphrase is asked for as an option")
    func noTerminal() throws {
        let process = try ChildProcess(
            Places.program(),
            ["keys", "generate", "--kind", "venue", "--name", "venue", "--out", path]
        )
        process.closeInput()
        #expect(process.wait() == .exited(2))
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test("a passphrase from a pipe is not seen either") func piped() throws {
        let process = try ChildProcess(
            Places.program(),
            [
                "keys", "generate", "--kind", "venue", "--name", "venue", "--out", path,
                "--passphrase-file", "/dev/stdin", "--json",
            ]
        )
        for name in ["cmdline", "environ"] {
            let data = try Data(contentsOf: URL(filePath: "/proc/\(process.identifier)/\(name)"))
            #expect(data.range(of: Data(passphrase.utf8)) == nil)
        }
        try process.write(Array(passphrase.utf8))
        process.closeInput()
        #expect(process.wait() == .exited(0))
        var output: [UInt8] = []
        while try process.output.read(appendingTo: &output) {}
        let text = String(decoding: output, as: UTF8.self)
        #expect(!text.contains(passphrase))
        #expect(try members(text)["kind"] as? String == "venue")
    }
}
