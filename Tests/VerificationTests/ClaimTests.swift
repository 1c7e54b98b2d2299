import Attestation
import Cryptography
import Encoding
import KeyStore
import Primitives
import SeededRandomness
import SimulatedBundles
import Statements
import Testing
import Venue
import Verification

/// Bundles of service contracts that were settled on a claim.
@Suite("settled contracts") struct ClaimTests {
    private let log: SimulatedVenueLog
    private let trust: Trust

    init() throws {
        log = try SimulatedVenueLog()
        trust = try log.trust()
    }

    /// The bundle of a settlement on a claim.
    private func bundle(
        _ claim: ClaimEvidence?,
        on certificate: SHA256.Digest? = nil,
        of trade: UInt64 = 4,
        log: SimulatedVenueLog? = nil
    ) throws -> TransparentStatement {
        var log = log ?? self.log
        let digest = certificate ?? claim?.digest ?? SHA256.hash(of: [])
        let index = log.append(log.settlement(of: TradeID(trade), on: digest))
        var plan = BundlePlan()
        (plan.index, plan.size, plan.attestedSize) = (index, log.size, log.size)
        plan.claim = claim
        return try log.bundle(plan)
    }

    private func examine(
        _ bundle: TransparentStatement,
        _ extent: Verification.Extent = .allChecks
    ) -> Verdict {
        examine(bundle.encoded, extent)
    }

    private func examine(_ bytes: [UInt8], _ extent: Verification.Extent) -> Verdict {
        Verification.verdict(
            on: bytes,
            trust: trust,
            extent: extent,
            verifier: NativeEd25519.verifies
        )
    }

    private func expectFailure(_ bundle: TransparentStatement, _ part: String) {
        let verdict = examine(bundle)
        #expect(!verdict.holds)
        #expect(verdict[.claim].outcome == .failed)
        let sentence = verdict[.claim].sentence.string
        #expect(sentence.contains(part), "\(sentence)")
        // Nothing else is wrong with it.
        let others = verdict.checks.filter { result in
            result.outcome == .failed && result.check != .claim
        }
        #expect(others.isEmpty)
    }

    @Test("a contract that was settled on a good claim verifies") func good() throws {
        let bundle = try bundle(log.claim())
        let verdict = examine(bundle)
        #expect(verdict.holds, "\(verdict.lines.map(\.string))")
        #expect(verdict[.claim].sentence == "downlink_completed attested with 8 signed votes")
        let read = try TransparentStatement(decoding: bundle.encoded)
        #expect(read == bundle)
        // The browser's verifier is the same code with its own Ed25519.
        let own = Verification.verdict(on: bundle.encoded, trust: trust)
        #expect(own == verdict)
    }

    @Test("a settled contract without a claim, or with another's, is refused") func missing() throws
    {
        expectFailure(try bundle(nil), "the bundle has none")
        let claim = try log.claim()
        expectFailure(
            try bundle(claim, on: SHA256.hash(of: [1])),
            "names another certificate"
        )
        expectFailure(try bundle(claim, of: 5), "another trade")
        var later = ClaimPlan()
        later.time = Timestamp(SimulatedVenueLog.time.nanoseconds + 1)
        expectFailure(try bundle(log.claim(later)), "another time")
        var foreign = try SimulatedVenueLog(label: "foreign")
        foreign.committee = try SimulatedCertifiers(venue: log.venue, label: "foreign")
        expectFailure(try bundle(foreign.claim()), "another hash than was attested")
    }

    @Test("a certificate for an interval settles nothing") func interval() throws {
        let certificate = try log.committee.certificate(for: log.attested(20))
        let attestation = AttestationStatement(
            venue: log.venue,
            number: 3,
            certificate: certificate.encoded,
            time: certificate.attested.time
        ).encoded
        var bundle = try bundle(nil, on: SHA256.hash(of: attestation))
        var map = try log.claim().map(roster: nil)
        map["attestation"] = .bytes(attestation)
        bundle.claim = map
        expectFailure(bundle, "another type")
    }

    @Test("the votes behind a claim are checked as those behind an interval are") func votes()
        throws
    {
        var plan = ClaimPlan()
        plan.signers = [1, 2, 3, 4, 5, 6, 7, 9]
        var close = log
        close.committee.roster.seats[8].group = close.committee.roster.seats[0].group
        let crowded = try close.claim(plan)
        var bundle = try bundle(crowded, log: close)
        expectFailure(bundle, "D1")
        // Seven votes with a good group signature.
        let (attestation, report) = try log.claimDocuments()
        let good = try AttestationStatement(decoding: attestation)
        var map = try QuorumCertificate(decoding: good.certificate).map
        let votes = try #require(map["votes"]?.array)
        map["votes"] = .array(Array(votes.dropLast()))
        map["signers"] = .unsigned(127)
        let short = AttestationStatement(
            venue: log.venue,
            number: good.number,
            certificate: CBORValue.map(map).encoded,
            time: good.time
        ).encoded
        bundle = try self.bundle(ClaimEvidence(attestation: short, report: report))
        expectFailure(bundle, "only 7 votes")
    }

    @Test("a claim may be attested with an older roster, which then comes with it") func roster()
        throws
    {
        let claim = try log.claim()
        var newer = log
        newer.committee.roster.epoch += 1
        newer.committee.roster.validFrom = SimulatedVenueLog.time
        let roster = log.committee.roster.encoded
        var bundle = try bundle(claim, log: newer)
        expectFailure(bundle, "another epoch")
        bundle.claim = claim.map(roster: roster)
        #expect(examine(bundle).holds)
        // The bundle's own roster must not come twice.
        bundle = try self.bundle(claim)
        bundle.claim = claim.map(roster: roster)
        expectFailure(bundle, "wrong member roster")
    }

    @Test("a claim belongs to a settled contract, and to nothing else") func superfluous() throws {
        var plan = BundlePlan()
        plan.claim = try log.claim()
        expectFailure(try log.bundle(plan), "settles no contract")
        var bundle = try bundle(log.claim())
        bundle.claim?["note"] = .null
        expectFailure(bundle, "wrong members")
        bundle.claim?["note"] = nil
        bundle.claim?["report"] = .null
        expectFailure(bundle, "wrong members")
    }

    /// What can be wrong between attestation, claim and report.
    static let chains: [(name: String, change: @Sendable (inout ClaimStatement) -> Void)] = [
        ("trade", { claim in claim.trade = TradeID(5) }),
        ("revision", { claim in claim.revision = 1 }),
        ("claim", { claim in claim.claim = "uplink_completed" }),
        ("digest", { claim in claim.report = SHA256.hash(of: [7]) }),
    ]

    @Test("a claim and a report that do not belong together are refused", arguments: chains.indices)
    func chain(_ row: Int) throws {
        var plan = ClaimPlan()
        plan.change = Self.chains[row].change
        let (attestation, report) = try log.claimDocuments(plan)
        #expect(throws: AttestationError.otherReport(name: Text(Self.chains[row].name))) {
            try ClaimEvidence(attestation: attestation, report: report)
        }
    }

    @Test("an attestation that says something else than its certificate is refused")
    func attestations() throws {
        let (attestation, report) = try log.claimDocuments()
        let good = try AttestationStatement(decoding: attestation)
        let changes: [(Text, (inout AttestationStatement) -> Void)] = [
            ("number", { statement in statement.number += 1 }),
            ("time", { statement in statement.time = .zero }),
            (
                "venue",
                { statement in statement.venue = (try? VenueName("other")) ?? statement.venue }
            ),
        ]
        for (name, change) in changes {
            var changed = good
            change(&changed)
            #expect(throws: AttestationError.otherAttestation(name: name)) {
                try ClaimEvidence(attestation: changed.encoded, report: report)
            }
        }
        #expect(throws: AttestationError.self) {
            try ClaimEvidence(attestation: [0], report: report)
        }
    }

    @Test("a flipped bit anywhere in what the contract was settled on is found") func flips() throws
    {
        let claim = try log.claim()
        let bytes = try bundle(claim).encoded
        #expect(examine(bytes, .untilFailure).holds)
        for part in [claim.attestation, claim.report.encoded] {
            let start = try #require(bytes.firstRange(of: part)).lowerBound
            // The bytes before a part are its head and its name.
            for index in start - 14..<start + part.count {
                var changed = bytes
                changed[index] ^= 1 << UInt8(index % 8)
                let verdict = examine(changed, .untilFailure)
                #expect(!verdict.holds, "byte \(index)")
            }
        }
        var generator = RandomSource(seed: 41)
        for _ in 0..<300 {
            var changed = bytes
            generator.mutate(&changed)
            if changed != bytes { #expect(!examine(changed, .untilFailure).holds) }
        }
    }
}
