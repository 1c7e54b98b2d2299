internal import Synchronization

/// What a server has done and is doing.
public struct HTTPStatistics: Equatable, Sendable {
    /// Connections that are open.
    public var connectionCount = 0
    /// Connections that were taken since the start.
    public var acceptedCount = 0
    /// Connections that were closed at once since the start, because there were too many.
    public var refusedCount = 0
    /// Requests and calls of gRPC that were handed to a handler since the start.
    public var requestCount = 0
    /// WebSockets that are open.
    public var webSocketCount = 0
    /// WebSockets that were cut off since the start, because their clients did not read.
    public var cutOffCount = 0

    /// Makes the numbers of a server that has done nothing.
    public init() {}
}

/// The numbers as the reactor counts them; any thread may read them.
final class ServerCounters: Sendable {
    let connections = Atomic<Int>(0)
    let accepted = Atomic<Int>(0)
    let refused = Atomic<Int>(0)
    let requests = Atomic<Int>(0)
    let webSockets = Atomic<Int>(0)
    let cutOff = Atomic<Int>(0)

    var statistics: HTTPStatistics {
        var statistics = HTTPStatistics()
        statistics.connectionCount = connections.load(ordering: .relaxed)
        statistics.acceptedCount = accepted.load(ordering: .relaxed)
        statistics.refusedCount = refused.load(ordering: .relaxed)
        statistics.requestCount = requests.load(ordering: .relaxed)
        statistics.webSocketCount = webSockets.load(ordering: .relaxed)
        statistics.cutOffCount = cutOff.load(ordering: .relaxed)
        return statistics
    }
}
