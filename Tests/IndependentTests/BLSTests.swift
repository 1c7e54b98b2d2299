import BLS12381
import Cryptography
import Testing
import SeededRandomness
import TestSupport

@Suite("BLS12-381, compared with blst and arkworks") struct BLSTests {
    /// What each library computed; none if it refused.
    private struct Both<Value: Decodable & Equatable>: Decodable {
        var blst: Value?
        var arkworks: Value?
    }

    private static let basicTag = Array("BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_".utf8)

    private struct Message: Encodable {
        var message: String
        var tag: String

        init(_ generator: inout RandomSource) {
            message = Hex.encode(generator.bytes(generator.below(200)))
            tag = Hex.encode(generator.bytes(1 + generator.below(255)))
        }
    }

    @Test("a message with a tag has the hash that both compute") func hashes() throws {
        var generator = RandomSource(seed: 1)
        var cases = (0..<100 * effort).map { _ in Message(&generator) }
        for (length, tagLength) in [(0, 1), (0, 255), (1, 254), (64, 43), (119, 43), (120, 43)] {
            var row = Message(&generator)
            row.message = Hex.encode([UInt8](repeating: 0xa5, count: length))
            row.tag = Hex.encode([UInt8](repeating: 0x5a, count: tagLength))
            cases.append(row)
        }
        for (row, answer) in zip(
            cases,
            try Interpreter.ask("bls.py", "hash", cases, as: Both<String>.self)
        ) {
            let tag = try DomainTag(Hex.decode(row.tag))
            let ours = try Hex.encode(G1Element.hash(Hex.decode(row.message), tag: tag).compressed)
            #expect(answer.blst == ours, "\(row)")
            #expect(answer.arkworks == ours, "\(row)")
        }
    }

    private struct Signing: Encodable {
        var secret: String
        var message: String
        var tag: String
    }

    private struct Signed: Decodable {
        var key: Both<String>
        var signature: Both<String>
    }

    @Test("a secret key has the public key and the signatures that both compute, and theirs verify")
    func signatures() throws {
        var generator = RandomSource(seed: 2)
        var secrets = try (0..<30 * effort).map { _ in try Scalar(reducing: generator.bytes(48)) }
        secrets += [Scalar(1), Scalar(2), Scalar(UInt64.max), -Scalar(1), -Scalar(2)]
        let cases = secrets.map { secret in
            let message = Message(&generator)
            return Signing(
                secret: Hex.encode(secret.bytes),
                message: message.message,
                tag: message.tag
            )
        }
        let answers = try Interpreter.ask("bls.py", "sign", cases, as: Signed.self)
        for (row, answer) in zip(cases, answers) {
            let secret = try SecretKey(bytes: Hex.decode(row.secret))
            let message = try Hex.decode(row.message)
            let tag = try DomainTag(Hex.decode(row.tag))
            let key = Hex.encode(secret.publicKey.compressed)
            let signature = Hex.encode(secret.sign(message, tag: tag).compressed)
            #expect(answer.key.blst == key)
            #expect(answer.key.arkworks == key)
            #expect(answer.signature.blst == signature)
            #expect(answer.signature.arkworks == signature)
            let theirKey = try PublicKey(compressed: Hex.decode(#require(answer.key.blst)))
            let theirs = try Signature(compressed: Hex.decode(#require(answer.signature.blst)))
            #expect(theirKey.verifies(theirs, of: message, tag: tag))
            #expect(theirKey.prepared.verifies(theirs, of: message, tag: tag))
            #expect(!theirKey.verifies(theirs, of: message + [0], tag: tag))
        }
    }

    private struct Claim: Encodable {
        var key: String
        var signature: String
        var message: String
        var tag: String

        /// Our verdict: bytes that are no key or no signature verify nothing.
        var holds: Bool {
            get throws {
                let key: PublicKey
                let signature: Signature
                do throws(BLSError) {
                    key = try PublicKey(compressed: decoded(self.key))
                    signature = try Signature(compressed: decoded(self.signature))
                } catch {
                    return false
                }
                return try key.verifies(
                    signature,
                    of: Hex.decode(message),
                    tag: DomainTag(Hex.decode(tag))
                )
            }
        }

        private func decoded(_ text: String) throws(BLSError) -> [UInt8] {
            do { return try Hex.decode(text) } catch {
                throw .wrongLength(expected: 0, actual: text.utf8.count)
            }
        }
    }

    /// A good claim, and claims that differ from it in one thing.
    private func claims(_ generator: inout RandomSource) throws -> [Claim] {
        let secret = try SecretKey(keyMaterial: generator.bytes(32))
        let message = generator.bytes(generator.below(100))
        let signature = secret.sign(message)
        let good = Claim(
            key: Hex.encode(secret.publicKey.compressed),
            signature: Hex.encode(signature.compressed),
            message: Hex.encode(message),
            tag: Hex.encode(Self.basicTag)
        )
        func changed(_ path: WritableKeyPath<Claim, String>, _ value: [UInt8]) -> Claim {
            var claim = good
            claim[keyPath: path] = Hex.encode(value)
            return claim
        }
        func flipped(_ bytes: [UInt8]) -> [UInt8] {
            var bytes = bytes
            bytes[generator.below(bytes.count)] ^= 1 << UInt8(generator.below(8))
            return bytes
        }
        var claims = [
            good,
            changed(\.message, message + [0]),
            changed(\.tag, Self.basicTag.dropLast()),
            changed(\.signature, (-signature.element).compressed),
            changed(\.signature, (signature.element + .generator).compressed),
            changed(\.signature, G1Element.generator.compressed),
            changed(\.key, (-secret.publicKey.element).compressed),
            changed(\.key, G2Element.generator.compressed),
        ]
        for _ in 0..<4 {
            claims.append(changed(\.signature, flipped(signature.compressed)))
            claims.append(changed(\.key, flipped(secret.publicKey.compressed)))
        }
        return claims
    }

    @Test("both accept our signatures, and refuse what is broken, as we do") func verdicts() throws
    {
        var generator = RandomSource(seed: 3)
        var cases: [Claim] = []
        let count = 12 * effort
        for _ in 0..<count { cases += try claims(&generator) }
        let answers = try Interpreter.ask("bls.py", "verify", cases, as: Both<Bool>.self)
        var good = 0
        for (claim, answer) in zip(cases, answers) {
            let ours = try claim.holds
            if ours { good += 1 }
            #expect(answer.blst == ours, "\(claim)")
            #expect(answer.arkworks == ours, "\(claim)")
        }
        #expect(good == count)
    }

    private struct Product: Encodable {
        var group: Int
        var point: String
        var scalar: String
    }

    private struct Sum: Encodable {
        var group: Int
        var left: String
        var right: String
    }

    @Test("multiples of any point are those that both compute") func multiples() throws {
        var generator = RandomSource(seed: 4)
        var cases: [Product] = []
        var ours: [[UInt8]] = []
        for index in 0..<30 * effort {
            let factor = try Scalar(reducing: generator.bytes(48))
            let edges = [Scalar.zero, Scalar(1), -Scalar(1), Scalar(16), Scalar(1 << 63)]
            let scalar = index < edges.count ? edges[index] : factor
            let first = factor * G1Element.generator
            let second = factor * G2Element.generator
            for (group, point, product) in [
                (1, first.compressed, (scalar * first).compressed),
                (2, second.compressed, (scalar * second).compressed),
                (1, first.compressed, G1Element.linearCombination([(scalar, first)]).compressed),
                (2, second.compressed, G2Element.linearCombination([(scalar, second)]).compressed),
            ] {
                cases.append(
                    Product(
                        group: group,
                        point: Hex.encode(point),
                        scalar: Hex.encode(scalar.bytes)
                    )
                )
                ours.append(product)
            }
        }
        for (answer, ours) in zip(
            try Interpreter.ask("bls.py", "multiply", cases, as: Both<String>.self),
            ours
        ) {
            #expect(answer.blst == Hex.encode(ours))
            #expect(answer.arkworks == Hex.encode(ours))
        }
    }

    @Test("sums of points are those that both compute, also of equal and of opposite points")
    func sums() throws {
        var generator = RandomSource(seed: 5)
        var cases: [Sum] = []
        var ours: [[UInt8]] = []
        for _ in 0..<10 * effort {
            let left = try Scalar(reducing: generator.bytes(48))
            for right in try [
                Scalar(reducing: generator.bytes(48)), left, -left, .zero, left + left,
            ] {
                let (a, b) = (left * G1Element.generator, right * G1Element.generator)
                let (c, d) = (left * G2Element.generator, right * G2Element.generator)
                for (group, one, other, sum) in [
                    (1, a.compressed, b.compressed, (a + b).compressed),
                    (2, c.compressed, d.compressed, (c + d).compressed),
                ] {
                    cases.append(
                        Sum(group: group, left: Hex.encode(one), right: Hex.encode(other))
                    )
                    ours.append(sum)
                }
            }
        }
        for (answer, ours) in zip(
            try Interpreter.ask("bls.py", "add", cases, as: Both<String>.self),
            ours
        ) {
            #expect(answer.blst == Hex.encode(ours))
            #expect(answer.arkworks == Hex.encode(ours))
        }
    }

    private struct Share: Encodable {
        var index: UInt32
        var signature: String
    }

    private struct Shares: Encodable { var parts: [Share] }

    @Test("the signature that partial ones combine to is the one that both interpolate")
    func combination() throws {
        var generator = RandomSource(seed: 6)
        var cases: [Shares] = []
        var ours: [String] = []
        for round in 0..<12 * effort {
            let coefficients = try (0..<8).map { _ in try Scalar(reducing: generator.bytes(48)) }
            var indices = Array(1...12 as ClosedRange<UInt32>)
            while indices.count > 8 { indices.remove(at: generator.below(indices.count)) }
            // Now and then an index that no common denominator of small ones covers.
            if round % 3 == 0 { indices[0] = 1_000_003 }
            let parts = try indices.map { index in
                let share = try Threshold.share(of: coefficients, index: index)
                return Threshold.PartialSignature(
                    index: index,
                    signature: try SecretKey(scalar: share).sign([1, 2, 3])
                )
            }
            ours.append(Hex.encode(try Threshold.combine(parts).compressed))
            cases.append(
                Shares(
                    parts: parts.map { part in
                        Share(index: part.index, signature: Hex.encode(part.signature.compressed))
                    }
                )
            )
        }
        for (answer, ours) in zip(
            try Interpreter.ask("bls.py", "combine", cases, as: Both<String>.self),
            ours
        ) {
            #expect(answer.blst == ours)
            #expect(answer.arkworks == ours)
        }
    }

    private struct Encoded: Encodable {
        var group: Int
        var bytes: String

        /// The encoding of the element that we decode; none if we refuse.
        var ours: String? {
            get throws {
                let bytes = try Hex.decode(self.bytes)
                do throws(BLSError) {
                    return Hex.encode(
                        group == 1
                            ? try G1Element(compressed: bytes).compressed
                            : try G2Element(compressed: bytes).compressed
                    )
                } catch {
                    return nil
                }
            }
        }
    }

    @Test(
        "blst decodes the same points as we do; arkworks all of these and no others, but for infinity"
    )
    func decoding() throws {
        var generator = RandomSource(seed: 7)
        var cases: [Encoded] = []
        for round in 0..<150 * effort {
            let scalar = Scalar(UInt64(round))
            for (group, good) in [
                (1, (scalar * G1Element.generator).compressed),
                (2, (scalar * G2Element.generator).compressed),
            ] {
                var flipped = good
                flipped[generator.below(good.count)] ^= 1 << UInt8(generator.below(8))
                var random = generator.bytes(good.count)
                random[0] = random[0] & 0x3f | 0x80
                var flagged = good
                flagged[0] = flagged[0] & 0x1f | UInt8(round % 8) << 5
                for bytes in [good, flipped, random, flagged, Array(good.dropLast())] {
                    cases.append(Encoded(group: group, bytes: Hex.encode(bytes)))
                }
            }
        }
        var refused = 0
        for (row, answer) in zip(
            cases,
            try Interpreter.ask("bls.py", "decode", cases, as: Both<String>.self)
        ) {
            let ours = try row.ours
            if ours == nil { refused += 1 }
            #expect(answer.blst == ours, "\(row)")
            // arkworks ignores whatever comes with the flag of infinity.
            if ours == nil, let theirs = answer.arkworks {
                #expect(theirs.hasPrefix("c0"), "\(row)")
            } else {
                #expect(answer.arkworks == ours, "\(row)")
            }
        }
        #expect(refused > cases.count / 3)
        #expect(refused < cases.count * 3 / 4)
    }
}
