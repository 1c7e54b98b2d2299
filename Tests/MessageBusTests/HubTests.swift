import MessageBus
import Platform
import Testing

@Suite("bus hub and client") struct HubTests {
    @Test("messages reach those who have subscribed, with the key of who sent them")
    func publish() throws {
        let hub = try Hub()
        let (first, second) = (try hub.connected(1), try hub.connected(2))
        let (atHub, atSecond) = (Heard(), Heard())
        try hub.hub.subscribe("attest.response.*") { atHub.add($0) }
        try second.subscribe("attest.>") { atSecond.add($0) }
        try second.flush(timeoutMilliseconds: 5_000)
        try first.publish("attest.response.interval", [1, 2, 3])
        try hub.hub.publish("attest.request.interval", [4])
        try first.publish("other", [5])
        #expect(atHub.wait(count: 1))
        #expect(atSecond.wait(count: 2))
        #expect(atHub.all[0].subject == "attest.response.interval")
        #expect(atHub.all[0].sender == (try Node(1).key))
        #expect(Set(atSecond.payloads) == [[1, 2, 3], [4]])
        #expect(atSecond.all.first { $0.payload == [4] }?.sender == hub.hubKey)
    }

    @Test("requests are answered in every direction")
    func request() throws {
        let hub = try Hub()
        let (first, second) = (try hub.connected(1), try hub.connected(2))
        let bus = hub.hub
        for (name, participant) in [("hub", bus as any MessageBus), ("second", second)] {
            try participant.subscribe("ask.\(name)") { [weak participant] message in
                try? participant?.publish(message.replyTo ?? "", message.payload + [9])
            }
        }
        try second.flush(timeoutMilliseconds: 5_000)
        for asker in [bus as any MessageBus, first, second] {
            for name in ["hub", "second"] {
                let answer = try asker.request("ask.\(name)", [7], timeoutMilliseconds: 5_000)
                #expect(answer == [7, 9])
            }
        }
    }
}
