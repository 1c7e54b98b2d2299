import Console
import Foundation
import Primitives
import Testing
import Venue

@Suite("the flow generator") struct FlowGeneratorTests {
    @Test("the sample is what its seed gives") func sample() throws {
        let text = FlowFormat.text(of: FlowGenerator.commands(seed: 2, count: 2_000))
        if ProcessInfo.processInfo.environment["PARALLAX_RECORD"] != nil {
            try text.write(toFile: Flows.sample, atomically: true, encoding: .utf8)
        }
        #expect(try String(contentsOfFile: Flows.sample, encoding: .utf8) == text)
    }

    @Test("another seed gives another flow") func seeds() {
        let first = FlowGenerator.commands(seed: 1, count: 100)
        #expect(first == FlowGenerator.commands(seed: 1, count: 100))
        #expect(first != FlowGenerator.commands(seed: 2, count: 100))
    }

    @Test("a flow is like a real session's", arguments: [1, 7, 4_711] as [UInt64])
    func looksReal(seed: UInt64) {
        let count = 200_000
        let flow = FlowGenerator.commands(seed: seed, count: count)
        let summary = Replay.run(flow)
        // The generator's own book agrees with the venue: it names no order that is gone.
        #expect(summary.rejected == 0)
        #expect(summary.resting < FlowGenerator.restingTarget * 5 / 4)
        let share = { (matches: (FlowCommand) -> Bool) in flow.count(where: matches) * 100 / count }
        #expect((45...55).contains(share { $0.operation == .new }))
        #expect((42...50).contains(share { $0.operation == .cancel }))
        #expect((18...25).contains(UInt64(count) / summary.trades))
        #expect(zip(flow, flow.dropFirst()).allSatisfy { $0.time <= $1.time })
        #expect(flow.allSatisfy { $0.operation != .new || $0.price.ticks > 0 })
    }
}
