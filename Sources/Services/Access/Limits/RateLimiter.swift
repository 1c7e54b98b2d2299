public import Platform
internal import Synchronization

/// How much somebody may do, as a bucket that tokens drip into.
public struct RateLimit: Equatable, Sendable {
    /// How many tokens come back a second.
    public let perSecond: UInt64
    /// How many tokens the bucket holds, and so how many requests may come at once.
    public let burst: UInt64

    /// Makes a limit.
    ///
    /// - Parameters:
    ///   - perSecond: From 1 to 1,000,000,000.
    ///   - burst: From 1 to 1,000,000,000.
    public init(perSecond: UInt64, burst: UInt64) {
        precondition((1...1_000_000_000).contains(perSecond), "a rate of 1 to 10^9 a second")
        precondition((1...1_000_000_000).contains(burst), "a burst of 1 to 10^9")
        self.perSecond = perSecond
        self.burst = burst
    }
}

/// Whose requests are counted together.
public enum RateKey: Hashable, Sendable {
    /// Those of one user, over all his tokens, keys and connections.
    case user(UserID)
    /// Those of one API key.
    case apiKey(String)
    /// Those of one IPv4 address, or of the /64 that an IPv6 address lies in, as one subscriber has one.
    case address(AddressPrefix)

    /// Counts by an address.
    public static func address(of address: NetworkAddress) -> RateKey {
        .address(AddressPrefix(of: address))
    }
}

/// The part of an address that one subscriber has for himself.
public struct AddressPrefix: Hashable, Sendable {
    private let bits: UInt128

    /// The IPv4 address, or the upper 64 bits of the IPv6 address.
    ///
    /// - Parameter address: The address.
    public init(of address: NetworkAddress) {
        bits = address.isIPv4 ? address.bits : (address.bits >> 64) << 64
    }
}

/// Whether a request may go on.
public enum RateDecision: Equatable, Sendable {
    /// It may; so many more may come at once.
    case admitted(remaining: UInt64)
    /// It may not; after that time there are tokens enough for it.
    case refused(retryAfterNanoseconds: UInt64)

    /// Whether it may go on.
    public var isAdmitted: Bool { if case .admitted = self { true } else { false } }
}

/// A token bucket for everybody who comes, in bounded memory.
///
/// The arithmetic is exact: a bucket's level is counted in billionths of a token, and a nanosecond brings as
/// many of them as the rate has tokens a second.
///
/// A bucket is forgotten only when it has been left alone for so long that it is full, and so is the same as a
/// new one: nobody gets tokens back by making the limiter forget him. When there is no room for another
/// bucket, newcomers share a fixed number of buckets, by a hash with a key that nobody knows, until others
/// have filled up and are forgotten; those who have a bucket keep it.
///
/// Time is monotonic, so that setting the clock gives nobody tokens. Any thread may ask; a question takes a few
/// hundred nanoseconds under a lock.
public final class RateLimiter: Sendable {
    /// A bucket as of the last time that it was touched.
    private struct Bucket {
        /// Billionths of a token.
        var level: UInt64
        var nanoseconds: UInt64
    }

    /// The buckets of two periods: what is not touched for a whole period is full.
    private struct State {
        var current: [RateKey: Bucket] = [:]
        var previous: [RateKey: Bucket] = [:]
        var shared: [Bucket?] = Array(repeating: nil, count: RateLimiter.sharedCount)
        var periodStart: UInt64
        var lastNanoseconds: UInt64
    }

    private static let unitsPerToken: UInt64 = 1_000_000_000
    private static let sharedCount = 256

    /// The limit of each bucket.
    public let limit: RateLimit
    private let bucketCountMax: Int
    private let fillNanoseconds: UInt64
    private let clock: any Clock
    private let state: Mutex<State>

    /// Makes a limiter.
    ///
    /// - Parameters:
    ///   - limit: What everybody may do.
    ///   - bucketCountMax: Most buckets, at least 1; each takes about 100 bytes.
    ///   - clock: The time.
    public init(_ limit: RateLimit, bucketCountMax: Int = 65_536, clock: any Clock) {
        precondition(bucketCountMax > 0, "a limiter has a bucket")
        self.limit = limit
        self.bucketCountMax = bucketCountMax
        self.clock = clock
        let capacity = limit.burst * Self.unitsPerToken
        fillNanoseconds = (capacity + limit.perSecond - 1) / limit.perSecond
        let now = clock.monotonicNanoseconds()
        state = Mutex(State(periodStart: now, lastNanoseconds: now))
    }

    /// Takes tokens if there are enough.
    ///
    /// - Parameters:
    ///   - key: Whose bucket.
    ///   - cost: How many tokens, from 1; what costs more than the burst is never admitted.
    /// - Returns: Whether it may go on.
    public func admit(_ key: RateKey, cost: UInt64 = 1) -> RateDecision {
        precondition(cost > 0, "nothing is for free")
        let read = clock.monotonicNanoseconds()
        return state.withLock { state in
            // A thread may have read the clock before another one that was here already.
            let now = max(read, state.lastNanoseconds)
            state.lastNanoseconds = now
            turn(&state, now)
            guard let bucket = find(key, &state) else {
                return admitSharing(key, cost, &state, now)
            }
            var filled = refilled(bucket, now)
            let decision = take(cost, &filled)
            state.current[key] = filled
            return decision
        }
    }

    /// How many buckets are kept.
    public var bucketCount: Int {
        state.withLock { state in state.current.count + state.previous.count }
    }

    /// Forgets the buckets that were not touched for a whole period.
    private func turn(_ state: inout State, _ now: UInt64) {
        let age = now - state.periodStart
        guard age >= fillNanoseconds else { return }
        state.previous = age / 2 >= fillNanoseconds ? [:] : state.current
        state.current = [:]
        state.periodStart = now
    }

    /// The bucket of a key, in the current period from now on; none if it has none and there is no room.
    private func find(_ key: RateKey, _ state: inout State) -> Bucket? {
        if let bucket = state.current[key] { return bucket }
        if let bucket = state.previous.removeValue(forKey: key) { return bucket }
        guard state.current.count + state.previous.count < bucketCountMax else { return nil }
        return Bucket(level: limit.burst * Self.unitsPerToken, nanoseconds: state.lastNanoseconds)
    }

    private func admitSharing(
        _ key: RateKey,
        _ cost: UInt64,
        _ state: inout State,
        _ now: UInt64
    ) -> RateDecision {
        // The hash is seeded anew in each process.
        let index = Int(UInt(bitPattern: key.hashValue) % UInt(Self.sharedCount))
        let full = Bucket(level: limit.burst * Self.unitsPerToken, nanoseconds: now)
        var bucket = refilled(state.shared[index] ?? full, now)
        let decision = take(cost, &bucket)
        state.shared[index] = bucket
        return decision
    }

    private func refilled(_ bucket: Bucket, _ now: UInt64) -> Bucket {
        let capacity = limit.burst * Self.unitsPerToken
        let elapsed = now - bucket.nanoseconds
        guard elapsed < fillNanoseconds else { return Bucket(level: capacity, nanoseconds: now) }
        // Below the capacity plus one rate, and so below 2^63.
        let level = min(capacity, bucket.level + elapsed * limit.perSecond)
        return Bucket(level: level, nanoseconds: now)
    }

    private func take(_ cost: UInt64, _ bucket: inout Bucket) -> RateDecision {
        guard cost <= limit.burst else { return .refused(retryAfterNanoseconds: .max) }
        let price = cost * Self.unitsPerToken
        guard bucket.level >= price else {
            let missing = price - bucket.level
            return .refused(
                retryAfterNanoseconds: (missing + limit.perSecond - 1) / limit.perSecond
            )
        }
        bucket.level -= price
        return .admitted(remaining: bucket.level / Self.unitsPerToken)
    }
}
