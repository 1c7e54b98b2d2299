internal import Cryptography
public import Platform
public import Primitives
internal import Synchronization

/// What became of the wish to open an account.
public enum AccountOpening: Sendable {
    /// The account was opened just now.
    case opened
    /// The account was open before, and nothing was changed.
    case wasOpen
}

/// The venue's accounts, as far as users need them.
public struct VenueAccounts: Sendable {
    /// Whether an account is open.
    public let isOpen: @Sendable (AccountID) throws -> Bool
    /// Opens an account, and returns when that is durable; it must not come back to `Access`.
    public let open: @Sendable (AccountID) throws -> AccountOpening

    /// Takes what asks the venue.
    ///
    /// - Parameters:
    ///   - isOpen: Whether an account is open.
    ///   - open: Opens an account, and returns when that is durable.
    public init(
        isOpen: @escaping @Sendable (AccountID) throws -> Bool,
        open: @escaping @Sendable (AccountID) throws -> AccountOpening
    ) {
        self.isOpen = isOpen
        self.open = open
    }
}

/// Who is there: users and their keys, how they sign in, and what they may do.
///
/// - Nobody has a password. A user signs a challenge with an Ed25519 key or a passkey and gets an access token
///   for 15 minutes and a refresh token; programs have API keys, and members' connections their certificates.
/// - `authenticate` is the one place where it is established who makes a request; the `Principal` that it
///   gives has the account to which everything else is confined.
/// - What changes something is durable, and the audit has it, before it is answered. Such a call waits for the
///   disk, and must not be made on a thread that others wait for; `authenticate` looks at memory only.
/// - Nothing here describes, logs or stores a secret: tokens and keys are kept by their hashes.
public final class Access: Sendable {
    let configuration: AccessConfiguration
    let clock: AccessClock
    let store: AccessStore
    let challenges = ChallengeBook()
    let keyring: TokenKeyring
    let revocations: Revocations
    let directory = Directory()
    let nonces: NonceBook
    let accounts: VenueAccounts
    /// Held while a user is registered: what one finds out about a number must stay so until it is used.
    let registration = Mutex(())
    /// Which process this is, in the tokens that it makes.
    let process = SystemRandom.word()
    let secret: [UInt8]
    let refreshKey: [UInt8]

    /// How many bytes the venue's secret has.
    public static var secretByteCount: Int { 32 }

    /// Opens the users' memory, and makes it if it is missing.
    ///
    /// - Parameters:
    ///   - path: The database; its folder must exist. Nobody else may have it open.
    ///   - secret: 32 bytes that stay the same over restarts, from a key file of the kind `access`; whoever has
    ///     them can make access tokens. Any other number is an error of the caller, who wipes them.
    ///   - configuration: What the operator has set.
    ///   - clock: The time.
    ///   - accounts: The venue's accounts.
    ///   - audit: Keeps records of what is done.
    /// - Throws: `misconfigured`; `storage`; `audit` when records of the process before cannot be kept now.
    public init(
        path: String,
        secret: [UInt8],
        configuration: AccessConfiguration,
        clock: any Clock,
        accounts: VenueAccounts,
        audit: @escaping AuditSink
    ) throws(AccessError) {
        precondition(secret.count == Self.secretByteCount, "the venue's secret has 32 bytes")
        try configuration.check()
        self.configuration = configuration
        self.accounts = accounts
        store = try AccessStore(path: path, sink: audit)
        try store.deliver()
        if configuration.startsClockAnew {
            try store.startClockAnew(wall: clock.wallNanoseconds())
        }
        let clock = AccessClock(
            clock,
            remembered: try store.latestTime(),
            wasSetBack: configuration.startsClockAnew
        )
        self.clock = clock
        self.secret = secret
        refreshKey = HKDF.expand(
            key: secret,
            info: Array("parallax.refresh-token/1".utf8),
            count: 32
        )
        keyring = try TokenKeyring.open(store, secret: secret, clock: clock)
        revocations = Revocations(refusesEarlierProcesses: clock.wasSetBack)
        nonces = NonceBook(wallMilliseconds: clock.latest / Nanoseconds.millisecond)
        try rememberRevocations()
        try fillDirectory()
    }

    /// The keys that verify access tokens now, for others who want to.
    public var tokenVerificationKeys: [TokenVerificationKey] {
        keyring.verificationKeys(monotonic: clock.monotonic)
    }

    /// Replaces the key that signs access tokens; tokens that the old one signed stay good.
    ///
    /// It is also done by itself, every `AccessConfiguration.tokenKeySeconds`.
    ///
    /// - Parameters:
    ///   - principal: An operator.
    ///   - address: From where he asks.
    /// - Throws: `refused` with `notAllowed`; `storage`, `audit`.
    public func rotateTokenKey(
        by principal: Principal,
        from address: NetworkAddress?
    ) throws(AccessError) {
        try principal.require(.operateVenue)
        try keyring.rotate(
            store,
            secret: secret,
            clock: clock,
            actor: "\(principal.user)",
            address: address
        )
    }
}
