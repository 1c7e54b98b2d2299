import Platform

/// How fast the gateway is, seen from a client over loopback.
struct GatewayBench {
    /// What was measured.
    struct Result {
        /// Durable acknowledgements a second when more orders come than can be taken.
        var ordersPerSecond: Double = 0
        /// From the moment when an order was due to its acknowledgement, at a steady rate.
        var latencies = Durations()
        /// How many orders a second that rate was, and how many came.
        var steadyRate = 0
        var steadyPerSecond: Double = 0
        /// Market data messages a second that all subscribers got together.
        var deliveriesPerSecond: Double = 0
        var subscribers = 0
    }

    /// Connections that send orders.
    static let connectionCount = 8
    /// Orders that may be unanswered on one connection when as many as possible are sent.
    private static let windowMax: UInt64 = 1_024

    let venue: GatewayBenchVenue
    let seconds: Int
    let subscriberCount: Int
    let note: (String) -> Void
    private let clock = LinuxClock()

    init(
        venue: GatewayBenchVenue,
        seconds: Int,
        subscriberCount: Int,
        note: @escaping (String) -> Void
    ) {
        self.venue = venue
        self.seconds = seconds
        self.subscriberCount = subscriberCount
        self.note = note
    }

    func run() throws(ConsoleError) -> Result {
        PlatformThread.requestPreciseNaps()
        var result = Result()
        note("registering members")
        var load = try GatewayLoad(venue, Self.connectionCount)
        note("steady rate")
        result.steadyRate = 10_000
        try steady(&load, &result)
        note("as many orders as possible")
        result.ordersPerSecond = try flood(&load)
        note("subscribers")
        try deliver(&load, &result)
        return result
    }

    /// Orders at a steady rate, whatever comes back (open loop).
    private func steady(
        _ load: inout GatewayLoad,
        _ result: inout Result
    ) throws(ConsoleError) {
        let rate = UInt64(result.steadyRate)
        // The first second warms up and is not counted.
        try pace(&load, rate, nanoseconds: 1_000_000_000)
        load.latencies = Durations(capacity: Int(rate) * seconds)
        let start = clock.monotonicNanoseconds()
        let before = load.answered
        try pace(&load, rate, nanoseconds: UInt64(seconds) * 1_000_000_000)
        try load.drain()
        let elapsed = Double(clock.monotonicNanoseconds() - start) / 1e9
        result.latencies = load.latencies
        result.steadyPerSecond = Double(load.answered - before) / elapsed
    }

    private func pace(
        _ load: inout GatewayLoad,
        _ rate: UInt64,
        nanoseconds: UInt64
    ) throws(ConsoleError) {
        let start = clock.monotonicNanoseconds()
        var sent: UInt64 = 0
        while true {
            let now = clock.monotonicNanoseconds()
            guard now - start < nanoseconds else { return }
            let due = (now - start) * rate / 1_000_000_000
            while sent < due {
                // The order counts from when it was due, not from when there was time for it.
                load.send(at: start + sent * 1_000_000_000 / rate)
                sent += 1
            }
            try load.turn(milliseconds: 0)
            if sent >= due { PlatformThread.nap(nanoseconds: 100_000) }
        }
    }

    /// As many orders as are answered.
    private func flood(_ load: inout GatewayLoad) throws(ConsoleError) -> Double {
        let limit = UInt64(Self.connectionCount) * Self.windowMax
        var start = clock.monotonicNanoseconds()
        var before = load.answered
        var isWarm = false
        while true {
            let now = clock.monotonicNanoseconds()
            if !isWarm, now - start > 1_000_000_000 {
                (start, before, isWarm) = (now, load.answered, true)
            }
            if isWarm, now - start > UInt64(seconds) * 1_000_000_000 { break }
            while load.unanswered < limit { load.send(at: now) }
            try load.turn(milliseconds: 1)
        }
        let elapsed = Double(clock.monotonicNanoseconds() - start) / 1e9
        let rate = Double(load.answered - before) / elapsed
        try load.drain()
        return rate
    }

    /// Market data to many subscribers.
    private func deliver(
        _ load: inout GatewayLoad,
        _ result: inout Result
    ) throws(ConsoleError) {
        var listeners = try GatewayListeners(venue, subscriberCount)
        result.subscribers = subscriberCount
        // Each order changes the book once, which each subscriber is told.
        let rate = UInt64(max(1, 110_000 / max(1, subscriberCount)))
        var sent: UInt64 = 0
        var start = clock.monotonicNanoseconds()
        var before = listeners.frameCount
        var isWarm = false
        while true {
            let now = clock.monotonicNanoseconds()
            if !isWarm, now - start > 1_000_000_000 {
                (start, before, sent, isWarm) = (now, listeners.frameCount, 0, true)
            }
            if isWarm, now - start > UInt64(seconds) * 1_000_000_000 { break }
            while sent < (now - start) * rate / 1_000_000_000 {
                load.send(at: now)
                sent += 1
            }
            try load.turn(milliseconds: 0)
            try listeners.turn(milliseconds: 1)
        }
        let elapsed = Double(clock.monotonicNanoseconds() - start) / 1e9
        result.deliveriesPerSecond = Double(listeners.frameCount - before) / elapsed
    }
}
