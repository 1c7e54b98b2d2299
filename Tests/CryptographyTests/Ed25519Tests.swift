import Cryptography
import Testing
import TestSupport

@Suite("Ed25519") struct Ed25519Tests {
    /// The verdict over bytes that may not even be a key.
    static func verdict(_ key: [UInt8], _ message: [UInt8], _ signature: [UInt8]) -> Bool {
        guard let key = try? Ed25519.PublicKey(bytes: key) else { return false }
        return Ed25519.verifies(signature, of: message, by: key)
    }

    @Test("the examples of RFC 8032 verify, and no message with a changed bit does")
    func examples() throws {
        let cases = try vectorLines("RFC8032/section7.1.txt")
        #expect(cases.count == 5)
        for fields in cases {
            let key = try Ed25519.PublicKey(bytes: try Hex.decode(fields[0]))
            let message = try field(fields[2])
            let signature = try Hex.decode(fields[3])
            #expect(Ed25519.verifies(signature, of: message, by: key))
            for index in message.indices {
                var other = message
                other[index] ^= 1 << UInt8(index % 8)
                #expect(!Ed25519.verifies(signature, of: other, by: key))
            }
            #expect(!Ed25519.verifies(signature, of: message + [0], by: key))
        }
    }

    @Test("no signature with a changed bit verifies, nor one that is cut or longer")
    func changes() throws {
        let fields = try vectorLines("RFC8032/section7.1.txt")[2]
        let key = try Ed25519.PublicKey(bytes: try Hex.decode(fields[0]))
        let message = try field(fields[2])
        let signature = try Hex.decode(fields[3])
        for bit in 0..<512 {
            var other = signature
            other[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(!Ed25519.verifies(other, of: message, by: key))
        }
        for count in 0..<64 {
            #expect(!Ed25519.verifies(Array(signature[..<count]), of: message, by: key))
        }
        #expect(!Ed25519.verifies(signature + [0], of: message, by: key))
        for bit in 0..<256 {
            var other = key.bytes
            other[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(!Self.verdict(other, message, signature))
        }
    }

    @Test("the rules hold at their edges") func rules() throws {
        let cases = try vectorLines("Ed25519Rules/cases.txt", parts: 5)
        var counts = (valid: 0, refused: 0, keys: 0)
        for fields in cases {
            let key = try Hex.decode(fields[1])
            let message = try field(fields[2])
            let signature = try Hex.decode(fields[3])
            switch fields[0] {
            case "valid":
                #expect(Self.verdict(key, message, signature), "\(fields[4])")
                counts.valid += 1
            case "refused":
                let key = try Ed25519.PublicKey(bytes: key)
                #expect(!Ed25519.verifies(signature, of: message, by: key), "\(fields[4])")
                counts.refused += 1
            default:
                #expect(fields[0] == "key")
                #expect(throws: Ed25519.KeyError.self, "\(fields[4])") {
                    try Ed25519.PublicKey(bytes: key)
                }
                counts.keys += 1
            }
        }
        #expect(counts == (valid: 3, refused: 11, keys: 13))
    }

    @Test("a key is refused for the first rule that it breaks") func keyErrors() throws {
        func error(_ text: String) throws -> Ed25519.KeyError? {
            let bytes = try Hex.decode(text)
            do { _ = try Ed25519.PublicKey(bytes: bytes) } catch { return error }
            return nil
        }
        let zeros = String(repeating: "00", count: 30)
        let ones = String(repeating: "ff", count: 30)
        #expect(try error("") == .wrongLength(count: 0))
        #expect(try error(zeros + "00") == .wrongLength(count: 31))
        #expect(try error(zeros + "000000") == .wrongLength(count: 33))
        for lowest in ["ed", "ee", "ef", "f8", "ff"] {
            #expect(try error(lowest + ones + "7f") == .notCanonical)
            #expect(try error(lowest + ones + "ff") == .notCanonical)
        }
        #expect(try error("ec" + ones + "7f") == .smallOrder)
        #expect(try error("ec" + ones + "ff") == .smallOrder)
        #expect(try error("00" + zeros + "00") == .smallOrder)
        #expect(try error("00" + zeros + "80") == .smallOrder)
        #expect(try error("01" + zeros + "80") == .smallOrder)
        #expect(try error("02" + zeros + "00") == .notOnCurve)
        #expect(try error("03" + zeros + "00") == nil)
        for error in [
            Ed25519.KeyError.wrongLength(count: 3), .notCanonical, .notOnCurve, .smallOrder,
        ] {
            #expect(error.description.contains("Ed25519 public key"))
        }
    }

    @Test("a key is its bytes") func keys() throws {
        let fields = try vectorLines("RFC8032/section7.1.txt")
        let keys = try fields.map { fields in
            try Ed25519.PublicKey(bytes: try Hex.decode(fields[0]))
        }
        for (key, fields) in zip(keys, fields) {
            #expect(key.description == fields[0])
            #expect(try Ed25519.PublicKey(bytes: key.bytes) == key)
        }
        #expect(Set(keys + keys).count == 5)
    }
}

/// The sets of others.
///
/// What is valid follows from the rules in the documentation of `Ed25519`, and is said at each set.
@Suite("Ed25519 vectors of others") struct SharedEd25519Tests {
    @Test(
        "of the 914 edge cases of CCTV those 43 verify that break no rule",
        SharedFiles.vectors.needs("cctv-ed25519/ed25519vectors.json")
    )
    func cctv() throws {
        struct Vector: Decodable {
            var number: Int
            var key: String
            var sig: String
            var msg: String
            var flags: [String]?
        }
        // A component of small order alone is no reason; a residue of it in the equation is.
        let allowed: Set<String> = ["low_order_component_A", "low_order_component_R"]
        let vectors = try SharedFiles.vectors.json(
            "cctv-ed25519/ed25519vectors.json",
            as: [Vector].self
        )
        #expect(vectors.count == 914)
        var validCount = 0
        for vector in vectors {
            let expected = (vector.flags ?? []).allSatisfy { flag in allowed.contains(flag) }
            let found = Ed25519Tests.verdict(
                try Hex.decode(vector.key),
                Array(vector.msg.utf8),
                try Hex.decode(vector.sig)
            )
            #expect(found == expected, "number \(vector.number), \(vector.flags ?? [])")
            validCount += expected ? 1 : 0
        }
        #expect(validCount == 43)
    }

    @Test("Wycheproof agrees", SharedFiles.vectors.needs("wycheproof/ed25519_test.json"))
    func wycheproof() throws {
        struct File: Decodable {
            struct Group: Decodable {
                struct Key: Decodable { var pk: String }
                struct Case: Decodable {
                    var tcId: Int
                    var msg: String
                    var sig: String
                    var result: String
                }
                var publicKey: Key
                var tests: [Case]
            }
            var testGroups: [Group]
        }
        let file = try SharedFiles.vectors.json("wycheproof/ed25519_test.json", as: File.self)
        var counts = (valid: 0, invalid: 0)
        for group in file.testGroups {
            let key = try Ed25519.PublicKey(bytes: try Hex.decode(group.publicKey.pk))
            for test in group.tests {
                let found = Ed25519.verifies(
                    try Hex.decode(test.sig),
                    of: try Hex.decode(test.msg),
                    by: key
                )
                #expect(found == (test.result == "valid"), "test \(test.tcId)")
                if found { counts.valid += 1 } else { counts.invalid += 1 }
            }
        }
        #expect(counts == (valid: 88, invalid: 63))
    }

    @Test(
        "of the cases of \"Taming the many EdDSAs\" only the fourth verifies",
        SharedFiles.vectors.needs("rfc8032-ed25519/edge-cases-speccheck.json")
    )
    func speccheck() throws {
        struct Vector: Decodable {
            var message: String
            var pub_key: String
            var signature: String
        }
        // 0, 1, 2: A or R of small order. 3: both of mixed order, and the equation holds without the
        // cofactor. 4, 5: it holds only with it. 6, 7: S beyond L. 8, 9: R not canonical. 10, 11: A neither.
        let vectors = try SharedFiles.vectors.json(
            "rfc8032-ed25519/edge-cases-speccheck.json",
            as: [Vector].self
        )
        let verdicts = try vectors.map { vector in
            Ed25519Tests.verdict(
                try Hex.decode(vector.pub_key),
                try Hex.decode(vector.message),
                try Hex.decode(vector.signature)
            )
        }
        #expect(verdicts == (0..<12).map { index in index == 3 })
    }

    @Test(
        "none of the 196 cases of ZIP 215 verifies: A and R are of small order in each",
        SharedFiles.vectors.needs("rfc8032-ed25519/zip215.json")
    )
    func zip215() throws {
        struct Vector: Decodable {
            var vk_bytes: String
            var sig_bytes: String
            var valid_zip215: Bool
        }
        let vectors = try SharedFiles.vectors.json("rfc8032-ed25519/zip215.json", as: [Vector].self)
        #expect(vectors.count == 196)
        for vector in vectors {
            #expect(vector.valid_zip215)
            let key = try Hex.decode(vector.vk_bytes)
            let signature = try Hex.decode(vector.sig_bytes)
            #expect(!Ed25519Tests.verdict(key, Array("Zcash".utf8), signature))
            #expect(throws: Ed25519.KeyError.self) { try Ed25519.PublicKey(bytes: key) }
        }
    }
}
