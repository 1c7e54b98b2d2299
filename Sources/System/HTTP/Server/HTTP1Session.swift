/// One connection of HTTP/1.1 without its socket: bytes in, requests out, answers in, bytes out.
///
/// Times are monotonic nanoseconds and come from outside, so every rule can be tested without waiting. The reactor
/// knows no more of a protocol than what is internal here; HTTP/2 will be a second type of this shape.
struct HTTP1Session {
    private enum State {
        /// Before the first byte of a request.
        case idle
        /// Inside a head.
        case head
        /// Inside a body.
        case body(RequestHead, BodyDecoder)
        /// A request is with its handler.
        case responding(isHead: Bool, keepsAlive: Bool)
        /// Nothing more is read; what is written is the last answer.
        case closing
    }

    private let limits: HTTPLimits
    private var state = State.idle
    private var input: [UInt8] = []
    /// How many bytes of the input were searched for the end of the head.
    private var searched = 0
    private var inputDeadline: UInt64
    private var outputDeadline: UInt64?
    private var isDraining = false
    /// What is to be written.
    private(set) var output: [UInt8] = []
    /// How much of it was.
    private(set) var outputSent = 0

    init(limits: HTTPLimits, now: UInt64) {
        self.limits = limits
        // The first request must come as if it had begun: whoever opens a connection wants something.
        inputDeadline = now &+ limits.headNanoseconds
    }

    /// Whether bytes of the client are wanted now.
    var wantsInput: Bool {
        switch state {
        case .idle, .head, .body: outputPending <= limits.outputBytesMax
        case .responding, .closing: false
        }
    }

    /// Whether everything is said: the last answer is written.
    var isFinished: Bool {
        if case .closing = state { outputPending == 0 } else { false }
    }

    /// When something must have happened, or `expire` is to be called.
    var deadline: UInt64? {
        switch state {
        case .idle, .head, .body: min(inputDeadline, outputDeadline ?? .max)
        case .responding, .closing: outputDeadline
        }
    }

    private var outputPending: Int { output.count - outputSent }

    /// Takes bytes of the client.
    mutating func receive(_ bytes: ArraySlice<UInt8>) { input += bytes }

    /// The next request if all of it is there and the one before is answered.
    ///
    /// A request that must be refused is answered here, and is the last one.
    mutating func next(now: UInt64) -> HTTPRequest? {
        guard wantsInput else { return nil }
        do throws(RequestFault) {
            return try read(now)
        } catch {
            refuse(error, now)
            return nil
        }
    }

    /// Answers the request that `next` gave last.
    mutating func respond(_ response: HTTPResponse, date: String, now: UInt64) {
        guard case .responding(let isHead, let keepsAlive) = state else {
            preconditionFailure("only a request that was given out is answered")
        }
        let isOpen = keepsAlive && !isDraining
        write(response, isHead: isHead, keepsAlive: isOpen, date: date, now: now)
        state = isOpen ? .idle : .closing
        inputDeadline = now &+ limits.idleNanoseconds
    }

    /// Notes that some of the output was written.
    mutating func sent(_ count: Int) {
        outputSent += count
        precondition(outputSent <= output.count, "no more was written than there was")
        if outputSent == output.count {
            output.removeAll(keepingCapacity: outputSent <= limits.outputBytesMax)
            outputSent = 0
            outputDeadline = nil
        }
    }

    /// Does what is due when `deadline` is over: a request that is late is answered with 408, everything else
    /// ends without a word.
    ///
    /// - Returns: Whether the connection is to be dropped at once.
    mutating func expire(now: UInt64) -> Bool {
        if let outputDeadline, outputDeadline <= now { return true }
        switch state {
        case .head, .body:
            refuse(.timedOut, now)
            return false
        case .idle, .responding, .closing: return true
        }
    }

    /// The client closed its side.
    ///
    /// - Returns: Whether the connection is to be dropped at once: nothing is being answered.
    mutating func inputEnded() -> Bool {
        switch state {
        case .idle, .head, .body:
            state = .closing
            return outputPending == 0
        case .responding(let isHead, _):
            state = .responding(isHead: isHead, keepsAlive: false)
            return false
        case .closing: return outputPending == 0
        }
    }

    /// Lets what was begun come to its end, and begins nothing.
    mutating func drain() {
        isDraining = true
        if case .idle = state { state = .closing }
    }

    private mutating func read(_ now: UInt64) throws(RequestFault) -> HTTPRequest? {
        if case .idle = state {
            // One blank line before a request is what old clients send (RFC 9112 §2.2).
            if input.starts(with: [carriageReturn, lineFeed]) { input.removeFirst(2) }
            guard !input.isEmpty, input != [carriageReturn] else { return nil }
            state = .head
            searched = 0
            inputDeadline = min(inputDeadline, now &+ limits.headNanoseconds)
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
                append(Array("HTTP/1.1 100 Continue\r\n\r\n".utf8), now)
            }
            state = .body(head, BodyDecoder(head.framing, limits: limits))
            inputDeadline = now &+ limits.bodyNanoseconds
        }
        guard case .body(let head, var decoder) = state else { return nil }
        var rest = input[...]
        // The decoder would be copied with its body if the state held it too.
        state = .head
        try decoder.decode(&rest)
        input = Array(rest)
        guard decoder.isComplete else {
            state = .body(head, decoder)
            return nil
        }
        state = .responding(isHead: head.method == "HEAD", keepsAlive: head.keepsAlive)
        return HTTPRequest(
            method: head.method,
            path: head.path,
            query: head.query,
            headers: head.headers,
            body: decoder.body
        )
    }

    /// Where the head ends, behind its blank line.
    private mutating func endOfHead() -> Int? {
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

    private mutating func refuse(_ fault: RequestFault, _ now: UInt64) {
        let response = HTTPResponse.text(fault.status, HTTPResponse.reason(of: fault.status))
        write(response, isHead: false, keepsAlive: false, date: nil, now: now)
        state = .closing
        input = []
    }

    private mutating func write(
        _ response: HTTPResponse,
        isHead: Bool,
        keepsAlive: Bool,
        date: String?,
        now: UInt64
    ) {
        var head = "HTTP/1.1 \(response.status) \(HTTPResponse.reason(of: response.status))\r\n"
        for field in response.headers.fields { head += "\(field.name): \(field.value)\r\n" }
        if let date { head += "date: \(date)\r\n" }
        let hasBody = response.status != 204 && response.status != 304
        if hasBody { head += "content-length: \(response.body.count)\r\n" }
        head += keepsAlive ? "\r\n" : "connection: close\r\n\r\n"
        append(Array(head.utf8) + (hasBody && !isHead ? response.body : []), now)
    }

    /// Appends output; its deadline grows with it, so that a slow reader cannot win time by asking for more.
    private mutating func append(_ bytes: [UInt8], _ now: UInt64) {
        output += bytes
        let needed = UInt64(bytes.count) * 1_000_000_000 / UInt64(limits.readRateMin)
        outputDeadline = (outputDeadline ?? now &+ limits.writeNanoseconds) &+ needed
    }
}
