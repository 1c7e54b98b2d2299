/// One side of a WebSocket without its socket: bytes in, messages out, and the other way round (RFC 6455).
///
/// It answers pings and closings by itself, puts fragments together, and refuses what the protocol does not allow; what
/// it has to say stands in `takeOutput`. Clients and servers use the same; extensions are never agreed to.
public final class WebSocketCodec {
    /// Which side this is: a client masks what it sends, a server does not.
    public enum Role: Equatable, Sendable {
        /// The side that opened the connection.
        case client
        /// The side that took it.
        case server
    }

    /// Something that came.
    public enum Message: Equatable, Sendable {
        /// A text.
        case text(String)
        /// Bytes.
        case binary([UInt8])
        /// The answer to a ping.
        case pong([UInt8])
        /// The other side closes; nothing comes after it. The code is none if it gave none.
        case close(code: UInt16?, reason: String)
    }

    /// Something that came, as bytes that were checked.
    enum Incoming: Equatable {
        case text([UInt8])
        case binary([UInt8])
        case pong([UInt8])
        case close(code: UInt16?, reason: String)
    }

    private enum Opcode: UInt8 {
        case continuation = 0
        case text = 1
        case binary = 2
        case close = 8
        case ping = 9
        case pong = 10
    }

    /// The payload of a control frame has at most 125 bytes (RFC 6455 §5.5).
    private static let controlBytesMax = 125

    private let role: Role
    private let messageBytesMax: Int
    private let frames = FrameCodec()
    /// The kind and the bytes of a message that goes on; none between messages.
    private var partial: (opcode: Opcode, bytes: [UInt8])?
    /// The frame whose payload is not complete.
    private var frame: (opcode: Opcode, isFinal: Bool, left: UInt64, control: [UInt8])?
    /// Whether a closing frame was sent.
    private var hasClosed = false
    /// Whether the other side has closed or broken the protocol: nothing more is read.
    private var isEnded = false

    /// Makes a side of a connection after its handshake.
    ///
    /// - Parameters:
    ///   - role: Which side this is.
    ///   - messageBytesMax: The longest message that is taken, in bytes.
    public init(role: Role, messageBytesMax: Int) {
        precondition(messageBytesMax >= Self.controlBytesMax)
        self.role = role
        self.messageBytesMax = messageBytesMax
    }

    /// Takes bytes from the other side.
    ///
    /// - Returns: The messages that they complete, in order.
    /// - Throws: `WebSocketFault` for the first violation of the protocol; messages before it in the same bytes are
    ///   lost with the connection. The closing frame that tells the other side is in the output.
    public func receive(_ bytes: ArraySlice<UInt8>) throws(WebSocketFault) -> [Message] {
        var messages: [Message] = []
        try receive(bytes) { message in
            switch message {
            case .text(let bytes): messages.append(.text(String(decoding: bytes, as: UTF8.self)))
            case .binary(let bytes): messages.append(.binary(bytes))
            case .pong(let bytes): messages.append(.pong(bytes))
            case .close(let code, let reason): messages.append(.close(code: code, reason: reason))
            }
        }
        return messages
    }

    /// Takes bytes from the other side, and gives each message that they complete to a function, in order.
    ///
    /// - Throws: `WebSocketFault` for the first violation of the protocol; the messages before it were given.
    func receive(
        _ bytes: ArraySlice<UInt8>,
        _ body: (Incoming) -> Void
    ) throws(WebSocketFault) {
        if isEnded { return }
        frames.feed(bytes)
        do throws(WebSocketFault) {
            while !isEnded, let part = try frames.next() {
                if let message = try take(part) { body(message) }
            }
        } catch {
            isEnded = true
            close(code: error.code)
            throw error
        }
    }

    /// Bytes of a message that is not complete.
    var incompleteBytes: Int { partial?.bytes.count ?? 0 }

    /// Sends a text.
    public func send(text: String) { send(.text, Array(text.utf8)) }

    /// Sends bytes.
    public func send(binary bytes: [UInt8]) { send(.binary, bytes) }

    /// Asks the other side for a sign of life; at most 125 bytes.
    public func ping(_ bytes: [UInt8] = []) {
        precondition(bytes.count <= Self.controlBytesMax)
        send(.ping, bytes)
    }

    /// Closes this side: nothing is sent after it.
    ///
    /// Calling it again does nothing.
    public func close(code: UInt16 = 1000) { close(code: code, reason: "") }

    /// Closes this side with a reason for people, of which as many whole characters are sent as fit.
    func close(code: UInt16, reason: String) {
        var reason = reason
        while reason.utf8.count > Self.controlBytesMax - 2 { reason.removeLast() }
        send(.close, [UInt8(code >> 8), UInt8(truncatingIfNeeded: code)] + reason.utf8)
        hasClosed = true
    }

    /// Takes the bytes for the other side.
    public func takeOutput() -> [UInt8] { frames.takeOutput() }

    /// Whether there are bytes for the other side.
    public var hasOutput: Bool { frames.hasOutput }

    private func send(_ opcode: Opcode, _ payload: [UInt8]) {
        if hasClosed { return }
        frames.append(opcode: opcode.rawValue, payload, isMasked: role == .client)
    }

    private func take(_ part: FrameCodec.Part) throws(WebSocketFault) -> Incoming? {
        var current: (opcode: Opcode, isFinal: Bool, left: UInt64, control: [UInt8])
        if let frame { current = frame } else { current = try begin(part) }
        current.left -= UInt64(part.bytes.count)
        if current.opcode.rawValue >= Opcode.close.rawValue {
            current.control += part.bytes
        } else {
            partial?.bytes += part.bytes
        }
        guard current.left == 0 else {
            frame = current
            return nil
        }
        frame = nil
        switch current.opcode {
        case .continuation, .text, .binary: return current.isFinal ? try complete() : nil
        case .ping:
            send(.pong, current.control)
            return nil
        case .pong: return .pong(current.control)
        case .close: return try end(current.control)
        }
    }

    /// Checks the head of a frame.
    private func begin(
        _ part: FrameCodec.Part
    ) throws(WebSocketFault) -> (opcode: Opcode, isFinal: Bool, left: UInt64, control: [UInt8]) {
        guard let opcode = Opcode(rawValue: part.opcode) else {
            throw .protocolError("a frame of unknown kind \(part.opcode)")
        }
        guard part.reserved == 0 else { throw .protocolError("a frame of an extension") }
        guard part.isMasked == (role == .server) else {
            throw .protocolError(part.isMasked ? "a masked frame" : "a frame without mask")
        }
        switch opcode {
        case .close, .ping, .pong:
            guard part.isFinal, part.payloadCount <= UInt64(Self.controlBytesMax) else {
                throw .protocolError("a control frame in parts or too long")
            }
        case .continuation:
            guard partial != nil else { throw .protocolError("a continuation of nothing") }
        case .text, .binary:
            guard partial == nil else { throw .protocolError("a message inside another") }
            partial = (opcode, [])
        }
        let before = partial?.bytes.count ?? 0
        guard part.payloadCount <= UInt64(messageBytesMax - before) else {
            throw .tooLarge(messageBytesMax)
        }
        return (opcode, part.isFinal, part.payloadCount, [])
    }

    private func complete() throws(WebSocketFault) -> Incoming? {
        guard let message = partial else { preconditionFailure("a message was begun") }
        partial = nil
        if message.opcode == .binary { return .binary(message.bytes) }
        do throws(UTF8.ValidationError) {
            _ = try UTF8Span(validating: message.bytes.span)
        } catch {
            throw .notText("a text that is not UTF-8")
        }
        return .text(message.bytes)
    }

    private func end(_ payload: [UInt8]) throws(WebSocketFault) -> Incoming {
        isEnded = true
        if payload.isEmpty {
            close()
            return .close(code: nil, reason: "")
        }
        guard payload.count >= 2 else { throw .protocolError("a closing frame with half a code") }
        let code = UInt16(payload[0]) << 8 | UInt16(payload[1])
        guard Self.mayBeSent(code) else { throw .protocolError("the closing code \(code)") }
        guard let reason = String(validating: payload[2...], as: UTF8.self) else {
            throw .notText("a reason that is not UTF-8")
        }
        close(code: code)
        return .close(code: code, reason: reason)
    }

    /// Whether a closing frame may carry a code (RFC 6455 §7.4; 1012 to 1014 are registered with IANA).
    static func mayBeSent(_ code: UInt16) -> Bool {
        switch code {
        case 1000...1003, 1007...1014, 3000...4999: true
        default: false
        }
    }
}
