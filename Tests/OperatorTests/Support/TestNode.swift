import ComponentHost
import Cryptography
import Dispatcher
import Encoding
import Ethereum
import Foundation
import FoundationNetworking
import HTTP
import MessageBus
import Operator
import Platform
import Synchronization
import TestSupport
import TLS
import Testing

/// What runs in place of components: it answers with the trigger's bytes and submits to one handler.
struct EchoEngine: ServiceEngine, AggregatorEngine {
    /// Where the process is killed, if anywhere.
    enum Step: String, Codable, Sendable, CaseIterable {
        case beforeAnswer
        case beforeQueue
        case afterSubmission
    }

    let handler: EthereumAddress
    /// What is answered instead of the trigger's bytes.
    var answer: [UInt8]?
    var killAt: Step?
    /// How long the aggregator waits before it submits.
    var delaySeconds: UInt64?

    func run(_ work: WorkItem) -> WorkOutcome {
        kill(.beforeAnswer)
        guard case .raw(let bytes) = work.action.data else { return .failed(reason: "not raw") }
        return .finished([WasmResponse(payload: answer ?? bytes)])
    }

    func call(
        _ service: Service,
        _ workflow: Workflow,
        _ input: AggregatorInput,
        _ call: AggregatorCall
    ) -> AggregatorOutcome {
        switch call {
        case .input where delaySeconds != nil:
            return .actions([.timer(delaySeconds: delaySeconds ?? 0)])
        case .input, .timer:
            kill(.beforeQueue)
            let address = EVMAddress(bytes: handler.bytes)
            return .actions([
                .submit(.evm(chain: "evm:31337", address: address, gasPrice: nil))
            ])
        case .submitted:
            kill(.afterSubmission)
            return .actions([])
        }
    }

    private func kill(_ step: Step) {
        if step == killAt { Foundation.kill(getpid(), SIGKILL) }
    }
}

/// The real time, with leaps ahead on demand.
final class LeapingClock: Clock {
    private let leap = Atomic<UInt64>(0)
    private let real = LinuxClock()

    func advance(milliseconds: Int64) {
        leap.wrappingAdd(UInt64(milliseconds) * 1_000_000, ordering: .sequentiallyConsistent)
    }

    func wallNanoseconds() -> UInt64 {
        real.wallNanoseconds() + leap.load(ordering: .sequentiallyConsistent)
    }

    func monotonicNanoseconds() -> UInt64 {
        real.monotonicNanoseconds() + leap.load(ordering: .sequentiallyConsistent)
    }
}

/// A running node.
final class TestNode: Sendable {
    static let token = "a-token-that-nobody-may-see"

    let folder: TemporaryDirectory
    let node: OperatorNode
    let mnemonic: String
    /// Whose key signs the first service, number 1 of the tree.
    let signer: EthereumKey
    let payer: EthereumAddress

    init(
        _ number: UInt8,
        endpoint: String,
        folder: TemporaryDirectory? = nil,
        exchange: (any PeerExchange)? = nil,
        engine: EchoEngine? = nil,
        clock: any Clock = LinuxClock(),
        change: (inout OperatorConfiguration) -> Void = { _ in }
    ) throws {
        let folder = try folder ?? TemporaryDirectory()
        self.folder = folder
        let words = Mnemonic(entropy: [UInt8](repeating: number, count: 16))
        mnemonic = words.words
        let tree = try KeyTree(seed: words.seed())
        signer = try tree.account(1)
        payer = try tree.account(0).address
        var configuration = OperatorConfiguration(
            dataDirectory: folder.path + "/data",
            mnemonicFile: try folder.write(mnemonic, to: "mnemonic")
        )
        configuration.tokenFile = try folder.write(Self.token + "\n", to: "token")
        configuration.chains["evm:31337"] = .evm(
            chainID: "31337",
            endpoints: [endpoint],
            webSockets: []
        )
        configuration.areDevelopmentPathsEnabled = true
        change(&configuration)
        node = try OperatorNode.start(
            configuration,
            exchange: exchange,
            clock: clock,
            makeEngine: { (parts) throws(OperatorError) in
                if let engine { return engine }
                return try ComponentRunner(parts)
            }
        )
    }

    deinit { node.stop() }

    // MARK: Asking

    struct Answer: Sendable {
        let status: Int
        let text: String
        let headers: String

        var json: JSONValue? { try? JSONValue(decoding: Array(text.utf8)) }

        /// A member of the answer, and of that one, and so on.
        func value(_ path: String...) -> JSONValue? {
            path.reduce(json) { value, name in value?.object?[Text(name)] }
        }
    }

    func ask(
        _ method: String,
        _ path: String,
        body: String = "",
        bytes: [UInt8] = [],
        token: String? = TestNode.token
    ) throws -> Answer {
        let url = try #require(URL(string: "http://127.0.0.1:\(node.adminPort)\(path)"))
        var request = URLRequest(url: url)
        request.httpMethod = method
        if let token {
            request.setValue("Bearer \(token)", forHTTPHeaderField: "Authorization")
        }
        if !body.isEmpty || !bytes.isEmpty { request.httpBody = Data(body.utf8) + Data(bytes) }
        let result = Mutex<Answer?>(nil)
        let isDone = DispatchSemaphore(value: 0)
        let task = URLSession.shared.dataTask(with: request) { data, response, _ in
            if let response = response as? HTTPURLResponse {
                let text = String(decoding: data ?? Data(), as: UTF8.self)
                let headers = "\(response.allHeaderFields)"
                result.withLock {
                    $0 = Answer(status: response.statusCode, text: text, headers: headers)
                }
            }
            isDone.signal()
        }
        task.resume()
        isDone.wait()
        return try #require(result.withLock { $0 }, "\(method) \(path)")
    }

    /// Simulates a trigger by hand.
    ///
    /// - Returns: The event's id.
    func trigger(_ service: String, _ bytes: [UInt8]) throws -> EventID {
        let numbers = bytes.map(String.init).joined(separator: ",")
        let answer = try ask(
            "POST",
            "/dev/triggers",
            body: """
                {"service_id":"\(service)","workflow_id":"main","trigger":"manual",\
                "data":{"Raw":[\(numbers)]},"wait_for_completion":false}
                """
        )
        let id = try #require(answer.value("event_id")?.string, "\(answer.text)")
        return try #require(EventID(bytes: try Hex.decode(id.string)))
    }

    func explain(_ id: EventID) throws -> Answer { try ask("GET", "/events/\(id)") }

    /// All that the node tells of an event, for the message of a failure.
    func story(_ id: EventID) -> String { (try? explain(id).text) ?? "no answer" }

    /// The words for what happened to an event.
    func stages(_ id: EventID) throws -> [String] {
        let answer = try explain(id)
        let timeline = answer.value("timeline")?.array ?? []
        return timeline.compactMap { $0.object?["stage"]?.string?.string }
    }

    func isBurned(_ id: EventID) throws -> Bool {
        let queues = try explain(id).value("queues")?.array ?? []
        return !queues.isEmpty
            && queues.allSatisfy { $0.object?["state"]?.string?.string == "burned" }
    }
}

/// A hub and clients for the nodes of one test.
final class TestBus: Sendable {
    private let hub: BusHub
    private let hubKey: Ed25519.PublicKey
    private let clients = Mutex<[BusClient]>([])

    init() throws {
        let identity = try TLSIdentity(seed: SystemRandom.bytes(32).span)
        hubKey = identity.publicKey
        let rules = try BusRules(publish: ["wavs.>"], subscribe: ["wavs.>"]) { _ in true }
        hub = try BusHub(identity: identity, rules: rules)
    }

    func client() throws -> BusClient {
        let client = try BusClient(
            address: "127.0.0.1:\(hub.port)",
            hubKey: hubKey,
            identity: try TLSIdentity(seed: SystemRandom.bytes(32).span),
            random: { SystemRandom.word() }
        )
        clients.withLock { $0.append(client) }
        #expect(client.waitUntilConnected(timeoutMilliseconds: 10_000))
        return client
    }

    func exchange() throws -> BusPeerExchange { BusPeerExchange(bus: try client()) }

    deinit {
        for client in clients.withLock({ $0 }) { client.close() }
        hub.close()
    }
}
