import Attestation
import BLS12381
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

/// Bundles that are wrong in one place, and the check that says so.
@Suite("bad bundles") struct BadBundleTests {
    let log: SimulatedVenueLog
    let trust: Trust

    init() throws {
        log = try SimulatedVenueLog()
        trust = try log.trust()
    }

    /// Expects that exactly one check fails, with a sentence that contains some words.
    func expect(
        _ check: Check,
        _ words: String,
        _ bundle: TransparentStatement,
        trust: Trust? = nil,
        also others: Set<Check> = [],
        location: SourceLocation = #_sourceLocation
    ) {
        let verdict = Verification.verdict(
            on: bundle.encoded,
            trust: trust ?? self.trust,
            verifier: NativeEd25519.verifies
        )
        let failed = verdict.checks.filter { result in result.outcome == .failed }.map(\.check)
        #expect(Set(failed) == others.union([check]), sourceLocation: location)
        let sentence = verdict[check].sentence.string
        #expect(sentence.contains(words), sourceLocation: location)
        #expect(!verdict.holds, sourceLocation: location)
        #expect(verdict.lines.last?.string.hasPrefix("NOT VERIFIED") == true)
        let early = Verification.verdict(
            on: bundle.encoded,
            trust: trust ?? self.trust,
            extent: .untilFailure,
            verifier: NativeEd25519.verifies
        )
        #expect(early.checks.count { $0.outcome == .failed } == 1, sourceLocation: location)
    }

    /// The good bundle's plan, changed.
    func bundle(
        _ change: (inout BundlePlan) -> Void = { _ in }
    ) throws -> TransparentStatement {
        var plan = BundlePlan()
        change(&plan)
        return try log.bundle(plan)
    }

    // MARK: The statement

    @Test("another issuer's key, or none that is named, fails the envelope") func envelope() throws
    {
        let other = try SimulatedVenueLog(label: "other")
        var trust = trust
        trust.issuerKeys = [other.issuerKey.key.publicKey]
        expect(.envelope, "none of the issuer's", try bundle(), trust: trust)
        trust = self.trust
        trust.issuerKeys = [other.issuerKey.key.publicKey] + trust.issuerKeys
        #expect(Verification.verdict(on: try bundle().encoded, trust: trust).holds)
        // The name of the right key, and the signature of another one.
        let good = try SignedStatement(decoding: log.leaves[5])
        let forged = StatementIssuer(venue: log.venue, publicKey: log.issuerKey.publicKey)
            .sign(log.statement(of: log.trades[4]), signer: other.issuerKey.sign)
        #expect(forged.payload == good.payload)
        var changed = try bundle()
        changed.statement = forged
        expect(.envelope, "did not sign", changed, also: [.inclusion])
    }

    @Test("a header that contradicts the payload fails the envelope") func header() throws {
        let content = log.statement(of: log.trades[4])
        func bundle(contentType: Text, subject: Text) throws -> TransparentStatement {
            var bundle = try self.bundle()
            bundle.statement = SignedStatement(
                payload: content.encoded,
                contentType: contentType,
                algorithm: .edDSA,
                keyID: StatementIssuer.keyID(of: log.issuerKey.publicKey),
                issuer: log.venue.did.text,
                subject: subject,
                issuedAt: Int64(content.time.nanoseconds / 1_000_000_000),
                signer: log.issuerKey.sign
            )
            return bundle
        }
        let type = StatementType.trade.contentType
        expect(
            .envelope,
            "content type",
            try bundle(contentType: "text/plain", subject: content.subject.text),
            also: [.inclusion]
        )
        expect(
            .envelope,
            "header sub",
            try bundle(contentType: type, subject: log.venue.did.text),
            also: [.inclusion]
        )
    }

    @Test("a payload of another venue, or with another shape, fails") func payload() throws {
        var trust = trust
        trust.venue = try VenueName("elsewhere")
        expect(
            .payload,
            "it is of the venue orbit-1.example",
            try bundle(),
            trust: trust,
            also: [.envelope, .coverage]
        )
        var bundle = try bundle()
        bundle.statement = SignedStatement(
            payload: Array(#"{"type":"trade"}"#.utf8),
            contentType: StatementType.trade.contentType,
            algorithm: .edDSA,
            keyID: StatementIssuer.keyID(of: log.issuerKey.publicKey),
            issuer: log.venue.did.text,
            subject: "x",
            issuedAt: 1,
            signer: log.issuerKey.sign
        )
        expect(
            .payload,
            "the member venue is missing",
            bundle,
            also: [.envelope, .inclusion, .disclosure]
        )
    }

    @Test("what opens another side, trade or account fails the disclosure") func disclosure() throws
    {
        var bundle = try bundle()
        var opened = log.disclosure(of: log.trades[4], side: .buy)
        opened.side = .sell
        bundle.disclosure = opened.encoded
        expect(.disclosure, "for the seller", bundle)
        opened = log.disclosure(of: log.trades[4], side: .buy)
        opened.account = AccountID(22)
        bundle.disclosure = opened.encoded
        expect(.disclosure, "for the buyer", bundle)
        bundle.disclosure = log.disclosure(of: log.trades[5], side: .buy).encoded
        expect(.disclosure, "is of trade 6", bundle)
        bundle.disclosure = [1]
        expect(.disclosure, "malformed", bundle)
        var genesis = try self.bundle { plan in plan.index = 0 }
        genesis.disclosure = opened.encoded
        expect(.disclosure, "is not of a trade", genesis)
    }

    // MARK: The log

    @Test("a proof of another leaf, size or path fails the inclusion") func inclusion() throws {
        let other = try bundle { plan in plan.index = 6 }
        var mixed = try bundle()
        mixed.logProof = other.logProof
        expect(.inclusion, "does not lead", mixed)
        mixed = try bundle()
        mixed.receipts[0] = other.receipts[0]
        expect(.inclusion, "something else", mixed)
        mixed = try bundle()
        mixed.receipts.removeFirst()
        expect(.inclusion, "not one receipt", mixed)
        mixed = try bundle()
        mixed.receipts.append(mixed.receipts[0])
        expect(.inclusion, "not one receipt", mixed)
        mixed = try bundle()
        mixed.logProof = nil
        expect(.inclusion, "no tlog-proof", mixed)
        mixed.logProof = Array("c2sp.org/tlog-proof@v1\n".utf8)
        expect(.inclusion, "malformed", mixed)
    }

    @Test("a tlog-proof with extra data is refused") func extra() throws {
        var bundle = try bundle()
        let proof = try TlogProof(parsing: bundle.logProof ?? [])
        bundle.logProof = try TlogProof(
            extra: [1],
            index: proof.index,
            path: proof.path,
            checkpoint: proof.checkpoint
        ).encoded
        expect(.inclusion, "extra data", bundle)
    }

    @Test("a receipt by another key or log, or about another subject, fails") func receipts() throws
    {
        let proof = InclusionProof(index: 5, size: 25, node: log.node)
        let subject = log.statement(of: log.trades[4]).subject.text
        func receipt(origin: Text, key: [UInt8], subject: Text, _ signer: SimulatedSigner) throws
            -> COSEReceipt
        {
            try #require(
                ReceiptIssuer(origin: origin, publicKey: key)
                    .inclusion(proof, root: log.root(25), subject: subject, signer: signer.sign)
            )
        }
        let stranger = SimulatedSigner("stranger")
        let origin = SimulatedVenueLog.origin
        let rows: [(COSEReceipt, String)] = try [
            (
                receipt(origin: origin, key: log.logKey.publicKey, subject: subject, stranger),
                "did not sign"
            ),
            (
                receipt(origin: origin, key: stranger.publicKey, subject: subject, stranger),
                "no known key"
            ),
            (
                receipt(origin: "x", key: log.logKey.publicKey, subject: subject, log.logKey),
                "another log"
            ),
            (
                receipt(origin: origin, key: log.logKey.publicKey, subject: "y", log.logKey),
                "about y"
            ),
        ]
        for (receipt, words) in rows {
            var changed = try bundle()
            changed.receipts[0] = receipt
            expect(.inclusion, words, changed)
        }
        // A receipt that says more than it should, although the log signed it.
        var changed = try bundle()
        changed.receipts[0] = COSEReceipt(
            proofs: changed.receipts[0].proofs,
            root: log.root(25).bytes,
            algorithm: .edDSA,
            keyID: StatementIssuer.keyID(of: log.logKey.publicKey),
            claims: CWTClaims(issuer: origin, subject: subject, issuedAt: 5),
            signer: log.logKey.sign
        )
        expect(.inclusion, "header", changed)
    }

    @Test("a checkpoint of an unknown log, or without its signature, fails") func checkpoint()
        throws
    {
        let other = try SimulatedVenueLog(label: "other")
        var trust = trust
        trust.policy = try other.trust().policy
        expect(
            .checkpoint,
            "no signature by a known log",
            try bundle(),
            trust: trust,
            also: [
                .inclusion, .coverage,
            ]
        )
        var bundle = try bundle()
        let proof = try TlogProof(parsing: bundle.logProof ?? [])
        let checkpoint = proof.checkpoint.checkpoint
        let key = try log.logKey.noteKey(SimulatedVenueLog.origin)
        let forged = NoteSignature(
            signing: checkpoint.body,
            key: key,
            signer: SimulatedSigner("stranger").sign
        )
        let others = Array(proof.checkpoint.note.signatures.dropFirst())
        for (signatures, words) in [
            (others, "no signature by a known log"), ([forged] + others, "is not good"),
        ] {
            bundle.logProof = try TlogProof(
                index: proof.index,
                path: proof.path,
                checkpoint: SignedCheckpoint(checkpoint, signatures: signatures)
            ).encoded
            expect(.checkpoint, words, bundle)
        }
    }

    @Test("too few witnesses fail the policy, and those missing are named") func witnesses() throws
    {
        expect(
            .witnesses,
            "1 of 2 in group most; not cosigned: w2 w3",
            try bundle { plan in
                plan.witnessCount = 1
            }
        )
        expect(.witnesses, "0 of 2", try bundle { plan in plan.witnessCount = 0 })
    }

    @Test("anchors are not yet supported, and their absence must be said") func anchors() throws {
        var bundle = try bundle()
        bundle.anchors = [.null]
        expect(.anchors, "not supported", bundle)
        bundle.anchors = nil
        expect(.anchors, "does not say", bundle)
    }

    // MARK: The log over time

    @Test("a checkpoint seen before that this log does not continue is a fork") func forks() throws
    {
        let fork = try SimulatedVenueLog(label: "venue")
        var forked = fork
        forked.append(RevocationStatement(did: fork.venue.did, reason: "fork", time: .zero))
        var trust = trust
        // The same size with another root: the log's own signatures prove the fork.
        var head = log.head(25)
        head.root = SHA256.hash(of: [1])
        trust.checkpoint = try log.checkpoint(head, witnesses: 0)
        expect(.consistency, "fork: at size 25", try bundle(), trust: trust)
        // A smaller size with another root: no receipt can connect it.
        head = log.head(12)
        head.root = SHA256.hash(of: [1])
        trust.checkpoint = try log.checkpoint(head, witnesses: 0)
        let connecting = try bundle { plan in plan.earlierSize = 12 }
        expect(.consistency, "fork, or a wrong receipt", connecting, trust: trust)
    }

    @Test("without a receipt that connects an earlier checkpoint, consistency fails")
    func missingReceipts() throws {
        var trust = trust
        trust.checkpoint = try log.checkpoint(12, witnesses: 0)
        expect(
            .consistency,
            "no receipt of consistency from size 12 to 25",
            try bundle(),
            trust: trust
        )
        let unasked = try bundle { plan in plan.earlierSize = 12 }
        expect(.consistency, "connects nothing", unasked)
        var bundle = try bundle()
        bundle.receipts.removeLast()
        expect(.coverage, "no receipt of consistency from size 20 to 25", bundle)
    }

    @Test("an earlier checkpoint that nobody signed, or of another log, is of no use")
    func earlierCheckpoints() throws {
        let other = try SimulatedVenueLog(label: "other")
        var trust = trust
        trust.checkpoint = try other.checkpoint(12, witnesses: 0)
        let connecting = try bundle { plan in plan.earlierSize = 12 }
        expect(.consistency, "not signed by a known key", connecting, trust: trust)
        var head = log.head(12)
        head.origin = "elsewhere.example"
        trust.checkpoint = try log.checkpoint(head, witnesses: 0)
        expect(.consistency, "of the log elsewhere.example", connecting, trust: trust)
    }

    @Test("a receipt of consistency by another key fails what it was for") func forgedConsistency()
        throws
    {
        let other = try SimulatedVenueLog(label: "other")
        var bundle = try bundle()
        let forged = ReceiptIssuer(
            origin: SimulatedVenueLog.origin,
            publicKey: log.logKey.publicKey
        )
        .consistency(
            ConsistencyProof(oldSize: 20, newSize: 25, node: log.node),
            newRoot: log.root(25),
            signer: other.logKey.sign
        )
        bundle.receipts[1] = try #require(forged)
        expect(.coverage, "did not sign", bundle)
    }
}
