import ComponentHost
import Ethereum
import Foundation
import Platform
import Synchronization
import Testing
import TestSupport
import Triggers

extension TemporaryDirectory {
    /// Where the database of a test lies.
    var cursors: String { path + "/cursors.db" }
}

/// A clock whose wall time only the test moves.
final class HandClock: Clock {
    private let now: Mutex<UInt64>

    init(second: UInt64) { now = Mutex(second * 1_000_000_000) }

    func wallNanoseconds() -> UInt64 { now.withLock { $0 } }
    func monotonicNanoseconds() -> UInt64 { LinuxClock().monotonicNanoseconds() }
    func set(second: UInt64) { now.withLock { $0 = second * 1_000_000_000 } }
}

/// A sink that keeps what it was given, as a dispatcher does: what it has it passes over.
final class CollectingSink: TriggerSink {
    private struct State {
        var all: [TriggerOccurrence] = []
        var known: Set<[UInt8]> = []
        var handedOver = 0
        var heldBack = 0
        var isBroken = false
    }

    private let state: Mutex<State>

    /// Makes a sink that has no room the first times.
    init(heldBack: Int = 0) { state = Mutex(State(heldBack: heldBack)) }

    var all: [TriggerOccurrence] { state.withLock { $0.all } }
    var count: Int { state.withLock { $0.all.count } }
    /// How many were handed over, those included that were passed over.
    var handedOver: Int { state.withLock { $0.handedOver } }

    func set(isBroken: Bool) { state.withLock { $0.isBroken = isBroken } }

    func accept(_ occurrences: [TriggerOccurrence]) throws(SinkFault) -> Acceptance {
        let acceptance = state.withLock { state -> Acceptance? in
            if state.isBroken { return nil }
            if state.heldBack > 0 {
                state.heldBack -= 1
                return .heldBack
            }
            state.handedOver += occurrences.count
            for occurrence in occurrences where state.known.insert(occurrence.identity).inserted {
                state.all.append(occurrence)
            }
            return .accepted
        }
        guard let acceptance else { throw .unavailable(reason: "broken") }
        return acceptance
    }
}

/// Settings with pauses that a test has the time for.
func quickSettings() -> TriggerSettings {
    var settings = TriggerSettings()
    settings.pauses.idleNanoseconds = 1_000_000
    settings.pauses.failureMinNanoseconds = 1_000_000
    settings.pauses.failureMaxNanoseconds = 5_000_000
    settings.pauses.heldBackNanoseconds = 1_000_000
    settings.rpcLimits.connectMilliseconds = 2_000
    settings.rpcLimits.totalMilliseconds = 2_000
    settings.rpcLimits.backOffMilliseconds = 1
    settings.rpcLimits.backOffMaxMilliseconds = 5
    return settings
}

/// Recorded answers and events, in the repository or beside it.
enum Recordings {
    /// The large sets, which are not in the repository.
    static let shared = SharedFiles.data.url("events")
    /// A few of them, which are.
    static let own = Places.tests().appending(path: "Vectors/recorded-events")

    static let hasShared = SharedFiles.data.has("events")
    /// The condition of tests that read the large sets.
    static let needsShared = SharedFiles.data.needs("events")

    static func text(_ folder: URL, _ name: String) throws -> String {
        try String(contentsOf: folder.appending(path: name), encoding: .utf8)
    }
}
