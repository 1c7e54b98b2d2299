import Access
import Cryptography
import Encoding
import KeyStore
import Platform

/// Who asks a venue: the key of a file, and the tokens of its last sign-in, which lie beside it.
///
/// The tokens' file has the key file's name with `.session` behind it and the mode 0600. It names the venue and the
/// user, so that a token is never shown to another venue.
struct TradeSession {
    let user: String
    let client: VenueClient
    private let keyPath: String
    private let arguments: Arguments
    private let terminal: Terminal
    private let clock = LinuxClock()

    static let options = [
        OptionSyntax("--key", "FILE", "your key, as \"parallax keys generate\" makes it"),
        OptionSyntax("--passphrase-file", "FILE", "read the key's passphrase from a file"),
        OptionSyntax("--user", "NAME", "who you are at the venue (default: the key's name)"),
    ]

    init(
        _ arguments: Arguments,
        _ client: VenueClient,
        _ terminal: Terminal
    ) throws(ConsoleError) {
        let path = try arguments.requiredText("--key", "FILE")
        let head = try arguments.keyStore { () throws(KeyStoreError) in
            try StoredKey.unauthenticatedHead(of: path)
        }
        guard case .signing = head.publicPart else {
            throw arguments.usage("\(path): a key of the kind \(head.kind) signs nobody in")
        }
        keyPath = path
        user = arguments.text("--user") ?? head.name
        self.client = client
        self.arguments = arguments
        self.terminal = terminal
    }

    private func signingKey() throws(ConsoleError) -> SigningKey {
        let passphrase = try PassphraseSource(arguments, terminal).passphrase(for: keyPath)
        return try arguments.keyStore { () throws(KeyStoreError) in
            try StoredKey(opening: keyPath, nil, passphrase).signingKey()
        }
    }

    // MARK: Signing in

    /// Registers the user with the key.
    func register() throws(ConsoleError) -> [UInt8] {
        // The file is opened, so that nobody registers a key that they cannot use.
        let key = try signingKey()
        let publicKey = Hex.encode(key.publicKey.bytes)
        var request = VenueRequest.post("/auth/register") { writer in
            writer.add("username", user)
            writer.add("public_key", publicKey)
        }
        // After a lost answer, the venue would say that the user exists.
        request.repetition = .harmful
        return try client.send(request)
    }

    /// Signs in with the key, keeps the tokens, and says for how many seconds they count.
    func signIn() throws(ConsoleError) -> (token: String, seconds: UInt64) {
        let key = try signingKey()
        let asked = try client.json(.post("/auth/challenge") { $0.add("username", user) })
        let challenge = asked["challenge"]?.string ?? ""
        let seconds = Int64(clock.wallNanoseconds() / 1_000_000_000)
        let message = SignInMessage.bytes(
            venue: asked["venue"]?.string ?? "",
            userName: user,
            challenge: challenge,
            timestamp: seconds
        )
        let signature = Hex.encode(key.sign(message))
        var request = VenueRequest.post("/auth/verify") { writer in
            writer.add("username", user)
            writer.add("challenge", challenge)
            writer.add("signature", signature)
            writer.add("timestamp", number: seconds)
        }
        // A challenge counts once.
        request.repetition = .harmful
        return try keep(client.json(request))
    }

    /// A token that counts now: the last one, one for its refresh token, or one for the key.
    func token() throws(ConsoleError) -> String {
        guard let kept = readKept() else { return try signIn().token }
        if clock.wallNanoseconds() < kept.endNanoseconds { return kept.token }
        var request = VenueRequest.post("/auth/refresh") { $0.add("refresh_token", kept.refresh) }
        // A refresh token counts once, and a second use ends the session.
        request.repetition = .harmful
        guard case .success(let body) = try client.attempt(request) else {
            return try signIn().token
        }
        return try keep(client.read(body)).token
    }

    /// Sends a request as this user, after another sign-in if the token has ended before its time.
    func send(_ request: VenueRequest) throws(ConsoleError) -> [UInt8] {
        switch try client.attempt(request, token: token()) {
        case .success(let body): return body
        case .failure(let refusal) where refusal.isOfToken:
            return try client.send(request, token: signIn().token)
        case .failure(let refusal): throw refusal.error
        }
    }

    // MARK: Tokens

    private var sessionPath: String { keyPath + ".session" }

    private struct Kept {
        let token: String
        let refresh: String
        let endNanoseconds: UInt64
    }

    /// The tokens of the last sign-in at this venue as this user; what else the file may hold counts as nothing.
    private func readKept() -> Kept? {
        var value: ExactJSON?
        do {
            value = try ExactJSON(decoding: WholeFile.read(sessionPath))
        } catch {
            return nil
        }
        guard let value, value["venue"]?.string == client.venue, value["user"]?.string == user,
            let token = value["token"]?.string, let refresh = value["refresh_token"]?.string,
            let end = value["ends_at"]?.string.flatMap({ UInt64($0) })
        else { return nil }
        return Kept(token: token, refresh: refresh, endNanoseconds: end)
    }

    private func keep(_ tokens: ExactJSON) throws(ConsoleError) -> (token: String, seconds: UInt64)
    {
        guard let token = tokens["token"]?.string, let refresh = tokens["refresh_token"]?.string,
            case .number(let number)? = tokens["expires_in"],
            let seconds = number.scaled(toPlaces: 0).flatMap({ UInt64(exactly: $0) }),
            seconds < 1 << 32
        else { throw .environment("\(client.venue): the answer to the sign-in has no token") }
        // Half a minute early, so that it still counts when it arrives.
        let life = (seconds > 60 ? seconds - 30 : seconds / 2) * 1_000_000_000
        let end = clock.wallNanoseconds() + life
        let bytes = JSONWriter.object { writer in
            writer.add("venue", client.venue)
            writer.add("user", user)
            writer.add("token", token)
            writer.add("refresh_token", refresh)
            writer.add("ends_at", digits: end)
        }
        try writeKept(bytes)
        return (token, seconds)
    }

    /// Writes a new file: an old one could be open to others.
    private func writeKept(_ bytes: [UInt8]) throws(ConsoleError) {
        let slash = keyPath.lastIndex(of: "/")
        let folder = slash.map { String(keyPath[...$0]) } ?? "."
        let name = slash.map { String(sessionPath[sessionPath.index(after: $0)...]) }
        do throws(PlatformError) {
            do throws(PlatformError) {
                try LinuxDirectory.open(folder).remove(name ?? sessionPath)
            } catch {
                guard error.isNotFound else { throw error }
            }
            try WholeFile.write(bytes, to: sessionPath, mode: 0o600)
        } catch {
            throw .environment("\(error); the tokens must be kept beside the key")
        }
    }
}
