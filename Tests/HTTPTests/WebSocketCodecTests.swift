import HTTP
import Testing

/// Bytes as the other side sends them, written by hand and not by the codec.
private func frame(
    _ first: UInt8,
    _ payload: [UInt8],
    mask: [UInt8]? = nil
) -> [UInt8] {
    let masked: UInt8 = mask == nil ? 0 : 0x80
    var bytes = [first]
    switch payload.count {
    case ..<126: bytes.append(masked | UInt8(payload.count))
    case ..<65_536:
        bytes += [masked | 126, UInt8(payload.count >> 8), UInt8(payload.count & 0xff)]
    default:
        bytes.append(masked | 127)
        bytes += (0..<8).map { UInt8(truncatingIfNeeded: payload.count >> (56 - 8 * $0)) }
    }
    guard let mask else { return bytes + payload }
    return bytes + mask + payload.enumerated().map { index, byte in byte ^ mask[index % 4] }
}

@Suite("the codec of WebSockets") struct WebSocketCodecTests {
    private let client = WebSocketCodec(role: .client, messageBytesMax: 100_000)
    private let server = WebSocketCodec(role: .server, messageBytesMax: 100_000)

    @Test("reads the examples of RFC 6455 §5.7") func examples() throws {
        let hello: [UInt8] = [0x81, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f]
        #expect(try client.receive(hello[...]) == [.text("Hello")])
        let masked: [UInt8] = [
            0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58,
        ]
        #expect(try server.receive(masked[...]) == [.text("Hello")])
        let parts: [UInt8] = [0x01, 0x03, 0x48, 0x65, 0x6c, 0x80, 0x02, 0x6c, 0x6f]
        #expect(try client.receive(parts[...]) == [.text("Hello")])
        #expect(!client.hasOutput)
    }

    @Test(
        "gives every message to the other side, in whatever pieces it comes",
        arguments: [0, 1, 125, 126, 65_535, 65_536, 100_000]
    )
    func lengths(count: Int) throws {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        for (sender, receiver) in [(client, server), (server, client)] {
            sender.send(binary: bytes)
            let output = sender.takeOutput()
            var found: [WebSocketCodec.Message] = []
            for start in stride(from: 0, to: output.count, by: 977) {
                found += try receiver.receive(output[start..<min(start + 977, output.count)])
            }
            #expect(found == [.binary(bytes)])
        }
    }

    @Test("masks what a client sends, each time with another key") func masks() {
        client.send(text: "same")
        let first = client.takeOutput()
        client.send(text: "same")
        let second = client.takeOutput()
        #expect(first[1] == 0x84)
        #expect(first != second)
        #expect(first.count == second.count)
    }

    @Test("answers a ping between the parts of a message with its own bytes") func pings() throws {
        let bytes = frame(0x01, Array("ab".utf8)) + frame(0x89, [1, 2, 3]) + frame(0x80, [0x63])
        #expect(try client.receive(bytes[...]) == [.text("abc")])
        #expect(try server.receive(client.takeOutput()[...]) == [.pong([1, 2, 3])])
    }

    @Test("answers a closing with the same code and sends nothing more") func closing() throws {
        server.close(code: 1001)
        let close = try client.receive(server.takeOutput()[...])
        #expect(close == [.close(code: 1001, reason: "")])
        #expect(try server.receive(client.takeOutput()[...]) == [.close(code: 1001, reason: "")])
        client.send(text: "late")
        #expect(!client.hasOutput)
        #expect(try client.receive(frame(0x81, [0x61])[...]) == [])
    }

    @Test("gives the reason of a closing") func reason() throws {
        let bytes = frame(0x88, [0x0f, 0xa0] + Array("bye".utf8))
        #expect(try client.receive(bytes[...]) == [.close(code: 4000, reason: "bye")])
    }

    struct Violation: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let code: UInt16
        let bytes: [UInt8]
    }

    static let violations = [
        Violation(testDescription: "a masked frame", code: 1002, bytes: [0x81, 0x80, 1, 2, 3, 4]),
        Violation(testDescription: "a reserved bit", code: 1002, bytes: frame(0xc1, [0x61])),
        Violation(testDescription: "an unknown data frame", code: 1002, bytes: frame(0x83, [])),
        Violation(testDescription: "an unknown control frame", code: 1002, bytes: frame(0x8b, [])),
        Violation(testDescription: "a ping in parts", code: 1002, bytes: frame(0x09, [1])),
        Violation(
            testDescription: "a ping of 126 bytes",
            code: 1002,
            bytes: frame(0x89, [UInt8](repeating: 0, count: 126))
        ),
        Violation(testDescription: "a continuation of nothing", code: 1002, bytes: frame(0x80, [])),
        Violation(
            testDescription: "a message inside another",
            code: 1002,
            bytes: frame(0x01, [0x61]) + frame(0x81, [0x62])
        ),
        Violation(
            testDescription: "a length in more bytes than it needs",
            code: 1002,
            bytes: [0x82, 126, 0, 5, 1, 2, 3, 4, 5]
        ),
        Violation(testDescription: "half a closing code", code: 1002, bytes: frame(0x88, [3])),
        Violation(
            testDescription: "a closing code that is never sent",
            code: 1002,
            bytes: frame(0x88, [0x03, 0xed])
        ),
        Violation(
            testDescription: "a text that is not UTF-8",
            code: 1007,
            bytes: frame(0x81, [0xc3, 0x28])
        ),
        Violation(
            testDescription: "half a character at the end of a text",
            code: 1007,
            bytes: frame(0x01, [0xe2, 0x82]) + frame(0x80, [])
        ),
        Violation(
            testDescription: "a reason that is not UTF-8",
            code: 1007,
            bytes: frame(0x88, [0x03, 0xe8, 0xff])
        ),
        Violation(
            testDescription: "a message that is announced too long",
            code: 1009,
            bytes: [0x82, 127, 0, 0, 0, 0, 0, 1, 0x86, 0xa1, 0]
        ),
        Violation(
            testDescription: "parts that are too long together",
            code: 1009,
            bytes: frame(0x02, [UInt8](repeating: 0, count: 60_000))
                + frame(0x80, [UInt8](repeating: 0, count: 60_000))
        ),
    ]

    @Test("refuses a violation and says so to the other side", arguments: violations)
    func refuses(violation: Violation) throws {
        let fault = #expect(throws: WebSocketFault.self) {
            try client.receive(violation.bytes[...])
        }
        #expect(fault?.code == violation.code)
        let answer = try server.receive(client.takeOutput()[...])
        #expect(answer == [.close(code: violation.code, reason: "")])
        #expect(try client.receive(frame(0x81, [0x61])[...]) == [])
    }

    @Test("a server refuses a frame without mask") func unmasked() {
        #expect(throws: WebSocketFault.self) {
            try server.receive(frame(0x81, [0x61])[...])
        }
    }

    @Test("takes a character that is cut between two parts") func cutCharacter() throws {
        let bytes = frame(0x01, [0xe2, 0x82]) + frame(0x80, [0xac])
        #expect(try client.receive(bytes[...]) == [.text("€")])
    }
}
