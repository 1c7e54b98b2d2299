import Cryptography
import Encoding
import Primitives
import Statements
import Testing
import Venue

@Suite("identities") struct IdentityTests {
    @Test(
        "a DID is read and written the same",
        arguments: [
            "did:orbit:operator:orbit-1.example:venue", "did:orbit:observer:0:A",
            "did:orbit:satellite:v:25544", "did:orbit:station:a-b.c:_-.",
            "did:orbit:contract:v:18446744073709551615",
            Text(
                "did:orbit:contract:\(String(repeating: "r", count: 63)):\(String(repeating: "9", count: 64))"
            ),
        ] as [Text]
    )
    func goodDIDs(_ text: Text) throws { #expect(try OrbitDID(parsing: text).text == text) }

    @Test(
        "what is no DID is refused",
        arguments: [
            "", "did:orbit:operator:v", "did:orbit:operator:v:a:b", "did:web:operator:v:a",
            "DID:orbit:operator:v:a", "did:orbit:Operator:v:a", "did:orbit:venue:v:a",
            "did:orbit:operator::a", "did:orbit:operator:-v:a", "did:orbit:operator:.v:a",
            "did:orbit:operator:V:a", "did:orbit:operator:v:", "did:orbit:operator:v:a b",
            "did:orbit:operator:v:ä", "did:orbit:operator:v:%41", "did:orbit:operator:v:a#k",
            " did:orbit:operator:v:a", "did:orbit:operator:v:a\n",
            Text("did:orbit:operator:\(String(repeating: "r", count: 64)):a"),
            Text("did:orbit:operator:v:\(String(repeating: "9", count: 65))"),
            Text("did:orbit:operator:v:\(String(repeating: "9", count: 200))"),
        ] as [Text]
    )
    func badDIDs(_ text: Text) {
        #expect(throws: StatementError.self) { try OrbitDID(parsing: text) }
    }

    @Test("a contract's DID tells its number, in one form only") func contracts() throws {
        let venue = try Samples.venue()
        let did = OrbitDID(contract: TradeID(21).sellerContract, at: venue)
        #expect(did.text == "did:orbit:contract:orbit-1.example:43")
        #expect(did.contract == ContractID(43))
        for id in ["043", "x", "18446744073709551616", "-1"] as [Text] {
            #expect(try OrbitDID(kind: .contract, registrar: venue, id: id).contract == nil)
        }
        #expect(try OrbitDID(kind: .station, registrar: venue, id: "43").contract == nil)
        #expect(venue.did.text == "did:orbit:operator:orbit-1.example:venue")
    }

    @Test("keys are written as Multikeys and read back") func multikeys() throws {
        // The did:key specification's example of an Ed25519 key.
        let text: Text = "z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK"
        guard case .ed25519(let key) = try Multikey(text) else {
            Issue.record("not an Ed25519 key")
            return
        }
        #expect(Multikey.ed25519(key).text == text)
        #expect(
            Hex.encode(key) == "2e6fcce36701dc791488e0d0b1745cc1e33a4c1c9fcc41c63bd343dbbe0970e6"
        )
        let share = Multikey.bls12381G2([UInt8](repeating: 0xff, count: 96))
        #expect(try Multikey(share.text) == share)
        let zeros = Multikey.ed25519([UInt8](repeating: 0, count: 32))
        #expect(try Multikey(zeros.text) == zeros)
        for bad in [
            "", "z", "6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK", "z0", "zI",
            "z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2do", "mO0B",
            Text("z\(String(repeating: "2", count: 300))"),
        ] as [Text] {
            #expect(throws: StatementError.self) { try Multikey(bad) }
        }
    }

    @Test("a key with private members has no place in a document") func privateKeys() throws {
        var document = try Samples.document()
        for name in ["d", "k", "priv"] as [Text] {
            var key = JSONObject()
            key["kty"] = .string("OKP")
            key[name] = .string("AAAA")
            document.verificationMethods[1].material = .jsonWebKey(key)
            let statement = DIDStatement(document: document, version: 1, time: .zero)
            #expect(
                throws: StatementError.invalidMember(
                    path: "document.verificationMethod[1].publicKeyJwk",
                    expected: "a key without private members"
                )
            ) { try DIDStatement(decoding: statement.encoded) }
        }
    }

    @Test("fragments in a document are its own, each once") func fragments() throws {
        let good = try Samples.document()
        func read(_ change: (inout DIDDocument) -> Void) throws {
            var document = good
            change(&document)
            let statement = DIDStatement(document: document, version: 1, time: .zero)
            _ = try DIDStatement(decoding: statement.encoded)
        }
        #expect(throws: Never.self) { try read { _ in } }
        #expect(throws: StatementError.self) {
            try read { document in document.verificationMethods[1].fragment = "key-1" }
        }
        #expect(throws: StatementError.self) {
            try read { document in document.verificationMethods[1].fragment = "a b" }
        }
        #expect(throws: StatementError.self) {
            try read { document in document.assertionMethods = ["key-9"] }
        }
        #expect(throws: StatementError.self) {
            try read { document in document.assertionMethods = ["key-1", "key-1"] }
        }
        #expect(throws: StatementError.self) {
            try read { document in document.services.append(document.services[0]) }
        }
    }
}

@Suite("commitments to accounts") struct CommitmentTests {
    @Test("salts and commitments are the documented hashes") func definition() {
        let key = SaltKey(bytes: Samples.saltBytes)
        // HMAC-SHA256 by its definition (RFC 2104), over "parallax.salt/1", the trade and the side.
        let padded = Samples.saltBytes + [UInt8](repeating: 0, count: 32)
        let message = Array("parallax.salt/1".utf8) + [0, 0, 0, 0, 0, 0, 1, 2, 1]
        let inner = SHA256.hash(of: padded.map { byte in byte ^ 0x36 } + message).bytes
        let whole = SHA256.hash(of: padded.map { byte in byte ^ 0x5c } + inner).bytes
        let salt = key.salt(trade: TradeID(258), side: .sell)
        #expect(salt == Array(whole[..<16]))
        let commitment = AccountCommitment(account: AccountID(0x0102_0304), side: .sell, salt: salt)
        let opened = Array("parallax.account/1".utf8) + [0] + salt + [1, 2, 3, 4, 1]
        #expect(commitment.digest == SHA256.hash(of: opened))
    }

    @Test("each side's disclosure opens its own commitment and no other") func disclosures() {
        let key = SaltKey(bytes: Samples.saltBytes)
        let trade = Samples.trade()
        let commitments = AccountCommitments(trade, key: key)
        let buyer = Disclosure(trade, side: .buy, key: key)
        let seller = Disclosure(trade, side: .sell, key: key)
        #expect(buyer.account == trade.buyer)
        #expect(seller.account == trade.seller)
        #expect(buyer.commitment == commitments.buyer)
        #expect(seller.commitment == commitments.seller)
        #expect(buyer.salt != seller.salt)
        var other = buyer
        other.account = AccountID(18)
        #expect(other.commitment != commitments.buyer)
    }

    @Test("a disclosure is read strictly") func reading() throws {
        let disclosure = Disclosure(
            trade: TradeID(9),
            side: .buy,
            account: AccountID(17),
            salt: [UInt8](0..<16)
        )
        let text =
            #"{"account":17,"salt":"000102030405060708090a0b0c0d0e0f","side":"buy","trade":"9"}"#
        #expect(disclosure.encoded == Array(text.utf8))
        #expect(try Disclosure(decoding: disclosure.encoded) == disclosure)
        for bad in [
            "{}", text.replacing("17", with: "\"17\""), text.replacing("0f", with: "0F"),
            text.replacing("buy", with: "Buy"), text.replacing("\"9\"", with: "9"),
            text.replacing("\"9\"", with: "\"0\""), text.replacing("17", with: "-1"),
            text.replacing("17", with: "4294967296"), text.replacing("0e0f", with: "0e"),
            text.replacing("}", with: ",\"zz\":1}"),
        ] {
            #expect(throws: StatementError.self, "\(bad)") {
                try Disclosure(decoding: Array(bad.utf8))
            }
        }
    }
}
