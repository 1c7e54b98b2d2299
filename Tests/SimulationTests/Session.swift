import Cryptography
import Primitives
import ReferenceVenue
import Venue
import SeededRandomness

/// A session of a venue that never failed: what every recovered venue is compared with.
struct Session: Sendable {
    struct Step: Sendable {
        var command: Command
        var time: Timestamp
    }

    let seed: UInt64
    let steps: [Step]
    /// The hash of the state before the first step and after each.
    let hashes: [SHA256.Digest]

    init(seed: UInt64, count: Int) {
        self.seed = seed
        var generator = CommandGenerator(seed: seed)
        let reference = ReferenceVenue()
        var venue = Venue()
        var events = EventBuffer()
        var steps: [Step] = []
        var hashes = [venue.stateHash()]
        for index in 0..<count {
            let (command, time) = generator.next(reference)
            let sequence = UInt64(index + 1)
            _ = reference.apply(command, sequence: sequence, time: time)
            events.removeAll()
            venue.apply(command, sequence: sequence, time: time, into: &events)
            steps.append(Step(command: command, time: time))
            hashes.append(venue.stateHash())
        }
        self.steps = steps
        self.hashes = hashes
    }

    /// A few sessions that all simulations share, because making one takes longer than simulating with it.
    static let shared = (1...8).map { seed in Session(seed: seed, count: 400) }
}
