import Cryptography
import Platform
import Primitives
import Venue

/// What a session gives when nothing happens to it: the same commands, in this process, without a journal.
struct UndisturbedRun {
    var tally = TradeTally()
    var stateHash = SHA256.Digest(words: (0, 0, 0, 0))
    /// The hash of the state after one command in the middle.
    var middleHash: SHA256.Digest?
    var fees: Amount = 0

    /// Runs a session.
    ///
    /// - Parameters:
    ///   - session: The commands.
    ///   - middle: The command after which to take a hash of the state; 0 for none.
    init(_ session: DemoSession, middle: UInt64) {
        var venue = Venue(pageHash: AcceleratedSHA256.hash)
        var events = EventBuffer()
        for number in 1...session.count {
            venue.apply(
                session.command(number),
                sequence: number,
                time: session.time(number),
                into: &events
            )
            for index in 0..<events.count { tally.add(events[index]) }
            events.removeAll()
            if number == middle { middleHash = venue.stateHash() }
        }
        stateHash = venue.stateHash()
        fees = venue.balance(of: .fees, in: FlowSession.quote).available
    }
}

/// The commands of a demonstration: the members and their funds first, then a flow.
///
/// They are numbered from 1.
struct DemoSession: Sendable {
    private let setUp: [Command]
    private let flow: [FlowCommand]

    init(_ flow: [FlowCommand]) {
        setUp = FlowSession.setUp(makerRate: 100, takerRate: 250)
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

    /// The time to stamp.
    ///
    /// The members enter just before the flow begins.
    func time(_ number: UInt64) -> Timestamp {
        let index = max(Int(number) - 1 - setUp.count, 0)
        // A time of zero would ask the venue for its own clock.
        return index < flow.count ? max(flow[index].time, Timestamp(1)) : Timestamp(1)
    }
}
