/// One connection of HTTP/1.1 without its socket: bytes in, requests out, answers in, bytes out.
final class HTTP1Session: ConnectionSession {
    private enum State {
        /// Before the first byte of a request.
        case idle
        /// Inside a head.
        case head
        /// Inside a body.
        case body(RequestHead, BodyDecoder)
        /// A request is with its handler.
        case responding(isHead: Bool, keepsAlive: Bool)
        /// A file is on its way, which is the body of an answer.
        case streaming(FileBody, keepsAlive: Bool)
        /// Nothing more is read; what is written is the last answer.
        case closing
    }

    private let context: ServerContext
    private let output: ConnectionOutput
    private let connection: UInt64
    private let peer: HTTPPeer
    private var state = State.idle
    private var input: [UInt8] = []
    /// How many bytes of the input were searched for the end of the head.
    private var searched = 0
    private var inputDeadline: UInt64
    private var isDraining = false
    /// Bytes of the body that is not complete, as the context counts them.
    private var heldBytes = 0
    /// Whether an answer cannot be completed.
    private var isBroken = false
    /// Whether nothing was understood yet.
    private var isFirst = true
    private(set) var successor: (any ConnectionSession)?

    private var limits: HTTPLimits { context.limits }

    init(connection: UInt64, peer: HTTPPeer, output: ConnectionOutput) {
        context = output.context
        self.output = output
        self.connection = connection
        self.peer = peer
        // The first request must come as if it had begun: whoever opens a connection wants something.
        inputDeadline = context.now &+ context.limits.headNanoseconds
    }

    var wantsInput: Bool {
        switch state {
        case .idle, .head, .body: output.count <= limits.outputBytesMax
        case .responding, .streaming, .closing: false
        }
    }

    var isFinished: Bool {
        if case .closing = state { true } else { isBroken }
    }

    var deadline: UInt64? {
        switch state {
        case .idle, .head, .body: inputDeadline
        case .responding, .streaming, .closing: nil
        }
    }

    /// Takes bytes, and hands out the next request if all of it is there and the one before is answered.
    ///
    /// A request that must be refused is answered here, and is the last one.
    func receive(_ bytes: ArraySlice<UInt8>) {
        input += bytes
        while successor == nil, wantsInput {
            do throws(RequestFault) {
                guard let request = try read() else { return }
                take(request)
            } catch {
                refuse(error)
            }
        }
    }

    func deliver(_ content: ReactorMessage.Content, stream: Int32) {
        switch (content, state) {
        case (.response(let response), .responding): answer(response)
        case (.piece(let piece), .streaming(let body, let keepsAlive)):
            send(piece, body, keepsAlive: keepsAlive)
        default: return
        }
        receive([])
    }

    /// Answers the request that was handed out last.
    private func answer(_ response: HTTPResponse) {
        guard case .responding(let isHead, let keepsAlive) = state else {
            preconditionFailure("only a request that was handed out is answered")
        }
        let isOpen = keepsAlive && !isDraining
        write(response, isHead: isHead, keepsAlive: isOpen, date: context.date)
        if let file = response.file, file.byteCount > 0, !isHead {
            state = .streaming(FileBody(file), keepsAlive: isOpen)
        } else {
            endAnswer(isOpen)
        }
    }

    /// Everything of an answer is written or waits for it.
    private func endAnswer(_ keepsAlive: Bool) {
        state = keepsAlive && !isDraining ? .idle : .closing
        inputDeadline = context.now &+ limits.idleNanoseconds
    }

    /// Takes a piece of the file that is on its way.
    private func send(_ piece: ByteChunk?, _ body: FileBody, keepsAlive: Bool) {
        guard let piece else {
            // Its length was promised; only a connection that ends early tells that it is not all.
            isBroken = true
            return
        }
        var body = body
        body.took(piece)
        output.append(shared: piece)
        state = .streaming(body, keepsAlive: keepsAlive)
        if body.isComplete { endAnswer(keepsAlive) }
    }

    func fill() {
        if case .streaming(var body, let keepsAlive) = state, output.count <= limits.outputBytesMax
        {
            body.readOn(context, connection: connection, stream: 0)
            state = .streaming(body, keepsAlive: keepsAlive)
        }
        // A request may have waited until the answers before it had left.
        if !input.isEmpty { receive([]) }
    }

    /// A request that is late is answered with 408, everything else ends without a word.
    func expire() -> Bool {
        switch state {
        case .head, .body:
            refuse(.timedOut)
            return false
        case .idle, .responding, .streaming, .closing: return true
        }
    }

    func inputEnded() -> Bool {
        switch state {
        case .idle, .head, .body:
            state = .closing
            _ = hold(0)
            return output.count == 0
        case .responding(let isHead, _):
            state = .responding(isHead: isHead, keepsAlive: false)
            return false
        case .streaming(let body, _):
            state = .streaming(body, keepsAlive: false)
            return false
        case .closing: return output.count == 0
        }
    }

    func drain() {
        isDraining = true
        if case .idle = state { state = .closing }
    }

    func dropped() { _ = hold(0) }

    /// Notes how many bytes of a body are held; whether that many may be.
    private func hold(_ count: Int) -> Bool {
        defer { heldBytes = count }
        return context.changeIncompleteBytes(by: count - heldBytes)
    }

    /// Hands a request to its handler, or lets it become a WebSocket.
    private func take(_ request: HTTPRequest) {
        guard let webSocket = context.handlers.webSocket, WebSocketUpgrade.isWanted(request) else {
            return context.dispatch(request, connection: connection, stream: 0)
        }
        let answer =
            WebSocketUpgrade.refusal(request).map(WebSocketAnswer.refuse) ?? webSocket(request)
        switch answer {
        case .refuse(let response): self.answer(response)
        case .accept(let name, let session):
            output.append(WebSocketUpgrade.agreement(request, protocol: name))
            let upgraded = WebSocketServerSession(session, connection: connection, output: output)
            successor = upgraded
            state = .closing
            upgraded.receive(input[...])
            input = []
            if isDraining { upgraded.drain() }
        }
    }

    private func read() throws(RequestFault) -> HTTPRequest? {
        if case .idle = state {
            if becomesHTTP2() { return nil }
            // One blank line before a request is what old clients send (RFC 9112 §2.2).
            if input.starts(with: [carriageReturn, lineFeed]) { input.removeFirst(2) }
            guard !input.isEmpty, input != [carriageReturn], !mayBecomeHTTP2 else { return nil }
            state = .head
            isFirst = false
            searched = 0
            inputDeadline = min(inputDeadline, context.now &+ limits.headNanoseconds)
        }
        if case .head = state {
            guard let end = endOfHead() else {
                guard input.count < limits.headBytesMax else { throw .headTooLarge }
                return nil
            }
            guard end <= limits.headBytesMax else { throw .headTooLarge }
            let head = try RequestHead(parsing: input[..<end], limits: limits)
            input.removeFirst(end)
            if head.expectsContinue, input.isEmpty {
                output.append(Array("HTTP/1.1 100 Continue\r\n\r\n".utf8))
            }
            state = .body(head, BodyDecoder(head.framing, limits: limits))
            inputDeadline = context.now &+ limits.bodyNanoseconds
        }
        guard case .body(let head, var decoder) = state else { return nil }
        var rest = input[...]
        // The decoder would be copied with its body if the state held it too.
        state = .head
        try decoder.decode(&rest)
        input = Array(rest)
        guard decoder.isComplete else {
            guard hold(decoder.body.count) else { throw .tooBusy }
            state = .body(head, decoder)
            return nil
        }
        _ = hold(0)
        state = .responding(isHead: head.method == "HEAD", keepsAlive: head.keepsAlive)
        return HTTPRequest(
            method: head.method,
            path: head.path,
            query: head.query,
            headers: head.headers,
            body: decoder.body,
            version: head.isVersion11 ? .http11 : .http10,
            peer: peer
        )
    }

    /// Whether what came is the beginning of the words with which HTTP/2 begins.
    private var mayBecomeHTTP2: Bool {
        isFirst && context.speaksClearHTTP2 && HTTP2Session.preface.starts(with: input)
    }

    /// Lets a client that begins with HTTP/2 speak that.
    private func becomesHTTP2() -> Bool {
        guard isFirst, context.speaksClearHTTP2, input.starts(with: HTTP2Session.preface) else {
            return false
        }
        let upgraded = HTTP2Session(connection: connection, peer: peer, output: output)
        successor = upgraded
        state = .closing
        upgraded.receive(input[...])
        input = []
        return true
    }

    /// Where the head ends, behind its blank line.
    private func endOfHead() -> Int? {
        var index = max(searched, 3)
        while index < input.count {
            if input[index] == lineFeed, input[index - 1] == carriageReturn,
                input[index - 2] == lineFeed, input[index - 3] == carriageReturn
            {
                return index + 1
            }
            index += 1
        }
        searched = input.count
        return nil
    }

    private func refuse(_ fault: RequestFault) {
        let response = HTTPResponse.text(fault.status, HTTPResponse.reason(of: fault.status))
        write(response, isHead: false, keepsAlive: false, date: nil)
        state = .closing
        input = []
        _ = hold(0)
    }

    private func write(
        _ response: HTTPResponse,
        isHead: Bool,
        keepsAlive: Bool,
        date: String?
    ) {
        var head: [UInt8] = []
        head.reserveCapacity(512)
        func add(_ parts: String...) { for part in parts { head += part.utf8 } }
        add("HTTP/1.1 ", String(response.status), " ", HTTPResponse.reason(of: response.status))
        for field in response.headers.fields { add("\r\n", field.name, ": ", field.value) }
        if let date { add("\r\ndate: ", date) }
        let hasBody = response.status != 204 && response.status != 304
        if hasBody { add("\r\ncontent-length: ", String(response.byteCount)) }
        if !keepsAlive { add("\r\nconnection: close") }
        add("\r\n\r\n")
        output.append(head)
        if hasBody, !isHead { output.append(response.body) }
    }
}
