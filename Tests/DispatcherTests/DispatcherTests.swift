import ComponentHost
import Dispatcher
import Synchronization
import Testing
import TestSupport
import Triggers

@Suite("the dispatcher") struct DispatcherTests {
    private let place: TemporaryDirectory
    private let trigger = Samples.cron(1)

    init() throws { place = try TemporaryDirectory() }

    @Test("runs every workflow that waits for a trigger, and no other") func audience() throws {
        let engine = RecordingEngine()
        let sink = RecordingSink()
        let dispatcher = try Dispatcher.make(place, engine: engine, sink: sink)
        defer { dispatcher.stop() }
        try dispatcher.replaceServices([
            Samples.service(1, [trigger, Samples.cron(2), trigger]),
            Samples.service(2, [Samples.cron(2)]), Samples.service(3, [trigger, .manual]),
            Samples.service(4, [trigger], status: .paused),
        ])
        #expect(dispatcher.watchedTriggers == [trigger, Samples.cron(2)])
        #expect(try dispatcher.accept([Samples.occurrence(trigger, 7)]) == .accepted)
        #expect(try dispatcher.accept([Samples.occurrence(Samples.cron(3), 8)]) == .accepted)
        eventually("three runs are handed on") { dispatcher.health.totals.delivered == 3 }
        let ran = engine.all.map(\.action.configuration)
            .map { "\($0.serviceID.suffix(1)) \($0.workflowID)" }
        #expect(ran.sorted() == ["1 main", "1 main2", "3 main"])
        #expect(sink.payloads == [[UInt8]](repeating: Samples.bytes(7), count: 3))
    }

    @Test("an event is seen from its acceptance to its end") func timeline() throws {
        let journal = RecordingJournal()
        let dispatcher = try Dispatcher.make(place, journal: journal)
        defer { dispatcher.stop() }
        try dispatcher.replaceServices([Samples.service(1, [.manual])])
        let id = Samples.serviceID(1)
        let eventID = try dispatcher.submit(serviceID: id, workflowID: "main", data: .raw([1]))
        eventually("it is delivered") { journal.stages(of: eventID).last == .delivered }
        #expect(journal.stages(of: eventID) == [.accepted, .started, .finished, .delivered])
        #expect(try dispatcher.state(of: eventID) == .delivered)
        let again = try dispatcher.submit(serviceID: id, workflowID: "main", data: .raw([1]))
        #expect(again == eventID)
        #expect(journal.stages(of: eventID).last == .duplicate)
    }

    @Test("the same thing is run once, even when it is told differently later")
    func duplicates() throws {
        let engine = RecordingEngine()
        let sink = RecordingSink()
        let services = [Samples.service(1, [trigger]), Samples.service(2, [trigger])]
        let occurrence = Samples.occurrence(trigger, 1)
        // The same identity with other data: an event of a chain that moved to another block.
        let moved = TriggerOccurrence(
            .watchers(of: trigger),
            .raw([9]),
            name: [Samples.bytes(1)]
        )
        #expect(moved.identity == occurrence.identity)
        do {
            let first = try Dispatcher.make(place, engine: engine, sink: sink)
            try first.replaceServices(services)
            #expect(try first.accept([occurrence, occurrence]) == .accepted)
            #expect(try first.accept([moved]) == .accepted)
            eventually("both services ran") { sink.count == 2 }
            first.stop()
        }
        let second = try Dispatcher.make(place, engine: engine, sink: sink)
        defer { second.stop() }
        try second.replaceServices(services)
        #expect(try second.accept([moved, occurrence]) == .accepted)
        #expect(second.health.totals.duplicates == 4)
        #expect(engine.all.count == 2)
    }

    @Test("a component's own failure is final") func failure() throws {
        let engine = RecordingEngine { _ in .failed(reason: "trap") }
        let dispatcher = try Dispatcher.make(place, engine: engine)
        defer { dispatcher.stop() }
        try dispatcher.replaceServices([Samples.service(1, [.manual])])
        let eventID = try dispatcher.submit(
            serviceID: Samples.serviceID(1),
            workflowID: "main",
            data: .raw([])
        )
        try eventually("it ends") { try dispatcher.state(of: eventID) == .failed(reason: "trap") }
        #expect(engine.all.count == 1)
    }

    @Test("a fault of the node is tried again until it is gone, or too often") func faults() throws
    {
        var limits = DispatcherLimits()
        limits.retryMinNanoseconds = 1_000
        limits.retryMaxNanoseconds = 100_000
        limits.attemptCountMax = 5
        let engine = RecordingEngine { work in
            if work.action.data == .raw([1]), work.attempt == 4 { return .finished([]) }
            return .unavailable(reason: "no program")
        }
        let journal = RecordingJournal()
        let dispatcher = try Dispatcher.make(
            place,
            engine: engine,
            journal: journal,
            limits: limits
        )
        defer { dispatcher.stop() }
        try dispatcher.replaceServices([Samples.service(1, [.manual])])
        let id = Samples.serviceID(1)
        let good = try dispatcher.submit(serviceID: id, workflowID: "main", data: .raw([1]))
        let bad = try dispatcher.submit(serviceID: id, workflowID: "main", data: .raw([2]))
        eventually("both end") {
            journal.stages(of: good).last == .delivered && journal.stages(of: bad).last == .failed
        }
        #expect(engine.all.count == 9)
        #expect(journal.stages(of: good).count { $0 == .retrying } == 3)
        #expect(journal.details(.failed) == ["given up after 5 attempts: no program"])
    }

    @Test(
        "responses beyond the bounds fail the event",
        arguments: [
            [WasmResponse](repeating: WasmResponse(payload: []), count: 4),
            [
                WasmResponse(payload: [UInt8](repeating: 0, count: 60)),
                WasmResponse(payload: [], eventIDSalt: [UInt8](repeating: 0, count: 41)),
            ],
        ]
    )
    func responseBounds(responses: [WasmResponse]) throws {
        var limits = DispatcherLimits()
        limits.responseCountMax = 3
        limits.responseBytesMax = 100
        let engine = RecordingEngine { _ in .finished(responses) }
        let journal = RecordingJournal()
        let dispatcher = try Dispatcher.make(
            place,
            engine: engine,
            journal: journal,
            limits: limits
        )
        defer { dispatcher.stop() }
        try dispatcher.replaceServices([Samples.service(1, [trigger])])
        #expect(try dispatcher.accept([Samples.occurrence(trigger, 1)]) == .accepted)
        eventually("it fails") { journal.count(.failed) == 1 }
    }

    @Test("what a sink does not take comes again, the same, and is not run again")
    func sinkFaults() throws {
        var limits = DispatcherLimits()
        limits.retryMinNanoseconds = 1_000
        let engine = RecordingEngine()
        let sink = RecordingSink(refusals: 5)
        let dispatcher = try Dispatcher.make(place, engine: engine, sink: sink, limits: limits)
        defer { dispatcher.stop() }
        try dispatcher.replaceServices([Samples.service(1, [trigger])])
        #expect(try dispatcher.accept((0..<3).map { Samples.occurrence(trigger, $0) }) == .accepted)
        eventually("all are taken") { sink.count == 3 }
        #expect(engine.all.count == 3)
        #expect(Set(sink.payloads) == Set((0..<3).map(Samples.bytes)))
    }

    @Test("a paused service keeps its work, a removed one loses it") func pausing() throws {
        let gate = Mutex(false)
        let engine = RecordingEngine { work in
            gate.withLock { $0 } ? RecordingEngine.echo(work) : .unavailable(reason: "later")
        }
        var limits = DispatcherLimits()
        limits.retryMinNanoseconds = 1_000_000
        limits.attemptCountMax = 1_000_000
        limits.retryMaxNanoseconds = 1_000_000
        let sink = RecordingSink()
        let journal = RecordingJournal()
        let dispatcher = try Dispatcher.make(
            place,
            engine: engine,
            sink: sink,
            journal: journal,
            limits: limits
        )
        defer { dispatcher.stop() }
        try dispatcher.replaceServices([1, 2].map { Samples.service($0, [trigger]) })
        #expect(try dispatcher.accept([Samples.occurrence(trigger, 1)]) == .accepted)
        try dispatcher.replaceServices([Samples.service(1, [trigger], status: .paused)])
        eventually("the removed service's event is over") { journal.count(.failed) == 1 }
        gate.withLock { $0 = true }
        #expect(try dispatcher.accept([Samples.occurrence(trigger, 2)]) == .accepted)
        #expect(dispatcher.health.waiting == 1)
        #expect(sink.count == 0)
        try dispatcher.replaceServices([Samples.service(1, [trigger])])
        eventually("the paused service goes on") { sink.count == 1 }
        #expect(sink.payloads == [Samples.bytes(1)])
    }

    @Test("nothing is accepted for a workflow that is not there") func unknownWorkflow() throws {
        let dispatcher = try Dispatcher.make(place)
        defer { dispatcher.stop() }
        try dispatcher.replaceServices([Samples.service(1, [.manual], status: .paused)])
        let id = Samples.serviceID(1)
        #expect(throws: DispatcherError.unknownWorkflow(service: id, workflow: "main")) {
            try dispatcher.submit(serviceID: id, workflowID: "main", data: .raw([]))
        }
        #expect(
            try dispatcher.state(
                of: Samples.identify(
                    TriggerConfiguration(serviceID: id, workflowID: "main", trigger: .manual),
                    .raw([])
                )
            ) == nil
        )
    }

    @Test("data beyond the bound is refused, and recorded for a source") func tooLarge() throws {
        var limits = DispatcherLimits()
        limits.actionBytesMax = 300
        let journal = RecordingJournal()
        let dispatcher = try Dispatcher.make(place, journal: journal, limits: limits)
        defer { dispatcher.stop() }
        try dispatcher.replaceServices([Samples.service(1, [trigger])])
        let data = TriggerData.raw([UInt8](repeating: 1, count: 300))
        #expect(throws: DispatcherError.self) {
            try dispatcher.submit(serviceID: Samples.serviceID(1), workflowID: "main", data: data)
        }
        let large = TriggerOccurrence(.watchers(of: trigger), data, name: [[1]])
        #expect(try dispatcher.accept([large]) == .accepted)
        #expect(journal.count(.refused) == 1)
        #expect(dispatcher.health.refused.map(\.count) == [1])
    }
}
