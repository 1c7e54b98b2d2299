import Encoding
import Foundation
import MerkleLog
import Testing
import SeededRandomness
import TestSupport

/// Damages good inputs at random: no reader may crash, and what a reader accepts it writes as it was.
@Suite("damaged notes") struct NoteMutationTests {
    private static let rounds = 4_000 * effort

    private static let samples: [[UInt8]] = {
        let proof =
            "c2sp.org/tlog-proof@v1\nextra AQID\nindex 2\n"
            + "9xWrP6pdBx5uKsS7mU1b9zWUPcw3mdoNCF55gM+5M2o=\n\n" + SpecificationExamples.cosigned
        return [
            bytes(SpecificationExamples.note), bytes(SpecificationExamples.poem),
            bytes(SpecificationExamples.cosigned), bytes(SpecificationExamples.request),
            bytes(SpecificationExamples.response), bytes(SpecificationExamples.noteKey),
            bytes(proof),
        ]
    }()

    /// A byte that means something here, or any.
    private static let telling = Array("\n \t+=—0aA/".utf8)

    private static func mutate(_ bytes: inout [UInt8], _ random: inout RandomSource) {
        for _ in 0...random.below(3) {
            guard !bytes.isEmpty else { return bytes.append(telling[random.below(telling.count)]) }
            let index = random.below(bytes.count)
            switch random.below(7) {
            case 0: bytes[index] ^= 1 << UInt8(random.below(8))
            case 1: bytes[index] = telling[random.below(telling.count)]
            case 2: bytes.insert(telling[random.below(telling.count)], at: index)
            case 3: bytes.remove(at: index)
            case 4:
                let end = min(index + 60, bytes.count)
                bytes.insert(contentsOf: bytes[index..<end], at: index)
            case 5: bytes.removeLast(min(random.below(4), bytes.count))
            default:
                let other = samples[random.below(samples.count)]
                let start = random.below(other.count)
                bytes.insert(contentsOf: other[start..<min(start + 40, other.count)], at: index)
            }
        }
    }

    @Test("no damage crashes a reader, and what is accepted is written as it was")
    func damage() {
        var random = RandomSource(seed: 20_261_121)
        var accepted = 0
        for round in 0..<Self.rounds {
            var input = Self.samples[round % Self.samples.count]
            Self.mutate(&input, &random)
            for encoded in Self.readings(of: input) {
                accepted += 1
                #expect(encoded == input, "round \(round)")
            }
        }
        #expect(accepted > Self.rounds / 20)
    }

    /// What each reader that accepts the input would write.
    private static func readings(of input: [UInt8]) -> [[UInt8]] {
        var results: [[UInt8]?] = [
            try? SignedNote(parsing: input).encoded,
            try? SignedCheckpoint(parsing: input).encoded,
            try? Checkpoint(parsing: input).body,
            try? TlogProof(parsing: input).encoded,
            try? AddCheckpointRequest(parsing: input).encoded,
            try? NoteSignature.lines(parsing: input).flatMap(\.line),
        ]
        if let text = Text(utf8: input) {
            results.append(try? NoteVerifierKey(vkey: text).vkey.utf8)
        }
        return results.compactMap { $0 }
    }

    @Test("a damaged policy is refused, or its text gives the same policy again")
    func policies() {
        let key = "+2e55b896+BIZ7fpceQWd60IfqQeS9IAnmNOCZjMDne8lZuguz/bi9"
        let sample = bytes(
            "# x\nwitness a witness2.example.org\(key) u\ngroup g 1 a\n\nquorum g\n"
        )
        var random = RandomSource(seed: 7)
        var accepted = 0
        for _ in 0..<Self.rounds {
            var input = sample
            Self.mutate(&input, &random)
            guard let policy = try? WitnessPolicy(parsing: input) else { continue }
            accepted += 1
            #expect((try? WitnessPolicy(parsing: policy.text)) == policy)
        }
        #expect(accepted > 0)
    }
}
