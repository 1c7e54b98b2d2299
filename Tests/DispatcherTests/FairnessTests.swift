import ComponentHost
import Dispatcher
import Platform
import Synchronization
import Testing
import TestSupport
import Triggers

/// Holds the engine until the test lets it go.
private final class Gate: Sendable {
    private let isOpen = Mutex(false)

    func open() { isOpen.withLock { $0 = true } }

    func wait() {
        let end = LinuxClock().monotonicNanoseconds() + 10_000_000_000
        while !isOpen.withLock({ $0 }), LinuxClock().monotonicNanoseconds() < end {
            PlatformThread.nap(nanoseconds: 200_000)
        }
    }
}

@Suite("services of one node") struct FairnessTests {
    private let place: TemporaryDirectory

    init() throws { place = try TemporaryDirectory() }

    @Test("one that hangs leaves the others their threads") func hanging() throws {
        let gate = Gate()
        let engine = RecordingEngine { work in
            if work.action.configuration.serviceID == Samples.serviceID(1) { gate.wait() }
            return RecordingEngine.echo(work)
        }
        var limits = DispatcherLimits()
        limits.workerCount = 3
        limits.serviceRunningMax = 2
        let sink = RecordingSink()
        let dispatcher = try Dispatcher.make(place, engine: engine, sink: sink, limits: limits)
        defer { dispatcher.stop() }
        try dispatcher.replaceServices((1...3).map { Samples.service($0, [Samples.cron($0)]) })
        let hanging = (0..<50).map { Samples.occurrence(Samples.cron(1), $0) }
        #expect(try dispatcher.accept(hanging) == .accepted)
        for number in 0..<20 {
            let both = [2, 3].map { Samples.occurrence(Samples.cron($0), 100 + number) }
            #expect(try dispatcher.accept(both) == .accepted)
        }
        eventually("the others are done") { sink.count == 40 }
        let load = try #require(dispatcher.health.services.first)
        #expect(load.running <= 2)
        #expect(load.waiting + load.running == 50)
        gate.open()
        eventually("then the first one is") { sink.count == 90 }
    }

    @Test("one with much to do lets another in after each event") func turns() throws {
        let gate = Gate()
        let engine = RecordingEngine { work in
            if work.action.data == .raw(Samples.bytes(0)) { gate.wait() }
            return RecordingEngine.echo(work)
        }
        var limits = DispatcherLimits()
        limits.workerCount = 1
        let sink = RecordingSink()
        let dispatcher = try Dispatcher.make(place, engine: engine, sink: sink, limits: limits)
        defer { dispatcher.stop() }
        try dispatcher.replaceServices((1...2).map { Samples.service($0, [Samples.cron($0)]) })
        #expect(
            try dispatcher.accept((0..<200).map { Samples.occurrence(Samples.cron(1), $0) })
                == .accepted
        )
        eventually("the first one runs") { !engine.all.isEmpty }
        #expect(
            try dispatcher.accept((500..<503).map { Samples.occurrence(Samples.cron(2), $0) })
                == .accepted
        )
        gate.open()
        eventually("all are done") { sink.count == 203 }
        let order = engine.all.map { work in
            work.action.configuration.serviceID == Samples.serviceID(2)
        }
        #expect(order.prefix(8).count { $0 } == 3)
        let first = engine.all.filter { $0.action.configuration.serviceID == Samples.serviceID(1) }
        #expect(first.map(\.action.data) == (0..<200).map { .raw(Samples.bytes($0)) })
    }

    @Test("a source is held back when there is no room, and nothing is lost") func holdingBack()
        throws
    {
        let gate = Gate()
        let engine = RecordingEngine { work in
            gate.wait()
            return RecordingEngine.echo(work)
        }
        var limits = DispatcherLimits()
        limits.waitingCountMax = 10
        let sink = RecordingSink()
        let dispatcher = try Dispatcher.make(place, engine: engine, sink: sink, limits: limits)
        defer { dispatcher.stop() }
        try dispatcher.replaceServices([Samples.service(1, [Samples.cron(1)])])
        let all = (0..<25).map { Samples.occurrence(Samples.cron(1), $0) }
        #expect(try dispatcher.accept(all) == .heldBack)
        #expect(dispatcher.health.waiting == 10)
        #expect(try dispatcher.accept(all) == .heldBack)
        #expect(dispatcher.health.waiting == 10)
        gate.open()
        try eventually("the rest is accepted") { try dispatcher.accept(all) == .accepted }
        eventually("all are done") { sink.count == 25 }
        #expect(sink.payloads.count == Set(sink.payloads).count)
    }

    @Test("one that stays full is refused its events, on record, and the others go on")
    func overload() throws {
        let gate = Gate()
        let engine = RecordingEngine { work in
            if work.action.configuration.serviceID == Samples.serviceID(1) { gate.wait() }
            return RecordingEngine.echo(work)
        }
        var limits = DispatcherLimits()
        limits.serviceWaitingCountMax = 4
        limits.holdBackNanoseconds = 60_000_000_000
        let clock = HandClock()
        let journal = RecordingJournal()
        let sink = RecordingSink()
        var dispatcher = try Dispatcher.make(
            place,
            engine: engine,
            sink: sink,
            journal: journal,
            limits: limits,
            clock: clock
        )
        let shared = Samples.cron(1)
        try dispatcher.replaceServices((1...2).map { Samples.service($0, [shared]) })
        #expect(try dispatcher.accept((0..<4).map { Samples.occurrence(shared, $0) }) == .accepted)
        eventually("the second service is done") { sink.count == 4 }
        let fifth = [Samples.occurrence(shared, 4)]
        #expect(try dispatcher.accept(fifth) == .heldBack)
        clock.advance(59_999_999_999)
        #expect(try dispatcher.accept(fifth) == .heldBack)
        #expect(journal.count(.refused) == 0)
        clock.advance(1)
        #expect(try dispatcher.accept(fifth) == .accepted)
        #expect(try dispatcher.accept([Samples.occurrence(shared, 5)]) == .accepted)
        #expect(journal.count(.refused) == 2)
        eventually("the second service has all") { sink.count == 6 }
        #expect(dispatcher.health.services.map(\.isOverloaded) == [true])
        gate.open()
        eventually("the first service is done") { sink.count == 10 }
        #expect(try dispatcher.accept([Samples.occurrence(shared, 6)]) == .accepted)
        eventually("it gets events again") { sink.count == 12 }
        #expect(journal.count(.refused) == 2)
        dispatcher.stop()
        // The record of what was refused is still there after a restart.
        let other = try TemporaryDirectory()
        dispatcher = try Dispatcher.make(other)
        dispatcher.stop()
        dispatcher = try Dispatcher.make(place)
        dispatcher.stop()
        #expect(dispatcher.health.refused.map(\.count) == [2])
    }
}
