/// What the description says about a route, besides what follows from the route itself.
struct Operation: Sendable {
    /// A parameter of the query.
    struct Parameter: Sendable {
        let name: String
        let schema: Schema
        let summary: String

        init(_ name: String, _ schema: Schema, _ summary: String) {
            (self.name, self.schema, self.summary) = (name, schema, summary)
        }
    }

    /// The method and the pattern, as in the route.
    let route: String
    let summary: String
    let query: [Parameter]
    /// The members of the body; none if it has none.
    let body: [Member]?
    /// The statuses of success.
    let statuses: [Int]
    /// The members that a successful answer always has; none if it is no JSON object.
    let answer: [Member]?
    /// What a successful answer is.
    let contentType: String
    /// Whether the header Idempotency-Key has a meaning.
    let takesKey: Bool

    init(
        _ route: String,
        _ summary: String,
        query: [Parameter] = [],
        body: [Member]? = nil,
        statuses: [Int] = [200],
        answer: [Member]? = [],
        contentType: String = "application/json",
        takesKey: Bool = false
    ) {
        self.route = route
        self.summary = summary
        self.query = query
        self.body = body
        self.statuses = statuses
        self.answer = answer
        self.contentType = contentType
        self.takesKey = takesKey
    }
}

/// What a value may be.
indirect enum Schema: Sendable {
    /// A text, of a pattern if one is given.
    case text(pattern: String? = nil)
    /// One of some words.
    case words([String])
    /// A decimal number, as a text or a number.
    case decimal
    /// A decimal number, always as a text.
    case decimalText
    /// A whole number as a text of digits.
    case digits
    /// A whole number.
    case integer(ClosedRange<Int>)
    /// True or false.
    case flag
    /// A time.
    case time
    /// A list.
    case list(Schema)
    /// Any object.
    case object
    /// The value, or null.
    case optional(Schema)
}

/// A member of an object.
struct Member: Sendable {
    let name: String
    let schema: Schema
    let isRequired: Bool

    init(_ name: String, _ schema: Schema, required: Bool = true) {
        (self.name, self.schema, isRequired) = (name, schema, required)
    }
}

extension Operation {
    static let all: [Operation] =
        signIn + keys + orders + own + transfers + market + venue + offices

    static let limit = Parameter("limit", .integer(1...500), "how many at most")
    static let cursor = Parameter("cursor", .text(), "where the page before ended")
    static let instrument = Parameter("instrument", .text(), "a symbol")
    static let reason = Parameter("reason", .text(), "why; it is recorded before anything is read")

    private static let name = Member("username", .text())
    private static let tokens = [
        Member("token", .text()), Member("expires_in", .integer(0...900)),
        Member("refresh_token", .text()),
    ]
    private static let user = [
        Member("user_id", .text()), Member("username", .text()),
        Member("roles", .list(.text())), Member("created_at", .time),
    ]

    private static let signIn = [
        Operation(
            "POST /auth/register",
            "Register with an Ed25519 key",
            body: [
                name, Member("public_key", .text(pattern: "^[0-9a-fA-F]{64}$")),
                Member("label", .text(), required: false),
            ],
            statuses: [201],
            answer: user
        ),
        Operation(
            "POST /auth/challenge",
            "Get a challenge to sign",
            body: [name],
            answer: [Member("challenge", .text()), Member("venue", .text())]
        ),
        Operation(
            "POST /auth/verify",
            "Sign in with a signed challenge",
            body: [
                name, Member("challenge", .text()),
                Member("signature", .text(pattern: "^[0-9a-fA-F]{128}$")),
                Member("timestamp", .integer(0...4_102_444_800)),
            ],
            answer: tokens
        ),
        Operation(
            "POST /auth/refresh",
            "Exchange a refresh token for new tokens",
            body: [Member("refresh_token", .text())],
            answer: tokens
        ),
        Operation(
            "POST /auth/logout",
            "End the session",
            body: [Member("refresh_token", .text(), required: false)],
            answer: [Member("status", .text())]
        ),
        Operation(
            "POST /auth/passkey/register/options",
            "Begin to register with a passkey",
            body: [name]
        ),
        Operation(
            "POST /auth/passkey/register/verify",
            "Register with a passkey",
            body: [name, Member("credential", .object), Member("label", .text(), required: false)],
            statuses: [201],
            answer: user + tokens
        ),
        Operation(
            "POST /auth/passkey/login/options",
            "Begin to sign in with a passkey",
            body: [Member("username", .text(), required: false)]
        ),
        Operation(
            "POST /auth/passkey/login/verify",
            "Sign in with a passkey",
            body: [Member("credential", .object)],
            answer: tokens
        ),
        Operation("GET /api/user/profile", "The own user", answer: user),
        Operation(
            "GET /api/v1/sessions",
            "The own sessions",
            answer: [Member("sessions", .list(.object))]
        ),
        Operation(
            "GET /.well-known/jwks.json",
            "The keys that verify access tokens",
            answer: [Member("keys", .list(.object))]
        ),
    ]

    private static let keys = [
        Operation("GET /api/v1/keys", "The own keys", answer: [Member("keys", .list(.object))]),
        Operation(
            "POST /api/v1/keys",
            "Add an Ed25519 key, or that of a certificate",
            body: [
                Member("public_key", .text(pattern: "^[0-9a-fA-F]{64}$")),
                Member("certificate", .flag, required: false),
                Member("label", .text(), required: false),
            ],
            statuses: [201],
            answer: [Member("id", .text())]
        ),
        Operation("POST /api/v1/keys/passkey/options", "Begin to add a passkey", body: []),
        Operation(
            "POST /api/v1/keys/passkey",
            "Add a passkey",
            body: [Member("credential", .object), Member("label", .text(), required: false)],
            statuses: [201],
            answer: [Member("id", .text())]
        ),
        Operation("DELETE /api/v1/keys/{id}", "Revoke a key"),
        Operation(
            "GET /api/v1/api-keys",
            "The own programs' keys",
            answer: [Member("api_keys", .list(.object))]
        ),
        Operation(
            "POST /api/v1/api-keys",
            "Make a key for a program; its secret is shown once",
            body: [
                Member("scopes", .list(.words(["read", "trade", "withdraw"]))),
                Member("label", .text(), required: false),
                Member("addresses", .list(.text()), required: false),
                Member("lifetime_seconds", .integer(1...1_000_000_000), required: false),
                Member("public_key", .text(pattern: "^[0-9a-fA-F]{64}$"), required: false),
            ],
            statuses: [201],
            answer: [Member("id", .text()), Member("secret", .optional(.text()))]
        ),
        Operation("DELETE /api/v1/api-keys/{id}", "Revoke a program's key"),
    ]
}
