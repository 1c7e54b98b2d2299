import Attestation
import Encoding
import Primitives
import SimulatedBundles
import Statements
import Testing
import SeededRandomness

@Suite("votes and certificates that are malformed") struct DecodingTests {
    private let log: SimulatedVenueLog
    private let certificate: QuorumCertificate

    init() throws {
        log = try SimulatedVenueLog(tradeCount: 3)
        certificate = try log.committee.certificate(for: log.attested(4))
    }

    /// A vote whose payload or header is changed; signed by nobody.
    private func vote(
        header: (inout CBORMap) -> Void = { _ in },
        payload: (inout CBORMap) -> Void = { _ in }
    ) throws -> [UInt8] {
        let vote = certificate.votes[0]
        var protected = vote.message.protected.map
        header(&protected)
        var map = try #require(CBORValue(decoding: vote.message.payload ?? []).map)
        payload(&map)
        return COSESign1(
            protected: try COSEHeaders(protected),
            payload: CBORValue.map(map).encoded,
            signer: { _ in vote.message.signature }
        ).encoded
    }

    private func name(_ bytes: [UInt8]) throws -> Text? {
        do throws(AttestationError) {
            _ = try Vote(decoding: bytes, position: 2)
            return nil
        } catch {
            guard case .invalidVote(position: 2, let name) = error else { throw error }
            return name
        }
    }

    @Test("a vote with a wrong member or header is refused, and it is named") func votes() throws {
        #expect(try name(vote()) == nil)
        #expect(try name(vote(header: { map in map[1] = .integer(-7) })) == "header")
        #expect(try name(vote(header: { map in map[4] = .bytes([1]) })) == "header")
        #expect(try name(vote(header: { map in map[4] = nil })) == "header")
        #expect(try name(vote(header: { map in map["x"] = .null })) == "header")
        #expect(try name(vote(payload: { map in map["x"] = .null })) == "set of members")
        #expect(try name(vote(payload: { map in map["slot"] = nil })) == "set of members")
        let wrong: [(name: Text, value: CBORValue)] = [
            ("venue", .bytes([1])), ("epoch", .text("1")), ("height", .integer(-1)),
            ("slot", .null),
            ("digest", .bytes([1])), ("index", .unsigned(13)), ("partial", .bytes([1])),
        ]
        for (member, value) in wrong {
            #expect(try name(vote(payload: { map in map[member] = value })) == member)
        }
        #expect(try name(vote(payload: { map in map["index"] = .unsigned(0) })) == "index")
        #expect(throws: AttestationError.self) { try Vote(decoding: [0xd2]) }
    }

    @Test("a certificate with a wrong member is refused, and it is named") func certificates()
        throws
    {
        func name(_ change: (inout CBORMap) -> Void) throws -> Text? {
            var map = certificate.map
            change(&map)
            do throws(AttestationError) {
                _ = try QuorumCertificate(map)
                return nil
            } catch {
                guard case .invalidCertificate(let name) = error else { throw error }
                return name
            }
        }
        #expect(try name { _ in } == nil)
        #expect(try name { map in map["x"] = .null } == "set of members")
        #expect(try name { map in map["votes"] = nil } == "set of members")
        #expect(try name { map in map["payload"] = .null } == "payload")
        #expect(try name { map in map["signature"] = .bytes([1]) } == "signature")
        #expect(try name { map in map["signers"] = .text("1") } == "signers")
        #expect(try name { map in map["votes"] = .array([]) } == "votes")
        #expect(try name { map in map["votes"] = .array([.null]) } == "votes")
        let many = [CBORValue](repeating: .bytes(certificate.votes[0].encoded), count: 13)
        #expect(try name { map in map["votes"] = .array(many) } == "votes")
        #expect(throws: AttestationError.self) {
            try name { map in map["payload"] = .bytes(Array("{}".utf8)) }
        }
        #expect(throws: AttestationError.invalidCertificate(name: "map")) {
            try QuorumCertificate(decoding: [0])
        }
        #expect(throws: AttestationError.malformedCertificate(.truncated(position: 0))) {
            try QuorumCertificate(decoding: [])
        }
    }

    @Test("whatever decodes encodes to the same bytes, and nothing crashes the decoders")
    func fuzz() throws {
        var generator = RandomSource(seed: 30)
        var accepted = 0
        for _ in 0..<5_000 {
            var bytes = certificate.encoded
            generator.mutate(&bytes)
            if let read = try? QuorumCertificate(decoding: bytes) {
                accepted += 1
                #expect(read.encoded == bytes)
            }
            bytes = certificate.votes[3].encoded
            generator.mutate(&bytes)
            if let read = try? Vote(decoding: bytes) {
                accepted += 1
                #expect(read.encoded == bytes)
            }
        }
        #expect(accepted > 100)
    }
}
