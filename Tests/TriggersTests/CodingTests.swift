import ComponentHost
import SeededRandomness
import Testing
import Triggers

@Suite("the bytes of actions on the disk") struct CodingTests {
    static let triggers: [Trigger] = [
        .evmContractEvent(
            address: EVMAddress(bytes: [UInt8](repeating: 1, count: 20)),
            chain: "evm:1",
            eventHash: [UInt8](repeating: 2, count: 32)
        ),
        .cosmosContractEvent(
            address: CosmosAddress(bech32: "wasm1abc", prefixCount: 4),
            chain: "cosmos:x",
            eventType: "tick"
        ),
        .blockInterval(chain: "evm:1", blockCount: 7, startBlock: 1, endBlock: nil),
        .blockInterval(chain: "evm:1", blockCount: .max, startBlock: nil, endBlock: .max),
        .cron(schedule: "* * * * *", startNanoseconds: nil, endNanoseconds: 5),
        .atprotoEvent(collection: "app.bsky.feed.post", repositoryDID: "did:plc:x", action: nil),
        .atprotoEvent(collection: "a", repositoryDID: nil, action: "create"),
        .hypercoreAppend(feedKey: "00ff"), .manual,
    ]

    static let data: [TriggerData] = [
        .evmContractEvent(
            chain: "evm:1",
            log: EVMEventLog(
                address: EVMAddress(bytes: [UInt8](repeating: 1, count: 20)),
                topics: [[1], [], [UInt8](repeating: 9, count: 32)],
                data: [0xff],
                transactionHash: [3],
                blockNumber: .max,
                logIndex: 0,
                blockHash: [],
                blockTimestamp: nil,
                transactionIndex: 1
            )
        ),
        .cosmosContractEvent(
            contractAddress: CosmosAddress(bech32: "é", prefixCount: 0),
            chain: "",
            event: CosmosEvent(
                type: "t",
                attributes: [Setting(key: "", value: "v"), Setting(key: "", value: "v")]
            ),
            eventIndex: 3,
            blockHeight: 4
        ),
        .blockInterval(chain: "c", blockHeight: 0), .cron(triggerNanoseconds: .max),
        .atprotoEvent(
            ATProtoEvent(
                sequence: .min,
                timestamp: .max,
                repository: "r",
                collection: "c",
                recordKey: "k",
                action: "delete",
                cid: nil,
                record: "{}",
                revision: nil,
                operationIndex: .max
            )
        ),
        .hypercoreAppend(feedKey: "k", index: 1, data: []), .raw([]), .raw([0, 1, 2]),
    ]

    private static var actions: [TriggerAction] {
        triggers.flatMap { trigger in
            data.map { data in
                TriggerAction(
                    configuration: TriggerConfiguration(
                        serviceID: "s",
                        workflowID: "w",
                        trigger: trigger
                    ),
                    data: data
                )
            }
        }
    }

    @Test("give the same action back, and different bytes for different actions")
    func roundTrip() throws {
        var seen: Set<[UInt8]> = []
        for action in Self.actions {
            let bytes = TriggerCoding.encode(action)
            #expect(try TriggerCoding.action(bytes) == action)
            #expect(seen.insert(bytes).inserted)
        }
        #expect(seen.count == 72)
        let responses = [
            WasmResponse(payload: []), WasmResponse(payload: [1], ordering: .max, eventIDSalt: []),
        ]
        #expect(try TriggerCoding.responses(TriggerCoding.encode(responses)) == responses)
        #expect(try TriggerCoding.responses(TriggerCoding.encode([])) == [])
    }

    @Test("are refused when they are no action, and otherwise mean themselves")
    func mutations() throws {
        var random = RandomSource(seed: 4)
        var refused = 0
        for action in Self.actions {
            for _ in 0..<40 {
                var bytes = TriggerCoding.encode(action)
                random.mutate(&bytes)
                do {
                    #expect(TriggerCoding.encode(try TriggerCoding.action(bytes)) == bytes)
                } catch TriggerCoding.Fault.malformed {
                    refused += 1
                }
            }
        }
        #expect(refused > 1_000)
    }
}
