import Access
import Cryptography
import Encoding
import KeyStore
import Testing

@Suite("Signed requests") struct SignedRequestTests {
    /// A signed request, which a test may change before or after it is signed.
    struct Signed {
        var venue = "test.venue"
        var key: String
        var method = "POST"
        var target = "/api/orders?x=1"
        var timestamp: UInt64
        var nonce: String
        var body = Array("{}".utf8)
        var signer: UInt8 = 7

        var signature: [UInt8] {
            let message = RequestMessage.bytes(
                venue: venue,
                key: key,
                method: method,
                target: target,
                timestamp: timestamp,
                nonce: nonce,
                body: body
            )
            return Scene.key(signer).sign(message)
        }

        func credentials(_ signature: [UInt8]) -> RequestCredentials {
            request(
                [
                    ("X-Parallax-Key", key), ("X-Parallax-Timestamp", "\(timestamp)"),
                    ("X-Parallax-Nonce", nonce), ("X-Parallax-Signature", Hex.encode(signature)),
                ],
                method: method,
                target: target,
                body: body
            )
        }
    }

    /// A venue with a user whose program signs.
    private func scene() throws -> (Scene, Principal, String) {
        let scene = try Scene()
        try scene.register()
        let principal = try scene.signIn().principal
        var asked = APIKeyRequest(label: "signer", scopes: .trade)
        asked.publicKey = Scene.key(7).publicKey.bytes
        let made = try scene.access.createAPIKey(asked, for: principal, from: nil)
        #expect(made.secret == nil)
        #expect(made.key.signsRequests)
        // What was made in the first seconds of a process may have been taken before.
        scene.clock.pass(seconds: 10)
        return (scene, principal, made.key.id)
    }

    private func signed(_ scene: Scene, _ key: String, _ number: Int = 0) -> Signed {
        Signed(
            key: key,
            timestamp: scene.clock.wallNanoseconds() / 1_000_000,
            nonce: "nonce-of-16-bytes-\(number)"
        )
    }

    @Test("a signed request is taken, once") func once() throws {
        let (scene, principal, key) = try scene()
        let request = signed(scene, key)
        let credentials = request.credentials(request.signature)
        let known = try scene.access.authenticate(credentials)
        #expect(known.user == principal.user)
        #expect(known.scopes == .trade)
        for _ in 0..<3 {
            #expect(throws: AccessError.refused(.requestReplayed)) {
                try scene.access.authenticate(credentials)
            }
        }
        let next = signed(scene, key, 1)
        _ = try scene.access.authenticate(next.credentials(next.signature))
    }

    @Test("the signature covers all parts, and the venue") func covered() throws {
        let (scene, _, key) = try scene()
        let changes: [(inout Signed) -> Void] = [
            { $0.venue = "other.venue" }, { $0.method = "PUT" }, { $0.target = "/api/orders" },
            { $0.timestamp += 1 }, { $0.nonce += "x" }, { $0.body = [] }, { $0.signer = 8 },
        ]
        for change in changes {
            let good = signed(scene, key)
            var other = good
            change(&other)
            #expect(throws: AccessError.refused(.requestSignatureInvalid)) {
                try scene.access.authenticate(good.credentials(other.signature))
            }
        }
        let good = signed(scene, key)
        for bit in 0..<512 {
            var signature = good.signature
            signature[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(throws: AccessError.refused(.requestSignatureInvalid)) {
                try scene.access.authenticate(good.credentials(signature))
            }
        }
        _ = try scene.access.authenticate(good.credentials(good.signature))
    }

    @Test("a request is taken from 30 seconds before to 5 seconds after the venue's time")
    func window() throws {
        let (scene, _, key) = try scene()
        scene.clock.pass(seconds: 100)
        for (index, (offset, isGood)) in [
            (0, true), (-30_000, true), (-30_001, false), (5_000, true), (5_001, false),
        ].enumerated() {
            var request = signed(scene, key, index)
            request.timestamp = UInt64(Int64(request.timestamp) + Int64(offset))
            let credentials = request.credentials(request.signature)
            let result = Result { try scene.access.authenticate(credentials) }
            #expect(result.isSuccess == isGood, "\(offset)")
        }
    }

    @Test("neither a restart nor a clock that is set back lets a request be replayed")
    func replayed() throws {
        let (scene, _, key) = try scene()
        let request = signed(scene, key)
        let credentials = request.credentials(request.signature)
        _ = try scene.access.authenticate(credentials)
        let later = try Scene(folder: try scene.crashed(), clock: scene.clock)
        #expect(throws: AccessError.refused(.timestampOutOfRange)) {
            try later.access.authenticate(credentials)
        }
        // Long enough for it to be forgotten, with others in between.
        for number in 1...4 {
            scene.clock.pass(seconds: 61)
            let other = signed(scene, key, number)
            _ = try scene.access.authenticate(other.credentials(other.signature))
        }
        scene.clock.jump(seconds: -4 * 61)
        #expect(throws: AccessError.refused(.timestampOutOfRange)) {
            try scene.access.authenticate(credentials)
        }
    }

    @Test("a key that signs sends no secret, and one with a secret signs nothing")
    func apart() throws {
        let (scene, principal, key) = try scene()
        let secret = try #require(
            try scene.access.createAPIKey(
                APIKeyRequest(label: "", scopes: .all),
                for: principal,
                from: nil
            ).secret
        )
        let id = String(secret.dropFirst(4).prefix(16))
        let request = signed(scene, id)
        #expect(throws: AccessError.refused(.apiKeyInvalid)) {
            try scene.access.authenticate(request.credentials(request.signature))
        }
        let forged = "plx_\(key)_" + Base64.url.encode([UInt8](repeating: 0, count: 32))
        #expect(throws: AccessError.refused(.apiKeyInvalid)) {
            try scene.access.authenticate(bearer: forged, from: nil)
        }
    }

    @Test("fields of the wrong form are refused") func forms() throws {
        let (scene, _, key) = try scene()
        let good = signed(scene, key)
        let hex = Hex.encode(good.signature)
        let wrong: [(String, String)] = [
            ("X-Parallax-Key", key.uppercased() + "X"), ("X-Parallax-Key", ""),
            ("X-Parallax-Timestamp", ""), ("X-Parallax-Timestamp", "+1"),
            ("X-Parallax-Timestamp", "01"), ("X-Parallax-Timestamp", "-1"),
            ("X-Parallax-Timestamp", "99999999999999999"), ("X-Parallax-Nonce", "short"),
            ("X-Parallax-Nonce", String(repeating: "x", count: 65)),
            ("X-Parallax-Nonce", "sixteen bytes and blanks"), ("X-Parallax-Signature", ""),
            ("X-Parallax-Signature", String(hex.dropLast())), ("X-Parallax-Signature", hex + "00"),
            ("X-Parallax-Signature", "zz" + hex.dropFirst(2)),
        ]
        for (name, value) in wrong {
            var fields = [
                ("X-Parallax-Key", key), ("X-Parallax-Timestamp", "\(good.timestamp)"),
                ("X-Parallax-Nonce", good.nonce), ("X-Parallax-Signature", hex),
            ]
            fields = fields.map { $0.0 == name ? (name, value) : $0 }
            #expect(throws: AccessError.refused(.invalidRequest), "\(name): \(value)") {
                try scene.access.authenticate(request(fields, method: "POST"))
            }
            // Twice the same field.
            #expect(throws: AccessError.refused(.invalidRequest)) {
                try scene.access.authenticate(request(fields + [(name, value)], method: "POST"))
            }
        }
        #expect(throws: AccessError.refused(.invalidRequest)) {
            try scene.access.authenticate(
                request([
                    ("Authorization", "Bearer a"), ("X-Parallax-Key", key),
                    ("X-Parallax-Timestamp", "\(good.timestamp)"),
                    ("X-Parallax-Nonce", good.nonce), ("X-Parallax-Signature", hex),
                ])
            )
        }
    }
}
