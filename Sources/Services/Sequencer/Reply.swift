public import Primitives
public import Venue

/// A command on its way to the sequencer.
@frozen public struct Submission: BitwiseCopyable, Sendable {
    /// What to do.
    public var command: Command
    /// What the submitter calls it; comes back in the reply, means nothing to the venue.
    public var tag: UInt64
    /// The time to stamp; `.zero` for the sequencer's own clock.
    public var time: Timestamp

    /// Makes a submission.
    @inlinable public init(command: Command, tag: UInt64 = 0, time: Timestamp = .zero) {
        self.command = command
        self.tag = tag
        self.time = time
    }
}

/// What became of a command; it is given out only when the command is durable.
@frozen public struct Reply: BitwiseCopyable, Sendable {
    /// What the submitter called it; `Reply.timerTag` for the sequencer's own commands.
    public var tag: UInt64
    /// The number of the command.
    public var sequence: UInt64
    /// The time that was stamped on it.
    public var time: Timestamp
    /// Why it was refused; nil if it was carried out.
    public var refusal: Refusal?
    /// The order that it placed, amended or cancelled; `.none` if it was about no single order.
    public var order: OrderID
    /// How much of that order traded at once, in lots.
    public var filled: Quantity
    /// How many trades the command caused, those of others included.
    public var tradeCount: UInt32
    /// The index in the batch of the command's first event.
    public var firstEvent: UInt32
    /// How many events it has.
    public var eventCount: UInt32

    /// The tag of commands that the sequencer made itself, such as the timer's.
    public static var timerTag: UInt64 { .max }
}

extension Reply {
    /// Derives the answer to a command from its events.
    @inline(__always)
    mutating func summarize(_ events: borrowing EventBuffer) {
        var index = firstEvent
        let end = firstEvent + eventCount
        while index < end {
            switch events[index] {
            case .refused(let answer):
                refusal = answer.refusal
                order = answer.order
            case .orderPlaced(let placed):
                order = placed.order
            case .traded(let trade):
                tradeCount += 1
                if trade.taker == order { filled.lots += trade.quantity.lots }
            default: break
            }
            index += 1
        }
    }
}
