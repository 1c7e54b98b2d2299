import Bookkeeping
import Follower
import LedgerStore
import Primitives
import ReferenceVenue
import Venue

/// A random session of the venue whose commands also go through a bookkeeping.
struct RandomSession: ~Copyable {
    var venue = Venue()
    private var model = ReferenceVenue()
    private var generator: CommandGenerator
    private var events = EventBuffer()

    init(seed: UInt64) { generator = CommandGenerator(seed: seed) }

    /// Carries out commands.
    ///
    /// - Parameters:
    ///   - commandCount: How many.
    ///   - bookkeepings: What takes each of them in.
    ///   - flushed: After how many commands each is flushed.
    /// - Throws: What flushing throws.
    mutating func run(
        _ commandCount: Int,
        _ bookkeepings: [Bookkeeping],
        flushed: [Int]
    ) throws {
        for _ in 0..<commandCount {
            let (command, time) = generator.next(model)
            let sequence = venue.sequence + 1
            _ = model.apply(command, sequence: sequence, time: time)
            events.removeAll()
            venue.apply(command, sequence: sequence, time: time, into: &events)
            for (index, bookkeeping) in bookkeepings.enumerated() {
                bookkeeping.take(events, venue)
                if sequence.isMultiple(of: UInt64(flushed[index])) {
                    try bookkeeping.flush(&venue)
                }
            }
        }
        for bookkeeping in bookkeepings { try bookkeeping.flush(&venue) }
    }
}
