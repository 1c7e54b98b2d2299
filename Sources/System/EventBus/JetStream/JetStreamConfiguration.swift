public import MessageBus

/// A stream of JetStream, as it is made when it is missing.
public struct JetStreamStream: Equatable, Sendable {
    /// Its name.
    public var name: String
    /// The subjects that it keeps; no other stream may have any of them.
    public var subjects: [String]

    /// Describes a stream.
    public init(name: String, subjects: [String]) {
        self.name = name
        self.subjects = subjects
    }

    /// Whether it keeps a subject.
    func keeps(_ subject: String) -> Bool {
        subjects.contains { pattern in
            pattern.hasSuffix(".>")
                ? subject.hasPrefix(pattern.dropLast(1)) && subject.count > pattern.count - 1
                : pattern == subject
        }
    }
}

/// How events get to JetStream.
public struct JetStreamConfiguration: Sendable {
    /// Where servers of one cluster are, such as `nats://127.0.0.1:4222`.
    public var servers: [String]
    /// How connections are secured; not at all if it is nil, for servers on this machine alone.
    public var security: NATSBus.Security?
    /// Whose events they are: part of every message's identifier, so that two venues never share a stream unnoticed.
    public var source: String
    /// The streams; every published subject belongs to one of them.
    public var streams: [JetStreamStream]
    /// On how many servers each message is kept, 1 … 5.
    public var replicaCount = 1
    /// How many messages may be on their way before the first of them is acknowledged.
    public var windowCount = 1_024
    /// How long an acknowledgement may take before the stream is asked what it has, in milliseconds.
    public var acknowledgementMilliseconds = 2_000
    /// How long publishing tries before it reports that the bus is unavailable, in milliseconds.
    public var patienceMilliseconds = 10_000

    /// Describes where events go.
    public init(servers: [String], source: String, streams: [JetStreamStream]) {
        self.servers = servers
        self.source = source
        self.streams = streams
    }
}
