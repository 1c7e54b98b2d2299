import COpenSSL
import Foundation
public import HTTP

/// The server's side of a WebSocket on a connection of a `LoopbackServer`.
public final class LoopbackWebSocket {
    /// The path and query that the client asked for.
    public let resource: String
    private let connection: LoopbackConnection
    private let codec = WebSocketCodec(role: .server, messageBytesMax: 1 << 24)
    private var waiting: [WebSocketCodec.Message] = []

    /// Takes the client's handshake; none if it is no proper one.
    public convenience init?(_ connection: LoopbackConnection) {
        let head = connection.read(through: "\r\n\r\n")
        self.init(connection, head: String(decoding: head, as: UTF8.self))
    }

    /// Takes the client's handshake, whose head was read before; none if it is no proper one.
    public init?(_ connection: LoopbackConnection, head: String) {
        let lines = head.components(separatedBy: "\r\n")
        let words = lines[0].split(separator: " ")
        guard words.count == 3, words[0] == "GET", words[2] == "HTTP/1.1",
            lines.contains("Upgrade: websocket"), lines.contains("Connection: Upgrade"),
            lines.contains("Sec-WebSocket-Version: 13"),
            let field = lines.first(where: { $0.hasPrefix("Sec-WebSocket-Key: ") })
        else { return nil }
        self.connection = connection
        resource = String(words[1])
        let accept = Self.accept(String(field.dropFirst(19)))
        connection.write(
            "HTTP/1.1 101 Switching Protocols\r\nupgrade: WebSocket\r\n"
                + "Connection: keep-alive, Upgrade\r\nSec-WebSocket-Accept: \(accept)\r\n\r\n"
        )
    }

    /// What a server answers to a key (RFC 6455 §4.2.2).
    public static func accept(_ key: String) -> String {
        let text = Array((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").utf8)
        var digest = [UInt8](repeating: 0, count: 20)
        unsafe SHA1(text, text.count, &digest)
        return Data(digest).base64EncodedString()
    }

    /// Sends a text; false if the client is gone.
    @discardableResult
    public func send(_ text: String) -> Bool {
        codec.send(text: text)
        return connection.write(codec.takeOutput())
    }

    /// Sends bytes as they are.
    @discardableResult
    public func send(raw bytes: [UInt8]) -> Bool { connection.write(bytes) }

    /// Asks for a sign of life.
    public func ping(_ bytes: [UInt8]) {
        codec.ping(bytes)
        connection.write(codec.takeOutput())
    }

    /// Closes with a code.
    public func close(code: UInt16) {
        codec.close(code: code)
        connection.write(codec.takeOutput())
    }

    /// The next message of the client; none when it is gone.
    public func receive() -> WebSocketCodec.Message? {
        while waiting.isEmpty {
            let bytes = connection.read()
            if bytes.isEmpty { return nil }
            do {
                waiting += try codec.receive(bytes[...])
            } catch {
                return nil
            }
            connection.write(codec.takeOutput())
        }
        return waiting.removeFirst()
    }

    /// The values of a name in the query.
    public func query(_ name: String) -> [String] {
        let items = URLComponents(string: resource)?.queryItems ?? []
        return items.filter { $0.name == name }.compactMap(\.value)
    }
}
