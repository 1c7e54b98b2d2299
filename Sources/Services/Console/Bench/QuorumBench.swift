import ComponentHost
import Encoding
import Platform
import Primitives
import Venue

/// Measures a committee of real processes: how long quorums take, when a trade is final, and how far attestation
/// falls behind a full load.
struct QuorumBench {
    struct Result {
        var observers = 0
        /// At a moderate load.
        var status = Encoding.JSONObject()
        var commandsPerSecond = 0
        var certificates: UInt64 = 0
        /// What was sent at the full load, and how long it took until everything was attested.
        var loadCommands = 0
        var loadSeconds = 0.0
        var intervalsBehind: UInt64 = 0
        var catchUpSeconds = 0.0
        var componentCalls = Durations()
    }

    /// Commands a second that give about 12,000 trades a second.
    static let fullRate = 265_000
    /// Commands a second while quorums are measured, if nothing else is asked for.
    static let moderateRate = 2_000
    private static let componentCallCount = 1_000

    let demo: Demo
    let network: CommitteeNetwork
    let seconds: Int
    /// Commands a second while quorums are measured.
    let rate: Int
    /// Commands a second at the full load.
    let loadRate: Int
    let progress: (String) -> Void

    /// Measures everything.
    ///
    /// - Throws: `disagreement` when no quorum forms.
    func run() throws(ConsoleError) -> Result {
        var result = Result()
        result.observers = network.seats.count
        result.componentCalls = try Self.componentCalls(network.components)
        progress("keys of \(network.seats.count) observers")
        let venue = try demo.startVenue()
        defer { venue.kill() }
        try demo.startCommittee()
        let moderate = UInt64(rate * seconds)
        progress("\(rate.grouped) commands a second for \(seconds) s")
        try demo.play(venue, from: 1, until: moderate, perSecond: rate)
        try awaitAttested(venue, moderate)
        result.status = demo.committee ?? Encoding.JSONObject()
        result.certificates = result.status.count("certificates")
        result.commandsPerSecond = rate
        let last = demo.session.count
        progress("\(loadRate.grouped) commands a second")
        let start = demo.clock.monotonicNanoseconds()
        try demo.play(venue, from: moderate + 1, until: last, perSecond: loadRate)
        result.loadCommands = Int(last - moderate)
        result.loadSeconds = seconds(since: start)
        try demo.waitFor(venue, "the last acknowledgement") { venue.answered == last }
        result.intervalsBehind = demo.committee?.count("unattested") ?? 0
        try awaitAttested(venue, last)
        result.catchUpSeconds = seconds(since: start) - result.loadSeconds
        try venue.finish()
        network.stopObservers()
        return result
    }

    private func seconds(since start: UInt64) -> Double {
        Double(demo.clock.monotonicNanoseconds() - start) / 1e9
    }

    private func awaitAttested(
        _ venue: VenueProcess,
        _ command: UInt64
    ) throws(ConsoleError) {
        try demo.waitFor(venue, "the acknowledgements") { venue.answered >= command }
        let durable = demo.committee?.count("durableSequence") ?? 0
        try demo.waitFor(venue, "the certificates") {
            guard let status = demo.committee else { return false }
            return status.count("loggedSequence") >= max(durable, command)
                && status.count("unattested") == 0
        }
    }

    /// Calls of a small component, each in a fresh instance.
    private static func componentCalls(_ path: String) throws(ConsoleError) -> Durations {
        let bytes = try Console.platform { () throws(PlatformError) in
            try WholeFile.read(path + "/echo.wasm")
        }
        var durations = Durations(capacity: componentCallCount)
        do throws(ComponentError) {
            let engine = try ComponentEngine(.init(isDeterministic: true))
            let component = try engine.component(bytes)
            let action = TriggerAction(
                configuration: TriggerConfiguration(
                    serviceID: "bench",
                    workflowID: "echo",
                    trigger: .manual
                ),
                data: .raw(Array("a small message".utf8))
            )
            let clock = LinuxClock()
            for _ in 0..<componentCallCount {
                let start = clock.monotonicNanoseconds()
                _ = try component.run(action, HostContext(), CallLimits())
                durations.add(clock.monotonicNanoseconds() - start)
            }
        } catch {
            throw .environment("\(path)/echo.wasm: \(error)")
        }
        return durations
    }
}
