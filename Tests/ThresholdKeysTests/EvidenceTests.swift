import Cryptography
import KeyStore
import SimulatedCommittee
import Testing
import ThresholdKeys
import SeededRandomness

@Suite("Threshold keys: evidence") struct EvidenceTests {
    /// A ceremony with a fault of seat 2 that leaves evidence.
    private func ceremony(
        _ misbehaviours: [Misbehaviour],
        seed: UInt64,
        disclosesPoints: Bool = true
    ) throws -> Ceremony {
        var script = ScriptedCeremony(seed: seed, count: 5, threshold: 4)
        return try script.play([2: misbehaviours], disclosesPoints: disclosesPoints)
    }

    private func holds(
        _ evidence: Evidence,
        _ role: Role,
        _ index: UInt32,
        _ parameters: CeremonyParameters
    ) -> Bool {
        evidence.verify(
            against: role,
            index,
            in: parameters,
            verifier: NativeEd25519.verifies
        )
    }

    @Test("it holds against the one at fault, in its role, in its ceremony, with all its bytes")
    func everyKind() throws {
        let cases: [([Misbehaviour], Bool)] = [
            ([.equivocate(.deal)], true), ([.commitmentCount], true), ([.otherCommit], true),
            ([.wrongShares], true), ([.falseComplaint], true), ([.forgedComplaint], true),
            ([.damagedShares, .wrongJustification], false), ([.wrongPartial], true),
        ]
        let foreign = try ceremony([], seed: 99).parameters
        var source = RandomSource(seed: 7)
        var kinds: [String] = []
        for (number, (misbehaviours, disclosesPoints)) in cases.enumerated() {
            let ceremony = try ceremony(
                misbehaviours,
                seed: UInt64(number),
                disclosesPoints: disclosesPoints
            )
            let fault = try #require(ceremony.faults.first, "\(misbehaviours)")
            let evidence = try #require(fault.evidence)
            kinds.append("\(fault.kind)")
            let parameters = ceremony.parameters
            #expect(fault.index == 2)
            #expect(holds(evidence, fault.role, 2, parameters))
            #expect(!holds(evidence, fault.role, 3, parameters))
            #expect(!holds(evidence, fault.role == .dealer ? .receiver : .dealer, 2, parameters))
            #expect(!holds(evidence, fault.role, 2, foreign))
            let bytes = evidence.encoded
            #expect(try Evidence(decoding: bytes) == evidence)
            for _ in 0..<24 {
                var damaged = bytes
                damaged[source.below(bytes.count)] ^= 1 << UInt8(source.below(8))
                guard let other = decoded(damaged) else { continue }
                #expect(!holds(other, fault.role, 2, parameters))
            }
        }
        #expect(Set(kinds).count == 7)
    }

    private func decoded(_ bytes: [UInt8]) -> Evidence? {
        do throws(ThresholdKeysError) {
            return try Evidence(decoding: bytes)
        } catch {
            return nil
        }
    }

    @Test("an honest member's bundles are evidence of nothing") func honest() throws {
        var script = ScriptedCeremony(seed: 3, count: 5, threshold: 4)
        let ceremony = try script.play([4: [.damagedShares]])
        let parameters = ceremony.parameters
        let fault = try #require(ceremony.faults.first)
        let entries = script.entries
        for (first, second) in zip(entries, entries.dropFirst() + entries.prefix(1)) {
            for role in [Role.dealer, .receiver] {
                #expect(!holds(.flawedBundle(first), role, 1, parameters))
                #expect(!holds(.equivocation(first: first, second: first), role, 1, parameters))
                #expect(!holds(.equivocation(first: first, second: second), role, 1, parameters))
            }
        }
        guard case .wrongShare(let deal, let complaint)? = fault.evidence else {
            Issue.record("\(fault)")
            return
        }
        // The complaint was right, so it is no evidence against the one who complained.
        for index in 1...5 as ClosedRange<UInt32> {
            let other = Evidence.falseComplaint(deal: deal, complaint: complaint)
            #expect(!holds(other, .receiver, index, parameters))
        }
        for (index, entry) in zip(1... as PartialRangeFrom<UInt32>, entries.prefix(5))
        where index != 4 && entry != deal {
            let other = Evidence.wrongShare(deal: entry, complaint: complaint)
            #expect(!holds(other, .dealer, index, parameters))
        }
    }

    @Test("bytes that are no evidence are refused") func refusals() throws {
        let evidence = Evidence.flawedBundle([1, 2, 3])
        #expect(throws: ThresholdKeysError.self) {
            try Evidence(decoding: Array(evidence.encoded.dropLast()))
        }
        #expect(throws: ThresholdKeysError.self) { try Evidence(decoding: evidence.encoded + [0]) }
        #expect(throws: ThresholdKeysError.unexpectedField) {
            // The number of a case that does not exist.
            var bytes = Evidence.equivocation(first: [1], second: [2]).encoded
            bytes[bytes.count - 5] = 8
            _ = try Evidence(decoding: bytes)
        }
    }
}
