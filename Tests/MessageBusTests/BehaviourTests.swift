import Foundation
import LoopbackServers
import MessageBus
import Platform
import SeededRandomness
import Synchronization
import Testing
import TestSupport

/// What carries the messages.
enum Carrier: String, CaseIterable, CustomTestStringConvertible {
    case embedded, nats

    var testDescription: String { rawValue }
}

/// Some participants that are connected with each other.
final class Network {
    let participants: [any MessageBus]
    private let keeper: AnyObject
    private let limits: BusLimits

    /// Over the embedded bus the first participant is the hub.
    init(_ carrier: Carrier, _ count: Int, limits: BusLimits = BusLimits()) throws {
        self.limits = limits
        switch carrier {
        case .embedded:
            let hub = try Hub(limits)
            keeper = hub
            participants = try (0..<UInt64(count)).map { number in
                number == 0 ? hub.hub as any MessageBus : try hub.connected(number)
            }
        case .nats:
            let server = try NATSServer()
            keeper = server
            participants = try (0..<count).map { _ in try server.participant(limits: limits) }
            for participant in participants { try #require(participant.isConnected) }
        }
    }

    deinit { for participant in participants { participant.close() } }

    /// One more participant, which is not among `participants`.
    func another() throws -> any MessageBus {
        if let server = keeper as? NATSServer { return try server.participant(limits: limits) }
        return try #require(keeper as? Hub).connected(20)
    }

    /// All that was subscribed takes effect.
    func settle() throws {
        for participant in participants { try participant.flush(timeoutMilliseconds: 5_000) }
    }
}

/// What holds for a bus, whatever carries the messages.
@Suite("bus", .serialized) struct BehaviourTests {
    @Test(
        "messages reach everybody who has subscribed, the publisher too",
        arguments: Carrier.allCases
    )
    func delivery(_ carrier: Carrier) throws {
        let network = try Network(carrier, 3)
        let patterns = ["attest.*", "attest.>", "journal.chunk", ">"]
        let heard = try network.participants.map { participant in
            try patterns.map { pattern in
                let heard = Heard()
                try participant.subscribe(pattern) { heard.add($0) }
                return heard
            }
        }
        try network.settle()
        let subjects = [
            "attest.dissent", "attest.settled.7", "journal.chunk", "journal.chunks", "a",
        ]
        for (number, publisher) in network.participants.enumerated() {
            for subject in subjects { try publisher.publish(subject, [UInt8(number)]) }
        }
        for one in heard {
            for (heard, count) in zip(one, [3, 6, 3, 15]) { #expect(heard.wait(count: count)) }
            #expect(Set(one[0].all.map(\.subject)) == ["attest.dissent"])
            #expect(Set(one[1].all.map(\.subject)) == ["attest.dissent", "attest.settled.7"])
            #expect(Set(one[2].all.map(\.subject)) == ["journal.chunk"])
            #expect(one.map(\.all.count) == [3, 6, 3, 15])
        }
    }

    @Test(
        "payloads of every size arrive whole, and larger ones are refused",
        arguments: Carrier.allCases
    )
    func sizes(_ carrier: Carrier) throws {
        let network = try Network(carrier, 2)
        let heard = Heard()
        try network.participants[1].subscribe("size.>") { heard.add($0) }
        try network.settle()
        var random = RandomSource(seed: 7)
        let sizes = [
            0, 1, 16_383, 16_384, 16_385, 32_768, 32_769, 131_072, 262_144, 262_145, 300_000,
            8 << 20,
        ]
        let payloads = sizes.map { random.bytes($0) }
        for payload in payloads {
            try network.participants[0].publish("size.\(payload.count)", payload)
        }
        #expect(heard.wait(count: sizes.count))
        for payload in payloads {
            let same = heard.all.filter { $0.subject == "size.\(payload.count)" }
            #expect(same.count == 1)
            #expect(same.first?.payload == payload)
        }
        let tooLarge = [UInt8](repeating: 0, count: 8 << 20 | 1)
        for participant in network.participants {
            #expect(throws: BusError.payloadTooLarge(count: tooLarge.count, limit: 8 << 20)) {
                try participant.publish("size", tooLarge)
            }
        }
    }

    @Test(
        "each subject keeps the order of its publisher, small and large mixed",
        arguments: Carrier.allCases
    )
    func order(_ carrier: Carrier) throws {
        let network = try Network(carrier, 4)
        let heard = network.participants.map { _ in Heard() }
        for (heard, participant) in zip(heard, network.participants) {
            try participant.subscribe("order.*") { heard.add($0) }
        }
        try network.settle()
        let count = 120
        let threads = try network.participants.enumerated().map { number, participant in
            try PlatformThread.start(name: "publisher \(number)") {
                var random = RandomSource(seed: UInt64(number))
                for place in 0..<count {
                    let size = random.chance(10) ? random.below(100_000) : random.below(100)
                    let payload = [UInt8(place)] + [UInt8](repeating: 1, count: size)
                    do throws(BusError) {
                        try participant.publish("order.\(number)", payload)
                    } catch {
                        Issue.record("\(error)")
                    }
                }
            }
        }
        for thread in threads { thread.join() }
        for heard in heard {
            #expect(heard.wait(count: count * threads.count))
            for number in threads.indices {
                let places = heard.all.filter { $0.subject == "order.\(number)" }
                    .map { Int($0.payload[0]) }
                #expect(places == Array(0..<count))
            }
        }
    }

    @Test(
        "requests are answered in every direction, with large payloads too",
        arguments: Carrier.allCases
    )
    func requests(_ carrier: Carrier) throws {
        let network = try Network(carrier, 3)
        let heard = Heard()
        try network.participants[1].subscribe(">") { heard.add($0) }
        for (number, participant) in network.participants.enumerated() {
            try participant.subscribe("ask.\(number)") { [weak participant] message in
                guard let replyTo = message.replyTo else { return }
                _ = Result { try participant?.publish(replyTo, message.payload + [9]) }
            }
        }
        try network.settle()
        for asker in network.participants {
            for number in network.participants.indices {
                for size in [1, 500_000] {
                    let question = [UInt8](repeating: 7, count: size)
                    let answer = try asker.request(
                        "ask.\(number)",
                        question,
                        timeoutMilliseconds: 5_000
                    )
                    #expect(answer == question + [9])
                }
            }
        }
        // Who hears everything hears the questions, and not the answers to others.
        #expect(heard.wait(count: 18))
        try network.settle()
        #expect(heard.all.map(\.subject).allSatisfy { $0.hasPrefix("ask.") })
        #expect(heard.all.count == 18)
    }

    @Test(
        "a request that nobody hears fails at once, one without an answer in time",
        arguments: Carrier.allCases
    )
    func unanswered(_ carrier: Carrier) throws {
        let network = try Network(carrier, 2)
        try network.participants[1].subscribe("silence") { _ in }
        try network.settle()
        for participant in network.participants {
            #expect(throws: BusError.noResponders(subject: "nobody")) {
                try participant.request("nobody", [], timeoutMilliseconds: 60_000)
            }
            #expect(throws: BusError.timedOut(subject: "silence")) {
                try participant.request("silence", [], timeoutMilliseconds: 20)
            }
        }
    }

    @Test("a handler may ask, publish, subscribe and cancel", arguments: Carrier.allCases)
    func reentrance(_ carrier: Carrier) throws {
        let network = try Network(carrier, 2)
        let (first, second) = (network.participants[0], network.participants[1])
        let heard = Heard()
        try second.subscribe("answer") { [weak second] message in
            _ = Result { try second?.publish(message.replyTo ?? "", [5]) }
        }
        try second.subscribe("done") { heard.add($0) }
        try first.subscribe("begin") { [weak first] _ in
            do {
                let answer = try first?.request("answer", [], timeoutMilliseconds: 5_000)
                try first?.subscribe("other") { _ in }.cancel()
                try first?.publish("done", answer ?? [])
            } catch {
                Issue.record("\(error)")
            }
        }
        try network.settle()
        try second.publish("begin", [])
        #expect(heard.wait(count: 1))
        #expect(heard.payloads == [[5]])
    }

    @Test("a cancelled subscription hears nothing more", arguments: Carrier.allCases)
    func cancel(_ carrier: Carrier) throws {
        let network = try Network(carrier, 2)
        let (first, second) = (Heard(), Heard())
        let subscription = try network.participants[1].subscribe("subject") { first.add($0) }
        try network.participants[1].subscribe("subject") { second.add($0) }
        try network.settle()
        try network.participants[0].publish("subject", [1])
        #expect(first.wait(count: 1))
        subscription.cancel()
        subscription.cancel()
        try network.settle()
        try network.participants[0].publish("subject", [2])
        #expect(second.wait(count: 2))
        #expect(first.payloads == [[1]])
    }

    @Test(
        "subjects and patterns that are not well formed are refused",
        arguments: Carrier.allCases
    )
    func subjects(_ carrier: Carrier) throws {
        let network = try Network(carrier, 2)
        let long = String(repeating: "a", count: 256)
        for participant in network.participants {
            for text in ["", ".", "a.", ".a", "a..b", "a b", "a.\u{e9}", "_a", "a\n", long] {
                #expect(throws: BusError.invalidSubject(text)) {
                    try participant.publish(text, [])
                }
                #expect(throws: BusError.invalidSubject(text)) {
                    try participant.subscribe(text) { _ in }
                }
            }
            for text in ["a.*", "a.>", "*", ">"] {
                #expect(throws: BusError.invalidSubject(text)) {
                    try participant.publish(text, [])
                }
            }
            for text in ["a*", "a.>.b", ">>", "**", "_inbox.>", "a.b>"] {
                #expect(throws: BusError.invalidSubject(text)) {
                    try participant.subscribe(text) { _ in }
                }
            }
        }
    }

    @Test(
        "a participant that was closed does nothing more, and closing it again neither",
        arguments: Carrier.allCases
    )
    func close(_ carrier: Carrier) throws {
        let network = try Network(carrier, 2)
        let closed = network.participants[1]
        let heard = Heard()
        try closed.subscribe("subject") { heard.add($0) }
        try network.settle()
        let asking = Atomic<Bool>(false)
        try network.participants[0].subscribe("wait") { _ in
            asking.store(true, ordering: .sequentiallyConsistent)
        }
        try network.settle()
        let asked = Mutex<BusError?>(nil)
        let asker = try PlatformThread.start(name: "asker") {
            do throws(BusError) {
                _ = try closed.request("wait", [], timeoutMilliseconds: 60_000)
            } catch {
                asked.withLock { $0 = error }
            }
        }
        waitUntil { asking.load(ordering: .sequentiallyConsistent) }
        closed.close()
        closed.close()
        asker.join()
        #expect(asked.withLock { $0 } == .closed)
        #expect(!closed.isConnected)
        #expect(throws: BusError.closed) { try closed.publish("subject", []) }
        #expect(throws: BusError.closed) { try closed.subscribe("subject") { _ in } }
        #expect(throws: BusError.closed) {
            try closed.request("subject", [], timeoutMilliseconds: 1)
        }
        #expect(throws: BusError.closed) { try closed.flush(timeoutMilliseconds: 1) }
        try network.participants[0].publish("subject", [1])
        try network.participants[0].flush(timeoutMilliseconds: 5_000)
        #expect(heard.all.isEmpty)
    }

    @Test(
        "a handler may close its bus, and be the last that holds it",
        arguments: Carrier.allCases
    )
    func closeInside(_ carrier: Carrier) throws {
        let network = try Network(carrier, 1)
        let isHeld = Atomic<Bool>(true)
        let isHolding = Atomic<Bool>(false)
        let closed = Mutex<Int>(0)
        let signal = Signal()
        for isLast in [false, true] {
            var bus: (any MessageBus)? = try network.another()
            try bus?.subscribe("end") { [weak bus] _ in
                let held = bus
                if isLast {
                    isHolding.store(true, ordering: .sequentiallyConsistent)
                    waitUntil { !isHeld.load(ordering: .sequentiallyConsistent) }
                } else {
                    held?.close()
                }
                withExtendedLifetime(held) {}
                closed.withLock { $0 += 1 }
                signal.notify()
            }
            try bus?.flush(timeoutMilliseconds: 5_000)
            try network.participants[0].publish("end", [])
            if isLast {
                waitUntil { isHolding.load(ordering: .sequentiallyConsistent) }
                bus = nil
                isHeld.store(false, ordering: .sequentiallyConsistent)
            }
            #expect(waitUntil(signal) { closed.withLock { $0 } == (isLast ? 2 : 1) })
        }
        try network.settle()
    }

    @Test("closing sends what was published before", arguments: Carrier.allCases)
    func closeSends(_ carrier: Carrier) throws {
        let network = try Network(carrier, 2)
        let heard = Heard()
        try network.participants[0].subscribe("last") { heard.add($0) }
        try network.settle()
        for number in 0..<100 { try network.participants[1].publish("last", [UInt8(number)]) }
        network.participants[1].close()
        #expect(heard.wait(count: 100))
        #expect(heard.payloads == (0..<100).map { [UInt8($0)] })
    }

    @Test("closing while others publish ends all of them", arguments: Carrier.allCases)
    func closeWhilePublishing(_ carrier: Carrier) throws {
        let network = try Network(carrier, 3)
        try network.participants[0].subscribe(">") { _ in }
        let published = Atomic<Int>(0)
        let threads = try network.participants.map { participant in
            try PlatformThread.start(name: "publisher") {
                let payload = [UInt8](repeating: 1, count: 50_000)
                while true {
                    do throws(BusError) {
                        try participant.publish("subject", payload)
                        published.add(1, ordering: .relaxed)
                    } catch .full {
                        continue
                    } catch {
                        return
                    }
                }
            }
        }
        waitUntil { published.load(ordering: .relaxed) > 100 }
        for participant in network.participants.reversed() { participant.close() }
        for thread in threads { thread.join() }
        for participant in network.participants {
            #expect(throws: BusError.closed) { try participant.publish("subject", []) }
        }
    }
}
