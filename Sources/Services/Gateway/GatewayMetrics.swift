internal import Synchronization

/// What the gateway has done since its start.
final class GatewayMetrics: Sendable {
    private let informational = Atomic<UInt64>(0)
    private let successful = Atomic<UInt64>(0)
    private let redirected = Atomic<UInt64>(0)
    private let clientFaults = Atomic<UInt64>(0)
    private let serverFaults = Atomic<UInt64>(0)
    let webSocketsOpened = Atomic<UInt64>(0)
    let webSocketsClosed = Atomic<UInt64>(0)
    let webSocketMessages = Atomic<UInt64>(0)
    let rateLimited = Atomic<UInt64>(0)
    let unremembered = Atomic<UInt64>(0)

    /// Counts an answer by its status.
    func count(_ status: Int) {
        switch status {
        case ..<200: informational.wrappingAdd(1, ordering: .relaxed)
        case ..<300: successful.wrappingAdd(1, ordering: .relaxed)
        case ..<400: redirected.wrappingAdd(1, ordering: .relaxed)
        case ..<500: clientFaults.wrappingAdd(1, ordering: .relaxed)
        default: serverFaults.wrappingAdd(1, ordering: .relaxed)
        }
    }

    /// Answers by the class of their status.
    var responses: [(status: String, count: UInt64)] {
        [
            ("1xx", informational.load(ordering: .relaxed)),
            ("2xx", successful.load(ordering: .relaxed)),
            ("3xx", redirected.load(ordering: .relaxed)),
            ("4xx", clientFaults.load(ordering: .relaxed)),
            ("5xx", serverFaults.load(ordering: .relaxed)),
        ]
    }
}

/// Writes metrics in the text form of Prometheus (exposition format 0.0.4).
struct MetricsText {
    private(set) var text = ""

    /// Writes one metric with one value.
    mutating func add(_ name: String, _ type: String, _ help: String, _ value: some BinaryInteger) {
        add(name, type, help, [("", value)])
    }

    /// Writes one metric with a value for each set of labels, such as `status="2xx"`.
    mutating func add(
        _ name: String,
        _ type: String,
        _ help: String,
        _ values: [(labels: String, value: some BinaryInteger)]
    ) {
        text += "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n"
        for (labels, value) in values {
            text += name + (labels.isEmpty ? "" : "{\(labels)}") + " \(value)\n"
        }
    }
}
