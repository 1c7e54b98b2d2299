import Testing

/// A client of WebSockets that sends any bytes.
final class RawWebSocket {
    struct Frame: Equatable {
        /// The bits of the end and of extensions, and the kind.
        var first: UInt8
        var payload: [UInt8]

        /// The code of a closing frame.
        var code: UInt16? {
            first == 0x88 && payload.count >= 2
                ? UInt16(payload[0]) << 8 | UInt16(payload[1]) : nil
        }
    }

    static let handshake =
        "host: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"

    let connection: RawConnection
    /// The head with which the server agreed.
    let head: String

    init(port: UInt16, path: String = "/ws", fields: String = "") throws {
        connection = try RawConnection(port: port)
        connection.send("GET \(path) HTTP/1.1\r\n\(Self.handshake)\(fields)\r\n")
        let answer = try #require(try connection.answer())
        try #require(answer.status == 101)
        head = answer.head
    }

    /// A frame as a client sends it; its mask may be left out.
    static func frame(_ first: UInt8, _ payload: [UInt8], isMasked: Bool = true) -> [UInt8] {
        let mask: [UInt8] = isMasked ? [0x37, 0xfa, 0x21, 0x3d] : [0, 0, 0, 0]
        let bit: UInt8 = isMasked ? 0x80 : 0
        var bytes = [first]
        switch payload.count {
        case ..<126: bytes.append(bit | UInt8(payload.count))
        case ..<65_536:
            bytes += [bit | 126, UInt8(payload.count >> 8), UInt8(payload.count & 0xff)]
        default:
            bytes.append(bit | 127)
            bytes += (0..<8).map { UInt8(truncatingIfNeeded: payload.count >> (56 - 8 * $0)) }
        }
        return bytes + (isMasked ? mask : [])
            + payload.enumerated().map { index, byte in byte ^ mask[index % 4] }
    }

    func send(_ first: UInt8, _ payload: [UInt8] = []) {
        connection.send(Self.frame(first, payload))
    }

    /// The next frame; none at the end.
    func next() throws -> Frame? {
        guard let head = try connection.take(2) else { return nil }
        #expect(head[1] & 0x80 == 0, "a server does not mask")
        var count = Int(head[1])
        if count >= 126 {
            guard let long = try connection.take(count == 126 ? 2 : 8) else { return nil }
            count = long.reduce(0) { $0 << 8 | Int($1) }
        }
        guard let payload = try connection.take(count) else { return nil }
        return Frame(first: head[0], payload: payload)
    }
}

/// Bytes that end a WebSocket, and the code that the client is told (RFC 6455 §7.4.1).
struct BadMessages: CustomTestStringConvertible, Sendable {
    var testDescription: String
    var bytes: [UInt8]
    var code: UInt16

    init(_ name: String, code: UInt16, _ frames: [UInt8]...) {
        testDescription = name
        bytes = Array(frames.joined())
        self.code = code
    }

    private static func frame(_ first: UInt8, _ payload: [UInt8]) -> [UInt8] {
        RawWebSocket.frame(first, payload)
    }

    static let all: [BadMessages] =
        [
            BadMessages("no mask", code: 1002, RawWebSocket.frame(0x81, [0x61], isMasked: false)),
            BadMessages("a long ping", code: 1002, frame(0x89, [UInt8](repeating: 1, count: 126))),
            BadMessages("a ping in parts", code: 1002, frame(0x09, [1])),
            BadMessages("a closing in parts", code: 1002, frame(0x08, [3, 0xe8])),
            BadMessages("the rest of nothing", code: 1002, frame(0x80, [1])),
            BadMessages("the middle of nothing", code: 1002, frame(0x00, [1])),
            BadMessages("a text in a text", code: 1002, frame(0x01, [0x61]), frame(0x81, [0x61])),
            BadMessages("bytes in a text", code: 1002, frame(0x01, [0x61]), frame(0x02, [0x61])),
            BadMessages("half a code", code: 1002, frame(0x88, [3])),
            BadMessages("a reason that is no text", code: 1007, frame(0x88, [3, 0xe8, 0xff])),
            BadMessages(
                "more bytes than taken",
                code: 1009,
                frame(0x82, [UInt8](repeating: 1, count: 2_001))
            ),
            BadMessages(
                "more bytes than taken in parts",
                code: 1009,
                frame(0x02, [UInt8](repeating: 1, count: 1_500)),
                frame(0x80, [UInt8](repeating: 1, count: 1_500))
            ),
            BadMessages(
                "a length of 63 bits",
                code: 1009,
                [0x82, 0xff, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1, 2, 3, 4, 5]
            ),
            BadMessages(
                "a length of 64 bits",
                code: 1002,
                [0x82, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1, 2, 3, 4]
            ),
            BadMessages(
                "a length that needed fewer bytes",
                code: 1002,
                [0x82, 0xfe, 0, 1, 1, 2, 3, 4, 5]
            ),
        ] + reserved + kinds + texts + codes

    private static let reserved = [UInt8](0x01...0x07).map { bits in
        BadMessages("reserved bits \(bits)", code: 1002, frame(0x81 | bits << 4, [0x61]))
    }

    private static let kinds = ([UInt8](3...7) + [UInt8](11...15)).map { kind in
        BadMessages("kind \(kind)", code: 1002, frame(0x80 | kind, []))
    }

    private static let texts = [
        [0xff], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xe2, 0x82], [0x80],
        [0x61, 0xc3],
    ].flatMap { (text: [UInt8]) in
        [
            BadMessages("text \(text)", code: 1007, frame(0x81, text)),
            BadMessages(
                "text \(text) in parts",
                code: 1007,
                frame(0x01, Array(text.prefix(1))),
                frame(0x80, Array(text.dropFirst()))
            ),
        ]
    }

    private static let codes = [
        0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535,
    ]
    .map { (code: UInt16) in
        BadMessages("code \(code)", code: 1002, frame(0x88, [UInt8(code >> 8), UInt8(code & 255)]))
    }
}
