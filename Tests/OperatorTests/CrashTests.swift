import Cryptography
import Dispatcher
import Ethereum
import Foundation
import Operator
import Testing
import TestSupport

@Suite(
    "A node that is killed",
    .serialized,
    .enabled(if: Places.hasPython, "needs .build/python")
)
struct CrashTests {
    /// Everything a child process must know.
    struct Plan: Codable, Sendable {
        var folder: String
        var url: String
        var handler: [UInt8]
        var service: String
        var step: EchoEngine.Step
    }

    static func node(_ plan: Plan, killAt: EchoEngine.Step?) throws -> TestNode {
        let handler = try #require(EthereumAddress(bytes: plan.handler))
        return try TestNode(
            42,
            endpoint: plan.url,
            folder: TemporaryDirectory(path: plan.folder),
            engine: EchoEngine(handler: handler, killAt: killAt)
        )
    }

    @Test("goes on where it was, and submits once", arguments: EchoEngine.Step.allCases)
    func killed(step: EchoEngine.Step) async throws {
        let chain = try TestChain.shared.get()
        let contracts = try TestContracts(chain, threshold: 1)
        let folder = try TemporaryDirectory()
        let plan = Plan(
            folder: folder.path,
            url: chain.url,
            handler: contracts.handler.bytes,
            service: ServiceID.text(of: contracts.serviceManager),
            step: step
        )
        do {
            let node = try Self.node(plan, killAt: nil)
            try contracts.register(node.signer.address)
            try chain.fund(node.payer)
            try node.node.addService(contracts.service, uri: "test")
            node.node.stop()
        }
        await #expect(processExitsWith: .signal(SIGKILL)) { [plan = plan as Plan] in
            let node = try CrashTests.node(plan, killAt: plan.step)
            _ = try node.trigger(plan.service, Array("crash".utf8))
            sleep(20)
        }
        let again = try Self.node(plan, killAt: nil)
        // The trigger was accepted before the end, so nobody has to send it again; doing so changes nothing.
        let id = try again.trigger(plan.service, Array("crash".utf8))
        #expect(try waitUntil { try again.isBurned(id) })
        #expect(try contracts.payload(id.bytes) == Array("crash".utf8))
        #expect(try contracts.handledCount == UInt256(low: 1))
        let stages = try again.stages(id)
        #expect(stages.filter { $0 == "signed" }.count <= 1, "\(stages)")
    }
}
