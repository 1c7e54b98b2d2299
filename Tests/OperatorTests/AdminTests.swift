import ComponentHost
import Cryptography
import Encoding
import Ethereum
import Foundation
import HTTP
import Operator
import Testing
import TestSupport

/// A path, how it is called, and what comes back.
struct AdminCase: Sendable, CustomTestStringConvertible {
    var method: String
    var path: String
    var body = ""
    var needsToken = false
    var status: Int
    /// What the answer holds.
    var contains: [String] = []

    var testDescription: String { "\(method) \(path) → \(status)" }

    static let manager = """
        {"evm":{"chain":"evm:31337","address":"0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"}}
        """
    static let unknown = """
        {"evm":{"chain":"evm:31337","address":"0x0000000000000000000000000000000000000001"}}
        """
    static let serviceID = ServiceID.text(
        of: .evm(
            chain: "evm:31337",
            address: EVMAddress(
                bytes: (try? EthereumAddress("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"))?.bytes
                    ?? []
            )
        )
    )

    static let all: [AdminCase] = [
        .init(
            method: "GET",
            path: "/config",
            status: 200,
            contains: ["\"dev_endpoints_enabled\":true", "\"chain_id\":\"31337\""]
        ),
        .init(
            method: "GET",
            path: "/info",
            status: 200,
            contains: ["\"version\"", "\"payer\"", "\"signer\"", "\"hd_index\":1", "\"message\""]
        ),
        .init(
            method: "GET",
            path: "/health",
            status: 200,
            contains: ["\"chains\"", "\"timestamp\""]
        ),
        .init(
            method: "GET",
            path: "/p2p/status",
            status: 200,
            contains: ["\"enabled\":false", "\"subscribed_topics\":[]", "\"local_peer_id\":null"]
        ),
        .init(
            method: "GET",
            path: "/services",
            status: 200,
            contains: ["\"service_ids\":[\"\(serviceID)\"]", "\"component_digests\":[]"]
        ),
        .init(
            method: "GET",
            path: "/services/evm%3A31337/0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed",
            status: 200,
            contains: ["\"manual\"", "\"active\""]
        ),
        .init(
            method: "GET",
            path: "/services/evm:31337/0x0000000000000000000000000000000000000001",
            status: 404
        ),
        .init(method: "GET", path: "/services/evm:31337/0x12", status: 400),
        .init(
            method: "GET",
            path: "/services/\(serviceID)/logs",
            needsToken: true,
            status: 200,
            contains: ["\"lines\":[]"]
        ),
        .init(method: "GET", path: "/events/" + String(repeating: "0", count: 40), status: 404),
        .init(method: "GET", path: "/events/12", status: 400),
        .init(
            method: "POST",
            path: "/services/signer",
            body: "{\"service_manager\":\(manager)}",
            needsToken: true,
            status: 200,
            contains: ["\"secp256k1\":{\"evm_address\":\"0x", "\"hd_index\":1"]
        ),
        .init(
            method: "POST",
            path: "/services/signer",
            body: "{\"service_manager\":\(unknown)}",
            needsToken: true,
            status: 404
        ),
        .init(
            method: "POST",
            path: "/services",
            body: "{\"service_manager\":\(manager)}",
            needsToken: true,
            status: 409
        ),
        .init(
            method: "POST",
            path: "/services",
            body: "{\"service_manager\":\(unknown)}",
            needsToken: true,
            status: 503
        ),
        .init(
            method: "POST",
            path: "/services",
            body: "{\"manager\":1}",
            needsToken: true,
            status: 400
        ),
        .init(
            method: "DELETE",
            path: "/services",
            body: "{\"service_managers\":[\(unknown)]}",
            needsToken: true,
            status: 404
        ),
        .init(
            method: "POST",
            path: "/services/pause",
            body: "{\"service_manager\":\(unknown)}",
            needsToken: true,
            status: 404
        ),
        .init(
            method: "POST",
            path: "/dev/components",
            body: "a program",
            needsToken: true,
            status: 200,
            contains: ["{\"digest\":\"\(SHA256.hash(of: Array("a program".utf8)).hex)\"}"]
        ),
        .init(
            method: "POST",
            path: "/dev/services",
            body: "{}",
            needsToken: true,
            status: 400,
            contains: ["workflows"]
        ),
        .init(method: "GET", path: "/dev/services/abc", status: 404),
        .init(method: "GET", path: "/dev/kv/\(serviceID)/bucket/key", status: 404),
        .init(method: "GET", path: "/dev/trigger-streams", status: 200, contains: ["[]"]),
        .init(
            method: "POST",
            path: "/dev/triggers",
            body: """
                {"service_id":"\(serviceID)","workflow_id":"other","trigger":"manual",\
                "data":{"Raw":[1]},"wait_for_completion":false}
                """,
            needsToken: true,
            status: 404
        ),
        .init(
            method: "POST",
            path: "/dev/chains",
            body: "{\"chain\":\"evm:1\",\"config\":{\"type\":\"moon\",\"chain_id\":\"1\"}}",
            needsToken: true,
            status: 400
        ),
        .init(method: "GET", path: "/nothing", status: 404),
        .init(method: "PUT", path: "/services", status: 405),
    ]
}

/// One node for the whole table; nobody answers on its chain.
private let adminNode = Result {
    let node = try TestNode(
        77,
        endpoint: "http://127.0.0.1:9/a-secret-path",
        engine: EchoEngine(handler: .zero)
    )
    let component = ComponentDefinition(source: .digest(String(repeating: "0", count: 64)))
    let address = try EthereumAddress("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed")
    let workflow = Workflow(id: "main", trigger: .manual, component: component, submit: .none)
    let service = Service(
        name: "table",
        workflows: [workflow],
        status: .active,
        manager: .evm(chain: "evm:31337", address: EVMAddress(bytes: address.bytes))
    )
    try node.node.addService(service, uri: "test")
    return node
}

@Suite("Admin paths", .serialized) struct AdminTests {
    @Test("answer with the status and the shape of WAVS", arguments: AdminCase.all)
    func table(row: AdminCase) throws {
        let node = try adminNode.get()
        let answer = try node.ask(row.method, row.path, body: row.body)
        #expect(answer.status == row.status, "\(answer.text)")
        for part in row.contains { #expect(answer.text.contains(part), "\(answer.text)") }
        if row.needsToken {
            for token in [nil, "", "another-token-of-some-length", TestNode.token + "x"] {
                let refused = try node.ask(row.method, row.path, body: row.body, token: token)
                #expect(refused.status == 401, "\(refused.text)")
                #expect(refused.headers.lowercased().contains("www-authenticate"))
            }
        } else {
            let open = try node.ask(row.method, row.path, body: row.body, token: nil)
            #expect(open.status == row.status)
        }
    }

    @Test("never hold a secret: mnemonic, keys, token, or the path of an endpoint")
    func secrets() throws {
        let node = try adminNode.get()
        let tree = try KeyTree(seed: try Mnemonic(node.mnemonic).seed())
        var secrets = [node.mnemonic, TestNode.token, "a-secret-path"]
        for index in 0..<3 as Range<UInt32> {
            let key = try tree.secrets(path: KeyTree.accounts + [index]).key
            secrets.append(Hex.encode(key))
        }
        for row in AdminCase.all {
            for token in [nil, TestNode.token] {
                let answer = try node.ask(row.method, row.path, body: row.body, token: token)
                let text = (answer.headers + answer.text).lowercased()
                for secret in secrets { #expect(!text.contains(secret), "\(row.testDescription)") }
            }
        }
    }

    @Test("refuse everybody when the node has no token, and have no path for development unasked")
    func noToken() throws {
        let node = try TestNode(
            78,
            endpoint: "http://127.0.0.1:9/",
            engine: EchoEngine(handler: .zero)
        ) { configuration in
            configuration.tokenFile = nil
            configuration.areDevelopmentPathsEnabled = false
        }
        for row in AdminCase.all where row.needsToken || row.path.hasPrefix("/dev/") {
            let answer = try node.ask(row.method, row.path, body: row.body)
            #expect(answer.status == (row.path.hasPrefix("/dev/") ? 404 : 401))
        }
    }

    @Test("a token that others may read, or a short one, keeps the node from starting")
    func badTokens() throws {
        let folder = try TemporaryDirectory()
        let file = try folder.write("short", to: "short")
        #expect(throws: OperatorError.self) {
            try TestNode(79, endpoint: "http://127.0.0.1:9/", engine: EchoEngine(handler: .zero)) {
                $0.tokenFile = file
            }
        }
        let exposed = try folder.write(TestNode.token, to: "exposed")
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: exposed)
        #expect(throws: OperatorError.self) {
            try TestNode(80, endpoint: "http://127.0.0.1:9/", engine: EchoEngine(handler: .zero)) {
                $0.tokenFile = exposed
            }
        }
    }
}
