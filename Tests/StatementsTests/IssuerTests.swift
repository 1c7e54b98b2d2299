import Cryptography
import Encoding
import Primitives
import Statements
import Testing

@Suite("signed statements of a venue") struct IssuerTests {
    private func issuer() throws -> StatementIssuer {
        StatementIssuer(venue: try Samples.venue(), publicKey: [UInt8](repeating: 5, count: 32))
    }

    private func sign(_ message: [UInt8]) -> [UInt8] { Samples.signature(message, key: 3) }

    private func signed(
        _ statement: Statement
    ) throws -> (statement: SignedStatement, leaf: [UInt8]) {
        let issuer = try issuer()
        switch statement {
        case .trade(let content): return both(issuer, content)
        case .settlement(let content): return both(issuer, content)
        case .rulebook(let content): return both(issuer, content)
        case .did(let content): return both(issuer, content)
        case .revocation(let content): return both(issuer, content)
        case .attestation(let content): return both(issuer, content)
        case .epoch(let content): return both(issuer, content)
        case .keyRotation(let content): return both(issuer, content)
        case .genesis(let content): return both(issuer, content)
        case .report(let content): return both(issuer, content)
        case .dissent(let content): return both(issuer, content)
        case .penalty(let content): return both(issuer, content)
        case .decision(let content): return both(issuer, content)
        case .audit(let content): return both(issuer, content)
        }
    }

    private func both<Content: StatementContent>(
        _ issuer: StatementIssuer,
        _ content: Content
    ) -> (statement: SignedStatement, leaf: [UInt8]) {
        (issuer.sign(content, signer: sign), issuer.leaf(content, signer: sign))
    }

    @Test("the quick way to a leaf gives the same bytes as the signed statement") func leaves()
        throws
    {
        for statement in try Samples.all() {
            let (signed, leaf) = try signed(statement)
            #expect(signed.encoded == leaf)
            let read = try SignedStatement(decoding: leaf)
            #expect(read == signed)
            #expect(try Statement(of: read, issuer: Samples.venue().did) == statement)
            let isValid = read.message.isValid { message, signature in
                sign(message) == signature
            }
            #expect(isValid)
        }
    }

    @Test("the header names key, type, subject and time") func header() throws {
        let (signed, _) = try signed(.trade(Samples.tradeStatement()))
        let key = [UInt8](repeating: 5, count: 32)
        #expect(signed.algorithm == .edDSA)
        #expect(signed.keyID == Array(SHA256.hash(of: key).bytes[..<8]))
        #expect(signed.contentType == "application/vnd.parallax.trade+json")
        #expect(signed.issuer == "did:orbit:operator:orbit-1.example:venue")
        #expect(signed.subject == "did:orbit:contract:orbit-1.example:2000")
        #expect(signed.issuedAt == 1_790_000_000)
    }

    @Test("a header that contradicts the payload is refused, and named") func mismatches() throws {
        let statement = try Samples.tradeStatement()
        func read(
            contentType: Text = "application/vnd.parallax.trade+json",
            algorithm: COSEAlgorithm = .edDSA,
            keyID: [UInt8] = [UInt8](repeating: 1, count: 8),
            issuer: Text = "did:orbit:operator:orbit-1.example:venue",
            subject: Text = "did:orbit:contract:orbit-1.example:2000",
            issuedAt: Int64 = 1_790_000_000
        ) throws -> Text? {
            let signed = SignedStatement(
                payload: statement.encoded,
                contentType: contentType,
                algorithm: algorithm,
                keyID: keyID,
                issuer: issuer,
                subject: subject,
                issuedAt: issuedAt,
                signer: sign
            )
            let venue = try Samples.venue()
            do throws(StatementError) {
                _ = try Statement(of: signed, issuer: venue.did)
                return nil
            } catch {
                guard case .headerMismatch(let name, _, _) = error else { throw error }
                return name
            }
        }
        #expect(try read() == nil)
        #expect(try read(algorithm: .ed25519) == nil)
        #expect(try read(contentType: "application/json") == "content type")
        #expect(try read(contentType: "application/vnd.parallax.settlement+json") == "content type")
        #expect(try read(algorithm: .mlDSA65) == "alg")
        #expect(try read(keyID: []) == "kid")
        #expect(try read(issuer: "did:orbit:operator:other:venue") == "iss")
        #expect(try read(subject: "did:orbit:contract:orbit-1.example:2001") == "sub")
        #expect(try read(issuedAt: 1_790_000_001) == "iat")
    }

    @Test("a statement of another venue is refused although its header agrees with it")
    func otherVenue() throws {
        let (signed, _) = try signed(.trade(Samples.tradeStatement()))
        let other = try VenueName("other").did
        #expect(throws: StatementError.self) { try Statement(of: signed, issuer: other) }
    }

    @Test("a header with more parameters or claims than needed is refused") func additions() throws
    {
        let (signed, _) = try signed(.trade(Samples.tradeStatement()))
        var map = signed.message.protected.map
        map["note"] = .null
        var claims = signed.message.protected.claims?.map ?? CBORMap()
        claims[7] = .bytes([1])
        var withClaim = signed.message.protected.map
        withClaim[COSELabel.claims] = .map(claims)
        for headers in [map, withClaim] {
            let message = COSESign1(
                protected: try COSEHeaders(headers),
                payload: signed.payload,
                signer: sign
            )
            let changed = try SignedStatement(message)
            #expect(throws: StatementError.self) {
                try Statement(of: changed, issuer: Samples.venue().did)
            }
        }
    }
}
