import Access
import Encoding
import Primitives
import Testing

/// Registers `alice` with a passkey.
func register(
    _ scene: Scene,
    _ authenticator: inout Authenticator,
    name: String = "alice"
) throws -> (user: User, tokens: Tokens) {
    let options = try scene.access.passkeyRegistrationOptions(userName: name)
    return try scene.access.registerPasskey(
        userName: name,
        credential: authenticator.create(options),
        label: "laptop",
        from: Scene.address
    )
}

/// Signs in with a passkey that the browser has found.
func signIn(_ scene: Scene, _ authenticator: inout Authenticator) throws -> Tokens {
    let options = try scene.access.passkeySignInOptions()
    return try scene.access.signInPasskey(
        credential: authenticator.get(options),
        from: Scene.address
    )
}

@Suite("Passkeys") struct PasskeyTests {
    @Test(
        "a user registers with a passkey and signs in with it",
        arguments: AuthenticatorKey.Algorithm.allCases
    )
    func whole(algorithm: AuthenticatorKey.Algorithm) throws {
        let scene = try Scene()
        var authenticator = Authenticator(algorithm)
        let (user, tokens) = try register(scene, &authenticator)
        #expect(authenticator.userHandle == user.id.bytes)
        #expect(user.account == AccountID(16))
        #expect(try scene.access.authenticate(token: tokens.access).user == user.id)
        let again = try signIn(scene, &authenticator)
        #expect(try scene.access.authenticate(token: again.access).account == user.account)
        let key = try #require(try scene.access.keys(of: again.principal).first)
        #expect(key.kind == .passkey)
        #expect(key.label == "laptop")
        #expect(key.usedWallNanoseconds != nil)
    }
}
