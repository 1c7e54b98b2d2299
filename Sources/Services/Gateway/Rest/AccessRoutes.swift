internal import Access
internal import Cryptography
internal import Encoding
internal import HTTP
internal import Primitives

extension Gateway {
    static let accessRoutes: [Route] = [
        Route("POST", "/auth/register", nil, register),
        Route("POST", "/auth/challenge", nil, challenge),
        Route("POST", "/auth/verify", nil, verify),
        Route("POST", "/auth/refresh", nil, refresh),
        Route("POST", "/auth/logout", .readOwn, logOut),
        Route("POST", "/auth/passkey/register/options", nil, passkeyRegistrationOptions),
        Route("POST", "/auth/passkey/register/verify", nil, registerPasskey),
        Route("POST", "/auth/passkey/login/options", nil, passkeySignInOptions),
        Route("POST", "/auth/passkey/login/verify", nil, signInPasskey),
        Route("GET", "/api/user/profile", .readOwn, showProfile),
        Route("GET", "/api/v1/sessions", .manageKeys, listSessions),
        Route("GET", "/.well-known/jwks.json", nil, showTokenKeys),
    ]

    // MARK: Ed25519

    @Sendable private static func register(
        _ gateway: Gateway,
        _ exchange: Exchange
    ) throws(APIError) {
        var fields = try exchange.fields()
        let name = try fields.text("username")
        let key = try hexadecimal("public_key", &fields)
        let label = try fields.optionalText("label") ?? ""
        try fields.finish()
        let user = try perform { () throws(AccessError) in
            try gateway.parts.access.register(
                userName: name,
                publicKey: key,
                label: label,
                from: exchange.address
            )
        }
        exchange.answer(201) { writer in user.write(to: &writer) }
    }

    @Sendable private static func challenge(
        _ gateway: Gateway,
        _ exchange: Exchange
    ) throws(APIError) {
        var fields = try exchange.fields()
        let name = try fields.text("username")
        try fields.finish()
        let challenge = try perform { () throws(AccessError) in
            try gateway.parts.access.challenge(userName: name)
        }
        exchange.answer { writer in
            writer.add("challenge", challenge)
            writer.add("venue", gateway.parts.venue)
        }
    }

    @Sendable private static func verify(
        _ gateway: Gateway,
        _ exchange: Exchange
    ) throws(APIError) {
        var fields = try exchange.fields()
        let name = try fields.text("username")
        let challenge = try fields.text("challenge", bytesMax: 512)
        let signature = try hexadecimal("signature", &fields)
        guard let stamp = try fields.decimal("timestamp")?.scaled(toPlaces: 0),
            let timestamp = Int64(exactly: stamp)
        else { throw RequestFields.wrong("timestamp", "must be seconds since 1970") }
        try fields.finish()
        let tokens = try perform { () throws(AccessError) in
            try gateway.parts.access.signIn(
                userName: name,
                challenge: challenge,
                signature: signature,
                timestamp: timestamp,
                from: exchange.address
            )
        }
        exchange.answer { writer in tokens.write(to: &writer) }
    }

    @Sendable private static func refresh(
        _ gateway: Gateway,
        _ exchange: Exchange
    ) throws(APIError) {
        var fields = try exchange.fields()
        let token = try fields.text("refresh_token", bytesMax: 1_024)
        try fields.finish()
        let tokens = try perform { () throws(AccessError) in
            try gateway.parts.access.refresh(token, from: exchange.address)
        }
        exchange.answer { writer in tokens.write(to: &writer) }
    }

    @Sendable private static func logOut(
        _ gateway: Gateway,
        _ exchange: Exchange
    ) throws(APIError) {
        let principal = try exchange.principal()
        var fields = try exchange.fields()
        // The session follows from the token; which refresh token it has does not matter.
        fields.ignore("refresh_token")
        try fields.finish()
        guard case .session(let session) = principal.method else {
            throw APIError(.conflict, "only a session can be ended")
        }
        try perform { () throws(AccessError) in
            try gateway.parts.access.endSession(session, by: principal, from: exchange.address)
        }
        exchange.answer { writer in writer.add("status", "ended") }
    }

    // MARK: Passkeys

    @Sendable private static func passkeyRegistrationOptions(
        _ gateway: Gateway,
        _ exchange: Exchange
    ) throws(APIError) {
        var fields = try exchange.fields()
        let name = try fields.text("username")
        try fields.finish()
        let options = try perform { () throws(AccessError) in
            try gateway.parts.access.passkeyRegistrationOptions(userName: name)
        }
        exchange.respond(.json(200, options.canonical))
    }

    @Sendable private static func registerPasskey(
        _ gateway: Gateway,
        _ exchange: Exchange
    ) throws(APIError) {
        let body = try passkeyBody(exchange)
        guard let name = body["username"]?.string?.string, let credential = body["credential"]
        else { throw RequestFields.wrong("credential", "or username is missing") }
        let (user, tokens) = try perform { () throws(AccessError) in
            try gateway.parts.access.registerPasskey(
                userName: name,
                credential: credential,
                label: body["label"]?.string?.string ?? "",
                from: exchange.address
            )
        }
        exchange.answer(201) { writer in
            user.write(to: &writer)
            tokens.write(to: &writer)
        }
    }

    @Sendable private static func passkeySignInOptions(
        _ gateway: Gateway,
        _ exchange: Exchange
    ) throws(APIError) {
        var fields = try exchange.fields()
        let name = try fields.optionalText("username")
        try fields.finish()
        let options = try perform { () throws(AccessError) in
            try gateway.parts.access.passkeySignInOptions(userName: name)
        }
        exchange.respond(.json(200, options.canonical))
    }

    @Sendable private static func signInPasskey(
        _ gateway: Gateway,
        _ exchange: Exchange
    ) throws(APIError) {
        let body = try passkeyBody(exchange)
        guard let credential = body["credential"] else {
            throw RequestFields.wrong("credential", "is missing")
        }
        let tokens = try perform { () throws(AccessError) in
            try gateway.parts.access.signInPasskey(credential: credential, from: exchange.address)
        }
        exchange.answer { writer in tokens.write(to: &writer) }
    }

    /// The body of a request with a passkey's answer in it, which is the browser's own and has no money in it.
    static func passkeyBody(_ exchange: Exchange) throws(APIError) -> JSONObject {
        let value: JSONValue
        do throws(JSONError) {
            value = try JSONValue(decoding: exchange.request.body, limits: RequestFields.limits)
        } catch {
            throw APIError(.invalidJSON, "the body is not good JSON: \(error)")
        }
        guard let object = value.object else {
            throw APIError(.invalidJSON, "the body must be an object")
        }
        return object
    }

    // MARK: The own user

    @Sendable private static func showProfile(
        _ gateway: Gateway,
        _ exchange: Exchange
    ) throws(APIError) {
        let principal = try exchange.principal()
        let user = try perform { () throws(AccessError) in
            try gateway.parts.access.user(principal.user)
        }
        exchange.answer { writer in user.write(to: &writer) }
    }

    @Sendable private static func listSessions(
        _ gateway: Gateway,
        _ exchange: Exchange
    ) throws(APIError) {
        let principal = try exchange.principal()
        let sessions = try perform { () throws(AccessError) in
            try gateway.parts.access.sessions(of: principal)
        }
        exchange.answer { writer in
            writer.add(
                "sessions",
                array: { writer in
                    for session in sessions {
                        writer.object { writer in
                            writer.add("id", session.id.text)
                            writer.add("key_id", session.key.text)
                            writer.name("created_at")
                            writer.time(Timestamp(session.createdWallNanoseconds))
                            writer.name("expires_at")
                            writer.time(Timestamp(session.expiresWallNanoseconds))
                        }
                    }
                }
            )
        }
    }

    @Sendable private static func showTokenKeys(_ gateway: Gateway, _ exchange: Exchange) {
        let keys = gateway.parts.access.tokenVerificationKeys
        exchange.answer(200, ["Cache-Control": "public, max-age=300"]) { writer in
            writer.add(
                "keys",
                array: { writer in for key in keys { writer.encoded(key.json.utf8) } }
            )
        }
    }

    // MARK: Shared

    /// Bytes that a member has in hexadecimal, as FastEx writes keys and signatures.
    static func hexadecimal(
        _ name: String,
        _ fields: inout RequestFields
    ) throws(APIError) -> [UInt8] {
        let text = try fields.text(name, bytesMax: 512)
        do throws(Hex.DecodingError) {
            return try Hex.decode(text)
        } catch {
            throw RequestFields.wrong(name, "must be hexadecimal")
        }
    }

    /// Runs something of the sign-in.
    static func perform<Result>(
        _ body: () throws(AccessError) -> Result
    ) throws(APIError) -> Result {
        do throws(AccessError) { return try body() } catch { throw APIError(error) }
    }
}

extension Exchange {
    /// From where the request came.
    var address: NetworkAddress? { NetworkAddress(request.peerAddress) }
}

extension User {
    /// Writes the members of a user.
    func write(to writer: inout JSONWriter) {
        writer.add("user_id", id.description)
        writer.add("username", name)
        writer.add("roles", array: { writer in for word in roles.words { writer.string(word) } })
        writer.name("created_at")
        writer.time(Timestamp(createdWallNanoseconds))
    }
}

extension Tokens {
    /// Writes the members of the tokens; `token` and `expires_in` are FastEx's.
    func write(to writer: inout JSONWriter) {
        writer.add("token", access)
        writer.add("expires_in", number: expiresInSeconds)
        writer.add("refresh_token", refresh)
    }
}
