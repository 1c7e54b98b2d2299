/// What a server lets its clients do at most.
public struct HTTPLimits: Equatable, Sendable {
    /// Bytes of the request line and the header fields; more is answered with 431.
    public var headBytesMax = 16 << 10
    /// Header fields of a request; more is answered with 431.
    public var headerCountMax = 64
    /// Bytes of the request's target; more is answered with 414.
    public var targetBytesMax = 4 << 10
    /// Bytes of a body; more is answered with 413.
    public var bodyBytesMax = 1 << 20
    /// Connections at once; a further one is closed at once.
    public var connectionCountMax = 512
    /// Connections at once from one address; a further one is closed at once.
    ///
    /// Behind a proxy all clients have one address.
    public var connectionsPerAddressMax = 4_096
    /// Bytes of all requests and messages together that are not complete, and of open calls; who adds more is refused.
    public var incompleteBytesTotalMax = 64 << 20
    /// Requests that wait for a thread; a further one is answered with 503.
    public var waitingCountMax = 256
    /// Bytes of answers that wait for a client before its next request is looked at.
    public var outputBytesMax = 64 << 10
    /// From the first byte of a request, or the opening of the connection, to the end of its head.
    public var headNanoseconds: UInt64 = 10_000_000_000
    /// From the end of the head to the end of the body.
    public var bodyNanoseconds: UInt64 = 30_000_000_000
    /// Between two requests.
    public var idleNanoseconds: UInt64 = 60_000_000_000
    /// For the client to read an answer, besides what its size allows.
    public var writeNanoseconds: UInt64 = 10_000_000_000
    /// Bytes a second that a client must read on average.
    public var readRateMin = 16 << 10
    /// For the client to close its side after the server has closed its own.
    public var lingerNanoseconds: UInt64 = 2_000_000_000
    /// For requests in work when the server stops.
    public var drainNanoseconds: UInt64 = 10_000_000_000
    /// Requests and calls at once on one connection of HTTP/2.
    public var streamCountMax = 128
    /// Bytes that a stream of HTTP/2 may send before the server has taken some.
    public var streamWindowBytes = 256 << 10
    /// Streams of one connection that a client may reset in a row; more than a few a second end the connection.
    public var resetBurst = 1_000
    /// Streams of one connection that a client may reset each second in the long run.
    public var resetsPerSecond = 33
    /// Frames a second that carry nothing of a request, on one connection of HTTP/2, and as many in a row.
    public var controlFramesPerSecond = 1_000
    /// Bytes of a message of gRPC; more ends the call.
    public var grpcMessageBytesMax = 1 << 20
    /// Bytes of a message of a WebSocket; more ends it with code 1009.
    public var webSocketMessageBytesMax = 256 << 10
    /// Bytes that wait for one WebSocket or one gRPC call; more cuts the WebSocket off, and the call takes no more.
    public var waitingBytesMax = 1 << 20
    /// Silence of a WebSocket after which it is asked for a sign of life.
    public var silenceNanoseconds: UInt64 = 30_000_000_000
    /// For the sign of life to come.
    public var pongNanoseconds: UInt64 = 10_000_000_000
    /// For the other side of a WebSocket to answer a closing frame.
    public var closeNanoseconds: UInt64 = 5_000_000_000

    /// Makes the standard limits.
    public init() {}
}
