import ComponentHost
import Synchronization
import TestSupport

/// What the tests of components share.
enum Sandbox {
    static let limits = CallLimits(fuel: 100_000_000, milliseconds: 2_000, memoryBytes: 64 << 20)

    static func engine(isDeterministic: Bool = false) throws -> ComponentEngine {
        try ComponentEngine(.init(isDeterministic: isDeterministic))
    }

    /// A component of `.build/components`, compiled once for all tests.
    static func component(
        _ name: String,
        isDeterministic: Bool = false
    ) throws -> Component {
        try compiled.withLock { compiled in
            let key = "\(name) \(isDeterministic)"
            if let component = compiled[key] { return component }
            let engine = try isDeterministic ? deterministicEngine.get() : ordinaryEngine.get()
            let component = try engine.component(Program.built(name + ".wasm"))
            compiled[key] = component
            return component
        }
    }

    /// The engine of `component`.
    static func sharedEngine() throws -> ComponentEngine { try ordinaryEngine.get() }

    private static let compiled = Mutex<[String: Component]>([:])
    private static let ordinaryEngine = Result {
        // Tests run at once, and none of them is to wait for a place.
        try ComponentEngine(.init(isDeterministic: false, instancesMax: 32))
    }
    private static let deterministicEngine = Result {
        try ComponentEngine(.init(isDeterministic: true, instancesMax: 32))
    }

    static func action(_ bytes: [UInt8]) -> TriggerAction {
        TriggerAction(
            configuration: TriggerConfiguration(
                serviceID: String(repeating: "ab", count: 32),
                workflowID: "work",
                trigger: .manual
            ),
            data: .raw(bytes)
        )
    }

    private static let evm = EVMAddress(bytes: [UInt8](repeating: 1, count: 20))
    private static let cosmos = CosmosAddress(bech32: "cosmos1abc", prefixCount: 6)
    private static let log = EVMEventLog(
        address: evm,
        topics: [[1], [2, 3]],
        data: [4],
        transactionHash: [5],
        blockNumber: 6,
        logIndex: 7,
        blockHash: [8],
        blockTimestamp: nil,
        transactionIndex: 9
    )
    private static let record = ATProtoEvent(
        sequence: -1,
        timestamp: 2,
        repository: "did:plc:x",
        collection: "c",
        recordKey: "r",
        action: "create",
        cid: "cid",
        record: nil,
        revision: nil,
        operationIndex: 3
    )

    /// Every trigger with what belongs to it.
    static let triggers: [(Trigger, TriggerData)] = [
        (
            .evmContractEvent(address: evm, chain: "evm:1", eventHash: [1]),
            .evmContractEvent(chain: "evm:1", log: log)
        ),
        (
            .cosmosContractEvent(address: cosmos, chain: "cosmos:x", eventType: "wasm"),
            .cosmosContractEvent(
                contractAddress: cosmos,
                chain: "cosmos:x",
                event: CosmosEvent(type: "wasm", attributes: [Setting(key: "k", value: "v")]),
                eventIndex: 1,
                blockHeight: 2
            )
        ),
        (
            .blockInterval(chain: "evm:1", blockCount: 3, startBlock: 1, endBlock: nil),
            .blockInterval(chain: "evm:1", blockHeight: 12)
        ),
        (
            .cron(schedule: "* * * * *", startNanoseconds: 1, endNanoseconds: nil),
            .cron(triggerNanoseconds: 60)
        ),
        (
            .atprotoEvent(collection: "c", repositoryDID: nil, action: "create"),
            .atprotoEvent(record)
        ),
        (
            .hypercoreAppend(feedKey: "ff"),
            .hypercoreAppend(feedKey: "ff", index: 1, data: [1, 2])
        ),
        (.manual, .raw([1])),
    ]
}
