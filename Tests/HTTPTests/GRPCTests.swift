import HTTP
import Platform
import Synchronization
import TestSupport
import Testing

private typealias Client = HTTP2FrameClient

/// What a test does with a call.
struct TestHandler: GRPCHandler {
    var begun: @Sendable (GRPCCall) -> Void = { _ in }
    var received: @Sendable (GRPCCall, [UInt8]) -> Void = { _, _ in }
    var halfClosed: @Sendable (GRPCCall) -> Void = { $0.finish() }
    var cancelled: @Sendable (GRPCCall) -> Void = { _ in }
    var writable: @Sendable (GRPCCall) -> Void = { _ in }

    func begin(_ call: GRPCCall) -> any GRPCReceiver {
        begun(call)
        return Receiver(handler: self, call: call)
    }

    private final class Receiver: GRPCReceiver {
        private let handler: TestHandler
        private let call: GRPCCall

        init(handler: TestHandler, call: GRPCCall) {
            self.handler = handler
            self.call = call
        }

        func received(_ message: [UInt8]) { handler.received(call, message) }
        func halfClosed() { handler.halfClosed(call) }
        func cancelled() { handler.cancelled(call) }
        func writable() { handler.writable(call) }
    }
}

/// Methods that other implementations call: see Scripts/grpc_client.py.
let grpcMethods: [String: any GRPCHandler] = [
    "/test.Test/Echo": TestHandler(received: { call, message in call.send(message) }),
    "/test.Test/Count": TestHandler(
        received: { call, message in
            let count = Int(String(decoding: message, as: UTF8.self)) ?? 0
            for number in 0..<count { call.send(Array("\(number)".utf8)) }
            call.finish()
        }
    ),
    "/test.Test/Metadata": TestHandler(
        received: { call, _ in
            call.send(Array((call.metadata["x-question"] ?? "").utf8))
            call.finish(trailers: HTTPHeaders(["x-answer": "42"]))
        }
    ),
    "/test.Test/Fail": TestHandler(
        received: { call, _ in call.finish(.failedPrecondition, message: "100% ungültig\n") }
    ),
    "/test.Test/Never": TestHandler(halfClosed: { _ in }),
]

/// Counts what happens on the reactor's thread.
final class Counter: Sendable {
    private let state = Mutex(0)
    var count: Int { state.withLock { $0 } }
    func add() { state.withLock { $0 += 1 } }
}

@Suite("gRPC, frame by frame") struct GRPCTests {
    private static func head(_ method: String) -> [(String, String)] {
        Client.head("POST", method) + [("content-type", "application/grpc"), ("te", "trailers")]
    }

    private static func message(_ bytes: [UInt8]) -> [UInt8] {
        [0] + Client.bytes(UInt32(bytes.count)) + bytes
    }

    private static func server(
        limits: HTTPLimits = HTTPLimits(),
        clock: any Platform.Clock = LinuxClock(),
        _ methods: [String: any GRPCHandler] = grpcMethods
    ) throws -> HTTPServer {
        let handlers = HTTPHandlers(
            request: { request, responder in responder.respond(echo(request)) },
            grpc: methods
        )
        return try HTTPServer(limits: limits, clock: clock, handlers: handlers)
    }

    @Test("a message comes back, however its bytes are divided")
    func echoes() throws {
        let server = try Self.server()
        defer { server.stop() }
        let client = try Client(port: server.port)
        client.request(1, Self.head("/test.Test/Echo"), ends: false)
        for byte in Self.message(Array("one".utf8)) {
            client.send(.data, stream: 1, payload: [byte])
        }
        client.send(.data, flags: 1, stream: 1, payload: Self.message([]) + Self.message([1, 2]))
        let answer = try #require(try client.answer(1))
        #expect(answer.status == "200")
        #expect(answer.fields["content-type"] == "application/grpc")
        #expect(
            answer.body == Self.message(Array("one".utf8)) + Self.message([])
                + Self.message([1, 2])
        )
        #expect(answer.trailers == ["grpc-status": "0"])
    }

    @Test(
        "what is no proper call ends with a status that says why",
        arguments: [
            ("/test.Test/None", [] as [(String, String)], [UInt8](), "12"),
            ("/test.Test/Echo", [("grpc-timeout", "1x")], [], "3"),
            ("/test.Test/Echo", [("grpc-timeout", "123456789S")], [], "3"),
            ("/test.Test/Echo", [], [1, 0, 0, 0, 1, 0], "12"),
            ("/test.Test/Echo", [], [0, 0, 0x10, 0, 1], "8"),
            ("/test.Test/Echo", [], [0, 0, 0, 0, 2, 0], "13"),
            ("/test.Test/Fail", [], [0, 0, 0, 0, 0], "9"),
        ]
    )
    func failures(method: String, fields: [(String, String)], body: [UInt8], status: String) throws
    {
        let server = try Self.server()
        defer { server.stop() }
        let client = try Client(port: server.port)
        client.request(1, Self.head(method) + fields, ends: false)
        client.send(.data, flags: 1, stream: 1, payload: body)
        let answer = try #require(try client.answer(1))
        #expect(answer.status == "200")
        let trailers = answer.trailers.isEmpty ? answer.fields : answer.trailers
        #expect(trailers["grpc-status"] == status)
        if method == "/test.Test/Fail" {
            #expect(trailers["grpc-message"] == "100%25 ung%C3%BCltig%0A")
        }
    }

    @Test("a request of another type is an ordinary one")
    func otherTypes() throws {
        let server = try Self.server()
        defer { server.stop() }
        let client = try Client(port: server.port)
        client.request(1, Client.head("POST", "/test.Test/Echo"))
        #expect(try client.answer(1)?.text == "POST /test.Test/Echo\n")
    }

    @Test("a call that takes longer than its caller waits is ended, and its receiver is told")
    func deadlines() throws {
        let clock = ManualClock()
        let cancelled = Counter()
        let handler = TestHandler(halfClosed: { _ in }, cancelled: { _ in cancelled.add() })
        let server = try Self.server(clock: clock, ["/a/b": handler])
        defer { server.stop() }
        let client = try Client(port: server.port)
        client.request(1, Self.head("/a/b") + [("grpc-timeout", "5S")])
        client.request(3, Client.get)
        #expect(try client.answer(3)?.status == "200")
        #expect(cancelled.count == 0)
        clock.advance(seconds: 6)
        let answer = try #require(try client.answer(1))
        #expect(answer.fields["grpc-status"] == "4")
        waitUntil { cancelled.count == 1 }
        #expect(cancelled.count == 1)
    }

    @Test("a call that its caller gives up is over", arguments: [false, true])
    func cancellation(byHangingUp: Bool) throws {
        let cancelled = Counter()
        let calls = Mutex<GRPCCall?>(nil)
        let handler = TestHandler(
            begun: { call in calls.withLock { $0 = call } },
            halfClosed: { _ in },
            cancelled: { _ in cancelled.add() }
        )
        let server = try Self.server(["/a/b": handler])
        defer { server.stop() }
        do {
            let client = try Client(port: server.port)
            client.request(1, Self.head("/a/b"))
            if !byHangingUp { client.send(.reset, stream: 1, payload: [0, 0, 0, 8]) }
            client.request(3, Client.get)
            #expect(try client.answer(3)?.status == "200")
        }
        waitUntil { cancelled.count == 1 }
        #expect(cancelled.count == 1)
        let call = try #require(calls.withLock { $0 })
        #expect(!call.isOpen)
        #expect(!call.send([1]))
        // It was told; now it changes nothing.
        call.finish()
    }

    @Test("a caller that gives no room fills the queue, and room is announced")
    func backpressure() throws {
        var limits = HTTPLimits()
        limits.waitingBytesMax = 10_000
        let (refused, writable) = (Counter(), Counter())
        let piece = [UInt8](repeating: 5, count: 1_000)
        let handler = TestHandler(
            begun: { call in
                var taken = 0
                while call.send(piece) { taken += 1 }
                for _ in 0..<taken { refused.add() }
            },
            halfClosed: { _ in },
            writable: { call in
                writable.add()
                call.finish()
            }
        )
        let server = try Self.server(limits: limits, ["/a/b": handler])
        defer { server.stop() }
        let client = try Client(port: server.port, settings: Client.setting(4, 100))
        client.request(1, Self.head("/a/b"))
        #expect(try client.next(.data)?.payload.count == 100)
        #expect(refused.count == 9)
        #expect(writable.count == 0)
        client.giveRoom(1, 100_000)
        var received = 100
        while let frame = try client.next(), !frame.endsStream {
            if frame.kind == 0 { received += frame.payload.count }
        }
        #expect(received == 9 * 1_005)
        #expect(writable.count == 1)
    }

    @Test("a caller whose receiver pauses can send only what its window holds")
    func pausing() throws {
        var limits = HTTPLimits()
        limits.streamWindowBytes = 65_535
        let received = Counter()
        let calls = Mutex<GRPCCall?>(nil)
        let handler = TestHandler(
            begun: { call in
                call.pause()
                calls.withLock { $0 = call }
            },
            received: { _, _ in received.add() }
        )
        let server = try Self.server(limits: limits, ["/a/b": handler])
        defer { server.stop() }
        let client = try Client(port: server.port)
        client.request(1, Self.head("/a/b"), ends: false)
        // The pause reaches the connection before what is sent after this answer.
        client.request(3, Client.get)
        #expect(try client.answer(3)?.status == "200")
        let message = Self.message([UInt8](repeating: 1, count: 9_995))
        for _ in 0..<6 { client.send(.data, stream: 1, payload: message) }
        client.send(.ping, payload: [UInt8](repeating: 0, count: 8))
        while let frame = try client.next(), frame.kind != 6 { #expect(frame.kind != 8) }
        #expect(received.count == 0)
        try #require(calls.withLock { $0 }).resume()
        // Room for all six comes back.
        let update = try #require(try client.next(.windowUpdate))
        #expect(update.payload == Client.bytes(60_000))
        #expect(received.count == 6)
        client.send(.data, flags: 1, stream: 1)
        #expect(try client.answer(1)?.fields["grpc-status"] == "0")
    }

    @Test("calls that are open when the server stops are ended in time, and told why")
    func drain() throws {
        let clock = ManualClock()
        let (begun, cancelled) = (Counter(), Counter())
        let handler = TestHandler(
            begun: { _ in begun.add() },
            halfClosed: { _ in },
            cancelled: { _ in cancelled.add() }
        )
        let server = try Self.server(clock: clock, ["/a/b": handler])
        defer { server.stop() }
        let client = try Client(port: server.port)
        client.request(1, Self.head("/a/b"))
        waitUntil { begun.count == 1 }
        let stopper = try PlatformThread.start(name: "stopper") { server.stop() }
        #expect(try client.next(.goAway)?.code == 0)
        clock.advance(seconds: 6)
        #expect(try client.answer(1)?.fields["grpc-status"] == "14")
        #expect(try client.next() == nil)
        // The client does not hang up, for which the server waits a while.
        clock.advance(seconds: 6)
        stopper.join()
        #expect(cancelled.count == 1)
    }
}
