import CRDKafka
import EventBus
import Testing
import TestSupport

@Suite("Kafka", .serialized) struct KafkaTests {
    static let topic = "trade.executed.v1"

    /// Messages of eight instruments in turn.
    static func messages(_ sequences: ClosedRange<UInt64>) -> [EventMessage] {
        sequences.map { sequence in
            EventMessage(
                identifier: .init(sequence: sequence, index: 1),
                subject: topic,
                key: "I\(sequence % 8)",
                payload: Array("\(sequence)".utf8)
            )
        }
    }

    @Test("messages come once, those of a key in order, although brokers answer with errors")
    func inOrder() throws {
        let brokers = try MockBrokers(topic: Self.topic)
        let bus = KafkaBus(brokers.configuration)
        try bus.publish(Self.messages(1...1_000))
        brokers.refuseProducing(with: [
            RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT, RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS,
            RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION,
        ])
        try bus.publish(Self.messages(1_001...3_000))
        bus.close()
        let read = try brokers.read(count: 3_000)
        #expect(read.count == 3_000)
        #expect(read.map(\.sequence).sorted() == Array(1...3_000))
        for key in 0..<8 as Range<UInt64> {
            let own = read.filter { $0.key == "I\(key)" }.map(\.sequence)
            #expect(own == own.sorted())
            #expect(own.allSatisfy { $0 % 8 == key })
        }
        #expect(read.allSatisfy { $0.identifier == "\($0.sequence)-1" })
    }

    @Test(
        "while the brokers are away publishing fails, and then nothing is missing after dropping repetitions"
    )
    func away() throws {
        let brokers = try MockBrokers(topic: Self.topic)
        var configuration = brokers.configuration
        configuration.patienceMilliseconds = 100
        let bus = KafkaBus(configuration)
        brokers.setDown(true)
        let messages = Self.messages(1...500)
        let error = #expect(throws: EventBusError.self) { try bus.publish(messages) }
        guard case .unavailable = error else {
            Issue.record("it must be tried again: \(String(describing: error))")
            return
        }
        brokers.setDown(false)
        eventually("the brokers took everything") {
            Result { try bus.publish(messages) }.isSuccess
        }
        try bus.publish(Self.messages(1...501))
        bus.close()
        let read = try brokers.read(count: 501)
        var taken: [String: EventMessage.Identifier] = [:]
        var sequences: [UInt64] = []
        for message in read {
            let identifier = try #require(EventMessage.Identifier(message.identifier))
            if let last = taken[message.key], identifier <= last { continue }
            taken[message.key] = identifier
            sequences.append(message.sequence)
        }
        #expect(sequences.sorted() == Array(1...501))
    }

    @Test("what trying again does not mend is said at once")
    func refused() throws {
        let brokers = try MockBrokers(topic: Self.topic)
        let bus = KafkaBus(brokers.configuration)
        brokers.refuseProducing(with: [RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED])
        let error = #expect(throws: EventBusError.self) { try bus.publish(Self.messages(1...1)) }
        guard case .failed = error else {
            Issue.record("it must not be tried again: \(String(describing: error))")
            return
        }
        bus.close()
    }

    @Test("a property that the library refuses is named, its value is not")
    func property() throws {
        var configuration = KafkaConfiguration(brokers: ["127.0.0.1:1"])
        configuration.properties = [("security.protocol", "hunter2")]
        #expect(
            throws: EventBusError.failed("Kafka: property security.protocol: its value is refused")
        ) { try KafkaBus(configuration).publish(Self.messages(1...1)) }
        configuration.properties = [("no.such.property", "hunter2")]
        #expect(throws: EventBusError.failed("Kafka: property no.such.property: unknown")) {
            try KafkaBus(configuration).publish(Self.messages(1...1))
        }
    }
}

extension Result {
    fileprivate var isSuccess: Bool {
        if case .success = self { true } else { false }
    }
}
