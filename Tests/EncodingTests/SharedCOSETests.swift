import Encoding
import Foundation
import Testing
import TestSupport

@Suite("signed messages of others") struct SharedCOSETests {
    /// The text at a path of keys in a JSON object.
    private func text(_ object: [String: Any], _ keys: String...) -> String? {
        var value: Any? = object
        for key in keys { value = (value as? [String: Any])?[key] }
        return value as? String
    }

    @Test(
        "the examples of the COSE working group hold",
        SharedFiles.vectors.needs("cose-wg-examples")
    )
    func workingGroup() throws {
        var counts = (pass: 0, fail: 0, others: 0)
        var deterministic = 0
        for folder in try SharedFiles.vectors.names(in: "cose-wg-examples") {
            guard !folder.contains(".") && folder != "LICENSE" else { continue }
            for name in try SharedFiles.vectors.names(in: "cose-wg-examples/\(folder)") {
                let path = "cose-wg-examples/\(folder)/\(name)"
                let vector = try SharedFiles.vectors.object(path)
                let bytes = try hex(try #require(text(vector, "output", "cbor")))
                let value = try CBORValue(decoding: bytes, accepting: .unsortedKeys)
                let isDeterministic = (try? CBORValue(decoding: bytes)) != nil
                #expect((value.encoded == bytes) == isDeterministic, "\(path)")
                deterministic += isDeterministic ? 1 : 0
                let input = try #require(vector["input"] as? [String: Any])
                guard input["sign0"] != nil else {
                    #expect(throws: COSEError.self, "\(path)") { try COSESign1(decoding: bytes) }
                    counts.others += 1
                    continue
                }
                let signed = try hex(try #require(text(vector, "intermediates", "ToBeSign_hex")))
                let external = try hex(text(input, "sign0", "external") ?? "")
                if vector["fail"] as? Bool == true {
                    let message = try? COSESign1(decoding: bytes, accepting: .unsortedKeys)
                    #expect(message?.message(externalData: external) != signed, "\(path)")
                    counts.fail += 1
                } else {
                    let message = try COSESign1(
                        decoding: bytes,
                        accepting: .unsortedKeys,
                        isTagged: bytes[0] == 0xd2
                    )
                    #expect(message.message(externalData: external) == signed, "\(path)")
                    if isDeterministic, bytes[0] == 0xd2 {
                        #expect(message.encoded == bytes, "\(path)")
                    }
                    counts.pass += 1
                }
            }
        }
        #expect(counts == (pass: 11, fail: 6, others: 39))
        #expect(deterministic > 40)
    }

    @Test(
        "the vectors of go-cose hold, positive and negative",
        SharedFiles.vectors.needs("go-cose")
    )
    func goCose() throws {
        var counts = [0, 0, 0]
        for name in try SharedFiles.vectors.names(in: "go-cose/testdata") {
            let vector = try SharedFiles.vectors.object("go-cose/testdata/\(name)")
            if let sign = vector["sign1::sign"] as? [String: Any] {
                try checkSigning(sign, name)
                counts[0] += 1
                continue
            }
            let verify = try #require(vector["sign1::verify"] as? [String: Any])
            let bytes = try hex(try #require(text(verify, "taggedCOSESign1", "cborHex")))
            if verify["shouldVerify"] as? Bool == true {
                #expect(try COSESign1(decoding: bytes).encoded == bytes)
                counts[1] += 1
            } else {
                let expected = try #require(Self.goCoseRefusals[name])
                for leniency in [CBORLeniency(), .all] {
                    #expect(throws: expected, "\(name)") {
                        try COSESign1(decoding: bytes, accepting: leniency)
                    }
                }
                counts[2] += 1
            }
        }
        #expect(counts == [7, 7, 4])
    }

    private static let goCoseRefusals: [String: COSEError] = [
        "sign1-verify-negative-0000.json": .malformed(.message, .unexpectedType(position: 2)),
        "sign1-verify-negative-0001.json":
            .malformed(.protectedHeader, .unexpectedType(position: 0)),
        "sign1-verify-negative-0002.json": .malformed(.protectedHeader, .duplicateKey(position: 3)),
        "sign1-verify-negative-0003.json": .malformed(.message, .duplicateKey(position: 11)),
    ]

    /// Makes the message again from its parts, with the published signature.
    private func checkSigning(_ sign: [String: Any], _ name: String) throws {
        func header(_ key: String) throws -> COSEHeaders {
            let bytes = try hex(try #require(text(sign, key, "cborHex")))
            return try COSEHeaders(try #require(try CBORValue(decoding: bytes).map))
        }
        let output = try hex(try #require(text(sign, "expectedOutput", "cborHex")))
        let expected = try COSESign1(decoding: output)
        var asked: [UInt8] = []
        let made = try COSESign1(
            protected: header("protectedHeaders"),
            unprotected: header("unprotectedHeaders"),
            payload: hex(try #require(text(sign, "payload"))),
            externalData: hex(text(sign, "external") ?? "")
        ) { message in
            asked = message
            return expected.signature
        }
        #expect(try asked == hex(try #require(text(sign, "tbsHex", "cborHex"))), "\(name)")
        #expect(made.encoded == output, "\(name)")
    }

    @Test(
        "the messages of RFC 9964 are signed as they say",
        SharedFiles.vectors.needs("cose-mldsa-rfc9964"),
        arguments: [("44", -48), ("65", -49), ("87", -50)] as [(String, Int64)]
    )
    func mlDSA(name: String, algorithm: Int64) throws {
        let vector = try SharedFiles.vectors.object("cose-mldsa-rfc9964/ML_DSA_\(name).cose.json")
        let bytes = try hex(try #require(text(vector, "sign1")))
        let message = try COSESign1(decoding: bytes)
        #expect(message.protected.algorithm?.rawValue == algorithm)
        #expect(try message.message() == hex(try #require(text(vector, "raw_to_be_signed"))))
        #expect(try message.signature == hex(try #require(text(vector, "raw_signature"))))
        #expect(message.encoded == bytes)
    }

    @Test("the receipts of RFC 9942 are read", SharedFiles.vectors.needs("cose-receipts-rfc9942"))
    func receipts() throws {
        let folder = "cose-receipts-rfc9942"
        let inclusionBytes = try SharedFiles.vectors.bytes("\(folder)/inclusion-receipt.cbor")
        let inclusion = try COSEReceipt(decoding: inclusionBytes, accepting: .unsortedKeys)
        guard case .inclusion(let proofs) = inclusion.proofs, let proof = proofs.first else {
            Issue.record("no proof of inclusion")
            return
        }
        #expect(proofs.count == 1)
        #expect(proof.treeSize == 5)
        #expect(proof.leafIndex == 3)
        #expect(proof.path.count == 3)
        #expect(proof.path.map(\.first) == [0x3d, 0x33, 0x4d])
        #expect(inclusion.encoded == inclusionBytes)
        #expect(inclusion.message.protected.keyID == Array("test-key-1".utf8))
        #expect(
            inclusion.message.protected.claims?.issuer
                == "https://transparency-service.example.com"
        )
        // Its keys are not in deterministic order: 1, 4, 395, 15.
        #expect(throws: COSEError.malformed(.protectedHeader, .unsortedKey(position: 19))) {
            try COSEReceipt(decoding: inclusionBytes)
        }
        let consistencyBytes = try SharedFiles.vectors.bytes("\(folder)/consistency-receipt.cbor")
        let consistency = try COSEReceipt(decoding: consistencyBytes, accepting: .unsortedKeys)
        guard case .consistency(let older) = consistency.proofs else {
            Issue.record("no proof of consistency")
            return
        }
        #expect(older.map(\.oldSize) == [3])
        #expect(older.map(\.newSize) == [5])
        #expect(older.map(\.path.count) == [4])
        #expect(consistency.encoded == consistencyBytes)
    }

    @Test(
        "the vectors of scitt-cose are read as they say",
        SharedFiles.vectors.needs("scitt-cose-vectors")
    )
    func scitt() throws {
        let folder = "scitt-cose-vectors/test-vectors/v1"
        let names = try SharedFiles.vectors.names(in: folder).filter { name in !name.hasPrefix(".")
        }
        #expect(names.count == 6)
        for name in names {
            let expected = try SharedFiles.vectors.object("\(folder)/\(name)/expected.json")
            let headers = try #require(expected["protected_header"] as? [String: Any])
            let statementBytes = try SharedFiles.vectors.bytes("\(folder)/\(name)/statement.cose")
            let receiptBytes = try SharedFiles.vectors.bytes("\(folder)/\(name)/receipt.cose")
            let message = try COSESign1(decoding: statementBytes, accepting: .unsortedKeys)
            #expect(message.encoded == statementBytes)
            #expect(
                message.payload == (try SharedFiles.vectors.bytes("\(folder)/\(name)/payload.bin"))
            )
            let header = try #require(headers["statement"] as? [String: Any])
            #expect(message.protected.algorithm?.rawValue == header["alg_code"] as? Int64)
            #expect(message.protected.contentType?.string == header["content_type"] as? String)
            #expect(message.protected.claims?.issuer?.string == header["issuer"] as? String)
            #expect(message.protected.claims?.subject?.string == header["subject"] as? String)
            if name == "valid-ccf-vds2" {
                // Its statement names no subject, which RFC 9943 requires.
                #expect(throws: COSEError.missingClaim(CWTClaims.subject)) {
                    try SignedStatement(message)
                }
            } else {
                #expect(try SignedStatement(message).payload == message.payload)
            }
            let receiptHeader = try #require(headers["receipt"] as? [String: Any])
            if receiptHeader["vds"] as? Int64 == 2 {
                #expect(throws: COSEError.unsupportedTree(2)) {
                    try COSEReceipt(decoding: receiptBytes, accepting: .unsortedKeys)
                }
                continue
            }
            let receipt = try COSEReceipt(decoding: receiptBytes, accepting: .unsortedKeys)
            #expect(receipt.algorithm.rawValue == receiptHeader["alg_code"] as? Int64)
            let path = try #require(expected["inclusion_path"] as? [String]).map(hex)
            let proof = COSEReceipt.InclusionProof(
                treeSize: try #require(expected["tree_size"] as? UInt64),
                leafIndex: try #require(expected["leaf_index"] as? UInt64),
                path: path
            )
            #expect(receipt.proofs == .inclusion([try #require(proof)]))
        }
    }
}
