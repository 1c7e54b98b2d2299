/// One stream of a connection of HTTP/2: a request with its answer, or a call of gRPC.
final class HTTP2Stream {
    let id: Int32
    /// When it began, or got its whole head.
    var startedAt: UInt64

    /// Bytes that it holds of what clients may hold together.
    var heldBytes = 0

    // The request as far as it came.
    var method = ""
    var target = ""
    var authority: String?
    var headers = HTTPHeaders()
    /// Bytes and number of its fields, whether they were kept or not.
    var fieldBytes = 0
    var fieldCount = 0
    var body: [UInt8] = []
    /// Whether its whole head came.
    var isHeadComplete = false
    /// Whether its whole request came.
    var isInputEnded = false
    /// Whether it was answered before its request was complete, so that the rest is for nobody.
    var isRefused = false

    // The answer.
    let output: ConnectionOutput
    /// Whether its head was given to nghttp2.
    var hasHead = false
    /// Whether nothing is added to the output any more.
    var isOutputComplete = false
    /// The file that is the rest of the answer.
    var file: FileBody?
    /// What comes behind the output.
    var trailers: FieldBlock?
    /// Whether nghttp2 waits to be told that there is more.
    var isDeferred = false

    /// The call, if it is one of gRPC.
    var call: OpenCall?

    /// What belongs to a call of gRPC.
    struct OpenCall {
        let call: GRPCCall
        let receiver: any GRPCReceiver
        var deframer: GRPCDeframer
        /// Bytes that came and that the caller was not given room for again.
        var unconsumed = 0
        var isPaused = false
        /// Whether the receiver was told that no more messages come.
        var isHalfClosed = false
    }

    init(id: Int32, context: ServerContext) {
        self.id = id
        startedAt = context.now
        // Most answers are written at once and never grow.
        output = ConnectionOutput(context, chunkBytes: 64)
    }

    /// When something must have happened.
    func deadline(_ limits: HTTPLimits) -> UInt64? {
        if let call {
            return min(call.call.deadline ?? .max, output.deadline ?? .max)
        }
        if !isInputEnded, !isRefused {
            return startedAt &+ limits.headNanoseconds &+ limits.bodyNanoseconds
        }
        return output.deadline
    }
}
