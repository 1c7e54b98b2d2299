public import Primitives

/// What an operator may set about access.
public struct AccessConfiguration: Sendable {
    /// The venue's name, which signatures and tokens carry: 1 … 64 visible characters of ASCII.
    public var venue: String
    /// The first account number that may be given to a user.
    public var firstAccount: AccountID
    /// How far a client's timestamp may be from the venue's wall clock, in seconds.
    public var skewSecondsMax: Int64 = 120
    /// Whether a challenge for a name that nobody has is refused with 404, as FastEx does.
    ///
    /// If not, such a name gets a challenge like all others, and signing in fails in the end. Registering
    /// tells in both cases whether a name is taken; a limit of the rate is what slows guessing down.
    public var tellsUnknownUsers = true
    /// How long a session may be refreshed, in seconds.
    public var sessionSeconds: UInt64 = 30 * 86_400
    /// After how long the key that signs tokens is replaced, in seconds.
    public var tokenKeySeconds: UInt64 = 7 * 86_400
    /// Whether the time that is remembered is forgotten, and with it all sessions that began after now.
    ///
    /// To be set for one start after the wall clock was far ahead and was corrected: until then what has an end
    /// is taken to end by the wrong time, and signed requests are refused.
    public var startsClockAnew = false
    /// The party of passkeys; none if there are no passkeys.
    public var passkeys: PasskeyParty?

    /// Makes the settings of a venue, with what is usual for all the rest.
    public init(
        venue: String,
        firstAccount: AccountID = AccountID(AccountID.reservedCount),
        passkeys: PasskeyParty? = nil
    ) {
        self.venue = venue
        self.firstAccount = firstAccount
        self.passkeys = passkeys
    }

    func check() throws(AccessError) {
        guard (1...64).contains(venue.utf8.count),
            venue.utf8.allSatisfy({ byte in (0x21...0x7e).contains(byte) })
        else { throw .misconfigured("a venue's name has 1 to 64 visible characters of ASCII") }
        guard !firstAccount.isReserved, firstAccount.rawValue < Limits.accountsMax else {
            throw .misconfigured("users' accounts begin behind the house's")
        }
        guard (1...300).contains(skewSecondsMax) else {
            throw .misconfigured("clocks may differ by 1 to 300 seconds")
        }
        guard (900...31_536_000).contains(sessionSeconds) else {
            throw .misconfigured("a session lasts from 15 minutes to a year")
        }
        guard (900...31_536_000).contains(tokenKeySeconds) else {
            throw .misconfigured("a token key lasts from 15 minutes to a year")
        }
        try passkeys?.check()
    }
}

/// Bounds, each with its unit; they protect memory and the database.
public enum AccessLimits {
    /// How long an access token is good, in seconds.
    public static let tokenSeconds: UInt64 = 900
    /// How long a challenge is good, in seconds.
    public static let challengeSeconds: UInt64 = 300
    /// Most keys of one user that are not revoked.
    public static let keysMax = 16
    /// Most keys of one user, revoked ones too, which are never forgotten.
    public static let keysEverMax = 256
    /// Most sessions of one user; beginning another one ends the oldest.
    public static let sessionsMax = 32
    /// Most API keys of one user that are not revoked.
    public static let apiKeysMax = 32
    /// Most API keys of one user, revoked ones too.
    public static let apiKeysEverMax = 1_024
    /// Most API keys of all users that are not revoked.
    public static let apiKeysTotalMax = 1 << 17
    /// How long before the venue's time a signed request may have been made, in milliseconds.
    public static let requestAgeMillisecondsMax: UInt64 = 30_000
    /// How far after the venue's time a signed request may say that it was made, in milliseconds.
    public static let requestLeadMillisecondsMax: UInt64 = 5_000
    /// Most ranges of addresses of one API key.
    public static let addressRangesMax = 16
    /// Most challenges that were used and are remembered until they would have expired.
    public static let usedChallengesMax = 1 << 18
    /// Most sessions that ended and whose tokens have not expired.
    public static let revocationsMax = 1 << 18
    /// Most verified tokens that are remembered, to save verifying them again.
    public static let verifiedTokensMax = 1 << 14
    /// Most bytes of an access token.
    public static let tokenBytesMax = 2_048
    /// Most nonces of signed requests that are remembered.
    public static let noncesMax = 1 << 20
    /// Most bytes of the name of a key or an API key.
    public static let labelBytesMax = 64
}
