import BLS12381
import Testing
import SeededRandomness

@Suite("BLS12-381: groups and pairing") struct GroupTests {
    @Test("both groups obey the laws of a group, the identity and equal elements included")
    func laws() throws {
        var generator = RandomSource(seed: 3)
        for _ in 0..<10 {
            let (a, b, c) = try (generator.g1(), generator.g1(), generator.g1())
            #expect(a + b == b + a)
            #expect((a + b) + c == a + (b + c))
            #expect(a + .identity == a)
            #expect(.identity + a == a)
            #expect(a + -a == .identity)
            #expect(a + a == Scalar(2) * a)
            #expect(a + a + a == Scalar(3) * a)
            #expect(a != b)
            let (d, e, f) = try (generator.g2(), generator.g2(), generator.g2())
            #expect(d + e == e + d)
            #expect((d + e) + f == d + (e + f))
            #expect(d + .identity == d)
            #expect(.identity + d == d)
            #expect(d + -d == .identity)
            #expect(d + d == Scalar(2) * d)
            #expect(d + d + d == Scalar(3) * d)
            #expect(d != e)
        }
        #expect(G1Element.identity + .identity == .identity)
        #expect(G2Element.identity + .identity == .identity)
        #expect(-G1Element.identity == .identity)
        #expect(G1Element.identity != .generator)
        #expect(G2Element.identity != .generator)
    }

    @Test("a multiple is the same by the ladder for secrets, by public digits, and by adding up")
    func multiples() throws {
        var generator = RandomSource(seed: 4)
        var scalars = try (0..<12).map { _ in try generator.scalar() }
        // Where digits, carries and the division by x² change: small numbers, r - 1, powers of x.
        let x = Scalar(0xd201_0000_0001_0000)
        scalars += [.zero, .one, -.one, x, x * x, x * x - .one, x * x + .one, x * x * x]
        scalars += (2..<20).map { number in Scalar(number) }
        for scalar in scalars {
            let first = try generator.g1()
            let second = try generator.g2()
            #expect(scalar * first == G1Element.linearCombination([(scalar, first)]))
            #expect(scalar * second == G2Element.linearCombination([(scalar, second)]))
            #expect((scalar + .one) * first == scalar * first + first)
            #expect((scalar + .one) * second == scalar * second + second)
        }
        var sum1 = G1Element.identity
        var sum2 = G2Element.identity
        for count in 0..<40 as Range<UInt64> {
            #expect(Scalar(count) * G1Element.generator == sum1)
            #expect(Scalar(count) * G2Element.generator == sum2)
            sum1 = sum1 + .generator
            sum2 = sum2 + .generator
        }
    }

    @Test("multiples distribute over sums of scalars and of elements") func distribution() throws {
        var generator = RandomSource(seed: 5)
        for _ in 0..<5 {
            let (a, b) = try (generator.scalar(), generator.scalar())
            let (p, q) = try (generator.g1(), generator.g1())
            #expect((a + b) * p == a * p + b * p)
            #expect(a * (p + q) == a * p + a * q)
            #expect((a * b) * p == a * (b * p))
            #expect(G1Element.linearCombination([(a, p), (b, q)]) == a * p + b * q)
            let (s, t) = try (generator.g2(), generator.g2())
            #expect((a + b) * s == a * s + b * s)
            #expect(a * (s + t) == a * s + a * t)
            #expect((a * b) * s == a * (b * s))
            #expect(G2Element.linearCombination([(a, s), (b, t)]) == a * s + b * t)
        }
        #expect(G1Element.linearCombination([]) == .identity)
        #expect(G2Element.linearCombination([]) == .identity)
        #expect(G1Element.linearCombination([(.zero, .generator)]) == .identity)
        #expect(G2Element.linearCombination([(.one, .identity)]) == .identity)
    }

    @Test("the pairing is linear on both sides, and not trivial") func bilinearity() throws {
        var generator = RandomSource(seed: 6)
        for _ in 0..<6 {
            let (a, b) = try (generator.scalar(), generator.scalar())
            let (p, q) = try (generator.g1(), generator.g2())
            let r = try generator.g1()
            let s = try generator.g2()
            #expect(Pairing.productIsOne([(a * p, b * q), (-((a * b) * p), q)]))
            #expect(Pairing.productIsOne([(a * p, q), (p, -(a * q))]))
            #expect(Pairing.productIsOne([(p, q), (r, q), (-(p + r), q)]))
            #expect(Pairing.productIsOne([(p, q), (p, s), (-p, q + s)]))
            #expect(!Pairing.productIsOne([(p, q)]))
            #expect(!Pairing.productIsOne([(a * p, b * q), (-((a * b + .one) * p), q)]))
        }
        #expect(!Pairing.productIsOne([(.generator, .generator)]))
    }

    @Test("a pair with the identity counts as one") func pairingWithIdentity() {
        #expect(Pairing.productIsOne([]))
        #expect(Pairing.productIsOne([(.identity, .generator)]))
        #expect(Pairing.productIsOne([(.generator, .identity)]))
        #expect(!Pairing.productIsOne([(.identity, .generator), (.generator, .generator)]))
    }

    @Test("a hash depends on the message and on the tag, and an empty tag is refused")
    func hashes() throws {
        let tags = try [
            [1], [2], [UInt8](repeating: 1, count: 255), [UInt8](repeating: 1, count: 256),
        ]
        .map { tag in try DomainTag(tag) }
        var seen: [G1Element] = []
        for tag in tags + [.basicSignature] {
            for message in [[], [0], [0, 0], [1]] as [[UInt8]] {
                let element = G1Element.hash(message, tag: tag)
                #expect(!seen.contains(element))
                #expect(try G1Element(compressed: element.compressed) == element)
                seen.append(element)
            }
        }
        #expect(throws: BLSError.emptyTag) { try DomainTag([]) }
    }

    @Test("an expansion to no bytes or too many stops the program") func expansionBounds() async {
        await #expect(processExitsWith: .failure) {
            _ = MessageExpansion.xmd([], tag: .basicSignature, count: 0)
        }
        await #expect(processExitsWith: .failure) {
            _ = MessageExpansion.xmd([], tag: .basicSignature, count: 8161)
        }
        #expect(
            MessageExpansion.xmd([1], tag: .basicSignature, count: MessageExpansion.byteCountMax)
                .count == 8160
        )
    }
}
