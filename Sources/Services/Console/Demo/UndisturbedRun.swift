import Cryptography
import Platform
import Primitives
import Venue

/// What a session gives when nothing happens to it: the same commands, in this process, without a journal.
struct UndisturbedRun {
    var tally = TradeTally()
    var fees: Amount = 0

    /// Runs a session.
    init(_ session: DemoSession) {
        var venue = Venue(pageHash: AcceleratedSHA256.hash)
        var events = EventBuffer()
        for number in 1...session.count {
            venue.apply(
                session.command(number),
                sequence: number,
                time: Timestamp(1),
                into: &events
            )
            for index in 0..<events.count { tally.add(events[index]) }
            events.removeAll()
        }
        fees = venue.balance(of: .fees, in: FlowSession.quote).available
    }
}

/// The commands of a demonstration: the members and their funds first, then a flow.
///
/// They are numbered from 1.
struct DemoSession: Sendable {
    /// What the resting and the arriving side pay, in millionths.
    static let makerRate: UInt32 = 100
    static let takerRate: UInt32 = 250

    private let setUp: [Command]
    private let flow: [FlowCommand]

    init(_ flow: [FlowCommand]) {
        setUp = FlowSession.setUp(makerRate: Self.makerRate, takerRate: Self.takerRate)
        self.flow = flow
    }

    /// How many commands there are.
    var count: UInt64 { UInt64(setUp.count + flow.count) }

    /// How many commands come before the flow.
    var setUpCount: UInt64 { UInt64(setUp.count) }

    func command(_ number: UInt64) -> Command {
        let index = Int(number) - 1
        return index < setUp.count
            ? setUp[index] : FlowSession.command(for: flow[index - setUp.count])
    }
}
