internal import Access
internal import Encoding
internal import HTTP
internal import MarketData
internal import Platform
internal import Primitives
internal import Synchronization
internal import Venue

/// One WebSocket at `/ws`; `docs/api.md` describes what is said there.
final class MemberSession: WebSocketSession, MarketSubscriber {
    private struct State {
        var peer: WebSocketPeer?
        /// What proves who it is: it is looked at again before every order and once a second.
        var credentials: SessionCredentials?
        var principal: Principal?
        var isGuarded = false
        var waiting = 0
    }

    /// Messages of one session that may wait.
    private static let waitingMax = 1 << 14
    /// A peer with more bytes waiting gets no more market data until it subscribes again.
    private static let behindBytes = 512 << 10

    let gateway: Gateway
    let address: String
    /// Names the session among those that are guarded.
    private let number = SystemRandom.word()
    private let state = Mutex(State())

    init(_ gateway: Gateway, address: String) {
        self.gateway = gateway
        self.address = address
    }

    // MARK: WebSocketSession

    func opened(_ peer: WebSocketPeer) {
        state.withLock { state in state.peer = peer }
        gateway.metrics.webSocketsOpened.wrappingAdd(1, ordering: .relaxed)
        gateway.sessions.add(self)
    }

    func received(_ message: WebSocketMessage) {
        gateway.metrics.webSocketMessages.wrappingAdd(1, ordering: .relaxed)
        guard case .text(let bytes) = message else {
            return close(1003, "send texts of JSON")
        }
        let hasRoom = state.withLock { state in
            state.waiting += 1
            return state.waiting <= Self.waitingMax
        }
        guard hasRoom, gateway.sessions.receive(bytes, for: self) else {
            return close(1013, "too many messages wait")
        }
    }

    func closed(_ code: UInt16) {
        gateway.metrics.webSocketsClosed.wrappingAdd(1, ordering: .relaxed)
        gateway.sessions.end(self)
    }

    // MARK: MarketSubscriber

    /// Whether the client reads too slowly.
    var isBehind: Bool { (peer?.waitingBytes ?? 0) > Self.behindBytes }

    func send(_ frame: PreparedFrame) { peer?.send(frame) }

    // MARK: What the pool calls

    /// Works off one message.
    func handle(_ bytes: [UInt8]) {
        state.withLock { state in state.waiting -= 1 }
        var name = MessageName()
        do throws(APIError) {
            let value = try Self.decode(bytes)
            var fields = try RequestFields(value)
            name.operation = try fields.text("type", bytesMax: 32)
            name.id = fields.value("id")
            try handle(name, &fields)
        } catch {
            send(error, for: name)
        }
    }

    private static func decode(_ bytes: [UInt8]) throws(APIError) -> ExactJSON {
        do throws(JSONError) {
            return try ExactJSON(decoding: bytes, limits: RequestFields.limits)
        } catch {
            throw APIError(.invalidJSON, "the message is not good JSON: \(error)")
        }
    }

    /// The session is over: nothing is sent any more, and guarded orders are cancelled.
    func finish() {
        gateway.channels.remove(self)
        let (principal, isGuarded) = state.withLock { state in
            defer { state.isGuarded = false }
            return (state.principal, state.isGuarded)
        }
        guard isGuarded, let principal else { return }
        gateway.parts.guards.fire(number, principal.account, gateway.parts.gate)
    }

    /// Ends the session if what proves who it is has expired or was revoked.
    func checkToken() {
        let credentials = state.withLock { state in state.credentials }
        guard let credentials else { return }
        do throws(AccessError) {
            _ = try credentials.authenticate(gateway.parts.access)
        } catch {
            expire(error)
        }
    }

    private func expire(_ error: AccessError) { close(4401, error.code) }

    // MARK: Who it is

    /// Whoever may do something; whether that is still so is looked at anew each time.
    func principal(for action: AccessAction) throws(APIError) -> Principal {
        let credentials = state.withLock { state in state.credentials }
        guard let credentials else { throw APIError(AccessError.refused(.unauthenticated)) }
        let principal: Principal
        do throws(AccessError) {
            principal = try credentials.authenticate(gateway.parts.access)
        } catch {
            expire(error)
            throw APIError(error)
        }
        do throws(AccessError) { try principal.require(action) } catch { throw APIError(error) }
        try gateway.limit(principal)
        return principal
    }

    /// Establishes who it is; a session never becomes somebody else's.
    func authenticate(
        _ credentials: SessionCredentials,
        isGuarded: Bool
    ) throws(APIError) -> Principal {
        let principal: Principal
        do throws(AccessError) {
            principal = try credentials.authenticate(gateway.parts.access)
        } catch {
            throw APIError(error)
        }
        let before = state.withLock { state in state.principal }
        guard before == nil || before?.user == principal.user else {
            throw APIError(.conflict, "the session belongs to another user; open a new one")
        }
        if isGuarded {
            do throws(AccessError) {
                try principal.require(.cancelOrder)
            } catch {
                throw APIError(error)
            }
            try gateway.parts.guards.arm(number, principal.account)
        }
        state.withLock { state in
            state.credentials = credentials
            state.principal = principal
            if isGuarded { state.isGuarded = true }
        }
        return principal
    }

    // MARK: Sending

    var peer: WebSocketPeer? { state.withLock { state in state.peer } }

    func close(_ code: UInt16, _ reason: String) { peer?.close(code: code, reason: reason) }

    /// Sends the error of a message.
    func send(_ error: APIError, for name: MessageName) {
        send(
            "error",
            name,
            { writer in
                error.write(to: &writer)
            }
        )
    }

    /// Sends an answer to a message, with the name that the client gave it.
    func send(
        _ type: String,
        _ name: MessageName,
        _ members: (inout JSONWriter) -> Void
    ) {
        let bytes = JSONWriter.object { writer in
            writer.add("type", type)
            writer.add("op", name.operation)
            writer.name("id")
            switch name.id {
            case .string(let text): writer.string(text)
            case .number(let number): writer.encoded(number.text)
            default: writer.null()
            }
            members(&writer)
        }
        peer?.send(PreparedFrame(text: bytes))
    }
}

/// What a message is called in the answer to it.
struct MessageName: Sendable {
    /// Its type.
    var operation = ""
    /// What the client calls it.
    var id: ExactJSON?
}

/// What proves who is at the other end of a session.
enum SessionCredentials: Sendable {
    /// A token of a person who signed in, or the API key of a program, and from where it comes.
    case bearer(String, NetworkAddress?)

    /// Who it is, as of now.
    func authenticate(_ access: Access) throws(AccessError) -> Principal {
        switch self {
        case .bearer(let bearer, let address):
            try access.authenticate(bearer: bearer, from: address)
        }
    }
}
