import Attestation
import Cryptography
import Encoding
import SimulatedBundles
import Testing
import Venue
import Verification

/// Whole bundles, verified by a script that shares no code with ours, by the description in docs/bundle.md.
@Suite("bundles, compared with cbor2, cryptography and blst") struct BundleTests {
    private struct Question: Encodable {
        var trust: String
        var bundles: [String]
    }

    private static let steps = [
        "statement", "inclusion", "receipt", "checkpoint", "roster", "votes", "group", "coverage",
        "disclosure",
    ]

    private func ask(_ bundles: [TransparentStatement]) throws -> [[String]] {
        let trust = try SimulatedVenueLog().trust().encoded
        let question = Question(
            trust: String(decoding: trust, as: UTF8.self),
            bundles: bundles.map { bundle in Hex.encode(bundle.encoded) }
        )
        return try Interpreter.ask("bundle.py", question, as: [[String]].self)
    }

    @Test("a bundle that we make holds in every step") func good() throws {
        let log = try SimulatedVenueLog()
        var plans = [BundlePlan(), BundlePlan(), BundlePlan()]
        plans[1].side = .sell
        plans[1].index = 1
        (plans[2].attestedSize, plans[2].index) = (25, 24)
        for steps in try ask(plans.map { plan in try log.bundle(plan) }) {
            #expect(steps == Self.steps)
        }
    }

    @Test("a bundle that we break fails in the step of what is broken") func bad() throws {
        let log = try SimulatedVenueLog()
        let good = try log.bundle()
        var plan = BundlePlan()
        plan.index = 6
        let other = try log.bundle(plan)
        var broken: [(bundle: TransparentStatement, step: String)] = []
        func add(_ step: String, _ change: (inout TransparentStatement) -> Void) {
            var bundle = good
            change(&bundle)
            broken.append((bundle, step))
        }
        add("statement") { bundle in
            let message = bundle.statement.message
            let forged = COSESign1(
                protected: message.protected,
                payload: message.payload ?? [],
                signer: SimulatedSigner("stranger").sign
            )
            if let statement = try? SignedStatement(forged) { bundle.statement = statement }
        }
        add("inclusion") { bundle in bundle.logProof = other.logProof }
        add("receipt") { bundle in bundle.receipts[0] = other.receipts[0] }
        add("roster") { bundle in bundle.roster = bundle.roster.map { roster in roster + [0x20] } }
        add("votes") { bundle in
            let votes = bundle.quorum?["votes"]?.array ?? []
            bundle.quorum?["votes"] = .array(Array(votes.dropLast()))
        }
        add("group") { bundle in
            bundle.quorum?["signature"] = (try? log.committee.certificate(for: log.attested(4)))
                .map { certificate in .bytes(certificate.signature) }
        }
        add("disclosure") { bundle in bundle.disclosure = other.disclosure }
        let answers = try ask(broken.map(\.bundle))
        for (answer, row) in zip(answers, broken) {
            let index = try #require(Self.steps.firstIndex(of: row.step))
            #expect(answer == Array(Self.steps[..<index]), "\(row.step)")
        }
    }
}
