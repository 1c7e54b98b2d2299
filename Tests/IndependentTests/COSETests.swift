import Cryptography
import Encoding
import KeyStore
import MerkleLog
import Testing
import SeededRandomness
import TestSupport

@Suite("COSE, compared with pycose, cwt and scitt-cose") struct COSETests {
    private struct Message: Encodable {
        var message: String
        var key: String

        init(_ message: [UInt8], _ key: Ed25519.PublicKey) {
            self.message = Hex.encode(message)
            self.key = Hex.encode(key.bytes)
        }
    }

    private struct Verdicts: Decodable, Equatable {
        var pycose: Bool
        var cwt: Bool
        var scitt: Bool

        static func all(_ verdict: Bool) -> Verdicts {
            Verdicts(pycose: verdict, cwt: verdict, scitt: verdict)
        }
    }

    private struct Description: Decodable, Equatable {
        var issuer: String
        var subject: String
        var contentType: String
        var issuedAt: Int64
        var payload: String
    }

    private struct Order: Encodable {
        var payload: String
        var seed: String
        var issuer = "did:orbit:operator:v:venue"
        var subject = "did:orbit:contract:v:8"
    }

    private struct Made: Decodable {
        var key: String
        var pycose: String
        var cwt: String
        var scitt: String
    }

    private func statement(
        _ key: borrowing SigningKey,
        _ generator: inout RandomSource
    ) -> SignedStatement {
        SignedStatement(
            payload: generator.bytes(generator.below(300)),
            contentType: "application/vnd.parallax.trade+json",
            algorithm: .edDSA,
            keyID: Array(SHA256.hash(of: key.publicKey.bytes).bytes.prefix(8)),
            issuer: "did:orbit:operator:v:venue",
            subject: Text("did:orbit:contract:v:\(generator.below(1_000_000))"),
            issuedAt: 1_700_000_000 + Int64(generator.below(1_000_000)),
            signer: { message in key.sign(message) }
        )
    }

    private func isValid(_ message: COSESign1, _ key: Ed25519.PublicKey) -> Bool {
        message.isValid { bytes, signature in
            Ed25519.verifies(signature, of: bytes, by: key)
        }
    }

    @Test("all three verify our statements, and none of them for another key") func ours() throws {
        var generator = RandomSource(seed: 1)
        let key = SigningKey(seed: generator.bytes(32))
        let other = SigningKey(seed: generator.bytes(32))
        let statements = (0..<30 * effort).map { _ in statement(key, &generator) }
        let cases =
            statements.map { statement in Message(statement.encoded, key.publicKey) }
            + statements.map { statement in Message(statement.encoded, other.publicKey) }
        let verdicts = try Interpreter.ask("cose.py", "verify", cases, as: Verdicts.self)
        for (index, verdict) in verdicts.enumerated() {
            #expect(verdict == .all(index < statements.count))
        }
        let good = Array(cases[..<statements.count])
        let descriptions = try Interpreter.ask("cose.py", "describe", good, as: Description.self)
        for (statement, description) in zip(statements, descriptions) {
            let expected = Description(
                issuer: statement.issuer.string,
                subject: statement.subject.string,
                contentType: try #require(statement.contentType).string,
                issuedAt: try #require(statement.issuedAt),
                payload: Hex.encode(statement.payload)
            )
            #expect(description == expected)
        }
    }

    @Test("no changed bit passes any of the three, nor us") func flips() throws {
        var generator = RandomSource(seed: 2)
        let key = SigningKey(seed: generator.bytes(32))
        let bytes = statement(key, &generator).encoded
        // Every third bit: some of each byte.
        let bits = Array(stride(from: 0, to: 8 * bytes.count, by: 3))
        let changed = bits.map { bit in flipped(bytes, at: bit) }
        let cases = changed.map { bytes in Message(bytes, key.publicKey) }
        let verdicts = try Interpreter.ask("cose.py", "verify", cases, as: Verdicts.self)
        for (bit, (bytes, verdict)) in zip(bits, zip(changed, verdicts)) {
            #expect(verdict == .all(false), "bit \(bit)")
            let message: COSESign1
            do throws(COSEError) { message = try COSESign1(decoding: bytes) } catch { continue }
            #expect(!isValid(message, key.publicKey), "bit \(bit)")
        }
    }

    @Test("we verify what each of the three signs, and nothing that was changed") func theirs()
        throws
    {
        var generator = RandomSource(seed: 3)
        let orders = (0..<20 * effort).map { _ in
            Order(
                payload: Hex.encode(generator.bytes(generator.below(300))),
                seed: Hex.encode(generator.bytes(32))
            )
        }
        let answers = try Interpreter.ask("cose.py", "sign", orders, as: Made.self)
        for (order, made) in zip(orders, answers) {
            let key = try Ed25519.PublicKey(bytes: Hex.decode(made.key))
            for text in [made.pycose, made.cwt, made.scitt] {
                // They sort no keys; the signature is about the bytes as they are.
                let message = try COSESign1(decoding: Hex.decode(text), accepting: .all)
                #expect(isValid(message, key))
                #expect(Hex.encode(try #require(message.payload)) == order.payload)
                #expect(message.protected.algorithm == .edDSA)
                let changed = COSESign1(
                    protected: message.protected,
                    payload: try #require(message.payload) + [0]
                ) { _ in message.signature }
                #expect(!isValid(changed, key))
            }
            let statement = try SignedStatement(
                decoding: Hex.decode(made.scitt),
                accepting: .all
            )
            #expect(statement.issuer.string == order.issuer)
            #expect(statement.subject.string == order.subject)
            #expect(statement.contentType == "application/json")
            #expect(statement.keyID == Array("scitt".utf8))
        }
    }
}

@Suite("receipts, compared with scitt-cose") struct ReceiptTests {
    private struct Case: Encodable {
        var receipt: String
        var entry: String
        var key: String
    }

    private struct Verdict: Decodable, Equatable {
        var ok: Bool
        var root: String?
        var issuer: String?
    }

    private struct Order: Encodable {
        var entries: [String]
        var index: Int
        var seed: String
    }

    private struct Made: Decodable {
        var key: String
        var receipt: String
    }

    private struct Envelope: Encodable { var message: String }

    private func receipt(
        _ tree: EntryTree,
        _ index: Int,
        _ key: borrowing SigningKey
    ) throws -> COSEReceipt {
        let size = tree.entries.count
        let proof = COSEReceipt.InclusionProof(
            treeSize: UInt64(size),
            leafIndex: UInt64(index),
            path: tree.inclusion(index, size).path.map(\.bytes)
        )
        return COSEReceipt(
            proofs: .inclusion([try #require(proof)]),
            root: tree.root(size).bytes,
            algorithm: .edDSA,
            keyID: [8],
            claims: CWTClaims(issuer: "log.example/parallax", subject: "did:orbit:contract:v:1"),
            signer: { message in key.sign(message) }
        )
    }

    @Test("it verifies our receipts for their entry and key, and for no other") func ours() throws {
        var generator = RandomSource(seed: 1)
        let key = SigningKey(seed: generator.bytes(32))
        let other = SigningKey(seed: generator.bytes(32))
        var cases: [Case] = []
        var expected: [Verdict] = []
        for size in [2, 3, 4, 7, 8, 9, 33] {
            let tree = EntryTree(size, seed: UInt64(size))
            for index in 0..<size {
                let made = try receipt(tree, index, key)
                let wrong = tree.entries[(index + 1) % size]
                for (entry, signer) in [
                    (tree.entries[index], key.publicKey), (wrong, key.publicKey),
                    (tree.entries[index], other.publicKey),
                ] {
                    cases.append(
                        Case(
                            receipt: Hex.encode(made.encoded),
                            entry: Hex.encode(entry),
                            key: Hex.encode(signer.bytes)
                        )
                    )
                    let isGood = entry != wrong && signer == key.publicKey
                    expected.append(
                        Verdict(
                            ok: isGood,
                            root: isGood ? tree.root(size).hex : nil,
                            issuer: isGood ? "log.example/parallax" : nil
                        )
                    )
                }
            }
        }
        let verdicts = try Interpreter.ask("cose.py", "check_receipt", cases, as: Verdict.self)
        for (verdict, expected) in zip(verdicts, expected) {
            #expect(verdict.ok == expected.ok)
            // The root and the issuer of a bad receipt are nobody's word.
            if expected.ok { #expect(verdict == expected) }
        }
    }

    @Test(
        "of a receipt with a changed bit, it takes at most one with another size, which is not signed"
    )
    func flips() throws {
        var generator = RandomSource(seed: 2)
        let key = SigningKey(seed: generator.bytes(32))
        let tree = EntryTree(11, seed: 11)
        let made = try receipt(tree, 6, key)
        let changed = (0..<8 * made.encoded.count).map { bit in flipped(made.encoded, at: bit) }
        let cases = changed.map { receipt in
            Case(
                receipt: Hex.encode(receipt),
                entry: Hex.encode(tree.entries[6]),
                key: Hex.encode(key.publicKey.bytes)
            )
        }
        let verdicts = try Interpreter.ask("cose.py", "check_receipt", cases, as: Verdict.self)
        var taken = 0
        for (bytes, verdict) in zip(changed, verdicts) where verdict.ok {
            taken += 1
            // Trees of 9, 10 and 15 leaves have the same way from the seventh leaf to a root; that the tree
            // has eleven is for the checkpoint to say.
            let receipt = try COSEReceipt(decoding: bytes)
            #expect(receipt.message.protected == made.message.protected)
            #expect(receipt.message.signature == made.message.signature)
            guard case .inclusion(let proofs) = receipt.proofs else { continue }
            #expect([9, 10, 15].contains(proofs[0].treeSize))
            #expect(proofs[0].leafIndex == 6)
            #expect(verdict.root == tree.root(11).hex)
        }
        #expect(taken == 3)
    }

    @Test("it finds our receipts in a transparent statement") func envelope() throws {
        var generator = RandomSource(seed: 3)
        let key = SigningKey(seed: generator.bytes(32))
        let statement = SignedStatement(
            payload: [1],
            contentType: "application/json",
            algorithm: .edDSA,
            keyID: [9],
            issuer: "did:orbit:operator:v:venue",
            subject: "did:orbit:contract:v:2",
            issuedAt: 1_700_000_000,
            signer: { message in key.sign(message) }
        )
        var tree = EntryTree(5, seed: 5)
        tree.entries[3] = statement.encoded
        let made = try receipt(tree, 3, key)
        let envelope = TransparentStatement(
            statement,
            receipts: [made],
            logProof: [1],
            quorum: CBORMap(),
            roster: [2],
            anchors: []
        )
        let found = try Interpreter.ask(
            "cose.py",
            "extract",
            [Envelope(message: Hex.encode(envelope.encoded))],
            as: [String].self
        )
        #expect(found == [[Hex.encode(made.encoded)]])
        let verdict = try Interpreter.ask(
            "cose.py",
            "check_receipt",
            [
                Case(
                    receipt: found[0][0],
                    entry: Hex.encode(statement.encoded),
                    key: Hex.encode(key.publicKey.bytes)
                )
            ],
            as: Verdict.self
        )
        #expect(verdict[0].ok)
    }

    @Test("we verify the receipts that it makes, and none for another entry") func theirs() throws {
        var generator = RandomSource(seed: 4)
        var orders: [Order] = []
        for size in [2, 3, 5, 8, 20] {
            let entries = EntryTree(size, seed: UInt64(size)).entries.map { Hex.encode($0) }
            for index in 0..<size {
                orders.append(
                    Order(entries: entries, index: index, seed: Hex.encode(generator.bytes(32)))
                )
            }
        }
        let answers = try Interpreter.ask("cose.py", "make_receipt", orders, as: Made.self)
        for (order, made) in zip(orders, answers) {
            let key = try Ed25519.PublicKey(bytes: Hex.decode(made.key))
            let receipt = try COSEReceipt(decoding: Hex.decode(made.receipt), accepting: .all)
            guard case .inclusion(let proofs) = receipt.proofs, let proof = proofs.first else {
                Issue.record("not an inclusion proof")
                continue
            }
            #expect(proof.leafIndex == UInt64(order.index))
            #expect(proof.treeSize == UInt64(order.entries.count))
            for (index, entry) in order.entries.enumerated() {
                #expect(
                    try verifies(receipt, proof, Hex.decode(entry), key) == (index == order.index)
                )
            }
        }
    }

    /// Whether a receipt and its proof vouch for an entry.
    private func verifies(
        _ receipt: COSEReceipt,
        _ proof: COSEReceipt.InclusionProof,
        _ entry: [UInt8],
        _ key: Ed25519.PublicKey
    ) throws -> Bool {
        let path = proof.path.map { hash in SHA256.Digest(bytes: hash) }
        let root = InclusionProof(index: proof.leafIndex, size: proof.treeSize, path: path)
            .root(leafHash: MerkleTree.leafHash(entry))
        guard let root else { return false }
        return receipt.isValid(root: root.bytes) { message, signature in
            Ed25519.verifies(signature, of: message, by: key)
        }
    }
}
