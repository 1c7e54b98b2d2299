internal import Encoding

/// The server's part of the handshake of a WebSocket (RFC 6455 §4.2).
enum WebSocketUpgrade {
    /// Whether a request wants to become a WebSocket.
    static func isWanted(_ request: HTTPRequest) -> Bool {
        request.version == .http11 && request.method == "GET"
            && words(request.headers, "upgrade").contains("websocket")
            && words(request.headers, "connection").contains("upgrade")
    }

    /// Why a request that wants to become a WebSocket cannot; none if it can.
    static func refusal(_ request: HTTPRequest) -> HTTPResponse? {
        guard request.headers.values("sec-websocket-version") == ["13"] else {
            return .text(426, "use version 13", ["Sec-WebSocket-Version": "13"])
        }
        guard request.body.isEmpty, key(request) != nil else {
            return .text(400, "no key of 16 bytes in base64")
        }
        return nil
    }

    /// The head that agrees to a request.
    static func agreement(_ request: HTTPRequest, protocol name: String?) -> [UInt8] {
        guard let key = key(request) else { preconditionFailure("the request was checked") }
        var head = "HTTP/1.1 101 Switching Protocols\r\n"
        head += "upgrade: websocket\r\nconnection: upgrade\r\n"
        head += "sec-websocket-accept: \(WebSocketHandshake.accept(key))\r\n"
        // A protocol that the client did not offer would make it hang up.
        if let name, offeredProtocols(request).contains(name) {
            head += "sec-websocket-protocol: \(name)\r\n"
        }
        return Array((head + "\r\n").utf8)
    }

    /// The protocols that a client offers, in its order of preference.
    static func offeredProtocols(_ request: HTTPRequest) -> [String] {
        request.headers.values("sec-websocket-protocol").flatMap(list)
    }

    private static func key(_ request: HTTPRequest) -> String? {
        let keys = request.headers.values("sec-websocket-key")
        guard keys.count == 1 else { return nil }
        do throws(Base64.DecodingError) {
            return try Base64.standard.decode(keys[0]).count == 16 ? keys[0] : nil
        } catch {
            return nil
        }
    }

    private static func words(_ headers: HTTPHeaders, _ name: String) -> [String] {
        headers.values(name).flatMap(list).map { $0.lowercased() }
    }

    private static func list(_ value: String) -> [String] {
        value.split(separator: ",").map { part in
            let trimmed = part.drop { $0 == " " || $0 == "\t" }
            let end = trimmed.lastIndex { $0 != " " && $0 != "\t" }
            return String(end.map { trimmed[...$0] } ?? trimmed.prefix(0))
        }
    }
}
