import Primitives
import ReferenceVenue
import Testing
import Venue
import SeededRandomness

@Suite("Random sessions")
struct GeneratorTests {
    @Test("the same seed gives the same session")
    func repeatable() {
        func session(_ seed: UInt64) -> [Command] {
            var generator = CommandGenerator(seed: seed)
            let model = ReferenceVenue()
            return (1...300).map { step in
                let (command, time) = generator.next(model)
                _ = model.apply(command, sequence: UInt64(step), time: time)
                return command
            }
        }
        #expect(session(7) == session(7))
        #expect(session(7) != session(22))
    }

    @Test("they reach every event, state, reason, outcome, phase and refusal but a full venue")
    func coverage() {
        var coverage = Coverage()
        for seed in 0..<UInt64(8 * GeneratorProfile.all.count) {
            var generator = CommandGenerator(seed: seed)
            let model = ReferenceVenue()
            for step in 1...UInt64(1_000) {
                let (command, time) = generator.next(model)
                coverage.note(model.apply(command, sequence: step, time: time))
            }
        }
        #expect(coverage.eventNames == Coverage.allEventNames)
        #expect(coverage.reasons == Set(ChangeReason.allCases))
        #expect(coverage.outcomes == Set(ContractOutcome.allCases))
        #expect(coverage.phases == Set(Phase.allCases))
        // A refused order has no name, so no order ever changes to `rejected`.
        #expect(coverage.states == Set(OrderState.allCases).subtracting([.rejected]))
        // These two take thousands of orders; RefusalTests reaches them.
        let rare: Set<Refusal> = [.tooManyTrailingStops, .venueFull]
        #expect(coverage.refusals == Set(Refusal.allCases).subtracting(rare))
    }
}
