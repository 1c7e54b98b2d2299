import Cryptography
import Encoding
import HTTP
import MerkleLog
import Platform
import SimulatedPlatform
import Synchronization
import Testing
import Witness

/// A few witnesses with servers, and the policy that two of them must have cosigned.
final class WitnessNetwork {
    let log: SampleLog
    let witnesses: [Witness]
    let servers: [WitnessServer]
    private let keys: [SampleKey]

    init(count: Int) throws {
        let log = try SampleLog()
        self.log = log
        keys = try (0..<count).map { index in
            try SampleKey(Text("witness.example/\(index)"), 50 + UInt8(index), cosigns: true)
        }
        witnesses = try keys.map { key in
            try Witness(
                directory: SimulatedDisk(seed: 1).directory(),
                configuration: log.configuration,
                signer: key.witnessSigner,
                clock: ManualClock()
            )
        }
        servers = try witnesses.map { witness in
            try WitnessServer(witness) { error in Issue.record("\(error)") }
        }
    }

    func stop() { for server in servers { server.stop() } }

    /// The policy, with other ports for some witnesses.
    func policy(threshold: Int = 2, ports: [Int: UInt16] = [:]) throws -> WitnessPolicy {
        var text = "log \(log.signer.key.vkey.string)\n"
        for (index, key) in keys.enumerated() {
            let port = ports[index] ?? servers[index].port
            text += "witness w\(index) \(key.key.vkey.string) http://127.0.0.1:\(port)/\n"
        }
        let names = keys.indices.map { "w\($0)" }.joined(separator: " ")
        text += "group all \(threshold) \(names)\nquorum all\n"
        return try WitnessPolicy(parsing: Array(text.utf8))
    }

    func round(_ size: UInt64, _ policy: WitnessPolicy, of log: SampleLog? = nil) throws
        -> WitnessRound.Result
    {
        let log = log ?? self.log
        var limits = HTTPClient.Limits()
        limits.totalMilliseconds = 2_000
        return try WitnessRound.run(
            log.checkpoint(size),
            peers: WitnessPeer.peers(of: policy),
            policy: policy,
            limits: limits,
            verifier: native
        ) { old, new in log.consistency(old, new) }
    }
}

@Suite("witness client") struct WitnessClientTests {
    @Test(
        "a round gathers all cosignatures, follows the sizes of the witnesses, and repeats itself"
    )
    func round() throws {
        let network = try WitnessNetwork(count: 3)
        defer { network.stop() }
        let policy = try network.policy(threshold: 3)
        // One witness knows an older checkpoint, one a newer one, one nothing.
        _ = try network.witnesses[0].addCheckpoint(network.log.request(0, 3))
        _ = try network.witnesses[1].addCheckpoint(network.log.request(0, 7))
        for size: UInt64 in [7, 7, 20] {
            let result = try network.round(size, policy)
            #expect(result.failures.isEmpty)
            #expect(result.verdict.isSatisfied)
            #expect(result.checkpoint.note.signatures.count == 4)
            #expect(result.checkpoint.checkpoint.size == size)
        }
    }

    @Test("a witness that is not there costs its cosignature, and the verdict names it")
    func missing() throws {
        let network = try WitnessNetwork(count: 3)
        defer { network.stop() }
        network.servers[2].stop()
        let result = try network.round(5, try network.policy())
        #expect(result.verdict.isSatisfied)
        #expect(result.failures.count == 1)
        guard case .unreachable(witness: "w2", _)? = result.failures.first else {
            Issue.record("\(result.failures)")
            return
        }
        let all = try network.round(5, try network.policy(threshold: 3))
        #expect(
            all.verdict.shortfalls == [
                .group(
                    name: Array("all".utf8),
                    count: 2,
                    threshold: 3,
                    without: [Array("w2".utf8)]
                )
            ]
        )
    }

    @Test("a copy of the log that was set back or split gets nothing, and the operator is told")
    func split() throws {
        let network = try WitnessNetwork(count: 2)
        defer { network.stop() }
        let policy = try network.policy()
        _ = try network.round(9, policy)
        let back = try network.round(5, policy)
        #expect(!back.verdict.isSatisfied)
        #expect(back.failures == ["w0", "w1"].map { .ahead(witness: $0, size: 9) })
        let split = try network.round(12, policy, of: SampleLog(splitsAt: 6, tag: 1))
        #expect(!split.verdict.isSatisfied)
        for case .refused(_, let status, _) in split.failures { #expect(status == 422) }
        #expect(split.failures.count == 2)
    }

    @Test(
        "what a false witness answers is not taken over",
        arguments: [
            "nothing", "garbage", "wrong key", "other checkpoint", "always conflict", "no number",
            "error",
        ]
    )
    func falseWitness(kind: String) throws {
        let network = try WitnessNetwork(count: 2)
        defer { network.stop() }
        let honest = network.witnesses[0]
        let log = network.log
        let server = try HTTPServer { _ in
            switch kind {
            case "nothing": return HTTPResponse(status: 200)
            case "garbage": return .text(200, "— w1 AAAA")
            case "wrong key":
                guard let request = try? log.request(0, 5),
                    case .cosigned(let line)? = try? honest.addCheckpoint(request)
                else { return .text(500, "") }
                return HTTPResponse(status: 200, body: line.line)
            case "other checkpoint":
                guard let key = try? SampleKey("witness.example/1", 51, cosigns: true),
                    let other = try? log.checkpoint(6)
                else { return .text(500, "") }
                let line = NoteSignature(
                    cosigning: other.checkpoint,
                    timestamp: 5,
                    key: key.key,
                    signer: key.sign
                )
                return HTTPResponse(status: 200, body: line.line)
            case "always conflict":
                let headers = HTTPHeaders(["Content-Type": "text/x.tlog.size"])
                return HTTPResponse(status: 409, headers: headers, body: Array("2\n".utf8))
            case "no number":
                let headers = HTTPHeaders(["Content-Type": "text/x.tlog.size"])
                return HTTPResponse(status: 409, headers: headers, body: Array("02\n".utf8))
            default: return .text(503, "later")
            }
        }
        defer { server.stop() }
        let result = try network.round(5, network.policy(ports: [1: server.port]))
        #expect(!result.verdict.isSatisfied)
        #expect(result.failures.count == 1)
        #expect(result.checkpoint.note.signatures.count <= 2)
        #expect(result.verdict.cosigned.allSatisfy { $0.witness == 0 })
    }

    @Test("the client hands out each larger checkpoint once enough witnesses have cosigned it")
    func continuous() throws {
        let network = try WitnessNetwork(count: 3)
        defer { network.stop() }
        network.servers[2].stop()
        let log = network.log
        let arrived = Signal()
        let handedOut = Mutex<[SignedCheckpoint]>([])
        let policy = try network.policy()
        let client = try WitnessClient(
            peers: WitnessPeer.peers(of: policy),
            policy: policy,
            verifier: native,
            consistency: { old, new in log.consistency(old, new) },
            report: WitnessClient.Report(
                cosigned: { checkpoint in
                    handedOut.withLock { $0.append(checkpoint) }
                    arrived.notify()
                },
                failed: { _ in }
            )
        )
        defer { client.stop() }
        for size: UInt64 in [1, 5, 6, 40] {
            client.offer(try log.checkpoint(size))
            while handedOut.withLock({ $0.last?.checkpoint.size }) != size {
                guard arrived.wait(timeoutNanoseconds: 10_000_000_000) else {
                    Issue.record("nothing was handed out for \(size)")
                    return
                }
            }
        }
        let all = handedOut.withLock { $0 }
        #expect(all.map(\.checkpoint.size) == [1, 5, 6, 40])
        for checkpoint in all {
            #expect(policy.evaluate(checkpoint, verifier: native).isSatisfied)
        }
    }
}
