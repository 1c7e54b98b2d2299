import Cryptography
import Encoding
import Foundation
import KeyStore
import MerkleLog
import Primitives
import SimulatedBundles
import Statements
import Testing
import TestSupport
import Verification
import SeededRandomness

/// Whatever byte of a bundle is changed, the bundle does not verify, and a check says why.
@Suite("changed bundles") struct MutationTests {
    private let log: SimulatedVenueLog
    private let trust: Trust
    private let bundle: TransparentStatement
    private let bytes: [UInt8]

    init() throws {
        log = try SimulatedVenueLog()
        var plan = BundlePlan()
        plan.earlierSize = 12
        bundle = try log.bundle(plan)
        bytes = bundle.encoded
        var trust = try log.trust()
        trust.checkpoint = try log.checkpoint(12, witnesses: 0)
        self.trust = trust
    }

    /// How many bits of each byte are flipped: one in a short run, all in a long one.
    private let bitsPerByte = effort > 1 ? 8 : 1

    private func examine(_ bytes: [UInt8], _ extent: Verification.Extent) -> Verdict {
        Verification.verdict(
            on: bytes,
            trust: trust,
            extent: extent,
            verifier: NativeEd25519.verifies
        )
    }

    @Test("a flipped bit anywhere is found, and the check that finds it is named") func flips() {
        #expect(examine(bytes, .untilFailure).holds)
        var found = Check.allCases.map { _ in 0 }
        for index in bytes.indices {
            for step in 0..<bitsPerByte {
                // Neighbours get different bits, so that a short run has all of them too.
                let bit = UInt8((index + step) % 8)
                var changed = bytes
                changed[index] ^= 1 << bit
                let verdict = examine(changed, .untilFailure)
                if verdict.holds { Issue.record("bit \(bit) of byte \(index) is not found") }
                guard let failure = verdict.firstFailure else { continue }
                #expect(!failure.sentence.utf8.isEmpty)
                found[Int(failure.check.rawValue)] += 1
            }
        }
        // Each of these looks at bytes that no other check of the quick order looks at first.
        for check in [
            Check.envelope, .payload, .disclosure, .inclusion, .checkpoint, .coverage, .roster,
            .votes, .consistency,
        ] {
            #expect(found[Int(check.rawValue)] > 0, "\(check)")
        }
        #expect(found.reduce(0, +) == bytes.count * bitsPerByte)
    }

    @Test("a byte set to another value is found, and so are a byte more and a byte less")
    func values() {
        for index in stride(from: 0, to: bytes.count, by: 41) {
            for value in [UInt8(0x00), 0x01, 0x20, 0x40, 0x5f, 0x80, 0xa0, 0xf6, 0xff]
            where value != bytes[index] {
                var changed = bytes
                changed[index] = value
                #expect(!examine(changed, .untilFailure).holds, "byte \(index) set to \(value)")
            }
            var changed = bytes
            changed.remove(at: index)
            #expect(!examine(changed, .untilFailure).holds, "byte \(index) removed")
            changed = bytes
            changed.insert(bytes[index], at: index)
            #expect(!examine(changed, .untilFailure).holds, "byte \(index) doubled")
            #expect(!examine(Array(bytes[..<index]), .untilFailure).holds, "cut at \(index)")
        }
        #expect(!examine(bytes + [0], .untilFailure).holds)
    }

    /// Where a part lies in the bundle.
    private func range(of part: [UInt8]) throws -> Range<Int> {
        let data = Data(bytes)
        let range = try #require(data.firstRange(of: Data(part)))
        return range.lowerBound..<range.upperBound
    }

    @Test("a change in each part fails the check of that part") func parts() throws {
        let signed = bundle.statement
        let quorum = try #require(bundle.quorum)
        let votes = try #require(quorum["votes"]?.array?.first?.bytes)
        let proof = try TlogProof(parsing: bundle.logProof ?? [])
        let rows: [([UInt8], Check)] = [
            (signed.message.signature, .envelope), (signed.message.protectedBytes, .envelope),
            (signed.payload, .envelope), (signed.payload, .inclusion),
            (bundle.disclosure ?? [], .disclosure),
            (bundle.receipts[0].message.signature, .inclusion),
            (proof.checkpoint.checkpoint.body, .inclusion),
            (proof.checkpoint.note.signatures[0].line, .checkpoint),
            (proof.checkpoint.note.signatures[2].line, .checkpoint),
            (bundle.receipts[1].encoded, .coverage),
            (bundle.receipts[2].encoded, .consistency),
            (quorum["payload"]?.bytes ?? [], .coverage),
            (quorum["signature"]?.bytes ?? [], .quorum), (votes, .votes),
            (bundle.roster ?? [], .roster),
        ]
        for (part, check) in rows {
            // From the middle on, behind names and lengths.
            let range = try range(of: part)
            var changed = bytes
            let index = range.lowerBound + range.count * 3 / 4
            changed[index] ^= 1
            let verdict = examine(changed, .allChecks)
            #expect(!verdict.holds)
            let isNamed =
                verdict[check].outcome == .failed
                || verdict[.envelope].sentence.string
                    .hasPrefix("the envelope is malformed")
            #expect(isNamed, "\(check): \(verdict.lines.map(\.string))")
        }
    }

    @Test("nothing that is changed at random is accepted or crashes the verifier") func fuzz() {
        var generator = RandomSource(seed: 40)
        for _ in 0..<300 * bitsPerByte {
            var changed = bytes
            generator.mutate(&changed)
            if changed == bytes { continue }
            #expect(!examine(changed, .untilFailure).holds)
        }
        for count in [0, 1, 2, 100] {
            let noise = (0..<count).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
            #expect(!examine(noise, .allChecks).holds)
        }
        let large = [UInt8](repeating: 0xd2, count: Verification.bundleBytesMax + 1)
        let verdict = examine(large, .allChecks)
        #expect(verdict[.envelope].sentence.string.contains("more than 1048576 bytes"))
    }
}
