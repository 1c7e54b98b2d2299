import BLS12381
import Cryptography
import Testing
import TestSupport

@Suite("BLS12-381: the large vector sets") struct SharedVectorTests {
    private struct SignatureCase: Decodable {
        var scheme: String
        var dst: String
        var sk: String
        var pk: String
        var hashed_message: String
        var signature: String
    }

    @Test(
        "every signature in G1 of the sets is made from its key, and verifies",
        SharedFiles.vectors.needs("bls-minsig/minsig.json")
    )
    func signatures() throws {
        let cases = try SharedFiles.vectors.json("bls-minsig/minsig.json", as: [SignatureCase].self)
        #expect(cases.count == 376)
        var schemes: Set<String> = []
        for (index, row) in cases.enumerated() {
            schemes.insert(row.scheme)
            let tag = try DomainTag(Array(row.dst.utf8))
            let message = try field(row.hashed_message)
            let key = try SecretKey(bytes: field(row.sk))
            let signature = key.sign(message, tag: tag)
            #expect(Hex.encode(signature.compressed) == row.signature)
            let publicKey = key.publicKey
            #expect(Hex.encode(publicKey.compressed) == row.pk)
            guard index.isMultiple(of: 4) else { continue }
            let decoded = try PublicKey(compressed: field(row.pk))
            let read = try Signature(compressed: field(row.signature))
            #expect(decoded.verifies(read, of: message, tag: tag))
            #expect(!decoded.verifies(read, of: message + [0], tag: tag))
        }
        #expect(schemes.count == 4)
    }

    @Test(
        "a thousand multiples of each generator are encoded as others encode them",
        SharedFiles.vectors.needs("bls-points")
    )
    func multiples() throws {
        func chunks(_ name: String, _ count: Int) throws -> [[UInt8]] {
            let bytes = try SharedFiles.vectors.bytes("bls-points/\(name)_valid_test_vectors.dat")
            #expect(bytes.count == 1000 * count)
            return stride(from: 0, to: bytes.count, by: count).map { start in
                Array(bytes[start..<start + count])
            }
        }
        let compressed1 = try chunks("g1_compressed", 48)
        let uncompressed1 = try chunks("g1_uncompressed", 96)
        var element1 = G1Element.identity
        for (short, long) in zip(compressed1, uncompressed1) {
            #expect(element1.compressed == short)
            #expect(element1.uncompressed == long)
            #expect(try G1Element(compressed: short) == element1)
            #expect(try G1Element(uncompressed: long) == element1)
            element1 = element1 + .generator
        }
        let compressed2 = try chunks("g2_compressed", 96)
        let uncompressed2 = try chunks("g2_uncompressed", 192)
        var element2 = G2Element.identity
        for (short, long) in zip(compressed2, uncompressed2) {
            #expect(element2.compressed == short)
            #expect(element2.uncompressed == long)
            #expect(try G2Element(compressed: short) == element2)
            #expect(try G2Element(uncompressed: long) == element2)
            element2 = element2 + .generator
        }
    }

    private struct Network: Decodable {
        struct Beacon: Decodable {
            var round: UInt64
            var signature: String
        }

        var public_key: String
        var dst: String?
        var beacons: [Beacon]
    }

    private struct Networks: Decodable {
        var public_key: String
        var dst: String
        var beacons: [Network.Beacon]
        var other_networks: [Network]
        var wrong_dst_networks: [Network]
    }

    @Test(
        "beacons of drand verify under their own tag and under no other",
        SharedFiles.vectors.needs("drand-quicknet")
    )
    func beacons() throws {
        let file = try SharedFiles.vectors.json("drand-quicknet/quicknet.json", as: Networks.self)
        #expect(file.beacons.count == 7)
        let quicknet = Network(public_key: file.public_key, dst: file.dst, beacons: file.beacons)
        for network in [quicknet] + file.other_networks {
            let key = try PublicKey(compressed: field(network.public_key)).prepared
            for beacon in network.beacons {
                let signature = try Signature(compressed: field(beacon.signature))
                #expect(key.verifies(signature, of: quicknetMessage(beacon.round)))
            }
        }
        for network in file.wrong_dst_networks {
            let key = try PublicKey(compressed: field(network.public_key)).prepared
            let tag = try DomainTag(Array(#require(network.dst).utf8))
            for beacon in network.beacons {
                let signature = try Signature(compressed: field(beacon.signature))
                let message = quicknetMessage(beacon.round)
                #expect(!key.verifies(signature, of: message))
                #expect(key.verifies(signature, of: message, tag: tag))
            }
        }
    }

    private struct HashFile: Decodable {
        struct Vector: Decodable {
            struct Affine: Decodable {
                var x: String
                var y: String
            }

            var msg: String
            var P: Affine
        }

        var dst: String
        var vectors: [Vector]
    }

    private struct ExpansionFile: Decodable {
        struct Row: Decodable {
            var len_in_bytes: String
            var msg: String
            var uniform_bytes: String
        }

        var DST: String
        var tests: [Row]
    }

    @Test(
        "hashes and expansions are those of RFC 9380",
        SharedFiles.vectors.needs("rfc9380-h2c")
    )
    func hashes() throws {
        let name = "rfc9380-h2c/BLS12381G1_XMD-SHA-256_SSWU_RO_.json"
        let file = try SharedFiles.vectors.json(name, as: HashFile.self)
        #expect(file.vectors.count == 5)
        for row in file.vectors {
            let element = try G1Element.hash(
                Array(row.msg.utf8),
                tag: DomainTag(Array(file.dst.utf8))
            )
            let text = row.P.x.dropFirst(2) + row.P.y.dropFirst(2)
            #expect(Hex.encode(element.uncompressed) == text)
        }
        for name in ["expand_message_xmd_SHA256_38", "expand_message_xmd_SHA256_256"] {
            let file = try SharedFiles.vectors.json(
                "rfc9380-h2c/\(name).json",
                as: ExpansionFile.self
            )
            #expect(file.tests.count == 10)
            for row in file.tests {
                let bytes = try MessageExpansion.xmd(
                    Array(row.msg.utf8),
                    tag: DomainTag(Array(file.DST.utf8)),
                    count: #require(Int(row.len_in_bytes.dropFirst(2), radix: 16))
                )
                #expect(Hex.encode(bytes) == row.uniform_bytes)
            }
        }
    }
}
