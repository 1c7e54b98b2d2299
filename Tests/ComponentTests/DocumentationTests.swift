import ComponentHost
import Dispatcher
import Encoding
import Foundation
import FoundationNetworking
import Operator
import Synchronization
import Testing

/// What docs/components.md says is done here: its service is built, run, registered with a node and triggered.
@Suite("the service of docs/components.md") struct DocumentationTests {
    /// The first block of some language in the document.
    private func block(_ language: String) throws -> String {
        let document = try String(
            contentsOf: Programs.root.appending(path: "docs/components.md"),
            encoding: .utf8
        )
        let start = try #require(document.range(of: "```\(language)\n"))
        let rest = document[start.upperBound...]
        let end = try #require(rest.range(of: "```"))
        return String(rest[..<end.lowerBound])
    }

    @Test("is built, runs, and answers a node's trigger")
    func wholeWay() throws {
        let copy = try BuildFolder()
        let folder = copy.url.appending(path: "Components/Examples/Greeting")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Data(block("swift").utf8).write(to: folder.appending(path: "Greeting.swift"))
        try Programs.build(["Examples/Greeting"], in: copy.url)
        let program = try Data(contentsOf: copy.result("greeting"))

        let component = try Programs.component(bytes: [UInt8](program))
        let context = HostContext(configuration: [Setting(key: "greeting", value: "Welcome")])
        let report = try component.report(
            Programs.action(.raw([UInt8]("Ada".utf8))),
            context,
            CallLimits()
        )
        #expect(report.responses == [WasmResponse(payload: [UInt8]("Welcome Ada".utf8))])
        #expect(report.fuelUsed < 100_000)

        let node = try RegistrationNode(folder: copy.url)
        defer { node.stop() }
        let digest = try node.post("/dev/components", program).member("digest")
        let definition = try block("json").replacing("DIGEST", with: digest)
        let hash = try node.post("/dev/services", Data(definition.utf8)).member("hash")
        #expect(try node.post("/dev/services/\(hash)", Data()).status == 204)
        let id = ServiceID.text(
            of: .evm(
                chain: "evm:31337",
                address: EVMAddress(bytes: [UInt8](repeating: 0, count: 19) + [1])
            )
        )
        #expect(try node.get("/services").text.contains(id))
        let trigger = """
            {"service_id":"\(id)","workflow_id":"main","trigger":"manual",\
            "data":{"Raw":[65,100,97]},"wait_for_completion":true}
            """
        let event = try node.post("/dev/triggers", Data(trigger.utf8)).member("event_id")
        #expect(event.count == 40)
        let log = try node.get("/services/\(id)/logs").text
        #expect(log.contains("greeting 3 bytes"), "\(log)")
    }
}

/// A node that serves the paths for development.
private final class RegistrationNode {
    struct Answer {
        var status: Int
        var text: String

        /// The text that a member of the answer has.
        func member(_ name: String) throws -> String {
            let value = try JSONValue(decoding: [UInt8](text.utf8)).object?[Text(name)]?.string
            return try #require(value?.string, "\(text)")
        }
    }

    private static let token = "a token for this test alone"
    private let node: OperatorNode

    init(folder: URL) throws {
        func file(_ name: String, _ text: String) throws -> String {
            let path = folder.appending(path: name).path
            try Data(text.utf8).write(to: URL(filePath: path))
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
            return path
        }
        let words = String(repeating: "test ", count: 11) + "junk"
        var configuration = OperatorConfiguration(
            dataDirectory: folder.appending(path: "node").path,
            mnemonicFile: try file("mnemonic", words)
        )
        configuration.tokenFile = try file("token", Self.token)
        configuration.areDevelopmentPathsEnabled = true
        configuration.chains["evm:31337"] = .evm(
            chainID: "31337",
            endpoints: ["http://127.0.0.1:9/"],
            webSockets: []
        )
        node = try OperatorNode.start(
            configuration,
            makeEngine: { parts throws(OperatorError) in try ComponentRunner(parts) }
        )
    }

    func stop() { node.stop() }

    func get(_ path: String) throws -> Answer { try ask("GET", path, nil) }

    func post(_ path: String, _ body: Data) throws -> Answer { try ask("POST", path, body) }

    private func ask(_ method: String, _ path: String, _ body: Data?) throws -> Answer {
        let url = try #require(URL(string: "http://127.0.0.1:\(node.adminPort)\(path)"))
        var request = URLRequest(url: url, timeoutInterval: 40)
        request.httpMethod = method
        request.httpBody = body
        request.setValue("Bearer \(Self.token)", forHTTPHeaderField: "Authorization")
        let result = Mutex<Answer?>(nil)
        let isDone = DispatchSemaphore(value: 0)
        let task = URLSession.shared.dataTask(with: request) { data, response, _ in
            let status = (response as? HTTPURLResponse)?.statusCode ?? 0
            let text = String(decoding: data ?? Data(), as: UTF8.self)
            result.withLock { answer in answer = Answer(status: status, text: text) }
            isDone.signal()
        }
        task.resume()
        isDone.wait()
        return try #require(result.withLock { answer in answer })
    }
}
