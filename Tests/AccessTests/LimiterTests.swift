import Access
import Platform
import SeededRandomness
import Synchronization
import Testing

/// A token bucket as one would write it with fractions: the numerator of its level over a billion.
private struct Bucket {
    var level: UInt128
    var updated: UInt64
    let rate: UInt128
    let capacity: UInt128

    init(_ limit: RateLimit, now: UInt64) {
        rate = UInt128(limit.perSecond)
        capacity = UInt128(limit.burst) * 1_000_000_000
        level = capacity
        updated = now
    }

    mutating func take(_ cost: UInt64, now: UInt64) -> RateDecision {
        level = min(capacity, level + UInt128(now - updated) * rate)
        updated = now
        let price = UInt128(cost) * 1_000_000_000
        if price > capacity { return .refused(retryAfterNanoseconds: .max) }
        if level < price {
            let wait = (price - level + rate - 1) / rate
            return .refused(retryAfterNanoseconds: UInt64(wait))
        }
        level -= price
        return .admitted(remaining: UInt64(level / 1_000_000_000))
    }
}

private func address(_ number: Int) -> RateKey {
    let text = "10.\(number >> 16 & 255).\(number >> 8 & 255).\(number & 255)"
    guard let address = NetworkAddress(text) else { preconditionFailure(text) }
    return .address(of: address)
}

@Suite("Rate limits") struct LimiterTests {
    @Test("the limiter does what buckets with exact fractions do", arguments: UInt64(1)...20)
    func model(seed: UInt64) throws {
        var random = RandomSource(seed: seed)
        let rates: [UInt64] = [1, 3, 7, 1_000, 999_999_999]
        let limit = RateLimit(
            perSecond: rates[random.below(rates.count)],
            burst: UInt64(1 + random.below(20))
        )
        let clock = SimulatedClock(monotonic: UInt64(random.below(1_000_000)))
        let limiter = RateLimiter(limit, bucketCountMax: 1_000, clock: clock)
        var buckets: [Int: Bucket] = [:]
        for step in 0..<3_000 {
            // Steps that matter at the rate, and now and then long ones, after which buckets are forgotten.
            let unit = max(1, 1_000_000_000 / limit.perSecond)
            let wait = random.below(50) == 0 ? unit * limit.burst * 3 : unit / 4
            clock.pass(nanoseconds: UInt64(random.below(Int(wait) + 2)))
            let now = clock.monotonicNanoseconds()
            let who = random.below(8)
            let cost = UInt64(1 + random.below(random.below(10) == 0 ? 25 : 3))
            let expected = buckets[who, default: Bucket(limit, now: now)].take(cost, now: now)
            #expect(
                limiter.admit(address(who), cost: cost) == expected,
                "seed \(seed) step \(step)"
            )
        }
    }

    @Test("one who is refused is admitted after the time that he was told, and not before")
    func retry() {
        let clock = SimulatedClock()
        let limiter = RateLimiter(RateLimit(perSecond: 3, burst: 2), clock: clock)
        #expect(limiter.admit(address(1)) == .admitted(remaining: 1))
        #expect(limiter.admit(address(1)) == .admitted(remaining: 0))
        guard case .refused(let wait) = limiter.admit(address(1)) else {
            Issue.record("it was admitted")
            return
        }
        #expect(wait == 333_333_334)
        clock.pass(nanoseconds: wait - 1)
        #expect(!limiter.admit(address(1)).isAdmitted)
        clock.pass(nanoseconds: 1)
        #expect(limiter.admit(address(1)).isAdmitted)
        #expect(limiter.admit(address(2)).isAdmitted)
    }

    @Test(
        "nobody gets tokens back by a flood of others, and no flood takes more memory than allowed"
    )
    func flooded() {
        let clock = SimulatedClock()
        let limiter = RateLimiter(
            RateLimit(perSecond: 1, burst: 10),
            bucketCountMax: 100,
            clock: clock
        )
        for _ in 0..<10 { #expect(limiter.admit(address(1)).isAdmitted) }
        #expect(!limiter.admit(address(1)).isAdmitted)
        for number in 2..<20_000 {
            _ = limiter.admit(address(number))
            if number % 1_000 == 0 {
                #expect(!limiter.admit(address(1)).isAdmitted)
                #expect(limiter.bucketCount <= 100)
            }
        }
        // Newcomers share what is left, a bounded number of buckets: far fewer go through than come.
        var admitted = 0
        for number in 20_000..<60_000 where limiter.admit(address(number)).isAdmitted {
            admitted += 1
        }
        #expect(admitted < 256 * 10)
        // When all have filled up, there is room again.
        clock.pass(seconds: 21)
        #expect(limiter.admit(address(1)) == .admitted(remaining: 9))
        #expect(limiter.admit(address(70_000)) == .admitted(remaining: 9))
        #expect(limiter.bucketCount <= 100)
    }

    @Test("what an attacker waits does not bring back more than time has", arguments: UInt64(1)...5)
    func evicted(seed: UInt64) {
        var random = RandomSource(seed: seed)
        let clock = SimulatedClock()
        let limiter = RateLimiter(
            RateLimit(perSecond: 10, burst: 50),
            bucketCountMax: 20,
            clock: clock
        )
        var admitted = 0
        let start = clock.monotonicNanoseconds()
        for step in 0..<20_000 {
            clock.pass(nanoseconds: UInt64(random.below(20_000_000)))
            if limiter.admit(address(1)).isAdmitted { admitted += 1 }
            for _ in 0..<random.below(5) { _ = limiter.admit(address(2 + random.below(1_000))) }
            let elapsed = clock.monotonicNanoseconds() - start
            guard UInt64(admitted) * 1_000_000_000 <= 50_000_000_000 + elapsed * 10 else {
                Issue.record("seed \(seed) step \(step): \(admitted) in \(elapsed) ns")
                return
            }
        }
    }

    @Test("setting the wall clock gives nobody tokens")
    func jump() {
        let clock = SimulatedClock()
        let limiter = RateLimiter(RateLimit(perSecond: 1, burst: 1), clock: clock)
        #expect(limiter.admit(address(1)).isAdmitted)
        for seconds in [Int64(1_000_000), -2_000_000] {
            clock.jump(seconds: seconds)
            #expect(!limiter.admit(address(1)).isAdmitted)
        }
    }

    @Test("an IPv6 subscriber is counted by his /64, and users and keys by themselves")
    func keys() throws {
        let limiter = RateLimiter(RateLimit(perSecond: 1, burst: 1), clock: SimulatedClock())
        let texts = [
            "2001:db8::1", "2001:db8::ffff:1", "2001:db8:0:1::1", "::ffff:1.2.3.4", "1.2.3.4",
        ]
        let admitted = try texts.map { text in
            limiter.admit(.address(of: try #require(NetworkAddress(text)))).isAdmitted
        }
        #expect(admitted == [true, false, true, true, false])
        let user = try #require(UserID("01234567-89ab-4def-8123-456789abcdef"))
        #expect(limiter.admit(.user(user)).isAdmitted)
        #expect(!limiter.admit(.user(user)).isAdmitted)
        #expect(limiter.admit(.apiKey("a")).isAdmitted)
        #expect(limiter.admit(.apiKey("b")).isAdmitted)
        #expect(limiter.admit(.apiKey("b"), cost: 2) == .refused(retryAfterNanoseconds: .max))
    }

    @Test("threads that share a limiter get no more than one would")
    func threads() throws {
        let limiter = RateLimiter(RateLimit(perSecond: 1, burst: 1_000), clock: SimulatedClock())
        let admitted = Atomic(0)
        let threads = try (0..<4).map { _ in
            try PlatformThread.start(name: "limiter") {
                for _ in 0..<1_000 where limiter.admit(address(1)).isAdmitted {
                    admitted.add(1, ordering: .relaxed)
                }
            }
        }
        for thread in threads { thread.join() }
        #expect(admitted.load(ordering: .relaxed) == 1_000)
    }
}

@Suite("Circuit breakers") struct BreakerTests {
    private func breaker(
        _ clock: SimulatedClock,
        _ change: (inout CircuitLimits) -> Void = { _ in }
    ) -> CircuitBreaker {
        var limits = CircuitLimits()
        limits.failureCount = 3
        limits.windowNanoseconds = 8_000_000_000
        change(&limits)
        return CircuitBreaker("test", limits, clock: clock)
    }

    private func call(_ breaker: CircuitBreaker, _ succeeded: Bool) -> Bool {
        guard let call = breaker.begin() else { return false }
        breaker.end(call, succeeded: succeeded)
        return true
    }

    @Test("it opens after too many failures, lets a probe through, and closes after two successes")
    func cycle() {
        let clock = SimulatedClock()
        let breaker = breaker(clock)
        for _ in 0..<2 { #expect(call(breaker, false)) }
        #expect(call(breaker, true))
        #expect(breaker.circuit == .closed)
        #expect(call(breaker, false))
        #expect(breaker.circuit == .open)
        #expect(!call(breaker, true))
        clock.pass(nanoseconds: 999_999_999)
        #expect(!call(breaker, true))
        clock.pass(nanoseconds: 1)
        let probe = breaker.begin()
        #expect(probe != nil)
        #expect(breaker.circuit == .halfOpen)
        #expect(breaker.begin() == nil)
        if let probe { breaker.end(probe, succeeded: true) }
        #expect(breaker.circuit == .halfOpen)
        #expect(call(breaker, true))
        #expect(breaker.circuit == .closed)
        // What failed before is forgotten.
        for _ in 0..<2 { #expect(call(breaker, false)) }
        #expect(breaker.circuit == .closed)
    }

    @Test("failures that are further apart than the window do not open it")
    func window() {
        let clock = SimulatedClock(monotonic: 8_000_000_000)
        let breaker = breaker(clock)
        for _ in 0..<20 {
            #expect(call(breaker, false))
            clock.pass(seconds: 4)
        }
        #expect(breaker.circuit == .closed)
        for _ in 0..<2 { #expect(call(breaker, false)) }
        #expect(breaker.circuit == .open)
    }

    @Test("a probe that fails opens it for twice as long, up to the most")
    func backoff() {
        let clock = SimulatedClock()
        let breaker = breaker(clock) { $0.openNanosecondsMax = 4_000_000_000 }
        for _ in 0..<3 { _ = call(breaker, false) }
        for seconds in [1, 2, 4, 4, 4] as [UInt64] {
            clock.pass(nanoseconds: seconds * 1_000_000_000 - 1)
            #expect(breaker.begin() == nil)
            clock.pass(nanoseconds: 1)
            #expect(call(breaker, false))
            #expect(breaker.circuit == .open)
        }
        clock.pass(seconds: 4)
        for _ in 0..<2 { #expect(call(breaker, true)) }
        for _ in 0..<3 { _ = call(breaker, false) }
        clock.pass(seconds: 1)
        #expect(call(breaker, true))
    }

    @Test("a probe that never ends counts as failed, and late results count for nothing")
    func late() throws {
        let clock = SimulatedClock()
        let breaker = breaker(clock)
        let slow = try #require(breaker.begin())
        for _ in 0..<3 { _ = call(breaker, false) }
        breaker.end(slow, succeeded: true)
        #expect(breaker.circuit == .open)
        clock.pass(seconds: 1)
        let lost = try #require(breaker.begin())
        clock.pass(seconds: 30)
        #expect(breaker.begin() == nil)
        #expect(breaker.circuit == .open)
        breaker.end(lost, succeeded: true)
        #expect(breaker.circuit == .open)
        clock.pass(seconds: 2)
        #expect(call(breaker, true))
        #expect(breaker.circuit == .halfOpen)
    }

    @Test("calls from before it opened neither close it nor open it again")
    func generations() throws {
        let clock = SimulatedClock()
        let breaker = breaker(clock)
        let slow = try (0..<8).map { _ in try #require(breaker.begin()) }
        for call in slow[..<3] { breaker.end(call, succeeded: false) }
        clock.pass(seconds: 1)
        let probe = try #require(breaker.begin())
        for call in slow[3..<6] { breaker.end(call, succeeded: true) }
        breaker.end(slow[6], succeeded: false)
        #expect(breaker.circuit == .halfOpen)
        #expect(breaker.begin() == nil)
        breaker.end(probe, succeeded: true)
        #expect(call(breaker, true))
        #expect(breaker.circuit == .closed)
        for _ in 0..<2 { #expect(call(breaker, false)) }
        breaker.end(slow[7], succeeded: false)
        #expect(breaker.circuit == .closed)
    }

    @Test("it is open only after enough failures, and admits few probes", arguments: UInt64(1)...10)
    func random(seed: UInt64) {
        var random = RandomSource(seed: seed)
        let clock = SimulatedClock()
        let breaker = breaker(clock) { $0.probeCount = 2 }
        var failures: [UInt64] = []
        var pending: [CircuitBreaker.Call] = []
        for _ in 0..<5_000 {
            clock.pass(nanoseconds: UInt64(random.below(500_000_000)))
            let before = breaker.circuit
            if random.below(2) == 0, let call = breaker.begin() {
                pending.append(call)
                if before == .open { pending = [call] }
            } else if !pending.isEmpty {
                let call = pending.remove(at: random.below(pending.count))
                let succeeded = random.below(3) > 0
                let now = clock.monotonicNanoseconds()
                if !succeeded { failures.append(now) }
                breaker.end(call, succeeded: succeeded)
                if before == .closed, breaker.circuit == .open {
                    let recent = failures.filter { now - $0 <= 8_000_000_000 }
                    #expect(recent.count >= 3, "seed \(seed)")
                }
            }
        }
    }
}
