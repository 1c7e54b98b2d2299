import ComponentHost
import Cryptography
import Dispatcher
import Encoding
import Ethereum
import Foundation
import HTTP
import Operator
import Testing
import TestSupport

/// The components that `make build` makes of `Components/`.
private enum BuiltComponents {
    static let folder = Places.root.appending(path: ".build/components")

    static let areAvailable = ["echo.wasm", "echo-aggregator.wasm"].allSatisfy { name in
        FileManager.default.fileExists(atPath: folder.appending(path: name).path)
    }

    static func bytes(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: folder.appending(path: name)))
    }
}

/// What an operator does: a definition at the manager's URI, programs from sources, the sandbox, the chain.
@Suite(
    "A service from its manager",
    .serialized,
    .enabled(
        if: Places.hasPython && BuiltComponents.areAvailable,
        "needs .build/python and .build/components"
    )
)
struct SandboxTests {
    let chain: TestChain
    let contracts: TestContracts

    init() throws {
        chain = try TestChain.shared.get()
        contracts = try TestContracts(chain, threshold: 1)
    }

    private func definition(_ echo: ComponentSource, _ aggregator: String) -> Service {
        var service = contracts.service
        service.workflows[0].component.source = echo
        let settings = [
            Setting(key: "address", value: Hex.encode(contracts.handler.bytes)),
            Setting(key: "chain", value: "evm:31337"),
        ]
        service.workflows[0].submit = .aggregator(
            component: ComponentDefinition(source: .digest(aggregator), configuration: settings),
            signatureKind: SignatureKind(algorithm: .secp256k1, prefix: .eip191)
        )
        return service
    }

    @Test("is fetched, checked, run in the sandbox, and submitted") func wholeWay() throws {
        let echo = try BuiltComponents.bytes("echo.wasm")
        let digest = SHA256.hash(of: echo).hex
        let server = try HTTPServer { _ in HTTPResponse(status: 200, body: echo) }
        defer { server.stop() }
        let base = "http://127.0.0.1:\(server.port)"
        let node = try TestNode(50, endpoint: chain.url)
        try contracts.register(node.signer.address)
        try chain.fund(node.payer)
        let upload = try node.ask(
            "POST",
            "/dev/components",
            bytes: try BuiltComponents.bytes("echo-aggregator.wasm")
        )
        let aggregator = try #require(upload.value("digest")?.string?.string)
        let body = """
            {"service_manager":{"evm":{"chain":"evm:31337","address":"\(contracts.manager)"}}}
            """

        // Nobody has said where the definition is.
        #expect(try node.ask("POST", "/services", body: body).status == 503)
        // It is in a file, and this node is told no folder with definitions.
        let source = ComponentSource.download(uri: base + "/echo.wasm", digest: digest)
        let service = definition(source, aggregator)
        let document = ServiceCodec.encode(service)
        try contracts.setURI("file:///etc/hostname")
        #expect(try node.ask("POST", "/services", body: body).status == 503)
        // It is another service's.
        var other = service
        other.manager = .evm(
            chain: "evm:31337",
            address: EVMAddress(bytes: contracts.handler.bytes)
        )
        let file = HTTPFile(document)
        let wrong = HTTPFile(ServiceCodec.encode(other))
        defer {
            file.stop()
            wrong.stop()
        }
        try contracts.setURI(wrong.url)
        #expect(try node.ask("POST", "/services", body: body).status == 400)
        try contracts.setURI(file.url)
        let added = try node.ask("POST", "/services", body: body)
        #expect(added.status == 204, "\(added.text)")
        #expect(try node.ask("POST", "/services", body: body).status == 409)

        let id = try node.trigger(ServiceID.text(of: contracts.serviceManager), [1, 2, 3])
        #expect(try waitUntil { try node.isBurned(id) }, "\(node.story(id))")
        #expect(try contracts.payload(id.bytes) == [1, 2, 3])
        let serviceID = ServiceID.text(of: contracts.serviceManager)
        let isLogged = try waitUntil {
            try node.ask("GET", "/services/\(serviceID)/logs").text.contains("submitted 3 bytes")
        }
        #expect(isLogged)
        let digests = try node.ask("GET", "/services").value("component_digests")?.array
        #expect(digests?.count == 2)

        let removal = body.replacingOccurrences(
            of: "service_manager\":",
            with: "service_managers\":["
        )
        let removed = try node.ask("DELETE", "/services", body: removal.dropLast() + "]}")
        #expect(removed.status == 204, "\(removed.text)")
        #expect(try node.ask("GET", "/services").value("services")?.array?.isEmpty == true)
    }

    @Test("a program with another digest is never run") func wrongDigest() throws {
        let server = try HTTPServer { _ in HTTPResponse(status: 200, body: [1, 2, 3]) }
        defer { server.stop() }
        let node = try TestNode(51, endpoint: chain.url)
        let source = ComponentSource.download(
            uri: "http://127.0.0.1:\(server.port)/echo.wasm",
            digest: String(repeating: "0a", count: 32)
        )
        try node.node.addService(
            definition(source, String(repeating: "0b", count: 32)),
            uri: "test"
        )
        let id = try node.trigger(ServiceID.text(of: contracts.serviceManager), [1])
        let isRefused = try waitUntil { try node.explain(id).text.contains("it is not used") }
        #expect(isRefused, "\(node.story(id))")
        #expect(try node.ask("GET", "/services").value("component_digests")?.array?.isEmpty == true)
    }
}

/// A document behind a URL.
private final class HTTPFile: Sendable {
    private let server: HTTPServer?

    init(_ bytes: [UInt8]) {
        server = try? HTTPServer { _ in HTTPResponse(status: 200, body: bytes) }
    }

    var url: String { "http://127.0.0.1:\(server?.port ?? 0)/service.json" }

    func stop() { server?.stop() }
}
