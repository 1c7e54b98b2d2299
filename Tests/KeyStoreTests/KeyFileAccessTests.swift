import Cryptography
import Foundation
import Glibc
import KeyStore
import Platform
import Testing
import TestSupport

@Suite("who may use a sealed key") struct KeyFileAccessTests {
    let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private func sealed(_ name: String = "a.key") throws -> String {
        let path = directory.path + "/" + name
        try key(of: .venue).seal(to: path, passphrase(), cost: .least)
        return path
    }

    private func sealingError(_ path: String, _ text: String) throws -> KeyStoreError? {
        let key = try key(of: .venue)
        let passphrase = try passphrase(text)
        return storeError { () throws(KeyStoreError) in
            try key.seal(to: path, passphrase, cost: .least)
        }
    }

    @Test("a new file is for its owner alone, whatever the process's mask is") func mode() async {
        // The mask belongs to the whole process, so each one is tried in a process of its own.
        await #expect(processExitsWith: .success) {
            try Self.checkMode(mask: 0)
        }
        await #expect(processExitsWith: .success) {
            try Self.checkMode(mask: 0o777)
        }
    }

    private static func checkMode(mask: mode_t) throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/a.key"
        let before = umask(mask)
        try key(of: .venue).seal(to: path, passphrase(), cost: .least)
        umask(before)
        let mode = try directory.mode(of: path)
        precondition(mode == 0o600)
    }

    @Test(
        "a file that others have any right to is refused, and so is a passphrase's",
        arguments: [0o640, 0o620, 0o610, 0o604, 0o602, 0o601, 0o666, 0o777]
    )
    func permissions(mode: Int) throws {
        let path = try sealed()
        try directory.setMode(mode, of: path)
        let expected = KeyStoreError.tooPermissive(path: path, mode: UInt32(mode))
        let passphrase = try passphrase()
        #expect(
            storeError { () throws(KeyStoreError) in
                _ = try StoredKey(opening: path, nil, passphrase)
            } == expected
        )
        #expect(
            storeError { () throws(KeyStoreError) in
                _ = try StoredKey.unauthenticatedHead(of: path)
            } == expected
        )
        #expect(
            storeError { () throws(KeyStoreError) in _ = try Passphrase(file: path) } == expected
        )
        #expect(expected.description.contains("0\(String(mode, radix: 8))"))
        for mode in [0o600, 0o400, 0o700] {
            try directory.setMode(mode, of: path)
            #expect(
                storeError { () throws(KeyStoreError) in
                    _ = try StoredKey(opening: path, nil, passphrase)
                } == nil
            )
        }
    }

    @Test("a file is never overwritten, nor what a link points to") func exclusive() throws {
        let path = try sealed()
        let before = try directory.bytes(of: path)
        #expect(try sealingError(path, "correct horse battery") == .exists(path: path))
        #expect(try directory.bytes(of: path) == before)
        let link = directory.path + "/link"
        try FileManager.default.createSymbolicLink(
            atPath: link,
            withDestinationPath: directory.path + "/target"
        )
        #expect(try sealingError(link, "correct horse battery") == .exists(path: link))
        #expect(try directory.names() == ["a.key", "link"])
    }

    @Test("what is missing or no file is named") func missing() throws {
        let path = directory.path + "/no/such"
        let passphrase = try passphrase()
        for error in [
            try sealingError(path, "correct horse battery"),
            storeError { () throws(KeyStoreError) in _ = try Passphrase(file: path) },
            storeError { () throws(KeyStoreError) in
                _ = try StoredKey(opening: path, nil, passphrase)
            },
        ] {
            guard case .platform(let fault) = error else {
                Issue.record("\(String(describing: error))")
                continue
            }
            #expect(fault.isNotFound)
            #expect(error?.description.contains(path) == true)
        }
        for path in [directory.path, "/dev/null"] {
            #expect(
                storeError { () throws(KeyStoreError) in _ = try Passphrase(file: path) }
                    == .notFile(path: path)
            )
        }
    }

    @Test("a passphrase is what its file holds, without one line feed at the end")
    func passphraseFile() throws {
        let expected = try passphrase("two words")
        for (text, isSame) in [
            ("two words", true), ("two words\n", true), ("two words\n\n", false),
            ("two words ", false), ("two word", false), ("", false),
        ] {
            let path = try directory.write(Array(text.utf8), to: "passphrase")
            #expect(try Passphrase(file: path).isSame(as: expected) == isSame, "\(text)")
        }
        for (count, error) in [
            (1_024, nil), (1_025, .passphraseTooLong), (5_000, .passphraseTooLong),
        ] as [(Int, KeyStoreError?)] {
            let bytes = [UInt8](repeating: 65, count: count)
            let path = try directory.write(bytes, to: "passphrase")
            #expect(
                storeError { () throws(KeyStoreError) in _ = try Passphrase(file: path) } == error
            )
            #expect(
                storeError { () throws(KeyStoreError) in _ = try Passphrase(bytes: bytes) } == error
            )
        }
    }

    @Test("a passphrase comes through a pipe too") func pipe() throws {
        let path = directory.path + "/pipe"
        #expect(unsafe mkfifo(path, 0o600) == 0)
        // Each end waits until the other one is open.
        Thread.detachNewThread {
            let writer = FileHandle(forWritingAtPath: path)
            writer?.write(Data("through a pipe\n".utf8))
            writer?.closeFile()
        }
        let read = try Passphrase(file: path)
        #expect(try read.isSame(as: passphrase("through a pipe")))
    }

    @Test("a new file wants a passphrase of eight bytes or more") func shortPassphrase() throws {
        let path = directory.path + "/short.key"
        #expect(try sealingError(path, "1234567") == .passphraseTooShort)
        #expect(try directory.names() == [])
        #expect(try sealingError(path, "12345678") == nil)
    }

    @Test("a name fits its kind") func names() throws {
        func error(_ kind: KeyKind, _ name: String) -> KeyStoreError? {
            storeError { () throws(KeyStoreError) in _ = try StoredKey.generate(kind, name: name) }
        }
        let longest = String(repeating: "é", count: 127)
        for kind in KeyKind.allCases where kind != .share {
            #expect(error(kind, longest) == nil)
            for name in ["", longest + "é", "a\nb", "a\u{0}", "\u{7f}", "\u{85}"] {
                guard case .badName = error(kind, name) else {
                    Issue.record("\(kind) \(name)")
                    continue
                }
            }
        }
        for name in ["a b", "a+b", "a\u{2003}b"] {
            for kind in [KeyKind.venue, .identity, .salt] { #expect(error(kind, name) == nil) }
            for kind in [KeyKind.log, .witness] { #expect(error(kind, name) != nil) }
        }
    }

    @Test("a file gets another passphrase, and the old one opens it no more") func reseal() throws {
        let path = try sealed()
        let old = try passphrase()
        let new = try passphrase("another passphrase")
        let before = try directory.bytes(of: path)
        let head = try StoredKey.reseal(path, from: old, to: new, cost: .least)
        #expect(try head == key(of: .venue).head)
        #expect(try StoredKey(opening: path, .venue, new).head == head)
        #expect(
            storeError { () throws(KeyStoreError) in _ = try StoredKey(opening: path, nil, old) }
                == .wrongPassphrase(path: path)
        )
        #expect(try directory.mode(of: path) == 0o600)
        #expect(try directory.names() == ["a.key"])
        // Nothing that hides the secret is left of the old file.
        let after = try directory.bytes(of: path)
        #expect(Data(after).range(of: Data(before[24..<64])) == nil)
    }

    @Test("a file stays as it was where its passphrase cannot be changed") func resealRefused()
        throws
    {
        let path = try sealed()
        let before = try directory.bytes(of: path)
        let old = try passphrase()
        let new = try passphrase("another passphrase")
        func error(_ old: borrowing Passphrase, _ new: borrowing Passphrase) -> KeyStoreError? {
            do throws(KeyStoreError) {
                _ = try StoredKey.reseal(path, from: old, to: new, cost: .least)
                return nil
            } catch {
                return error
            }
        }
        #expect(error(new, old) == .wrongPassphrase(path: path))
        #expect(error(old, try passphrase("short")) == .passphraseTooShort)
        #expect(try directory.names() == ["a.key"])
        _ = try directory.write([1], to: "a.key.new")
        #expect(error(old, new) == .exists(path: path + ".new"))
        #expect(try directory.bytes(of: path) == before)
        #expect(try directory.bytes(of: path + ".new") == [1])
    }
}
