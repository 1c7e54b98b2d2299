import Cryptography
import KeyStore
import Platform
import Testing
import SeededRandomness
import TestSupport

/// A signature, and what it is said to be the signature of.
struct Claim {
    var key: [UInt8]
    var message: [UInt8]
    var signature: [UInt8]

    /// What Core says, or nothing where the two verifiers disagree.
    var agreedVerdict: Bool? {
        var core = false
        if let key = try? Ed25519.PublicKey(bytes: key) {
            core = Ed25519.verifies(signature, of: message, by: key)
            if NativeEd25519.verifies(signature, of: message, by: key) != core { return nil }
        }
        return NativeEd25519.verifies(signature, of: message, byKey: key) == core ? core : nil
    }

    /// The cases that Core's tests keep.
    static func ownVectors() throws -> [Claim] {
        try vectorLines("RFC8032/section7.1.txt", of: "CryptographyTests").map { fields in
            Claim(
                key: try field(fields[0]),
                message: try field(fields[2]),
                signature: try field(fields[3])
            )
        }
            + vectorLines("Ed25519Rules/cases.txt", of: "CryptographyTests").map { fields in
                Claim(
                    key: try field(fields[1]),
                    message: try field(fields[2]),
                    signature: try field(fields[3])
                )
            }
    }

    /// The cases of all sets of others.
    static func sharedVectors() throws -> [Claim] {
        func cases(_ path: String) throws -> [[String: Any]] {
            try #require(try SharedFiles.vectors.json(path) as? [[String: Any]])
        }
        func text(_ object: [String: Any], _ key: String) throws -> String {
            try #require(object[key] as? String)
        }
        var claims: [Claim] = []
        for vector in try cases("cctv-ed25519/ed25519vectors.json") {
            claims.append(
                Claim(
                    key: try Hex.decode(text(vector, "key")),
                    message: Array(try text(vector, "msg").utf8),
                    signature: try Hex.decode(text(vector, "sig"))
                )
            )
        }
        for vector in try cases("rfc8032-ed25519/zip215.json") {
            claims.append(
                Claim(
                    key: try Hex.decode(text(vector, "vk_bytes")),
                    message: Array("Zcash".utf8),
                    signature: try Hex.decode(text(vector, "sig_bytes"))
                )
            )
        }
        for (file, key) in [("edge-cases-speccheck", "pub_key"), ("ed25519", "publicKey")] {
            for vector in try cases("rfc8032-ed25519/\(file).json") {
                claims.append(
                    Claim(
                        key: try Hex.decode(text(vector, key)),
                        message: try Hex.decode(text(vector, "message")),
                        signature: try Hex.decode(text(vector, "signature"))
                    )
                )
            }
        }
        let file = try #require(
            try SharedFiles.vectors.json("wycheproof/ed25519_test.json") as? [String: Any]
        )
        for group in try #require(file["testGroups"] as? [[String: Any]]) {
            let key = try text(try #require(group["publicKey"] as? [String: Any]), "pk")
            for vector in try #require(group["tests"] as? [[String: Any]]) {
                claims.append(
                    Claim(
                        key: try Hex.decode(key),
                        message: try Hex.decode(text(vector, "msg")),
                        signature: try Hex.decode(text(vector, "sig"))
                    )
                )
            }
        }
        return claims
    }
}

@Suite("Ed25519 by the library") struct NativeEd25519Tests {
    @Test("a key signs as RFC 8032 shows, and has the public key that stands there")
    func examples() throws {
        let cases = try vectorLines("RFC8032/section7.1.txt", of: "CryptographyTests")
        #expect(cases.count == 5)
        for fields in cases {
            let key = SigningKey(seed: try field(fields[1]))
            #expect(Hex.encode(key.publicKey.bytes) == fields[0])
            #expect(Hex.encode(key.sign(try field(fields[2]))) == fields[3])
        }
    }

    @Test("what a new key signs, both verifiers accept, and nothing else") func generated() {
        var generator = RandomSource(seed: 1)
        var seen: Set<Ed25519.PublicKey> = []
        for count in 0..<100 {
            let key = SigningKey.generate()
            let message = generator.bytes(count * 3)
            let signature = key.sign(message)
            #expect(key.sign(message) == signature)
            #expect(Ed25519.verifies(signature, of: message, by: key.publicKey))
            #expect(NativeEd25519.verifies(signature, of: message, by: key.publicKey))
            #expect(!NativeEd25519.verifies(signature, of: message + [0], by: key.publicKey))
            #expect(!NativeEd25519.verifies(signature + [0], of: message, by: key.publicKey))
            #expect(!NativeEd25519.verifies([], of: message, by: key.publicKey))
            seen.insert(key.publicKey)
        }
        #expect(seen.count == 100)
    }

    @Test("a seed of a wrong number of bytes stops the program") func seedLength() async {
        await #expect(processExitsWith: .failure) {
            _ = SigningKey(seed: [UInt8](repeating: 1, count: 31))
        }
    }

    @Test("Core and the library agree on every case in the repository") func ownVectors() throws {
        let claims = try Claim.ownVectors()
        #expect(claims.count == 32)
        var validCount = 0
        for (index, claim) in claims.enumerated() {
            let verdict = claim.agreedVerdict
            #expect(verdict != nil, "case \(index)")
            validCount += verdict == true ? 1 : 0
        }
        #expect(validCount == 8)
    }

    @Test(
        "Core and the library agree on every case of others",
        SharedFiles.vectors.needs("cctv-ed25519", "rfc8032-ed25519", "wycheproof")
    )
    func sharedVectors() throws {
        let claims = try Claim.sharedVectors()
        var validCount = 0
        for (index, claim) in claims.enumerated() {
            let verdict = claim.agreedVerdict
            #expect(verdict != nil, "case \(index)")
            validCount += verdict == true ? 1 : 0
        }
        #expect(claims.count == 914 + 196 + 12 + 5 + 151)
        #expect(validCount == 43 + 0 + 1 + 5 + 88)
    }

    /// Changes a claim in one of many ways, some of which keep it valid.
    private func change(_ claim: inout Claim, _ generator: inout RandomSource, _ all: [Claim]) {
        let other = all[generator.below(all.count)]
        switch generator.below(9) {
        case 0: claim.signature[generator.below(64)] ^= 1 << UInt8(generator.below(8))
        case 1: claim.key[generator.below(32)] ^= 1 << UInt8(generator.below(8))
        case 2: claim.message.append(UInt8(generator.below(256)))
        case 3: claim.signature = generator.bytes(64)
        case 4: claim.key = other.key
        case 5: claim.signature.replaceSubrange(..<32, with: other.signature[..<32])
        case 6: claim.signature.replaceSubrange(32..., with: other.signature[32...])
        case 7: claim = addOrder(claim, times: 1 + generator.below(14))
        default: claim.signature[63] ^= UInt8(generator.below(8)) << 5
        }
    }

    /// Adds a multiple of the order of the base point to the second half of a signature.
    private func addOrder(_ claim: Claim, times: Int) -> Claim {
        var order = [UInt8](repeating: 0, count: 32)
        order[31] = 0x10
        let low: [UInt8] = [
            0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58,
            0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14,
        ]
        order.replaceSubrange(..<16, with: low)
        var claim = claim
        var carry = 0
        for index in 0..<32 {
            carry += Int(claim.signature[32 + index]) + times * Int(order[index])
            claim.signature[32 + index] = UInt8(carry & 0xff)
            carry >>= 8
        }
        return claim
    }

    @Test("Core and the library agree on signatures that were changed in many ways")
    func changed() throws {
        var generator = RandomSource(seed: 20_261_121)
        var claims = try Claim.ownVectors().filter { claim in claim.signature.count == 64 }
        for count in 0..<20 {
            let key = SigningKey(seed: generator.bytes(32))
            let message = generator.bytes(count)
            claims.append(
                Claim(
                    key: key.publicKey.bytes,
                    message: message,
                    signature: key.sign(message)
                )
            )
        }
        var counts = (valid: 0, refused: 0)
        for run in 0..<8_000 * effort {
            var claim = claims[generator.below(claims.count)]
            for _ in 0..<generator.below(3) { change(&claim, &generator, claims) }
            switch claim.agreedVerdict {
            case true: counts.valid += 1
            case false: counts.refused += 1
            default: Issue.record("run \(run): the verifiers disagree about \(claim)")
            }
        }
        // Both kinds were reached, many times.
        #expect(counts.valid > 1_000)
        #expect(counts.refused > 3_000)
    }
}

@Suite("random bytes") struct RandomBytesTests {
    @Test(
        "there are as many as asked for, and they differ",
        arguments: [0, 1, 255, 256, 257, 1_000]
    )
    func counts(count: Int) {
        let bytes = SystemRandom.bytes(count)
        #expect(bytes.count == count)
        if count >= 255 {
            #expect(bytes != SystemRandom.bytes(count))
            #expect(Set(bytes.suffix(250)).count > 100)
        }
    }
}
