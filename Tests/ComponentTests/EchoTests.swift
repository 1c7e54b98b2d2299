import ComponentHost
import Synchronization
import Testing

/// The services in Swift, run by the real host: what one side lowers the other lifts.
@Suite("components in Swift") struct EchoTests {
    @Test("echo answers with the data of every kind of trigger")
    func echo() throws {
        let component = try Programs.component("echo")
        for (data, expected) in Self.triggers {
            let responses = try component.run(
                Programs.action(data),
                HostContext(configuration: [Setting(key: "prefix", value: "> ")]),
                Programs.limits
            )
            #expect(responses == [WasmResponse(payload: [UInt8](("> " + expected).utf8))])
        }
    }

    private static let triggers: [(TriggerData, String)] = [
        (.raw([]), ""),
        (.raw([UInt8]("bytes".utf8)), "bytes"),
        (.evmContractEvent(chain: "evm:1", log: DescriptionTests.log), "\u{0}data"),
        (
            .cosmosContractEvent(
                contractAddress: CosmosAddress(bech32: "cosmos1", prefixCount: 6),
                chain: "cosmos:hub",
                event: CosmosEvent(type: "wasm", attributes: []),
                eventIndex: 1,
                blockHeight: 2
            ),
            "wasm"
        ),
        (.blockInterval(chain: "evm:1", blockHeight: 1 << 50), "evm:1 1125899906842624"),
        (.cron(triggerNanoseconds: .max), "18446744073709551615"),
        (.atprotoEvent(DescriptionTests.event), "{\"text\":\"é\"}"),
        (.hypercoreAppend(feedKey: "ab", index: 1, data: [UInt8]("feed".utf8)), "feed"),
    ]

    @Test("echo writes to the log of its service")
    func log() throws {
        let shared = SharedLines()
        let context = HostContext(log: { level, line in shared.append("\(level.name) \(line)") })
        _ = try Programs.component("echo").run(
            Programs.action(.raw([1, 2])),
            context,
            Programs.limits
        )
        #expect(shared.lines == ["info echo of 2 bytes for workflow"])
    }

    @Test("a failure of a component carries its reason")
    func failure() throws {
        let component = try Programs.component("echo")
        let context = HostContext(configuration: [Setting(key: "fail", value: "no ü today")])
        #expect(throws: ComponentError.guest("no ü today")) {
            try component.run(Programs.action(.raw([1])), context, Programs.limits)
        }
    }

    @Test("echo answers large triggers")
    func large() throws {
        let bytes = [UInt8](repeating: 7, count: 200_000)
        let responses = try Programs.component("echo").run(
            Programs.action(.raw(bytes)),
            HostContext(),
            Programs.limits
        )
        #expect(responses == [WasmResponse(payload: bytes)])
    }

    @Test("the aggregator has every result submitted where its settings say")
    func aggregator() throws {
        let component = try Programs.component("echo-aggregator")
        let address = String(repeating: "0f", count: 20)
        var context = HostContext(configuration: [
            Setting(key: "chain", value: "evm:31337"), Setting(key: "address", value: address),
        ])
        let shared = SharedLines()
        context.log = { level, line in shared.append("\(level.name) \(line)") }
        let input = AggregatorInput(
            triggerAction: Programs.action(
                .evmContractEvent(chain: "a", log: DescriptionTests.log)
            ),
            operatorResponse: WasmResponse(payload: [1, 2, 3], ordering: 9, eventIDSalt: [4])
        )
        let expected = AggregatorAction.submit(
            .evm(
                chain: "evm:31337",
                address: EVMAddress(bytes: [UInt8](repeating: 0x0f, count: 20)),
                gasPrice: nil
            )
        )
        #expect(try component.processInput(input, context, Programs.limits) == [expected])
        #expect(try component.handleTimerCallback(input, context, Programs.limits) == [expected])
        for result in [
            SubmissionResult.accepted(.evm([1])), .accepted(.cosmos("AB")), .failed("nonce"),
        ] {
            try component.handleSubmitCallback(input, result, context, Programs.limits)
        }
        #expect(
            shared.lines == [
                "info submitted 3 bytes", "info submitted 3 bytes", "warn not submitted: nonce",
            ]
        )
        context.configuration.removeLast()
        #expect(throws: ComponentError.guest("the component has no setting address")) {
            try component.processInput(input, context, Programs.limits)
        }
    }
}

/// Lines that a component logs.
final class SharedLines: Sendable {
    private let content = Mutex<[String]>([])
    var lines: [String] { content.withLock { lines in lines } }
    func append(_ line: String) { content.withLock { lines in lines.append(line) } }
}
