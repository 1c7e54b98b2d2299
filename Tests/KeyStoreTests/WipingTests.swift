import Cryptography
import Foundation
import KeyStore
import Platform
import Testing
import TestSupport

/// A secret of which only a masked copy is known, so that a search of memory finds every other one.
struct MaskedSecret: Codable {
    private let masked: [UInt8]

    init(_ bytes: [UInt8]) { masked = bytes.map { byte in byte ^ 0xa5 } }

    /// Whether the first 16 bytes of the secret stand anywhere in some memory.
    func occurs(in memory: UnsafeRawBufferPointer) -> Bool {
        guard memory.count >= 16 else { return false }
        let first = masked[0] ^ 0xa5
        for start in 0...(memory.count - 16) where unsafe memory[start] == first {
            var count = 1
            while count < 16, unsafe memory[start + count] ^ 0xa5 == masked[count] { count += 1 }
            if count == 16 { return true }
        }
        return false
    }

    /// Whether the secret stands in any memory of this process that can be read.
    func isInMemory() throws -> Bool {
        let maps = try WholeFile.read("/proc/self/maps")
        let memory = try FileHandle(forReadingFrom: URL(filePath: "/proc/self/mem"))
        for line in String(decoding: maps, as: UTF8.self).split(separator: "\n") {
            let words = line.split(separator: " ")
            let ends = words[0].split(separator: "-").compactMap { end in UInt64(end, radix: 16) }
            guard ends.count == 2, words[1].hasPrefix("rw") else { continue }
            try memory.seek(toOffset: ends[0])
            // A region may have been unmapped since the list was read.
            guard let data = try? memory.read(upToCount: Int(ends[1] - ends[0])) else { continue }
            let isFound = unsafe data.withUnsafeBytes { bytes in unsafe occurs(in: bytes) }
            if isFound { return true }
        }
        return false
    }
}

@Suite("what is left of secrets in memory") struct WipingTests {
    let directory: TemporaryDirectory
    let passphrase: MaskedSecret
    let key: MaskedSecret

    /// Seals a salt key, and writes its passphrase to a file.
    init() throws {
        directory = try TemporaryDirectory()
        // Not a constant, which would stand in the program.
        let text = Array(Hex.encode(SystemRandom.bytes(16)).utf8)
        _ = try directory.write(text, to: "p")
        let salt = try StoredKey.generate(.salt, name: "x")
        try salt.seal(to: directory.path + "/salt.key", Passphrase(bytes: text), cost: .least)
        passphrase = MaskedSecret(text)
        key = MaskedSecret(try salt.opaqueBytes())
    }

    static func open(_ folder: String) throws -> StoredKey {
        try StoredKey(opening: folder + "/salt.key", .salt, Passphrase(file: folder + "/p"))
    }

    /// Does everything with the key that can be done with one.
    static func use(_ folder: String) throws {
        let salt = try open(folder)
        var bytes = try salt.opaqueBytes()
        defer { SecretBytes.wipe(&bytes) }
        _ = HMAC.sha256(key: bytes, [1, 2, 3])
        let identity = try StoredKey(.identity, name: "x", bytes: bytes)
        let passphrase = try Passphrase(file: folder + "/p")
        try identity.seal(to: folder + "/identity.key", passphrase, cost: .least)
        let signing = try identity.signingKey()
        let signature = signing.sign([4, 5, 6])
        guard Ed25519.verifies(signature, of: [4, 5, 6], by: signing.publicKey) else {
            preconditionFailure("the key works")
        }
    }

    // Each search runs in a process of its own, because this one has made the secrets.

    @Test("a search finds what was not overwritten") func control() async {
        await #expect(processExitsWith: .success) {
            [
                folder = directory.path as String,
                key = key as MaskedSecret,
                passphrase = passphrase as MaskedSecret
            ] in
            let opened = try WipingTests.open(folder)
            let bytes = try opened.opaqueBytes()
            let text = try WholeFile.read(folder + "/p")
            let found = (try key.isInMemory(), try passphrase.isInMemory())
            precondition(found == (true, true))
            precondition(bytes.count == 32 && text.count == 32)
        }
    }

    @Test("when keys and passphrases have ended, no memory of the process holds them")
    func wiped() async {
        await #expect(processExitsWith: .success) {
            [
                folder = directory.path as String,
                key = key as MaskedSecret,
                passphrase = passphrase as MaskedSecret
            ] in
            try WipingTests.use(folder)
            let found = (try key.isInMemory(), try passphrase.isInMemory())
            precondition(found == (false, false))
        }
    }
}
