/// How events get to Kafka.
public struct KafkaConfiguration: Sendable {
    /// Where some brokers of the cluster are, such as `127.0.0.1:9092`.
    public var brokers: [String]
    /// Further properties of librdkafka, by name, such as `security.protocol`; their values are never shown.
    public var properties: [(name: String, value: String)] = []
    /// How long publishing waits for the brokers before it reports that the bus is unavailable, in milliseconds.
    public var patienceMilliseconds = 10_000

    /// Describes where events go.
    public init(brokers: [String]) { self.brokers = brokers }
}
