internal import Cryptography
internal import Database
internal import Encoding
internal import KeyStore
internal import Platform
internal import Synchronization

/// The keys that sign and verify access tokens, and the tokens that were verified lately.
final class TokenKeyring: Sendable {
    private struct Retired {
        var key: TokenKey
        /// Until when it verifies, by the monotonic clock of this process.
        var monotonicEnd: UInt64
    }

    private struct State {
        var current: TokenKey
        var retired: [Retired]
        /// Claims by the hash of the whole token, of two periods.
        var verified: [SHA256.Digest: TokenClaims] = [:]
        var verifiedBefore: [SHA256.Digest: TokenClaims] = [:]
    }

    private let state: Mutex<State>
    private static let overlap = AccessLimits.tokenSeconds * Nanoseconds.second

    private init(_ state: State) { self.state = Mutex(state) }

    /// Brings the keys back, or makes the first one.
    static func open(
        _ store: AccessStore,
        secret: [UInt8],
        clock: AccessClock
    ) throws(AccessError) -> TokenKeyring {
        let lines = try store.read { transaction throws(DatabaseError) in
            var lines: [Line] = []
            for row in try transaction.rows(
                "SELECT number, created, retired FROM token_key ORDER BY number DESC LIMIT 16"
            ) {
                lines.append(
                    Line(
                        number: try row.integer(0),
                        created: try row.time(1),
                        retired: try row.optionalTime(2)
                    )
                )
            }
            return lines
        }
        let latest = clock.latest
        let retired = lines.compactMap { line -> Retired? in
            guard let time = line.retired, latest < time + overlap else { return nil }
            let rest = min(time + overlap - latest, overlap)
            return Retired(
                key: TokenKey(number: line.number, created: line.created, secret: secret),
                monotonicEnd: clock.monotonic + rest
            )
        }
        if let line = lines.first(where: { line in line.retired == nil }) {
            let key = TokenKey(number: line.number, created: line.created, secret: secret)
            return TokenKeyring(State(current: key, retired: retired))
        }
        let key = try makeKey(store, secret: secret, clock: clock, actor: ChangeRequest.system, nil)
        return TokenKeyring(State(current: key, retired: retired))
    }

    private struct Line: Sendable {
        var number: Int64
        var created: UInt64
        var retired: UInt64?
    }

    private static func makeKey(
        _ store: AccessStore,
        secret: [UInt8],
        clock: AccessClock,
        actor: String,
        _ address: NetworkAddress?
    ) throws(AccessError) -> TokenKey {
        let time = clock.latest
        let number = try store.change(
            ChangeRequest(actor: actor, action: .rotateTokenKey, address: address),
            clock: clock
        ) { transaction throws(DatabaseError) in
            try transaction.execute(
                "UPDATE token_key SET retired = ? WHERE retired IS NULL",
                [.time(time)]
            )
            try transaction.execute("INSERT INTO token_key (created) VALUES (?)", [.time(time)])
            let rows = try transaction.rows("SELECT max(number) FROM token_key")
            let number = try rows.first?.integer(0) ?? 0
            return .done(number, subject: "\(number)")
        }
        return TokenKey(number: number, created: time, secret: secret)
    }

    /// Replaces the key that signs; the one before verifies for as long as its last token is good.
    func rotate(
        _ store: AccessStore,
        secret: [UInt8],
        clock: AccessClock,
        actor: String,
        address: NetworkAddress?
    ) throws(AccessError) {
        let key = try Self.makeKey(store, secret: secret, clock: clock, actor: actor, address)
        let monotonic = clock.monotonic
        state.withLock { state in
            // Two that rotate at once may come here in the other order.
            let (new, old) =
                key.number > state.current.number ? (key, state.current) : (state.current, key)
            state.retired.removeAll { retired in retired.monotonicEnd <= monotonic }
            state.retired.append(Retired(key: old, monotonicEnd: monotonic + Self.overlap))
            state.current = new
        }
    }

    /// When the key that signs was made, by the wall clock.
    var currentCreated: UInt64 { state.withLock { state in state.current.created } }

    /// The keys that verify tokens now, the one that signs first.
    func verificationKeys(monotonic: UInt64) -> [TokenVerificationKey] {
        let keys = state.withLock { state in
            [state.current]
                + state.retired.filter { monotonic < $0.monotonicEnd }.map(\.key)
        }
        return keys.map { key in
            TokenVerificationKey(identifier: key.identifier, publicKey: key.publicKey.bytes)
        }
    }

    /// The token of claims.
    func token(_ claims: TokenClaims) -> String {
        let key = state.withLock { state in state.current }
        return key.token(claims)
    }

    /// The claims of a token whose signature is good; none of any other.
    ///
    /// Times are not looked at.
    func claims(of token: String, monotonic: UInt64) -> TokenClaims? {
        guard token.utf8.count <= AccessLimits.tokenBytesMax else { return nil }
        let bytes = Array(token.utf8)
        let digest = unsafe AcceleratedSHA256.hash(of: bytes.span.bytes)
        if let claims = state.withLock({ state in Self.remembered(digest, &state) }) {
            return claims
        }
        let parts = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 3, let key = key(header: parts[0], monotonic: monotonic) else {
            return nil
        }
        let signature: [UInt8]
        let payload: [UInt8]
        do throws(Base64.DecodingError) {
            signature = try Base64.url.decode(Array(parts[2]))
            payload = try Base64.url.decode(Array(parts[1]))
        } catch {
            return nil
        }
        let signed = Array(bytes[..<(parts[2].startIndex - 1)])
        guard NativeEd25519.verifies(signature, of: signed, by: key.publicKey),
            let claims = TokenClaims(json: payload)
        else { return nil }
        state.withLock { state in Self.remember(digest, claims, &state) }
        return claims
    }

    /// The key that signs tokens with a header.
    private func key(header: ArraySlice<UInt8>, monotonic: UInt64) -> TokenKey? {
        state.withLock { state in
            if header.elementsEqual(state.current.header) { return state.current }
            return state.retired.first { retired in
                monotonic < retired.monotonicEnd && header.elementsEqual(retired.key.header)
            }?.key
        }
    }

    private static func remembered(_ digest: SHA256.Digest, _ state: inout State) -> TokenClaims? {
        if let claims = state.verified[digest] { return claims }
        guard let claims = state.verifiedBefore[digest] else { return nil }
        remember(digest, claims, &state)
        return claims
    }

    private static func remember(
        _ digest: SHA256.Digest,
        _ claims: TokenClaims,
        _ state: inout State
    ) {
        if state.verified.count >= AccessLimits.verifiedTokensMax / 2 {
            state.verifiedBefore = state.verified
            state.verified = [:]
        }
        state.verified[digest] = claims
    }
}
