import BLS12381
import Cryptography
import Foundation
import KeyStore
import Testing
import TestSupport

/// The error that something throws.
func storeError(_ body: () throws(KeyStoreError) -> Void) -> KeyStoreError? {
    do throws(KeyStoreError) {
        try body()
        return nil
    } catch {
        return error
    }
}

/// A passphrase from a text.
func passphrase(_ text: String = "correct horse battery") throws -> Passphrase {
    try Passphrase(bytes: Array(text.utf8))
}

/// Secret bytes that are the same in every run.
let seed = [UInt8](1...32)

/// A key of each kind.
func key(of kind: KeyKind) throws -> StoredKey {
    guard kind == .share else {
        return try StoredKey(kind, name: "venue.example/log", bytes: seed)
    }
    return try StoredKey(
        share: SecretKey(bytes: seed),
        epoch: 7,
        index: 12,
        name: "did:orbit:observer:example:1"
    )
}

@Suite("sealed keys") struct KeyFileTests {
    let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    /// A sealed key and the bytes of its file.
    private func sealed(_ kind: KeyKind = .log) throws -> (path: String, bytes: [UInt8]) {
        let path = directory.path + "/\(kind).key"
        try key(of: kind).seal(to: path, passphrase(), cost: .least)
        return (path, try directory.bytes(of: path))
    }

    /// Writes changed bytes in place of a file.
    private func write(_ bytes: [UInt8], to path: String) throws {
        let handle = try FileHandle(forWritingTo: URL(filePath: path))
        try handle.truncate(atOffset: 0)
        try handle.write(contentsOf: Data(bytes))
        try handle.close()
    }

    /// What opening the file says; nothing if it opens.
    private func openingError(_ path: String, _ kind: KeyKind? = nil) throws -> KeyStoreError? {
        let passphrase = try passphrase()
        return storeError { () throws(KeyStoreError) in
            _ = try StoredKey(opening: path, kind, passphrase)
        }
    }

    /// Puts the right checksum behind changed bytes, as somebody who changes them on purpose would.
    private func withChecksum(_ bytes: [UInt8]) -> [UInt8] {
        let body = Array(bytes.dropLast(32))
        return body + SHA256.hash(of: body).bytes
    }

    @Test("a key of every kind comes back as it was", arguments: KeyKind.allCases)
    func roundTrip(kind: KeyKind) throws {
        let (path, bytes) = try sealed(kind)
        let opened = try StoredKey(opening: path, kind, passphrase())
        let original = try key(of: kind)
        #expect(opened.head == original.head)
        #expect(try StoredKey.unauthenticatedHead(of: path) == original.head)
        #expect(opened.head.kind == kind)
        switch kind {
        case .share:
            let share = try opened.share()
            #expect(share.scalar.bytes == seed)
            #expect(opened.head.publicPart == .share(epoch: 7, index: 12, share.publicKey))
            #expect(opened.head.publicBytes == share.publicKey.compressed)
        case .salt, .encryption, .ceremony, .access:
            #expect(try opened.opaqueBytes() == seed)
            #expect(opened.head.publicBytes.count == 8)
        case .log, .venue, .identity, .witness:
            let signing = try opened.signingKey()
            #expect(signing.publicKey == SigningKey(seed: seed).publicKey)
            #expect(signing.sign([1]) == SigningKey(seed: seed).sign([1]))
            #expect(opened.head.publicPart == .signing(signing.publicKey))
        }
        // Nothing of the secret stands in the file, not even a part of it.
        for start in 0...24 {
            let part = Data(seed[start..<start + 8])
            #expect(Data(bytes).range(of: part) == nil)
        }
    }

    @Test("a file has the bytes that its format says") func format() throws {
        let (_, bytes) = try sealed(.log)
        let name = Array("venue.example/log".utf8)
        let publicKey = SigningKey(seed: seed).publicKey.bytes
        #expect(Array(bytes[..<8]) == Array("plx-key".utf8) + [1])
        #expect(Array(bytes[8..<12]) == [1, 1, 0, 50])
        #expect(Array(bytes[12..<24]) == [0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0x20, 0])
        #expect(Array(bytes[64..<114]) == [17] + name + publicKey)
        #expect(bytes.count == 144 + 50)
        #expect(withChecksum(bytes) == bytes)
    }

    @Test("a file made by another implementation of the format opens") func foreign() throws {
        // Made with Python's argon2-cffi and PyNaCl from the format's description alone.
        let text = try String(
            contentsOf: Places.tests().appending(path: "Vectors/SealedKeys/identity.hex"),
            encoding: .utf8
        )
        let digits = text.filter { character in !character.isWhitespace }
        let path = try directory.write(try Hex.decode(digits), to: "foreign.key")
        let opened = try StoredKey(opening: path, .identity, passphrase("a foreign passphrase"))
        #expect(opened.head.name == "did:orbit:observer:example:7")
        #expect(try opened.signingKey().publicKey == SigningKey(seed: seed.reversed()).publicKey)
    }

    @Test("the same key sealed twice gives two files that share only what is public")
    func freshRandomness() throws {
        let (_, first) = try sealed()
        let second = directory.path + "/second.key"
        try key(of: .log).seal(to: second, passphrase(), cost: .least)
        let bytes = try directory.bytes(of: second)
        for range in [24..<40, 40..<64, 114..<162, 162..<194] {
            #expect(bytes[range] != first[range])
        }
    }

    @Test("a new key is new, its name and kind are kept, and a share cannot be made up")
    func generated() throws {
        var seen: Set<[UInt8]> = []
        for kind in KeyKind.allCases where kind != .share {
            let key = try StoredKey.generate(kind, name: "x")
            #expect(key.head.kind == kind)
            #expect(key.head.name == "x")
            seen.insert(key.head.publicBytes)
        }
        #expect(seen.count == KeyKind.allCases.count - 1)
        #expect(
            storeError { () throws(KeyStoreError) in
                _ = try StoredKey.generate(.share, name: "x")
            } == .unsuitableKind(.share)
        )
    }

    @Test("a key is used only for what its kind is for") func kinds() throws {
        for kind in KeyKind.allCases {
            let key = try key(of: kind)
            let signing = storeError { () throws(KeyStoreError) in _ = try key.signingKey() }
            let share = storeError { () throws(KeyStoreError) in _ = try key.share() }
            let opaque = storeError { () throws(KeyStoreError) in _ = try key.opaqueBytes() }
            #expect(signing == (kind.isSigning ? nil : .unsuitableKind(kind)))
            #expect(share == (kind == .share ? nil : .unsuitableKind(kind)))
            #expect(opaque == (kind.isOpaque ? nil : .unsuitableKind(kind)))
            let (path, _) = try sealed(kind)
            for other in KeyKind.allCases where other != kind {
                #expect(
                    try openingError(path, other)
                        == .wrongKind(path: path, expected: other, found: kind)
                )
            }
            #expect(KeyKind(word: kind.description) == kind)
        }
        #expect(KeyKind(word: "keys") == nil)
    }

    @Test("another passphrase does not open a file", arguments: ["", "correct horse batterY", "x"])
    func wrongPassphrase(text: String) throws {
        let (path, _) = try sealed()
        let other = try passphrase(text)
        #expect(
            storeError { () throws(KeyStoreError) in _ = try StoredKey(opening: path, nil, other) }
                == .wrongPassphrase(path: path)
        )
    }

    @Test("with any byte changed a file does not open, and the damage is named")
    func flips() throws {
        for kind in [KeyKind.identity, .share, .salt] {
            let (path, bytes) = try sealed(kind)
            for index in bytes.indices {
                for change: UInt8 in [0x01, 0x80, 0xff] {
                    var changed = bytes
                    changed[index] ^= change
                    try write(changed, to: path)
                    switch try openingError(path) {
                    case .notKeyFile: #expect(index < 7)
                    case .unsupportedVersion(_, let version):
                        #expect(index == 7 && version == changed[7])
                    case .truncated: #expect(index == 10 || index == 11)
                    case .damaged: #expect(index > 7)
                    case let other: Issue.record("byte \(index) ^ \(change): \(other as Any)")
                    }
                }
            }
            try write(bytes, to: path)
            #expect(try openingError(path) == nil)
        }
    }

    @Test("with any byte changed on purpose, the checksum made to fit, a file does not open")
    func forgeries() throws {
        let (path, bytes) = try sealed(.venue)
        for index in bytes.indices.dropLast(32) {
            // All bits of the two numbers that say the cost, so that it leaves its range or stays small.
            let changes: [UInt8] = (12..<24).contains(index) ? [0xff] : [0x01, 0x80]
            for change in changes {
                var changed = bytes
                changed[index] ^= change
                try write(withChecksum(changed), to: path)
                let error = try openingError(path)
                switch index {
                case ..<7: #expect(error == .notKeyFile(path: path))
                case 7: #expect(error == .unsupportedVersion(path: path, version: changed[7]))
                case 12..<21: #expect(error == .excessiveCost(path: path))
                case 21..<64: #expect(error == .wrongPassphrase(path: path))
                default: #expect(error != nil, "byte \(index)")
                }
            }
        }
        // Another kind that has the same form, and another name, are what the box is for.
        for (index, byte) in [(8, KeyKind.identity.rawValue), (65, UInt8(ascii: "w"))] {
            var changed = bytes
            changed[index] = byte
            try write(withChecksum(changed), to: path)
            #expect(try openingError(path) == .wrongPassphrase(path: path))
            // Without the passphrase nobody can tell, which is why such a head is called unauthenticated.
            #expect(try StoredKey.unauthenticatedHead(of: path) != key(of: .venue).head)
        }
    }

    @Test("a file that ends too early is called truncated, whatever its length") func truncated()
        throws
    {
        let (path, bytes) = try sealed()
        for count in 0..<bytes.count {
            try write(Array(bytes[..<count]), to: path)
            guard case .truncated(path, let expected, count) = try openingError(path) else {
                Issue.record("\(count) bytes: \(String(describing: try openingError(path)))")
                continue
            }
            #expect(expected == (count < 64 ? 144 : bytes.count))
        }
        try write(bytes + [0], to: path)
        #expect(try openingError(path) == .damaged(path: path))
    }

    @Test(
        "what is no key is called so",
        arguments: ["hello", "plx-kez", String(repeating: "x", count: 9_999)]
    )
    func notKey(text: String) throws {
        let path = try directory.write(Array(text.utf8), to: "other")
        #expect(try openingError(path) == .notKeyFile(path: path))
        #expect(
            storeError { () throws(KeyStoreError) in
                _ = try StoredKey.unauthenticatedHead(of: path)
            } == .notKeyFile(path: path)
        )
    }

    @Test("a cost beyond every bound is refused before any work is done")
    func costs() throws {
        #expect(PassphraseCost(passes: 16, memoryBytes: 1 << 30) != nil)
        for (passes, memory) in [
            (0, 8_192), (17, 8_192), (1, 8_191), (1, 1 << 30 + 1), (.max, .max),
        ] as [(UInt64, UInt64)] {
            #expect(PassphraseCost(passes: passes, memoryBytes: memory) == nil)
        }
        #expect(PassphraseCost.moderate == PassphraseCost(passes: 3, memoryBytes: 1 << 28))
    }

    @Test("what the program makes has the moderate cost") func standardCost() throws {
        let path = directory.path + "/standard.key"
        try key(of: .log).seal(to: path, passphrase())
        let bytes = try directory.bytes(of: path)
        #expect(Array(bytes[12..<24]) == [0, 0, 0, 3, 0, 0, 0, 0, 0x10, 0, 0, 0])
        #expect(try openingError(path) == nil)
    }
}
