import Access
import Cryptography
import Encoding
import Foundation
import Testing
import TestSupport

/// Whether independent Python packages agree: PyJWT about tokens, Yubico's fido2 about passkeys.
@Suite("Tokens and passkeys, compared with PyJWT and fido2") struct IndependentAccessTests {
    /// Runs a script that reads one JSON document and writes one.
    private func ask(_ script: String, _ question: JSONObject) throws -> JSONObject {
        try #require(Places.hasPython, "there is no interpreter; run `make setup`")
        let path = Places.tests().appending(path: "Scripts/\(script)").path
        let output = try FinishedProgram.output(
            [Places.python, "-I", path],
            input: JSONValue.object(question).canonical
        )
        return try #require(try JSONValue(decoding: output).object)
    }

    @Test("PyJWT verifies our tokens, and none that it makes itself is taken")
    func tokens() throws {
        let scene = try Scene()
        let user = try scene.register()
        let tokens = try scene.signIn()
        let jwk = try #require(scene.access.tokenVerificationKeys.first?.json)
        var question = JSONObject()
        question["token"] = .string(Text(tokens.access))
        question["jwk"] = try JSONValue(decoding: Array(jwk.utf8))
        question["venue"] = .string("test.venue")
        let answer = try ask("tokens.py", question)
        let claims = try #require(answer["claims"]?.object)
        #expect(claims["sub"] == .string(Text("\(user.id)")))
        #expect(claims["account"]?.number?.integer == 16)
        #expect(claims["roles"] == .array([.string("trader")]))
        #expect(answer["header"]?.object?["alg"] == .string("EdDSA"))
        #expect(answer["refused"]?.number?.integer == 2)
        let forged = try #require(answer["forged"]?.array)
        #expect(forged.count == 6)
        for token in forged {
            let text = try #require(token.string?.string)
            #expect(throws: AccessError.refused(.tokenInvalid), "\(text)") {
                try scene.access.authenticate(token: text)
            }
        }
    }

    @Test(
        "an authenticator made of fido2 registers and signs in",
        arguments: AuthenticatorKey.Algorithm.allCases
    )
    func passkeys(algorithm: AuthenticatorKey.Algorithm) throws {
        let scene = try Scene()
        let secret = algorithm == .rs256 ? "" : Hex.encode(SHA256.hash(of: [7]).bytes)
        var question = JSONObject()
        question["algorithm"] = JSONNumber(exactly: algorithm.rawValue).map { .number($0) }
        question["key"] = .string(Text(secret))
        question["creation"] = try scene.access.passkeyRegistrationOptions(userName: "alice")
        question["request"] = .null
        let created = try ask("authenticator.py", question)
        let (user, _) = try scene.access.registerPasskey(
            userName: "alice",
            credential: try #require(created["created"]),
            from: nil
        )
        question["key"] = created["key"]
        question["handle"] = created["handle"]
        question["creation"] = .null
        for name in [nil, "alice"] {
            // Its counter stands still, so that the second time is refused.
            question["request"] = try scene.access.passkeySignInOptions(userName: name)
            let used = try #require(try ask("authenticator.py", question)["used"])
            let result = Result { try scene.access.signInPasskey(credential: used, from: nil) }
            guard name == nil else {
                #expect(throws: AccessError.refused(.counterRegressed)) { try result.get() }
                continue
            }
            #expect(try result.get().principal.user == user.id)
        }
    }
}
