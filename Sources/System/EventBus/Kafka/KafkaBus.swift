internal import Platform
internal import Synchronization

/// Publishes events into topics of Kafka, keyed so that the messages of one instrument keep their order.
///
/// The producer is idempotent: within its life the brokers keep each message once. After a failure a new producer sends
/// again what was not reported as delivered, so a message may be there twice; its identifier, in the header `id`, grows
/// within a key, so a consumer drops what is not greater than the last one that it took.
///
/// One thread may publish.
public final class KafkaBus: EventBus {
    private struct State {
        var producer: KafkaProducer?
        /// Everything up to this message was delivered.
        var delivered: EventMessage.Identifier?
    }

    /// How long the library is asked for reports at a time, in milliseconds.
    private static let pollMilliseconds: Int32 = 50

    private let configuration: KafkaConfiguration
    private let clock = LinuxClock()
    private let state = Mutex(State())

    /// Describes the bus; nothing is connected before something is published.
    public init(_ configuration: KafkaConfiguration) { self.configuration = configuration }

    /// Publishes messages; see `EventBus.publish`.
    public func publish(_ messages: [EventMessage]) throws(EventBusError) {
        let (known, delivered) = state.withLock { ($0.producer, $0.delivered) }
        let rest = messages.filter { message in
            delivered.map { delivered in delivered < message.identifier } ?? true
        }
        guard !rest.isEmpty else { return }
        let producer: KafkaProducer
        if let known { producer = known } else { producer = try KafkaProducer(configuration) }
        let failure = send(rest, producer)
        let count = producer.deliveredCount
        state.withLock { state in
            // Its queues hold messages that are to be sent again: another one takes over.
            state.producer = failure == nil ? producer : nil
            if count > 0 { state.delivered = rest[count - 1].identifier }
        }
        if let failure { throw failure }
    }

    /// Ends the connection; see `EventBus.close`.
    public func close() { state.withLock { state in state.producer = nil } }

    /// Sends messages and waits for the reports; what went wrong, if anything did.
    private func send(_ messages: [EventMessage], _ producer: KafkaProducer) -> EventBusError? {
        producer.begin(count: messages.count)
        let end =
            clock.monotonicNanoseconds() + UInt64(configuration.patienceMilliseconds) * 1_000_000
        var sentCount = 0
        while producer.deliveredCount < messages.count {
            do throws(EventBusError) {
                while sentCount < messages.count,
                    try producer.produce(messages[sentCount], number: sentCount)
                { sentCount += 1 }
            } catch {
                return error
            }
            producer.poll(milliseconds: Self.pollMilliseconds)
            if let trouble = producer.trouble, trouble.isLasting { return .failed(trouble.reason) }
            guard clock.monotonicNanoseconds() < end else {
                let reason = producer.trouble?.reason ?? "Kafka: the brokers do not answer"
                return .unavailable(reason)
            }
        }
        return nil
    }
}
