import Attestation
import Cryptography
import Encoding
import KeyStore
import MerkleLog
import Primitives
import SimulatedBundles
import Statements
import Testing
import Venue
import Verification

@Suite("good bundles") struct GoodBundleTests {
    private let log: SimulatedVenueLog
    private let trust: Trust

    init() throws {
        log = try SimulatedVenueLog()
        trust = try log.trust()
    }

    private func examine(_ bundle: TransparentStatement, _ trust: Trust) -> Verdict {
        Verification.verdict(
            on: bundle.encoded,
            trust: trust,
            verifier: NativeEd25519.verifies
        )
    }

    @Test("every check of a bundle passes, and what is not there is said") func trade() throws {
        let verdict = examine(try log.bundle(), trust)
        for result in verdict.checks {
            let expected: CheckResult.Outcome =
                [.claim, .consistency, .anchors].contains(result.check) ? .notChecked : .passed
            #expect(result.outcome == expected, "\(result.check): \(result.sentence.string)")
        }
        #expect(verdict.holds)
        #expect(verdict.firstFailure == nil)
        #expect(verdict[.anchors].sentence == "not anchored")
        #expect(verdict[.disclosure].sentence == "the buyer's account is 21")
        #expect(verdict[.inclusion].sentence == "leaf 5 of 25")
        let lines = verdict.lines.map(\.string)
        #expect(lines.contains("anchors     not checked not anchored"))
        #expect(lines.contains("  quantity    5 lots"))
        #expect(lines.contains("  your side   buyer, account 21, fee 3 quote units"))
        #expect(lines.last == "VERIFIED: every check holds.")
    }

    @Test("the verdict is the same with the verification of Core, and with early exit")
    func verifiers() throws {
        let bundle = try log.bundle().encoded
        let native = Verification.verdict(
            on: bundle,
            trust: trust,
            verifier: NativeEd25519.verifies
        )
        #expect(Verification.verdict(on: bundle, trust: trust) == native)
        let early = Verification.verdict(on: bundle, trust: trust, extent: .untilFailure)
        #expect(early == native)
        #expect(Verification.verify(bundle: bundle, trust: trust.encoded) == native.json)
        #expect(try JSONValue(decodingCanonical: native.json).object?["verified"] == .boolean(true))
    }

    /// Plans that all give good bundles.
    static let plans: [(name: String, change: @Sendable (inout BundlePlan) -> Void)] = [
        ("the other side", { plan in plan.side = .sell }),
        ("no side", { plan in plan.side = nil }),
        ("the genesis leaf", { plan in plan.index = 0 }),
        ("the last leaf that is attested", { plan in plan.index = 19 }),
        ("the quorum's log is the checkpoint's", { plan in plan.attestedSize = 25 }),
        ("a small tree", { plan in (plan.index, plan.size, plan.attestedSize) = (1, 2, 2) }),
        ("other signers", { plan in plan.signers = [12, 11, 10, 9, 8, 7, 6, 5] }),
        ("nine signers", { plan in plan.signers = [1, 2, 3, 4, 5, 6, 7, 8, 10] }),
        ("two witnesses", { plan in plan.witnessCount = 2 }),
    ]

    @Test("bundles by many plans are good", arguments: plans.indices) func planned(_ index: Int)
        throws
    {
        var log = log
        for seat in log.committee.roster.seats.indices {
            log.committee.roster.seats[seat].region = Text("region \(seat)")
        }
        var plan = BundlePlan()
        Self.plans[index].change(&plan)
        let verdict = examine(try log.bundle(plan), trust)
        #expect(verdict.holds, "\(Self.plans[index].name): \(verdict.lines.map(\.string))")
    }

    @Test("a statement of every type is good") func types() throws {
        var log = log
        let time = SimulatedVenueLog.time
        let document = DIDDocument(id: log.venue.did, controller: log.venue.did)
        let certificate = try log.committee.certificate(for: log.attested(20))
        let indices = [
            log.append(DIDStatement(document: document, version: 1, time: time)),
            log.append(RevocationStatement(did: log.venue.did, reason: "test", time: time)),
            log.append(log.committee.roster),
            log.append(
                AttestationStatement(
                    venue: log.venue,
                    number: 3,
                    certificate: certificate.encoded,
                    time: time
                )
            ),
            log.append(
                RulebookStatement(
                    venue: log.venue,
                    version: 1,
                    sequence: 101,
                    time: time,
                    change: .defineAsset(AssetID(1))
                )
            ),
            log.append(
                SettlementStatement(
                    ended: ContractEnded(
                        trade: TradeID(4),
                        instrument: InstrumentID(1),
                        outcome: .failed,
                        buyer: AccountID(16),
                        seller: AccountID(17),
                        notional: 5,
                        buyerFee: 0,
                        sellerFee: 0,
                        delivery: 60,
                        certificate: nil
                    ),
                    sequence: 102,
                    time: time,
                    interval: log.interval,
                    venue: log.venue
                )
            ),
        ]
        for index in indices {
            var plan = BundlePlan()
            (plan.index, plan.size, plan.attestedSize) = (index, log.size, log.size)
            let verdict = examine(try log.bundle(plan), trust)
            #expect(verdict.holds, "\(verdict.lines.map(\.string))")
            #expect(verdict[.disclosure].outcome == .notChecked)
            #expect(verdict[.claim].outcome == .notChecked)
        }
    }

    @Test("a checkpoint seen before is continued, equal, or continues this one")
    func consistency() throws {
        for (earlier, sentence) in [
            (12, "continues the checkpoint of size 12"),
            (25, "continues the checkpoint of size 25"),
            (22, "is continued by the checkpoint of size 22"),
            (20, "continues the checkpoint of size 20"),
        ] as [(UInt64, Text)] {
            var trust = trust
            trust.checkpoint = try log.checkpoint(earlier, witnesses: 0)
            var plan = BundlePlan()
            plan.earlierSize = earlier
            if earlier == 22 { (plan.size, plan.attestedSize) = (21, 20) }
            let verdict = examine(try log.bundle(plan), trust)
            #expect(verdict.holds, "\(verdict.lines.map(\.string))")
            #expect(verdict[.consistency].outcome == .passed)
            #expect(verdict[.consistency].sentence == sentence)
            let read = try Trust(decoding: trust.encoded)
            #expect(read.encoded == trust.encoded)
            #expect(examine(try log.bundle(plan), read) == verdict)
        }
    }

    @Test("every log continues the empty one, whose root is known") func emptyLog() throws {
        var trust = trust
        trust.checkpoint = try log.checkpoint(0, witnesses: 0)
        #expect(examine(try log.bundle(), trust)[.consistency].outcome == .passed)
        let wrong = LogHead(origin: SimulatedVenueLog.origin, size: 0, root: log.root(1))
        trust.checkpoint = try log.checkpoint(wrong, witnesses: 0)
        let verdict = examine(try log.bundle(), trust)
        #expect(verdict[.consistency].outcome == .failed)
        #expect(verdict[.consistency].sentence.string.hasPrefix("fork: "))
    }

    @Test("a signature by an unknown key is ignored only if the client says so") func unknownKeys()
        throws
    {
        let stranger = SimulatedSigner("stranger")
        var bundle = try log.bundle()
        let proof = try TlogProof(parsing: bundle.logProof ?? [])
        let more = NoteSignature(
            signing: proof.checkpoint.note.text,
            key: try stranger.noteKey("stranger"),
            signer: stranger.sign
        )
        let note = try proof.checkpoint.note.adding([more])
        bundle.logProof = try TlogProof(
            index: proof.index,
            path: proof.path,
            checkpoint: SignedCheckpoint(note)
        ).encoded
        let strict = examine(bundle, trust)
        #expect(!strict.holds)
        #expect(strict[.checkpoint].sentence == "signature 4 by stranger is by no known key")
        var lenient = trust
        lenient.ignoresUnknownSignatures = true
        let verdict = examine(bundle, lenient)
        #expect(verdict.holds)
        #expect(verdict[.checkpoint].sentence.string.hasSuffix(", 1 unknown ignored"))
    }
}
