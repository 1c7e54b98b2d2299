internal import Cryptography
internal import Platform
internal import Synchronization

/// Challenges, each good for one purpose, once, and for five minutes.
///
/// A challenge carries all that must be known about it, and a code that only this process can make: however
/// many are asked for, they take no memory. Only those that somebody has used are remembered, until they
/// would have expired; their number is bounded, and what does not fit is refused.
///
///     byte 0        what it is for
///     bytes 1–8     when it was made, by the monotonic clock since the process began, highest byte first
///     bytes 9–24    who it is for, where that must be carried along; else 0
///     bytes 25–40   random
///     bytes 41–72   HMAC-SHA256 over all before it and over the name that it is bound to
///
/// The clock is monotonic and the code's key lives as long as the process: neither setting the clock nor a
/// restart makes a challenge good again.
package final class ChallengeBook: Sendable {
    /// What a challenge is for.
    enum Purpose: UInt8, Sendable {
        /// Signing in with an Ed25519 key.
        case signIn = 1
        /// Registering a user with a passkey.
        case passkeyRegistration = 2
        /// Adding a passkey to a user.
        case passkeyAddition = 3
        /// Signing in with a passkey.
        case passkeySignIn = 4
    }

    /// How many bytes a challenge has.
    package static let byteCount = 73
    private static let headCount = 41

    /// The used ones of two periods as long as a challenge is good.
    private struct Used {
        var current: Set<[UInt8]> = []
        var previous: Set<[UInt8]> = []
        var periodStart: UInt64 = 0
    }

    private let key = SystemRandom.bytes(32)
    private let used = Mutex(Used())
    private static let lifetime = AccessLimits.challengeSeconds * Nanoseconds.second

    /// Begins with a new key and nothing used.
    package init() {}

    /// Makes a challenge.
    ///
    /// - Parameters:
    ///   - purpose: What it is for.
    ///   - name: What it is bound to and does not carry.
    ///   - user: Who it carries along.
    ///   - monotonic: The time.
    /// - Returns: Its bytes.
    func make(
        _ purpose: Purpose,
        name: String,
        user: UserID? = nil,
        monotonic: UInt64
    ) -> [UInt8] {
        var bytes = [purpose.rawValue]
        bytes += (0..<8).map { UInt8(truncatingIfNeeded: monotonic >> (56 - 8 * UInt64($0))) }
        bytes += user?.bytes ?? [UInt8](repeating: 0, count: Identifier.byteCount)
        bytes += SystemRandom.bytes(16)
        return bytes + code(bytes, name).bytes
    }

    private func code(_ head: [UInt8], _ name: String) -> SHA256.Digest {
        HMAC.sha256(key: key, head + Array(name.utf8))
    }

    /// Whether a challenge is one of these and has not expired; the user that it carries.
    func check(
        _ challenge: [UInt8],
        _ purpose: Purpose,
        name: String,
        monotonic: UInt64
    ) -> UserID? {
        guard challenge.count == Self.byteCount, challenge[0] == purpose.rawValue else {
            return nil
        }
        let head = Array(challenge[..<Self.headCount])
        guard ConstantTime.equal(code(head, name).bytes, challenge[Self.headCount...]) else {
            return nil
        }
        let made = challenge[1..<9].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard made <= monotonic, monotonic - made < Self.lifetime else { return nil }
        return UserID(bytes: Array(challenge[9..<25]))
    }

    /// Uses a challenge that was checked up.
    ///
    /// - Returns: Whether it was not used before.
    /// - Throws: `busy` when no more can be remembered.
    package func use(_ challenge: [UInt8], monotonic: UInt64) throws(AccessError) -> Bool {
        precondition(challenge.count == Self.byteCount, "only checked challenges are used")
        let mark = Array(challenge[25..<Self.headCount])
        return try used.withLock { used throws(AccessError) in
            let age = monotonic - min(used.periodStart, monotonic)
            if age >= Self.lifetime {
                used.previous = age / 2 >= Self.lifetime ? [] : used.current
                used.current = []
                used.periodStart = monotonic
            }
            if used.current.contains(mark) || used.previous.contains(mark) { return false }
            guard used.current.count + used.previous.count < AccessLimits.usedChallengesMax
            else { throw .refused(.busy) }
            used.current.insert(mark)
            return true
        }
    }
}

/// Comparisons whose time tells nothing about where two secrets differ.
enum ConstantTime {
    /// Whether two sequences have the same bytes; only their lengths can be told from the time.
    static func equal(_ left: some Collection<UInt8>, _ right: some Collection<UInt8>) -> Bool {
        guard left.count == right.count else { return false }
        var difference: UInt8 = 0
        for (one, other) in zip(left, right) { difference |= one ^ other }
        return difference == 0
    }
}
