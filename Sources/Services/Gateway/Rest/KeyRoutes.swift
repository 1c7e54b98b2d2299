internal import Access
internal import Encoding
internal import HTTP
internal import Primitives

extension Gateway {
    static let keyRoutes: [Route] = [
        Route("GET", "/api/v1/keys", .manageKeys, listKeys),
        Route("POST", "/api/v1/keys", .manageKeys, addKey),
        Route("POST", "/api/v1/keys/passkey/options", .manageKeys, passkeyAdditionOptions),
        Route("POST", "/api/v1/keys/passkey", .manageKeys, addPasskey),
        Route("DELETE", "/api/v1/keys/{id}", .manageKeys, revokeKey),
        Route("GET", "/api/v1/api-keys", .manageAPIKeys, listAPIKeys),
        Route("POST", "/api/v1/api-keys", .manageAPIKeys, createAPIKey),
        Route("DELETE", "/api/v1/api-keys/{id}", .manageAPIKeys, revokeAPIKey),
    ]

    // MARK: A user's keys

    @Sendable private static func listKeys(
        _ gateway: Gateway,
        _ exchange: Exchange
    ) throws(APIError) {
        let principal = try exchange.principal()
        let keys = try perform { () throws(AccessError) in
            try gateway.parts.access.keys(of: principal)
        }
        exchange.answer { writer in
            writer.add(
                "keys",
                array: { writer in
                    for key in keys { writer.object { writer in key.write(to: &writer) } }
                }
            )
        }
    }

    @Sendable private static func addKey(
        _ gateway: Gateway,
        _ exchange: Exchange
    ) throws(APIError) {
        let principal = try exchange.principal()
        var fields = try exchange.fields()
        let bytes = try hexadecimal("public_key", &fields)
        let isCertificate = try fields.flag("certificate")
        let label = try fields.optionalText("label") ?? ""
        try fields.finish()
        let key = try perform { () throws(AccessError) in
            try gateway.parts.access.addKey(
                bytes,
                isCertificate: isCertificate,
                label: label,
                to: principal,
                from: exchange.address
            )
        }
        exchange.answer(201) { writer in key.write(to: &writer) }
    }

    @Sendable private static func passkeyAdditionOptions(
        _ gateway: Gateway,
        _ exchange: Exchange
    ) throws(APIError) {
        let principal = try exchange.principal()
        try exchange.fields().finish()
        let options = try perform { () throws(AccessError) in
            try gateway.parts.access.passkeyAdditionOptions(for: principal)
        }
        exchange.respond(.json(200, options.canonical))
    }

    @Sendable private static func addPasskey(
        _ gateway: Gateway,
        _ exchange: Exchange
    ) throws(APIError) {
        let principal = try exchange.principal()
        let body = try passkeyBody(exchange)
        guard let credential = body["credential"] else {
            throw RequestFields.wrong("credential", "is missing")
        }
        let key = try perform { () throws(AccessError) in
            try gateway.parts.access.addPasskey(
                credential: credential,
                label: body["label"]?.string?.string ?? "",
                to: principal,
                from: exchange.address
            )
        }
        exchange.answer(201) { writer in key.write(to: &writer) }
    }

    @Sendable private static func revokeKey(
        _ gateway: Gateway,
        _ exchange: Exchange
    ) throws(APIError) {
        let principal = try exchange.principal()
        guard let id = KeyID(text: exchange.parameter("id")) else {
            throw APIError(.notFound, "no key of yours has that name")
        }
        try perform { () throws(AccessError) in
            try gateway.parts.access.revokeKey(id, by: principal, from: exchange.address)
        }
        exchange.answer { writer in writer.add("status", "revoked") }
    }

    // MARK: Programs' keys

    @Sendable private static func listAPIKeys(
        _ gateway: Gateway,
        _ exchange: Exchange
    ) throws(APIError) {
        let principal = try exchange.principal()
        let keys = try perform { () throws(AccessError) in
            try gateway.parts.access.apiKeys(of: principal)
        }
        exchange.answer { writer in
            writer.add(
                "api_keys",
                array: { writer in
                    for key in keys { writer.object { writer in key.write(to: &writer) } }
                }
            )
        }
    }

    @Sendable private static func createAPIKey(
        _ gateway: Gateway,
        _ exchange: Exchange
    ) throws(APIError) {
        let principal = try exchange.principal()
        var fields = try exchange.fields()
        var request = APIKeyRequest(
            label: try fields.optionalText("label") ?? "",
            scopes: try scopes(&fields)
        )
        for text in try texts("addresses", &fields) {
            guard let range = AddressRange(text) else {
                throw RequestFields.wrong("addresses", "must be ranges such as \"10.0.0.0/8\"")
            }
            request.addresses.append(range)
        }
        request.lifetimeSeconds = try fields.identifier("lifetime_seconds", atMost: 1 << 40)
        if let text = try fields.optionalText("public_key") {
            var inner = try RequestFields(
                .object([ExactJSON.Member("public_key", .string(text))])
            )
            request.publicKey = try hexadecimal("public_key", &inner)
        }
        try fields.finish()
        let wanted = request
        let (key, secret) = try perform { () throws(AccessError) in
            try gateway.parts.access.createAPIKey(wanted, for: principal, from: exchange.address)
        }
        exchange.answer(201) { writer in
            key.write(to: &writer)
            // It is shown this once, and kept only as a hash.
            writer.add("secret", optional: secret)
        }
    }

    @Sendable private static func revokeAPIKey(
        _ gateway: Gateway,
        _ exchange: Exchange
    ) throws(APIError) {
        let principal = try exchange.principal()
        let id = exchange.parameter("id")
        try perform { () throws(AccessError) in
            try gateway.parts.access.revokeAPIKey(id, by: principal, from: exchange.address)
        }
        exchange.answer { writer in writer.add("status", "revoked") }
    }

    private static func scopes(_ fields: inout RequestFields) throws(APIError) -> Scopes {
        guard let scopes = Scopes(words: try texts("scopes", &fields)), !scopes.isEmpty else {
            throw RequestFields.wrong("scopes", "must be a list of read, trade and withdraw")
        }
        return scopes
    }

    private static func texts(
        _ name: String,
        _ fields: inout RequestFields
    ) throws(APIError) -> [String] {
        guard let value = fields.value(name) else { return [] }
        let texts = value.array?.compactMap(\.string)
        guard let texts, texts.count == value.array?.count else {
            throw RequestFields.wrong(name, "must be a list of texts")
        }
        return texts
    }
}

extension UserKey {
    /// Writes the members of a key.
    func write(to writer: inout JSONWriter) {
        writer.add("id", id.text)
        writer.add("kind", kind.word)
        writer.add("label", label)
        writer.name("created_at")
        writer.time(Timestamp(createdWallNanoseconds))
        writer.optionalTime("used_at", usedWallNanoseconds)
        writer.optionalTime("revoked_at", revokedWallNanoseconds)
    }
}

extension UserKey.Kind {
    /// What the kind is called.
    var word: String {
        switch self {
        case .ed25519: "ed25519"
        case .passkey: "passkey"
        case .certificate: "certificate"
        }
    }
}

extension APIKey {
    /// Writes the members of a program's key.
    func write(to writer: inout JSONWriter) {
        writer.add("id", id)
        writer.add("label", label)
        writer.add(
            "scopes",
            array: { writer in for word in scopes.words { writer.string(word) } }
        )
        writer.add(
            "addresses",
            array: { writer in for range in addresses { writer.string(range.description) } }
        )
        writer.add("signs_requests", signsRequests)
        writer.name("created_at")
        writer.time(Timestamp(createdWallNanoseconds))
        writer.optionalTime("expires_at", expiresWallNanoseconds)
        writer.optionalTime("used_at", usedWallNanoseconds)
        writer.optionalTime("revoked_at", revokedWallNanoseconds)
    }
}

extension JSONWriter {
    /// Writes a member that is a time, or null.
    mutating func optionalTime(_ name: StaticString, _ nanoseconds: UInt64?) {
        self.name(name)
        if let nanoseconds { time(Timestamp(nanoseconds)) } else { null() }
    }
}
