import Encoding
import Ethereum
import HTTP
import Synchronization
import Testing

/// A server that answers with what a test gives it, and counts.
private final class ScriptedServer: Sendable {
    let server: HTTPServer
    private let count: Mutex<Int>

    init(_ answer: @escaping @Sendable (String) -> HTTPResponse) throws {
        let count = Counter()
        server = try HTTPServer { request in
            count.add()
            return answer(String(decoding: request.body, as: UTF8.self))
        }
        counter = count
        self.count = Mutex(0)
    }

    private let counter: Counter

    var questionCount: Int { counter.value }
    var url: String { "http://127.0.0.1:\(server.port)/v3/secret-key" }
}

private final class Counter: Sendable {
    private let count = Atomic<Int>(0)
    func add() { count.add(1, ordering: .relaxed) }
    var value: Int { count.load(ordering: .relaxed) }
}

@Suite("JSON-RPC client") struct JSONRPCTests {
    /// Answers with the id of the question and a member.
    private static func answer(_ question: String, _ member: String) -> HTTPResponse {
        let value = try? JSONValue(decoding: Array(question.utf8))
        let id = value?.object?["id"]?.canonical ?? []
        let text = "{\"jsonrpc\":\"2.0\",\"id\":\(String(decoding: id, as: UTF8.self)),\(member)}"
        return HTTPResponse(status: 200, body: Array(text.utf8))
    }

    @Test("asks, and gives the result") func result() throws {
        let server = try ScriptedServer { Self.answer($0, "\"result\":\"0x7a69\"") }
        let node = try EthereumNode(endpoints: [server.url])
        #expect(try node.chainID() == 31_337)
    }

    @Test("a refusal carries code, words and the contract's data, and is nobody's failure")
    func refusal() throws {
        let server = try ScriptedServer {
            Self.answer($0, #""error":{"code":3,"message":"reverted","data":"0x3dda1739"}"#)
        }
        let node = try EthereumNode(endpoints: [server.url])
        #expect(
            throws: JSONRPCError.refused(
                code: 3,
                message: "reverted",
                data: [0x3d, 0xda, 0x17, 0x39]
            )
        ) { try node.call(.zero, []) }
        #expect(node.client.health.map(\.isGood) == [true])
    }

    @Test(
        "an endpoint that fails is stood in for, and then asked last",
        arguments: [
            HTTPResponse.text(502, "bad gateway"),
            HTTPResponse(status: 200, body: Array("{}".utf8)),
            HTTPResponse(status: 200, body: Array(#"{"id":77,"result":"0x1"}"#.utf8)),
            HTTPResponse(
                status: 429,
                body: Array(#"{"id":1,"error":{"code":-32005,"message":"limit"}}"#.utf8)
            ),
        ]
    )
    func standIn(bad: HTTPResponse) throws {
        let first = try ScriptedServer { _ in bad }
        let second = try ScriptedServer { Self.answer($0, "\"result\":\"0x5\"") }
        let node = try EthereumNode(endpoints: [first.url, second.url])
        #expect(try node.blockNumber() == 5)
        #expect(try node.blockNumber() == 5)
        #expect(first.questionCount == 1)
        #expect(second.questionCount == 2)
        #expect(node.client.health.map(\.isGood) == [false, true])
    }

    @Test("no error names what an endpoint's path, query or user may keep secret")
    func secrecy() throws {
        let server = try ScriptedServer { _ in .text(500, "no") }
        let urls = [
            server.url, "http://user:secret@127.0.0.1:9/secret?key=secret#secret",
        ]
        for url in urls {
            let node = try EthereumNode(endpoints: [url])
            do {
                _ = try node.blockNumber()
                Issue.record("there is no such chain")
            } catch {
                #expect(error.isTransient)
                #expect(!error.description.contains("secret"))
                #expect(!"\(node.client.health)".contains("secret"))
            }
        }
        #expect(throws: JSONRPCError.badEndpoint("ftp://host")) {
            try EthereumNode(endpoints: ["ftp://a:b@host/secret"])
        }
    }

    @Test("a server that never answers costs the given time and no more") func timeOut() throws {
        let gate = Mutex(false)
        let server = try ScriptedServer { _ in
            while !gate.withLock({ $0 }) {}
            return .text(200, "late")
        }
        defer { gate.withLock { $0 = true } }
        var limits = JSONRPCClient.Limits()
        limits.totalMilliseconds = 50
        let node = try EthereumNode(endpoints: [server.url], limits: limits)
        #expect(
            throws: JSONRPCError.unreachable(
                endpoint: "http://127.0.0.1:\(server.server.port)",
                reason: "no answer in time"
            )
        ) { try node.chainID() }
    }
}
