import Primitives
import ReferenceVenue
import Venue
import SeededRandomness

/// One random session, played to the venue and the model until they differ.
struct RandomSession {
    let seed: UInt64
    let steps: Int

    /// Why a session failed, in words that let it be repeated.
    struct Failure: CustomStringConvertible {
        var seed: UInt64
        var step: Int
        var commands: [TimedCommand]
        var difference: String

        var description: String {
            let shortest = RandomSession.shortened(commands)
            return """
                profile "\(GeneratorProfile.forSeed(seed).name)", seed \(seed), step \(step):
                \(difference)
                last commands:
                \(listed(commands.suffix(20)))
                shortest session found that differs, \(shortest.commands.count) commands:
                \(listed(shortest.commands))
                \(shortest.difference)
                repeat with:
                PARALLAX_SIMULATION_SEED=\(seed) swift test -c release --filter VenueTests
                """
        }
    }

    /// Plays the session; nil if the venue and the model agreed to the end.
    func play() -> Failure? {
        var generator = CommandGenerator(seed: seed)
        let comparison = Comparison(
            ordersCapacity: seed.isMultiple(of: 3) ? 4 : 1 << 10,
            hashSeed: seed
        )
        let checksEveryStep = seed.isMultiple(of: 8)
        let snapshotStep = steps / 4 + Int(seed &* 37 % UInt64(steps / 2))
        var commands: [TimedCommand] = []
        for step in 1...steps {
            let (command, time) = generator.next(comparison.model)
            commands.append(TimedCommand(command: command, time: time))
            var difference = comparison.apply(commands[step - 1]).difference
            if difference == nil && (checksEveryStep || step % 50 == 0) {
                comparison.checkInvariants()
                difference = comparison.differenceOfState()
            }
            if difference == nil && step == snapshotStep {
                do throws(SnapshotError) {
                    difference = try comparison.restoreFromSnapshot()
                } catch {
                    difference = "the snapshot cannot be read back: \(error)"
                }
            }
            if difference == nil && step == steps { difference = comparison.differenceOfRestored() }
            if let difference {
                return Failure(seed: seed, step: step, commands: commands, difference: difference)
            }
        }
        return nil
    }

    /// Leaves out commands while the rest still makes a difference.
    private static func shortened(
        _ original: [TimedCommand]
    ) -> (commands: [TimedCommand], difference: String) {
        var commands = original
        var difference = firstDifference(commands) ?? "only the snapshot differs"
        var length = max(1, commands.count / 2)
        while true {
            var start = 0
            while start < commands.count {
                var fewer = commands
                fewer.removeSubrange(start..<min(start + length, commands.count))
                if let found = firstDifference(fewer) {
                    commands = fewer
                    difference = found
                } else {
                    start += length
                }
            }
            if length == 1 { return (commands, difference) }
            length /= 2
        }
    }

    private static func firstDifference(_ commands: [TimedCommand]) -> String? {
        let comparison = Comparison()
        for command in commands {
            if let difference = comparison.apply(command).difference { return difference }
        }
        return comparison.differenceOfState()
    }
}
