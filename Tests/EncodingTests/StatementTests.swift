import Encoding
import Testing
import SeededRandomness

@Suite("statements and receipts") struct StatementTests {
    private let issuerKey = HashSigner(key: [1])
    private let logKey = HashSigner(key: [2])
    private let root = [UInt8](repeating: 7, count: 32)
    private let claims = CWTClaims(
        issuer: "log.example/parallax",
        subject: "did:orbit:contract:v:1"
    )

    private func hash(_ byte: UInt8) -> [UInt8] { [UInt8](repeating: byte, count: 32) }

    private func statement() -> SignedStatement {
        SignedStatement(
            payload: Array(#"{"price":"1"}"#.utf8),
            contentType: "application/json",
            algorithm: .edDSA,
            keyID: [9],
            issuer: "did:orbit:operator:v:1",
            subject: "did:orbit:contract:v:1",
            issuedAt: 1_700_000_000,
            signer: issuerKey.sign
        )
    }

    private func receipt() throws -> COSEReceipt {
        let proof = COSEReceipt.InclusionProof(
            treeSize: 5,
            leafIndex: 3,
            path: [hash(1), hash(2), hash(3)]
        )
        return COSEReceipt(
            proofs: .inclusion([try #require(proof)]),
            root: root,
            algorithm: .edDSA,
            keyID: [8],
            claims: claims,
            signer: logKey.sign
        )
    }

    private func envelope() throws -> TransparentStatement {
        var quorum = CBORMap()
        quorum["signers"] = .unsigned(0b1111_1111)
        return TransparentStatement(
            statement(),
            receipts: [try receipt()],
            logProof: Array("c2sp.org/tlog-proof@v1\n".utf8),
            quorum: quorum,
            roster: [4, 5],
            anchors: [],
            disclosure: [6]
        )
    }

    @Test("a statement comes back as it was made, with the bytes of the specification")
    func signedStatement() throws {
        let made = statement()
        let read = try SignedStatement(decoding: made.encoded)
        #expect(read == made)
        #expect(read.encoded == made.encoded)
        #expect(read.algorithm == .edDSA)
        #expect(read.contentType == "application/json")
        #expect(read.keyID == [9])
        #expect(read.issuer == "did:orbit:operator:v:1")
        #expect(read.subject == "did:orbit:contract:v:1")
        #expect(read.issuedAt == 1_700_000_000)
        #expect(read.payload == Array(#"{"price":"1"}"#.utf8))
        #expect(read.message.isValid(verifier: issuerKey.verify))
        // {1: -8, 3: "application/json", 4: h'09', 15: {1: iss, 2: sub, 6: iat}}
        let start = try hex("a4012703706170706c69636174696f6e2f6a736f6e0441090fa301766469643a")
        #expect(Array(made.message.protectedBytes.prefix(start.count)) == start)
        #expect(Array(made.encoded.prefix(2)) == [0xd2, 0x84])
    }

    @Test("receipts of both kinds come back as they were made, and are good for their root only")
    func receipts() throws {
        let consistency = try #require(
            COSEReceipt.ConsistencyProof(oldSize: 3, newSize: 5, path: [hash(4)])
        )
        let made = [
            try receipt(),
            COSEReceipt(
                proofs: .consistency([consistency]),
                root: root,
                algorithm: .mlDSA65,
                keyID: [8],
                claims: claims,
                signer: logKey.sign
            ),
        ]
        for receipt in made {
            let read = try COSEReceipt(decoding: receipt.encoded)
            #expect(read == receipt)
            #expect(read.message.payload == nil)
            #expect(read.isValid(root: root, verifier: logKey.verify))
            #expect(!read.isValid(root: hash(6), verifier: logKey.verify))
            #expect(!read.isValid(root: root, verifier: issuerKey.verify))
        }
        #expect(made[1].algorithm == .mlDSA65)
    }

    @Test("a receipt with its root in it is good for that root only") func attachedRoot() throws {
        let original = try receipt()
        let attached = COSESign1(
            protected: original.message.protected,
            unprotected: original.message.unprotected,
            payload: root,
            signer: logKey.sign
        )
        let read = try COSEReceipt(decoding: attached.encoded)
        #expect(read.isValid(root: root, verifier: logKey.verify))
        #expect(!read.isValid(root: hash(6), verifier: logKey.verify))
    }

    @Test("a proof that no tree has cannot be made") func proofs() {
        typealias Inclusion = COSEReceipt.InclusionProof
        typealias Consistency = COSEReceipt.ConsistencyProof
        let path = [hash(1)]
        #expect(Inclusion(treeSize: 2, leafIndex: 1, path: path) != nil)
        #expect(Inclusion(treeSize: 2, leafIndex: 2, path: path) == nil)
        #expect(Inclusion(treeSize: 0, leafIndex: 0, path: path) == nil)
        #expect(Inclusion(treeSize: 2, leafIndex: 1, path: []) == nil)
        #expect(Inclusion(treeSize: 2, leafIndex: 1, path: [[1]]) == nil)
        let long = [[UInt8]](repeating: hash(1), count: 65)
        #expect(Inclusion(treeSize: 2, leafIndex: 1, path: Array(long.dropLast())) != nil)
        #expect(Inclusion(treeSize: 2, leafIndex: 1, path: long) == nil)
        #expect(Consistency(oldSize: 1, newSize: 2, path: path) != nil)
        #expect(Consistency(oldSize: 0, newSize: 2, path: path) == nil)
        #expect(Consistency(oldSize: 2, newSize: 2, path: path) == nil)
        #expect(Consistency(oldSize: 3, newSize: 2, path: path) == nil)
        #expect(Consistency(oldSize: 1, newSize: 2, path: []) == nil)
    }

    @Test("an envelope comes back as it was made, and its statement stays the same entry")
    func transparentStatement() throws {
        let made = try envelope()
        let read = try TransparentStatement(decoding: made.encoded)
        #expect(read == made)
        #expect(read.encoded == made.encoded)
        #expect(read.statement.encoded == statement().encoded)
        let bare = TransparentStatement(statement())
        #expect(bare.encoded == statement().encoded)
        #expect(try TransparentStatement(decoding: bare.encoded) == bare)
        // No list of anchors and an empty one say different things.
        var without = made
        without.anchors = nil
        #expect(try TransparentStatement(decoding: without.encoded).anchors == nil)
        #expect(read.anchors == [])
        // What is opened to one side only can be taken off without changing the rest.
        #expect(read.disclosure == [6])
        without.disclosure = nil
        #expect(try TransparentStatement(decoding: without.encoded).disclosure == nil)
    }

    @Test("an envelope with a changed byte is refused, or says something else and does not verify")
    func flips() throws {
        let made = try envelope()
        let bytes = made.encoded
        var refused = 0
        for index in bytes.indices {
            for bit in 0..<8 {
                var changed = bytes
                changed[index] ^= 1 << UInt8(bit)
                guard let read = try? TransparentStatement(decoding: changed) else {
                    refused += 1
                    continue
                }
                #expect(read != made)
                #expect(read.encoded == changed)
                guard read.statement.message.isValid(verifier: issuerKey.verify) else { continue }
                #expect(read.statement == made.statement)
            }
        }
        #expect(refused > bytes.count)
    }

    @Test("a statement without what it needs is refused") func missing() throws {
        func read(_ headers: CBORMap, payload: [UInt8]? = [1]) throws -> SignedStatement {
            let message = COSESign1(
                protected: try COSEHeaders(headers),
                payload: payload ?? [],
                isDetached: payload == nil,
                signer: issuerKey.sign
            )
            return try SignedStatement(decoding: message.encoded)
        }
        var headers = statement().message.protected.map
        #expect(throws: Never.self) { try read(headers) }
        #expect(throws: COSEError.missingPayload) { try read(headers, payload: nil) }
        for (claim, name) in [(CWTClaims.issuer, 1), (CWTClaims.subject, 2)] {
            var changed = claimsMap(headers)
            changed[claim] = nil
            var without = headers
            without[COSELabel.claims] = .map(changed)
            #expect(throws: COSEError.missingClaim(Int64(name))) { try read(without) }
        }
        var named = headers
        named[COSELabel.algorithm] = .text("EdDSA")
        #expect(throws: COSEError.missing(label: 1)) { try read(named) }
        headers[COSELabel.claims] = nil
        #expect(throws: COSEError.missing(label: 15)) { try read(headers) }
        #expect(throws: COSEError.unexpected(.unsigned(394))) {
            try SignedStatement(decoding: try envelope().encoded)
        }
    }

    private func claimsMap(_ headers: CBORMap) -> CBORMap {
        headers[COSELabel.claims]?.map ?? CBORMap()
    }

    @Test("an addition that has no place in an envelope is refused") func additions() throws {
        let rows: [(CBORValue, CBORValue)] = [
            (.text("other"), .null), (.text("roster"), .text("x")), (.text("quorum"), .bytes([])),
            (.text("anchors"), .null), (.text("disclosure"), .text("x")),
            (.text("tlog-proof"), .text("x")), (.unsigned(396), .map(CBORMap())),
        ]
        for (key, value) in rows {
            var map = CBORMap()
            map[key] = value
            let base = statement().message
            let message = COSESign1(base, unprotected: try COSEHeaders(map))
            #expect(throws: COSEError.unexpected(key)) {
                try TransparentStatement(decoding: message.encoded)
            }
        }
        var map = CBORMap()
        map[COSELabel.receipts] = .array([.null])
        let message = COSESign1(statement().message, unprotected: try COSEHeaders(map))
        #expect(throws: COSEError.invalidValue(label: 394)) {
            try TransparentStatement(decoding: message.encoded)
        }
        map[COSELabel.receipts] = .array([.bytes(try receipt().encoded), .bytes([0])])
        let second = COSESign1(statement().message, unprotected: try COSEHeaders(map))
        #expect(
            throws: COSEError.invalidReceipt(
                index: 1,
                .malformed(.message, .unexpectedType(position: 0))
            )
        ) {
            try TransparentStatement(decoding: second.encoded)
        }
    }

    @Test("a receipt that is not one is refused") func badReceipts() throws {
        let good = try receipt().message
        func read(
            _ change: (_ protected: inout CBORMap, _ unprotected: inout CBORMap) -> Void,
            payload: [UInt8]? = nil
        ) throws {
            var protected = good.protected.map
            var unprotected = good.unprotected.map
            change(&protected, &unprotected)
            let message = COSESign1(
                protected: try COSEHeaders(protected),
                unprotected: try COSEHeaders(unprotected),
                payload: payload ?? root,
                isDetached: payload == nil,
                signer: logKey.sign
            )
            _ = try COSEReceipt(decoding: message.encoded)
        }
        func proofs(_ list: [CBORValue], kind: Int64 = -1) -> CBORValue {
            var map = CBORMap()
            map[kind] = .array(list)
            return .map(map)
        }
        func item(_ text: String) -> CBORValue { .bytes((try? hex(text)) ?? []) }
        #expect(throws: Never.self) { try read({ _, _ in }) }
        #expect(throws: COSEError.invalidRoot) { try read({ _, _ in }, payload: [1]) }
        #expect(throws: COSEError.missing(label: 1)) { try read { p, _ in p[1] = nil } }
        #expect(throws: COSEError.missing(label: 395)) { try read { p, _ in p[395] = nil } }
        #expect(throws: COSEError.missing(label: 395)) {
            try read { p, u in (p[395], u[395]) = (nil, .unsigned(1)) }
        }
        #expect(throws: COSEError.unsupportedTree(2)) { try read { p, _ in p[395] = .unsigned(2) } }
        #expect(throws: COSEError.missing(label: 396)) { try read { _, u in u[396] = nil } }
        #expect(throws: COSEError.missing(label: 396)) {
            try read { p, u in (p[396], u[396]) = (u[396], nil) }
        }
        for bad in [
            CBORValue.map(CBORMap()), proofs([]), proofs([.null]), proofs([item("00")], kind: -3),
            proofs([CBORValue](repeating: .null, count: 17)),
        ] {
            let error: COSEError =
                bad == proofs([item("00")], kind: -3)
                ? .malformed(.proof(index: 0), .unexpectedType(position: 0)) : .invalidProofs
            #expect(throws: error) { try read { _, u in u[396] = bad } }
        }
        let node = "5820" + String(repeating: "11", count: 32)
        let rows: [(String, COSEError)] = [
            ("83020181\(node)00", .malformed(.proof(index: 0), .trailingBytes(position: 38))),
            ("820201", .malformed(.proof(index: 0), .unexpectedType(position: 0))),
            ("83200181\(node)", .malformed(.proof(index: 0), .unexpectedType(position: 1))),
            ("8302018100", .malformed(.proof(index: 0), .unexpectedType(position: 4))),
            ("83020180", .invalidProof(index: 0)), ("83010181\(node)", .invalidProof(index: 0)),
            ("830201814101", .invalidProof(index: 0)),
        ]
        for (bytes, error) in rows {
            #expect(throws: error, "\(bytes)") {
                try read { _, u in u[396] = proofs([item(bytes)]) }
            }
        }
        let pair = proofs([item("83020181\(node)"), item("83020281\(node)")])
        #expect(throws: COSEError.invalidProof(index: 1)) { try read { _, u in u[396] = pair } }
        let old = proofs([item("83020281\(node)")], kind: -2)
        #expect(throws: COSEError.invalidProof(index: 0)) { try read { _, u in u[396] = old } }
        var both = CBORMap()
        both[-1] = .array([item("83020181\(node)")])
        both[-2] = .array([item("83010281\(node)")])
        #expect(throws: COSEError.invalidProofs) { try read { _, u in u[396] = .map(both) } }
        let unknown = proofs([item("83010281\(node)")], kind: -3)
        #expect(throws: COSEError.invalidProofs) { try read { _, u in u[396] = unknown } }
    }

    @Test("whatever decodes encodes to the same bytes, and nothing crashes the decoders")
    func fuzz() throws {
        var generator = RandomSource(seed: 10)
        let bytes = try envelope().encoded
        var accepted = 0
        for _ in 0..<10_000 {
            var changed = bytes
            generator.mutate(&changed)
            if let read = try? TransparentStatement(decoding: changed) {
                accepted += 1
                if read.encoded != changed { Issue.record("\(changed)") }
            }
            _ = try? TransparentStatement(decoding: changed, accepting: .all)
        }
        #expect(accepted > 100)
    }
}
