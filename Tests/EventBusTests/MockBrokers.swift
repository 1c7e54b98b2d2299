import CRDKafka
import EventBus
import Testing
import TestSupport

/// The library's own cluster of three brokers, which speaks the protocol over TCP.
@safe final class MockBrokers {
    struct Read {
        var key: String
        var sequence: UInt64
        var identifier: String
    }

    private let owner: OpaquePointer
    private let cluster: OpaquePointer
    private let topic: String

    init(topic: String) throws {
        self.topic = topic
        let properties = try unsafe Self.properties([
            ("test.mock.num.brokers", "3"), ("log_level", "0"),
        ])
        unsafe owner = try unsafe Self.client(RD_KAFKA_PRODUCER, properties)
        guard let made = unsafe rd_kafka_handle_mock_cluster(owner) else { throw NoBrokers() }
        unsafe cluster = made
        let result = unsafe rd_kafka_mock_topic_create(cluster, topic, 4, 3)
        #expect(result == RD_KAFKA_RESP_ERR_NO_ERROR)
    }

    deinit { unsafe rd_kafka_destroy(owner) }

    var configuration: KafkaConfiguration {
        let addresses = unsafe String(cString: rd_kafka_mock_cluster_bootstraps(cluster))
        return KafkaConfiguration(brokers: [addresses])
    }

    /// Lets the next requests to produce fail, each with one of the errors.
    func refuseProducing(with errors: [rd_kafka_resp_err_t]) {
        var errors = errors
        let produce: Int16 = 0
        unsafe rd_kafka_mock_push_request_errors_array(cluster, produce, errors.count, &errors)
    }

    /// Takes the brokers away, or gives them back.
    func setDown(_ isDown: Bool) {
        for broker in 1...3 as ClosedRange<Int32> {
            _ =
                unsafe isDown
                ? rd_kafka_mock_broker_set_down(cluster, broker)
                : rd_kafka_mock_broker_set_up(cluster, broker)
        }
    }

    /// Reads from the beginning, until there are so many and no more follow.
    func read(count: Int) throws -> [Read] {
        let properties = try unsafe Self.properties([
            ("bootstrap.servers", configuration.brokers[0]), ("group.id", "tests"),
            ("auto.offset.reset", "earliest"), ("isolation.level", "read_committed"),
        ])
        let consumer = try unsafe Self.client(RD_KAFKA_CONSUMER, properties)
        defer { unsafe rd_kafka_destroy(consumer) }
        unsafe rd_kafka_poll_set_consumer(consumer)
        let list = unsafe rd_kafka_topic_partition_list_new(4)
        defer { unsafe rd_kafka_topic_partition_list_destroy(list) }
        for partition in 0..<4 as Range<Int32> {
            let place = unsafe rd_kafka_topic_partition_list_add(list, topic, partition)
            unsafe place?.pointee.offset = Int64(RD_KAFKA_OFFSET_BEGINNING)
        }
        let assigned = unsafe rd_kafka_assign(consumer, list)
        #expect(assigned == RD_KAFKA_RESP_ERR_NO_ERROR)
        var read: [Read] = []
        eventually("the messages are there") {
            while let message = unsafe rd_kafka_consumer_poll(consumer, 100) {
                if let one = unsafe Self.read(message) { read.append(one) }
                unsafe rd_kafka_message_destroy(message)
            }
            return read.count >= count
        }
        _ = unsafe rd_kafka_consumer_close(consumer)
        return read
    }

    private struct NoBrokers: Error {}

    private static func properties(_ values: [(String, String)]) throws -> OpaquePointer {
        guard let properties = unsafe rd_kafka_conf_new() else { throw NoBrokers() }
        for (name, value) in values {
            let result = unsafe rd_kafka_conf_set(properties, name, value, nil, 0)
            guard result == RD_KAFKA_CONF_OK else { throw NoBrokers() }
        }
        return unsafe properties
    }

    private static func client(
        _ type: rd_kafka_type_t,
        _ properties: OpaquePointer
    ) throws -> OpaquePointer {
        guard let client = unsafe rd_kafka_new(type, properties, nil, 0) else { throw NoBrokers() }
        return unsafe client
    }

    private static func read(_ message: UnsafeMutablePointer<rd_kafka_message_t>) -> Read? {
        guard unsafe message.pointee.err == RD_KAFKA_RESP_ERR_NO_ERROR else { return nil }
        let text = { (start: UnsafeRawPointer?, count: Int) in
            unsafe String(
                decoding: UnsafeRawBufferPointer(start: start, count: count),
                as: UTF8.self
            )
        }
        var headers: OpaquePointer?
        var value: UnsafeRawPointer?
        var count = 0
        guard unsafe rd_kafka_message_headers(message, &headers) == RD_KAFKA_RESP_ERR_NO_ERROR,
            unsafe rd_kafka_header_get_last(headers, "id", &value, &count)
                == RD_KAFKA_RESP_ERR_NO_ERROR,
            let sequence = unsafe UInt64(text(message.pointee.payload, message.pointee.len))
        else { return nil }
        return unsafe Read(
            key: text(message.pointee.key, message.pointee.key_len),
            sequence: sequence,
            identifier: text(value, count)
        )
    }
}
