import BLS12381
import Cryptography
import Testing
import TestSupport

@Suite("BLS12-381: vectors in the repository") struct VectorTests {
    @Test("messages hash to the points of RFC 9380") func hashToCurve() throws {
        let tag = try DomainTag(Array("QUUX-V01-CS02-with-BLS12381G1_XMD:SHA-256_SSWU_RO_".utf8))
        let cases = try vectorLines("RFC9380/hash-to-g1.txt")
        #expect(cases.count == 5)
        for fields in cases {
            let element = try G1Element.hash(field(fields[0]), tag: tag)
            #expect(Hex.encode(element.uncompressed) == fields[1] + fields[2])
            #expect(try G1Element(uncompressed: field(fields[1] + fields[2])) == element)
        }
    }

    @Test("messages expand to the bytes of RFC 9380, also with a tag of more than 255 bytes")
    func expansion() throws {
        let cases = try vectorLines("RFC9380/expand-message.txt")
        #expect(cases.count == 12)
        for fields in cases {
            let bytes = try MessageExpansion.xmd(
                field(fields[1]),
                tag: DomainTag(Array(fields[0].utf8)),
                count: #require(Int(fields[2]))
            )
            #expect(Hex.encode(bytes) == fields[3])
        }
    }

    @Test("a seed makes the key of ERC-2333") func keyGeneration() throws {
        let cases = try vectorLines("ERC2333/master-keys.txt")
        #expect(cases.count == 4)
        for fields in cases {
            let key = try SecretKey(keyMaterial: field(fields[0]))
            #expect(Hex.encode(key.scalar.bytes) == fields[1])
        }
    }

    @Test("rounds of drand's quicknet verify, and no round verifies as another")
    func quicknet() throws {
        let cases = try vectorLines("drand/quicknet.txt")
        #expect(cases.count == 3)
        for fields in cases {
            let key = try PublicKey(compressed: field(fields[0]))
            let signature = try Signature(compressed: field(fields[2]))
            let round = try #require(UInt64(fields[1]))
            #expect(key.verifies(signature, of: quicknetMessage(round)))
            #expect(key.prepared.verifies(signature, of: quicknetMessage(round)))
            #expect(!key.verifies(signature, of: quicknetMessage(round + 1)))
            #expect(!key.prepared.verifies(signature, of: quicknetMessage(round + 1)))
        }
    }

    @Test("the check of the subgroup agrees with multiplication by r, also for hostile points")
    func subgroups() throws {
        let cases = try vectorLines("Subgroups/points.txt")
        #expect(cases.count == 36)
        for fields in cases {
            let bytes = try field(fields[3])
            if fields[2] == "inside" {
                if fields[0] == "G1" {
                    #expect(try G1Element(compressed: bytes).compressed == bytes)
                } else {
                    #expect(try G2Element(compressed: bytes).compressed == bytes)
                }
            } else if fields[0] == "G1" {
                #expect(throws: BLSError.notInSubgroup) { try G1Element(compressed: bytes) }
                #expect(throws: BLSError.notInSubgroup) { try Signature(compressed: bytes) }
            } else {
                #expect(throws: BLSError.notInSubgroup) { try G2Element(compressed: bytes) }
                #expect(throws: BLSError.notInSubgroup) { try PublicKey(compressed: bytes) }
            }
        }
    }
}

/// What drand's unchained networks sign for a round.
func quicknetMessage(_ round: UInt64) -> [UInt8] {
    SHA256.hash(
        of: stride(from: 56, through: 0, by: -8).map { shift in
            UInt8(truncatingIfNeeded: round >> UInt64(shift))
        }
    ).bytes
}
