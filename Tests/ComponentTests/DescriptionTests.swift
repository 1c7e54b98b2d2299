import ComponentHost
import Testing

/// Every type of the interface crosses the border with all its fields.
@Suite("what a component is told") struct DescriptionTests {
    static let log = EVMEventLog(
        address: EVMAddress(bytes: [UInt8](repeating: 0xaa, count: 20)),
        topics: [[1, 2], [], [3]],
        data: [0] + [UInt8]("data".utf8),
        transactionHash: [0xbb],
        blockNumber: 1 << 40,
        logIndex: 2,
        blockHash: [0xcc, 0xcd],
        blockTimestamp: 1 << 41,
        transactionIndex: 3
    )

    static let event = ATProtoEvent(
        sequence: -1,
        timestamp: 1 << 45,
        repository: "did:plc:x",
        collection: "app.bsky.feed.post",
        recordKey: "key",
        action: "create",
        cid: nil,
        record: "{\"text\":\"é\"}",
        revision: "rev",
        operationIndex: 7
    )

    private static let component = ComponentDefinition(
        source: .registry(digest: "dd", domain: "wa.dev", version: nil, package: "a:b"),
        permissions: Permissions(
            allowedHTTPHosts: .only(["x", "y:81"]),
            fileSystem: true,
            rawSockets: false,
            dnsResolution: true
        ),
        fuelLimit: 1 << 33,
        timeLimitSeconds: nil,
        configuration: [Setting(key: "evm", value: "evm:1"), Setting(key: "cosmos", value: "c")],
        environmentKeys: ["WAVS_ENV_A", "WAVS_ENV_B"]
    )
    private static let componentText =
        "registry dd wa.dev - a:b x,y:81 true false true 8589934592 - evm=evm:1,cosmos=c "
        + "WAVS_ENV_A,WAVS_ENV_B"

    private static func service(_ manager: Service.Manager, _ status: Service.Status) -> Service {
        Service(
            name: "name",
            workflows: [
                Workflow(
                    id: "first",
                    trigger: .cron(
                        schedule: "* * * * * *",
                        startNanoseconds: 5,
                        endNanoseconds: nil
                    ),
                    component: ComponentDefinition(
                        source: .download(uri: "https://x", digest: "ee"),
                        permissions: Permissions(
                            allowedHTTPHosts: .all,
                            fileSystem: false,
                            rawSockets: true,
                            dnsResolution: false
                        ),
                        timeLimitSeconds: 3
                    ),
                    submit: .aggregator(
                        component: component,
                        signatureKind: SignatureKind(algorithm: .secp256k1, prefix: .eip191)
                    )
                ),
                Workflow(
                    id: "workflow",
                    trigger: .manual,
                    component: component,
                    submit: .aggregator(
                        component: ComponentDefinition(source: .digest("ff")),
                        signatureKind: SignatureKind(algorithm: .secp256k1, prefix: nil)
                    )
                ),
            ],
            status: status,
            manager: manager
        )
    }

    private static let workflowsText =
        "[first: cron * * * * * * 5 - runs download https://x ee all false true false - 3   "
        + "submits to \(componentText) eip191; workflow: \(secondWorkflowText)]"
    private static let secondWorkflowText =
        "manual runs \(componentText) submits to digest ff none false false false - -   plain"

    private func context(_ service: Service) -> HostContext {
        HostContext(
            configuration: Self.component.configuration,
            service: service,
            workflowID: "workflow",
            eventID: { salt in [UInt8](repeating: salt == nil ? 1 : 2, count: 20) },
            evmChains: [
                "evm:1": EVMChainConfiguration(
                    chainID: "1",
                    webSocketEndpoints: ["ws://a", "ws://b"],
                    httpEndpoint: nil
                )
            ],
            cosmosChains: [
                "c": CosmosChainConfiguration(
                    chainID: "hub",
                    rpcEndpoint: "r",
                    grpcEndpoint: nil,
                    grpcWebEndpoint: "w",
                    gasPrice: 0.025,
                    gasDenomination: "uatom",
                    bech32Prefix: "cosmos"
                )
            ]
        )
    }

    /// A trigger and its data with the text of both.
    private static let actions: [(Trigger, TriggerData, String)] = [
        (
            .evmContractEvent(address: log.address, chain: "evm:1", eventHash: [9, 8]),
            .evmContractEvent(chain: "evm:1", log: log),
            "trigger evm \(String(repeating: "aa", count: 20)) evm:1 0908\n"
                + "data evm evm:1 \(String(repeating: "aa", count: 20)) 0102,,03 0064617461 bb "
                + "1099511627776 2 cccd 2199023255552 3"
        ),
        (
            .cosmosContractEvent(
                address: CosmosAddress(bech32: "cosmos1x", prefixCount: 6),
                chain: "c",
                eventType: "wasm"
            ),
            .cosmosContractEvent(
                contractAddress: CosmosAddress(bech32: "cosmos1y", prefixCount: 5),
                chain: "d",
                event: CosmosEvent(
                    type: "ty",
                    attributes: [Setting(key: "k", value: "v"), Setting(key: "", value: "w")]
                ),
                eventIndex: 11,
                blockHeight: 12
            ),
            "trigger cosmos cosmos1x/6 c wasm\ndata cosmos cosmos1y/5 d ty k=v,=w 11 12"
        ),
        (
            .blockInterval(chain: "e", blockCount: 4, startBlock: nil, endBlock: 1 << 40),
            .blockInterval(chain: "e", blockHeight: 77),
            "trigger block e 4 - 1099511627776\ndata block e 77"
        ),
        (
            .cron(schedule: "s", startNanoseconds: 1, endNanoseconds: 2),
            .cron(triggerNanoseconds: 3), "trigger cron s 1 2\ndata cron 3"
        ),
        (
            .atprotoEvent(collection: "c", repositoryDID: nil, action: "create"),
            .atprotoEvent(event),
            "trigger atproto c - create\ndata atproto -1 35184372088832 did:plc:x "
                + "app.bsky.feed.post key create - {\"text\":\"é\"} rev 7"
        ),
        (
            .hypercoreAppend(feedKey: "f"), .hypercoreAppend(feedKey: "g", index: 1, data: [255]),
            "trigger hypercore f\ndata hypercore g 1 ff"
        ),
        (.manual, .raw([1, 2]), "trigger manual\ndata raw 0102"),
    ]

    @Test("a component sees its trigger, service, workflow, chains and event ids as they are")
    func everything() throws {
        let component = try Programs.component("describe")
        let service = Self.service(
            .evm(chain: "evm:31337", address: EVMAddress(bytes: [0xab, 0xcd])),
            .active
        )
        let rest = """
            service name active evm evm:31337 abcd \(Self.workflowsText) in workflow
            workflow workflow \(Self.secondWorkflowText)
            evm 1 ws://a,ws://b -
            cosmos hub r - w 25 uatom cosmos
            event \(String(repeating: "01", count: 20))
            salted \(String(repeating: "02", count: 20))
            """
        for (trigger, data, expected) in Self.actions {
            let responses = try component.run(
                Programs.action(data, trigger: trigger),
                context(service),
                Programs.limits
            )
            let id = "id \(String(repeating: "5a", count: 32)) workflow"
            try #require(responses.count == 2)
            #expect(
                String(decoding: responses[0].payload, as: UTF8.self)
                    == "\(id)\n\(expected)\n\(rest)"
            )
            #expect(responses[0].ordering == 1 << 40 | 7)
            #expect(responses[0].eventIDSalt == [1, 2, 3])
            #expect(responses[1] == WasmResponse(payload: [], ordering: nil, eventIDSalt: []))
        }
    }

    @Test("a component sees a paused service of a Cosmos contract, and that chains are not there")
    func otherCases() throws {
        let component = try Programs.component("describe")
        let manager = Service.Manager.cosmos(
            chain: "c",
            address: CosmosAddress(bech32: "cosmos1z", prefixCount: 6)
        )
        var context = context(Self.service(manager, .paused))
        context.evmChains = [:]
        context.cosmosChains = [:]
        let responses = try component.run(
            Programs.action(.raw([])),
            context,
            Programs.limits
        )
        let text = String(decoding: responses[0].payload, as: UTF8.self)
        #expect(text.contains("\nservice name paused cosmos c cosmos1z/6 [first"))
        #expect(text.contains("\nevm none\ncosmos none\n"))
    }
}
