internal import COpenSSL
internal import Encoding
internal import Platform

/// The words with which HTTP becomes a WebSocket (RFC 6455 §4).
enum WebSocketHandshake {
    /// Where a URL of `ws` or `wss` points.
    struct Target: Equatable {
        /// The same place as a URL of `http` or `https`, for the library that connects.
        let connectURL: String
        /// Host and port as the header field has them.
        let host: String
        /// Path and query.
        let resource: String

        init(_ url: String) throws(WebSocketError) {
            let isGraphic = { (byte: UInt8) in byte > 0x20 && byte < 0x7f }
            let isSecure = url.hasPrefix("wss://")
            guard isSecure || url.hasPrefix("ws://"), url.utf8.allSatisfy(isGraphic),
                !url.contains("#")
            else { throw .invalidURL(url) }
            let rest = url.dropFirst(isSecure ? 6 : 5)
            let host = rest.prefix { character in character != "/" && character != "?" }
            guard !host.isEmpty, !host.contains("@") else { throw .invalidURL(url) }
            let resource = rest.dropFirst(host.count)
            self.host = String(host)
            self.resource = resource.hasPrefix("/") ? String(resource) : "/" + resource
            connectURL = (isSecure ? "https://" : "http://") + host + "/"
        }
    }

    /// A key that nobody has used before: 16 random bytes in base64.
    static func makeKey() -> String { Base64.standard.encode(SystemRandom.bytes(16)) }

    /// What proves that the other side speaks this protocol and saw the key (RFC 6455 §4.2.2).
    static func accept(_ key: String) -> String {
        let text = Array((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").utf8)
        var digest = [UInt8](repeating: 0, count: 20)
        let result = unsafe SHA1(text, text.count, &digest)
        precondition(unsafe result != nil, "the library has SHA-1")
        return Base64.standard.encode(digest)
    }

    /// The request.
    static func request(_ target: Target, key: String, headers: HTTPHeaders) -> [UInt8] {
        var lines = [
            "GET \(target.resource) HTTP/1.1", "Host: \(target.host)", "Upgrade: websocket",
            "Connection: Upgrade", "Sec-WebSocket-Key: \(key)", "Sec-WebSocket-Version: 13",
            "User-Agent: parallax",
        ]
        lines += headers.fields.map { field in "\(field.name): \(field.value)" }
        return Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8)
    }

    /// Where the head of an answer ends, behind its blank line; none if it is not complete.
    static func headEnd(_ bytes: [UInt8]) -> Int? {
        let blank = Array("\r\n\r\n".utf8)
        guard bytes.count >= 4 else { return nil }
        return (4...bytes.count).first { end in bytes[end - 4..<end].elementsEqual(blank) }
    }

    /// Why an answer's head is not the agreement to a key; none if it is.
    static func refusal(_ head: ArraySlice<UInt8>, key: String) -> String? {
        let text = String(decoding: head, as: UTF8.self)
        var lines = text.split(separator: "\r\n", omittingEmptySubsequences: true)[...]
        guard let status = lines.popFirst() else { return "an empty answer" }
        let words = status.split(separator: " ", maxSplits: 2)
        guard words.count >= 2, words[0] == "HTTP/1.1" else { return "not HTTP/1.1" }
        guard words[1] == "101" else { return "status \(words[1].prefix(3))" }
        var fields = HTTPHeaders()
        for line in lines {
            guard let colon = line.firstIndex(of: ":"), HeadForm.isToken(line[..<colon].utf8),
                line[colon...].utf8.allSatisfy(HeadForm.isValueByte)
            else { return "a malformed head" }
            let isBlank = { (character: Character) in character == " " || character == "\t" }
            let value = line[line.index(after: colon)...].drop(while: isBlank)
            let end = value.lastIndex { character in !isBlank(character) }
            fields.addRead(
                line[..<colon].lowercased(),
                String(end.map { value[...$0] } ?? value.prefix(0))
            )
        }
        return refusal(fields, key: key)
    }

    private static func refusal(_ fields: HTTPHeaders, key: String) -> String? {
        let upgrades = fields.values("upgrade").map { $0.lowercased() }
        guard upgrades == ["websocket"] else { return "no upgrade to websocket" }
        let connections = fields.values("connection").joined(separator: ",").lowercased()
        let words = connections.split { character in ", \t".contains(character) }
        guard words.contains("upgrade") else { return "no upgrade of the connection" }
        guard fields.values("sec-websocket-accept") == [accept(key)] else {
            return "the answer is not made for this request"
        }
        // None was asked for, so none may be there.
        guard fields.values("sec-websocket-extensions").isEmpty,
            fields.values("sec-websocket-protocol").isEmpty
        else { return "an extension or protocol that was not asked for" }
        return nil
    }
}
