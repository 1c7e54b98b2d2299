import BLS12381
import Cryptography
import Encoding
import Foundation
import KeyStore
import MerkleLog
import Platform
import Testing
import TestSupport

@Suite("keys on the command line") struct KeysTests {
    let directory: TemporaryDirectory
    private let passphrase = "a passphrase for tests"

    init() throws { directory = try TemporaryDirectory() }

    private func path(_ name: String) -> String { directory.path + "/" + name }

    /// A file for a passphrase.
    private func file(_ text: String, name: String = "passphrase", mode: Int = 0o600) throws
        -> String
    {
        try directory.write(text, to: name, mode: mode)
    }

    /// A sealed key that costs no time to open.
    private func sealed(_ kind: KeyKind, name: String = "venue.example/log") throws -> String {
        let path = path("\(kind).key")
        let passphrase = try Passphrase(bytes: Array(passphrase.utf8))
        try StoredKey.generate(kind, name: name).seal(to: path, passphrase, cost: .least)
        return path
    }

    private func opened(_ path: String, _ text: String) throws -> KeyHead {
        try StoredKey(opening: path, nil, Passphrase(bytes: Array(text.utf8))).head
    }

    @Test(
        "a new key is sealed and its public part printed",
        arguments: ["log", "salt", "encryption"]
    )
    func generate(kind: String) throws {
        let capture = Capture()
        let secret = try file(passphrase + "\n")
        let words = [
            "keys", "generate", "--kind", kind, "--name", "venue.example/log", "--out",
            path("a.key"),
            "--passphrase-file", secret, "--json",
        ]
        #expect(capture.run(words) == 0)
        #expect(capture.errors == "")
        let head = try opened(path("a.key"), passphrase)
        let json = try members(capture.output)
        #expect(json["kind"] as? String == kind)
        #expect(json["name"] as? String == "venue.example/log")
        #expect(json["file"] as? String == path("a.key"))
        #expect(json["authenticated"] as? Bool == true)
        #expect(
            json["publicKey"] as? String == (kind == "log" ? Hex.encode(head.publicBytes) : nil)
        )
        // A second one of the same name does not replace it.
        let again = Capture()
        #expect(again.run(words) == 3)
        #expect(again.errors.contains("exists already and is not overwritten"))
        #expect(try StoredKey.unauthenticatedHead(of: path("a.key")) == head)
    }

    @Test(
        "a signing key has the names by which others know it",
        arguments: [.log, .venue, .identity, .salt, .witness] as [KeyKind]
    )
    func names(kind: KeyKind) throws {
        let file = try sealed(kind)
        let head = try opened(file, passphrase)
        let capture = Capture()
        #expect(capture.run(["keys", "show", file, "--json"]) == 0)
        let json = try members(capture.output)
        let keyID = Array(SHA256.hash(of: head.publicBytes).bytes[..<8])
        #expect(json["kind"] as? String == kind.description)
        #expect(
            json["keyID"] as? String == Hex.encode(kind == .salt ? head.publicBytes : keyID)
        )
        let vkey = json["vkey"] as? String
        #expect((vkey != nil) == (kind == .log || kind == .witness))
        if let vkey {
            let key = try NoteVerifierKey(vkey: Text(vkey))
            #expect(key.publicKey == head.publicBytes)
            #expect(key.type == (kind == .log ? .ed25519 : .cosignature))
            #expect(key.name == Text("venue.example/log"))
        }
    }

    @Test("without the passphrase the public part is shown and called unproven") func show() throws
    {
        let file = try sealed(.log)
        let capture = Capture()
        #expect(capture.run(["keys", "show", file]) == 0)
        let head = try opened(file, passphrase)
        #expect(capture.output.contains(Hex.encode(head.publicBytes)))
        #expect(capture.output.contains("vkey           venue.example/log+"))
        #expect(capture.output.contains("authenticated  no: "))
        let json = Capture()
        #expect(json.run(["keys", "show", "--json", file]) == 0)
        #expect(try members(json.output)["authenticated"] as? Bool == false)
        let secret = try self.file(passphrase)
        let proven = Capture()
        #expect(proven.run(["keys", "show", file, "--passphrase-file", secret, "--json"]) == 0)
        #expect(try members(proven.output)["authenticated"] as? Bool == true)
    }

    @Test("a changed name is shown without the passphrase and refused with it")
    func changedName() throws {
        let file = try sealed(.venue, name: "venue")
        var bytes = try [UInt8](Data(contentsOf: URL(filePath: file)))
        bytes[65] = UInt8(ascii: "V")
        bytes.replaceSubrange(
            (bytes.count - 32)...,
            with: SHA256.hash(of: Array(bytes[..<(bytes.count - 32)])).bytes
        )
        let changed = try self.file("", name: "changed.key")
        let handle = try FileHandle(forWritingTo: URL(filePath: changed))
        try handle.write(contentsOf: Data(bytes))
        try handle.close()
        let capture = Capture()
        #expect(capture.run(["keys", "show", changed, "--json"]) == 0)
        #expect(try members(capture.output)["name"] as? String == "Venue")
        let secret = try self.file(passphrase)
        let proven = Capture()
        #expect(proven.run(["keys", "show", changed, "--passphrase-file", secret]) == 1)
        #expect(proven.output == "")
        #expect(
            proven.errors.contains("the passphrase is wrong, or the file was changed on purpose")
        )
    }

    @Test("the epoch and index of a share are shown, and it has no successor") func share() throws {
        let path = path("share.key")
        let key = try StoredKey(
            share: SecretKey(bytes: [UInt8](1...32)),
            epoch: 1 << 60,
            index: 3,
            name: "did:orbit:observer:example:3"
        )
        try key.seal(to: path, Passphrase(bytes: Array(passphrase.utf8)), cost: .least)
        let capture = Capture()
        #expect(capture.run(["keys", "show", path, "--json"]) == 0)
        let json = try members(capture.output)
        #expect(json["epoch"] as? String == "1152921504606846976")
        #expect(json["index"] as? Int == 3)
        #expect((json["publicKey"] as? String)?.count == 192)
        let words = try [
            "rotate", path, "--out", self.path("b"), "--passphrase-file", file(passphrase),
        ]
        let rotated = Capture()
        #expect(rotated.run(["keys"] + words) == 2)
        #expect(rotated.errors.contains("is a share"))
        #expect(!FileManager.default.fileExists(atPath: self.path("b")))
    }

    @Test("a successor has the same kind and name, another key, and both are printed")
    func rotate() throws {
        let old = try sealed(.log)
        let before = try opened(old, passphrase)
        let capture = Capture()
        let words = try [
            "keys", "rotate", old, "--out", path("new.key"), "--json",
            "--passphrase-file", file(passphrase),
            "--new-passphrase-file", file("another passphrase", name: "another"),
        ]
        #expect(capture.run(words) == 0)
        let json = try members(capture.output)
        let after = try opened(path("new.key"), "another passphrase")
        #expect(after.kind == .log && after.name == before.name)
        #expect(after.publicBytes != before.publicBytes)
        #expect(try opened(old, passphrase) == before)
        for (member, head) in [("old", before), ("new", after)] {
            let shown = json[member] as? [String: Any]
            #expect(shown?["publicKey"] as? String == Hex.encode(head.publicBytes))
            #expect(shown?["authenticated"] as? Bool == true)
        }
    }

    @Test("a successor has the passphrase of the old key if no other is given")
    func samePassphrase() throws {
        let old = try sealed(.salt)
        let capture = Capture()
        let secret = try file(passphrase)
        let words = ["keys", "rotate", old, "--out", path("new.key"), "--passphrase-file", secret]
        #expect(capture.run(words) == 0)
        let after = try opened(path("new.key"), passphrase)
        for head in [try opened(old, passphrase), after] {
            #expect(capture.output.contains("key id         " + Hex.encode(head.publicBytes)))
        }
    }

    @Test("a passphrase is changed, the key is not") func reseal() throws {
        let path = try sealed(.identity)
        let before = try opened(path, passphrase)
        let words = try [
            "keys", "reseal", path, "--passphrase-file", file(passphrase),
            "--new-passphrase-file", file("another passphrase\n", name: "another"),
        ]
        let capture = Capture()
        #expect(capture.run(words) == 0)
        #expect(capture.output.contains(Hex.encode(before.publicBytes)))
        #expect(try opened(path, "another passphrase") == before)
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path).count == 3)
    }
}

@Suite("mistakes with keys on the command line") struct KeysMistakeTests {
    static let bad = [
        BadUsage("keys", "parallax keys: say what to do: generate, show, rotate, reseal"),
        BadUsage("keys generate", "parallax keys generate: option --kind is missing; write"),
        BadUsage(
            "keys generate --kind lg --name x --out f",
            "parallax keys generate: option --kind is \"lg\"; give log or "
        ),
        BadUsage(
            "keys generate --kind share --name x --out f",
            "parallax keys generate: option --kind is \"share\"; give log or "
        ),
        BadUsage("keys generate --kind log --out f", "parallax keys generate: option --name is"),
        BadUsage("keys generate --kind log --name x", "parallax keys generate: option --out is"),
        BadUsage(
            "keys generate --kind log --name x --out f --passphrase secret",
            "parallax keys generate: unknown option \"--passphrase\"; did you mean --pass"
        ),
        BadUsage(
            "keys generate --kind log --name x --out f --passphrase-file no-such",
            "parallax: no-such: cannot open: No such file or directory",
            code: 3
        ),
        BadUsage("keys show", "parallax keys show: FILE is missing"),
        BadUsage("keys show no-such", "parallax: no-such: cannot open: No such", code: 3),
        BadUsage("keys show /", "parallax: /: is neither a file nor a pipe", code: 3),
        BadUsage("keys rotate x", "parallax keys rotate: option --out is missing; write"),
    ]

    @Test("a mistake is answered with what is wrong and what to do", arguments: bad)
    func mistakes(_ usage: BadUsage) {
        let capture = Capture()
        #expect(capture.run(usage.words) == usage.code)
        #expect(capture.output == "")
        let lines = capture.errors.split(separator: "\n")
        #expect(lines.first?.hasPrefix(usage.firstLine) == true, "\(capture.errors)")
    }

    /// What `keys show` says about a file with these bytes.
    private func shown(_ bytes: [UInt8], mode: Int = 0o600) throws -> (code: Int32, errors: String)
    {
        let directory = try TemporaryDirectory()
        let path = try directory.write(bytes, to: "a.key", mode: mode)
        let capture = Capture()
        let code = capture.run(["keys", "show", path])
        #expect(capture.output == "")
        return (code, capture.errors)
    }

    @Test("each thing that is wrong with a file has its line and its exit code") func files() throws
    {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/a.key"
        let passphrase = try Passphrase(bytes: Array("a passphrase".utf8))
        try StoredKey.generate(.venue, name: "x").seal(to: path, passphrase, cost: .least)
        let bytes = try [UInt8](Data(contentsOf: URL(filePath: path)))
        var damaged = bytes
        damaged[100] ^= 1
        var newer = bytes
        newer[7] = 2
        let open = try shown(bytes, mode: 0o644)
        #expect(open.code == 3)
        #expect(open.errors.contains("has the mode 0644, so others may use it; run chmod 600"))
        #expect(try shown(damaged).code == 1)
        #expect(try shown(damaged).errors.hasSuffix("a.key: is damaged; restore it from a copy\n"))
        let short = try shown(Array(bytes.dropLast()))
        #expect(short.code == 1)
        #expect(
            short.errors.contains("ends after \(bytes.count - 1) bytes of at least \(bytes.count)")
        )
        let text = try shown(Array("something else".utf8))
        #expect(text.code == 2)
        #expect(text.errors.contains("is not a sealed key; name a file that"))
        let version = try shown(newer)
        #expect(version.code == 2)
        #expect(version.errors.contains("is a sealed key of version 2"))
    }

    @Test("a short passphrase, a bad name and a passphrase that others can read make no file")
    func refused() throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/a.key"
        func run(_ name: String, _ passphrase: String, mode: Int) throws -> (Int32, String) {
            let file = try directory.write(passphrase, to: "passphrase", mode: mode)
            let capture = Capture()
            let code = capture.run([
                "keys", "generate", "--kind", "log", "--name", name, "--out", path,
                "--passphrase-file", file,
            ])
            return (code, capture.errors)
        }
        let short = try run("x", "1234567", mode: 0o600)
        #expect(short.0 == 2 && short.1.contains("passphrase is too short; give at least 8"))
        let name = try run("a b", "a passphrase", mode: 0o600)
        #expect(name.0 == 2 && name.1.contains("name of a key of a log or witness may have no"))
        let open = try run("x", "a passphrase", mode: 0o640)
        #expect(open.0 == 3 && open.1.contains("passphrase: has the mode 0640"))
        #expect(!FileManager.default.fileExists(atPath: path))
    }
}
