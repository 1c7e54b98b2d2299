internal import CRDKafka

/// The library's producer, which one thread uses.
@safe final class KafkaProducer: @unchecked Sendable {
    // Only the publishing thread touches what changes; the library calls back on that thread, from `poll`. Its own
    // threads use the producer through the library's locks.
    private let handle: OpaquePointer
    private let reports: KafkaReports

    /// Makes a producer; it connects in the background.
    ///
    /// - Throws: `failed` for properties that the library refuses.
    init(_ configuration: KafkaConfiguration) throws(EventBusError) {
        guard let properties = unsafe rd_kafka_conf_new() else { throw .failed("Kafka: no memory") }
        let reports = KafkaReports()
        self.reports = reports
        var error = [CChar](repeating: 0, count: 512)
        do throws(EventBusError) {
            try unsafe Self.set(properties, configuration)
        } catch {
            unsafe rd_kafka_conf_destroy(properties)
            throw error
        }
        unsafe rd_kafka_conf_set_dr_msg_cb(properties, delivered)
        unsafe rd_kafka_conf_set_error_cb(properties, failed)
        // What the library would write to standard error, the owner says in its own words.
        unsafe rd_kafka_conf_set_log_cb(properties, nil)
        unsafe rd_kafka_conf_set_opaque(properties, Unmanaged.passUnretained(reports).toOpaque())
        let made = unsafe rd_kafka_new(RD_KAFKA_PRODUCER, properties, &error, error.count)
        guard let made = unsafe made else {
            unsafe rd_kafka_conf_destroy(properties)
            let text = error.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
            throw .failed("Kafka: \(String(decoding: text, as: UTF8.self))")
        }
        unsafe handle = made
    }

    deinit {
        // What is still in its queues was reported as not published.
        unsafe rd_kafka_purge(handle, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT)
        unsafe rd_kafka_destroy(handle)
    }

    private static func set(
        _ properties: OpaquePointer,
        _ configuration: KafkaConfiguration
    ) throws(EventBusError) {
        let fixed = [
            ("bootstrap.servers", configuration.brokers.joined(separator: ",")),
            // With it the brokers keep each message once and in order although the library sends again what got lost.
            ("enable.idempotence", "true"),
            ("acks", "all"),
            // The owner decides how long to wait, so that no message is given up before those behind it.
            ("message.timeout.ms", "0"),
            ("linger.ms", "2"),
            // The partitioner of the reference client: consumers that compute partitions agree.
            ("partitioner", "murmur2_random"),
        ]
        var error = [CChar](repeating: 0, count: 512)
        for (name, value) in configuration.properties.map({ ($0.name, $0.value) }) + fixed {
            let result = unsafe rd_kafka_conf_set(properties, name, value, &error, error.count)
            guard result == RD_KAFKA_CONF_OK else {
                let what = result == RD_KAFKA_CONF_UNKNOWN ? "unknown" : "its value is refused"
                throw .failed("Kafka: property \(name): \(what)")
            }
        }
    }

    /// Begins to count deliveries anew.
    func begin(count: Int) { reports.begin(count: count) }

    /// How many messages from the first on were delivered.
    var deliveredCount: Int { reports.prefix }

    /// Why a message was not delivered, or the brokers do not answer; none while all is well.
    var trouble: KafkaReports.Trouble? { reports.trouble }

    /// Hands a message to the library.
    ///
    /// - Returns: Whether there was room; otherwise `poll` makes some.
    func produce(_ message: EventMessage, number: Int) throws(EventBusError) -> Bool {
        let key = Array(message.key.utf8)
        let result = unsafe key.withUnsafeBytes { key in
            unsafe message.payload.withUnsafeBytes { payload in
                unsafe crdkafka_produce(
                    handle,
                    message.subject,
                    key.baseAddress,
                    key.count,
                    payload.baseAddress,
                    payload.count,
                    "id",
                    message.identifier.text,
                    UnsafeMutableRawPointer(bitPattern: number + 1)
                )
            }
        }
        switch result {
        case RD_KAFKA_RESP_ERR_NO_ERROR: return true
        case RD_KAFKA_RESP_ERR__QUEUE_FULL: return false
        default: throw .failed("Kafka: \(Self.text(result))")
        }
    }

    /// Takes reports, for which it waits a while.
    func poll(milliseconds: Int32) { unsafe _ = rd_kafka_poll(handle, milliseconds) }

    static func text(_ error: rd_kafka_resp_err_t) -> String {
        guard let text = unsafe rd_kafka_err2str(error) else { return "error \(error.rawValue)" }
        return unsafe String(cString: text)
    }
}

/// What the library reports about the messages of one call.
final class KafkaReports {
    /// What went wrong.
    struct Trouble: Equatable {
        var reason: String
        /// Whether trying again does not help.
        var isLasting: Bool
    }

    private var isDelivered: [Bool] = []
    private(set) var prefix = 0
    private(set) var trouble: Trouble?

    func begin(count: Int) {
        isDelivered = Array(repeating: false, count: count)
        prefix = 0
        trouble = nil
    }

    fileprivate func deliver(_ number: Int, _ error: rd_kafka_resp_err_t) {
        guard isDelivered.indices.contains(number) else { return }
        guard error == RD_KAFKA_RESP_ERR_NO_ERROR else { return fail(error) }
        isDelivered[number] = true
        while prefix < isDelivered.count, isDelivered[prefix] { prefix += 1 }
        // The brokers answer again.
        if trouble?.isLasting == false { trouble = nil }
    }

    fileprivate func fail(_ error: rd_kafka_resp_err_t) {
        let isLasting = Self.lasting.contains(error)
        guard trouble?.isLasting != true else { return }
        trouble = Trouble(reason: "Kafka: \(KafkaProducer.text(error))", isLasting: isLasting)
    }

    /// What waiting does not mend.
    private static let lasting = [
        RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED,
        RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED,
        RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE, RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION,
        RD_KAFKA_RESP_ERR_INVALID_RECORD, RD_KAFKA_RESP_ERR_POLICY_VIOLATION,
        RD_KAFKA_RESP_ERR__AUTHENTICATION, RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED,
    ]
}

private func delivered(
    _ producer: OpaquePointer?,
    _ message: UnsafePointer<rd_kafka_message_t>?,
    _ context: UnsafeMutableRawPointer?
) {
    guard let message = unsafe message?.pointee, let context = unsafe context else { return }
    let reports = unsafe Unmanaged<KafkaReports>.fromOpaque(context).takeUnretainedValue()
    // The number travels as an address, plus one, as zero is none.
    unsafe reports.deliver(Int(bitPattern: message._private) - 1, message.err)
}

private func failed(
    _ producer: OpaquePointer?,
    _ error: Int32,
    _ reason: UnsafePointer<CChar>?,
    _ context: UnsafeMutableRawPointer?
) {
    guard let context = unsafe context else { return }
    let reports = unsafe Unmanaged<KafkaReports>.fromOpaque(context).takeUnretainedValue()
    reports.fail(rd_kafka_resp_err_t(rawValue: error))
}
