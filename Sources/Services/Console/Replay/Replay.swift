public import Cryptography
import Platform
import Primitives
import Venue

/// Runs order flows through the whole core.
public enum Replay {
    /// What came out of one flow.
    public struct Summary: Sendable {
        /// How many commands of the flow were applied.
        public var commands: UInt64
        /// How many of them the venue refused.
        public var rejected: UInt64
        /// How many trades there were.
        public var trades: UInt64
        /// How many lots changed hands.
        public var volume: Int128
        /// What was paid for them, in quote units.
        public var notional: Int128
        /// How many orders are live at the end.
        public var resting: UInt32
        /// The SHA-256 of the list of trades.
        public var tradesHash: SHA256.Digest
        /// The hash over the state of the venue at the end.
        public var stateHash: SHA256.Digest
        /// How long the venue took for the commands.
        public var elapsedNanoseconds: UInt64

        /// How many commands the venue carried out.
        public var accepted: UInt64 { commands - rejected }

        /// How many commands a second that is.
        public var commandsPerSecond: Double {
            Double(commands) / (Double(max(elapsedNanoseconds, 1)) / 1e9)
        }

        /// The summary as JSON, with the keys that scripts rely on.
        public var json: JSONObject {
            var json = JSONObject()
            json.add("commands", commands)
            json.add("accepted", accepted)
            json.add("rejected", rejected)
            json.add("trades", trades)
            json.add("volume", volume)
            json.add("notional", notional)
            json.add("resting", resting)
            json.add("tradesSHA256", tradesHash.hex)
            json.add("stateHash", stateHash.hex)
            json.add("elapsedSeconds", Double(elapsedNanoseconds) / 1e9)
            json.add("commandsPerSecond", commandsPerSecond.rounded())
            return json
        }
    }

    /// How many commands are timed together; their events are counted outside the measured time.
    private static let batchCount = 256

    /// Applies a flow to a new venue.
    ///
    /// - Complexity: O(n) for n commands.
    public static func run(_ flow: [FlowCommand]) -> Summary {
        run(flow) { _ in }
    }

    static func run(_ flow: [FlowCommand], progress: (Int) -> Void) -> Summary {
        var venue = Venue(pageHash: AcceleratedSHA256.hash)
        var events = EventBuffer()
        var sequence: UInt64 = 0
        for command in FlowSession.setUp() {
            sequence += 1
            venue.apply(command, sequence: sequence, time: .zero, into: &events)
        }
        events.removeAll()
        let clock = LinuxClock()
        var tally = TradeTally()
        var elapsed: UInt64 = 0
        var next = 0
        while next < flow.count {
            let end = min(flow.count, next + batchCount)
            let start = clock.monotonicNanoseconds()
            for index in next..<end {
                let row = flow[index]
                sequence += 1
                venue.apply(
                    FlowSession.command(for: row),
                    sequence: sequence,
                    time: row.time,
                    into: &events
                )
            }
            elapsed += clock.monotonicNanoseconds() - start
            for index in 0..<events.count { tally.add(events[index]) }
            events.removeAll()
            next = end
            if next.isMultiple(of: batchCount << 8) { progress(next) }
        }
        return Summary(
            commands: UInt64(flow.count),
            rejected: tally.refused,
            trades: tally.trades,
            volume: tally.volume,
            notional: tally.notional,
            resting: venue.liveOrderCount,
            tradesHash: tally.tradesHash,
            stateHash: venue.stateHash(),
            elapsedNanoseconds: elapsed
        )
    }
}
