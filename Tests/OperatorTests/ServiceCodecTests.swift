import ComponentHost
import Cryptography
import Dispatcher
import Ethereum
import Operator
import Testing

@Suite("service.json") struct ServiceCodecTests {
    static let digest = String(repeating: "ab", count: 32)

    /// All forms at once, as WAVS writes them.
    static let document = """
        {"name":"example","status":"active",\
        "manager":{"evm":{"chain":"evm:31337","address":"0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed"}},\
        "workflows":{\
        "by-hand":{"trigger":"manual","component":\(component),"submit":"none"},\
        "cron":{"trigger":{"cron":{"schedule":"*/5 * * * * *","start_time":1763740000000000001,\
        "end_time":null}},"component":\(component),"submit":"none"},\
        "evm_event":{"trigger":{"evm_contract_event":{\
        "address":"0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed","chain":"evm:31337",\
        "event_hash":"0x\(digest)"}},"component":\(component),"submit":{"aggregator":{\
        "component":\(rich),"signature_kind":{"algorithm":"secp256k1","prefix":"eip191"}}}},\
        "feed":{"trigger":{"hypercore_append":{"feed_key":"\(digest)"}},"component":\(component),\
        "submit":"none"},\
        "interval":{"trigger":{"block_interval":{"chain":"cosmos:hub-4","n_blocks":10,\
        "start_block":5,"end_block":null}},"component":\(component),"submit":"none"},\
        "posts":{"trigger":{"at_proto_event":{"collection":"app.bsky.feed.*","repo_did":null,\
        "action":"create"}},"component":\(component),"submit":"none"}}}
        """

    static let component = """
        {"source":{"digest":"\(digest)"},"permissions":{"allowed_http_hosts":"none",\
        "file_system":false,"raw_sockets":false,"dns_resolution":false},"fuel_limit":null,\
        "time_limit_seconds":null,"config":{},"env_keys":[]}
        """

    static let rich = """
        {"source":{"registry":{"digest":"\(digest)","domain":null,"version":"1.0.0",\
        "package":"example:aggregator"}},"permissions":{"allowed_http_hosts":{"only":["a.example"]},\
        "file_system":true,"raw_sockets":false,"dns_resolution":true},\
        "fuel_limit":18446744073709551615,"time_limit_seconds":30,"config":{"k":"v"},\
        "env_keys":["WAVS_ENV_KEY"]}
        """

    @Test("every form is read, and what is written is read as the same")
    func roundTrip() throws {
        let service = try ServiceCodec.decode(Array(Self.document.utf8))
        #expect(service.workflows.count == 6)
        #expect(try ServiceCodec.decode(ServiceCodec.encode(service)) == service)
        let byID = Dictionary(uniqueKeysWithValues: service.workflows.map { ($0.id, $0) })
        #expect(
            byID["cron"]?.trigger
                == .cron(
                    schedule: "*/5 * * * * *",
                    startNanoseconds: 1_763_740_000_000_000_001,
                    endNanoseconds: nil
                )
        )
        guard case .aggregator(let component, _)? = byID["evm_event"]?.submit else {
            Issue.record("an aggregator")
            return
        }
        #expect(component.fuelLimit == UInt64.max)
        #expect(component.environmentKeys == ["WAVS_ENV_KEY"])
        let text = String(decoding: ServiceCodec.encode(service), as: UTF8.self)
        #expect(text.contains("\"fuel_limit\":18446744073709551615"))
        #expect(text.contains("\"start_time\":1763740000000000001"))
    }

    /// What is replaced, by what, and which place the error names.
    static let faults: [(String, String, String)] = [
        ("\"name\":\"example\"", "\"name\":7", "name"),
        ("\"status\":\"active\"", "\"status\":\"gone\"", "status"),
        ("\"status\":\"active\"", "\"state\":\"active\"", ""),
        ("\"by-hand\"", "\"By Hand\"", "workflows.By Hand"),
        ("\"by-hand\"", "\"ab\"", "workflows.ab"),
        ("\"trigger\":\"manual\"", "\"trigger\":\"magic\"", "workflows.by-hand.trigger"),
        ("\"n_blocks\":10", "\"n_blocks\":0", "workflows.interval.trigger.block_interval.n_blocks"),
        (
            "\"n_blocks\":10", "\"n_blocks\":4294967296",
            "workflows.interval.trigger.block_interval.n_blocks"
        ),
        ("cosmos:hub-4", "cosmos", "workflows.interval.trigger.block_interval.chain"),
        (
            "\"action\":\"create\"", "\"action\":\"eat\"",
            "workflows.posts.trigger.at_proto_event.action"
        ),
        (
            "\"event_hash\":\"0x\(digest)\"", "\"event_hash\":\"0x12\"",
            "workflows.evm_event.trigger.evm_contract_event.event_hash"
        ),
        (
            "WAVS_ENV_KEY", "PATH", "workflows.evm_event.submit.aggregator.component.env_keys[0]"
        ),
        (
            "\"time_limit_seconds\":30", "\"time_limit_seconds\":0",
            "workflows.evm_event.submit.aggregator.component.time_limit_seconds"
        ),
        (
            "\"fuel_limit\":18446744073709551615", "\"fuel_limit\":18446744073709551616",
            "workflows.evm_event.submit.aggregator.component.fuel_limit"
        ),
        (
            "\"fuel_limit\":18446744073709551615", "\"fuel_limt\":1",
            "workflows.evm_event.submit.aggregator.component"
        ),
        (
            "{\"only\":[\"a.example\"]}", "\"some\"",
            "workflows.evm_event.submit.aggregator.component.permissions.allowed_http_hosts"
        ),
        (
            "\"prefix\":\"eip191\"", "\"prefix\":\"eip712\"",
            "workflows.evm_event.submit.aggregator.signature_kind.prefix"
        ),
        (
            "\"address\":\"0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed\"}},\"workflows\"",
            "\"address\":\"0x5Aaeb6053f3e94c9b9a09f33669435e7ef1beaed\"}},\"workflows\"",
            "manager.evm.address"
        ),
        (
            "\"feed_key\":\"\(digest)\"", "\"feed_key\":\"abcd\"",
            "workflows.feed.trigger.hypercore_append.feed_key"
        ),
        ("{\"name\"", "[\"name\"", "document"),
    ]

    @Test("what is wrong is refused, and the place is named", arguments: faults)
    func refusals(old: String, new: String, path: String) throws {
        let document = Self.document.replacing(old, with: new)
        #expect(document != Self.document)
        do {
            _ = try ServiceCodec.decode(Array(document.utf8))
            Issue.record("it must be refused")
        } catch {
            guard case .badDocument(let place, _) = error else {
                Issue.record("\(error)")
                return
            }
            #expect(place == path, "\(error)")
        }
    }

    @Test("a service's id is the SHA-256 of evm, chain and address, made by Python's hashlib")
    func serviceID() throws {
        let service = try ServiceCodec.decode(Array(Self.document.utf8))
        #expect(
            ServiceID.text(of: service.manager)
                == "789b27dadd7c2f87aef2e3fdba2dc3b174f032d19e6b4c6eebdb6e43cc769611"
        )
    }
}

/// What happened, and the event id that Python made of it by the rules of bincode.
struct EventCase: Sendable, CustomTestStringConvertible {
    let name: String
    let data: TriggerData
    let id: String

    var testDescription: String { name }

    static let all: [EventCase] = [
        .init(name: "raw", data: .raw([1, 2, 3]), id: "92d9c81bf5c15380c8aeac5706983e93d7646bba"),
        .init(
            name: "raw, 300 bytes",
            data: .raw([UInt8](repeating: 7, count: 300)),
            id: "22b7e3959d406c757971e6be5efa8d3dc501c30e"
        ),
        .init(
            name: "cron",
            data: .cron(triggerNanoseconds: 1_763_740_000_000_000_001),
            id: "7f26ba6b5a532db2b7c8fcf9d6999965c80cfb0c"
        ),
        .init(
            name: "block",
            data: .blockInterval(chain: "evm:31337", blockHeight: 70_000),
            id: "a92acb6fb380226b71d71f251d28127462232639"
        ),
        .init(
            name: "hypercore",
            data: .hypercoreAppend(feedKey: "abcd", index: 250, data: [9, 8]),
            id: "a5558e96ffd63a68efbb7dcabe0f09aa42879078"
        ),
        .init(
            name: "log entry",
            data: log(timestamp: nil),
            id: "75fbf5f66e03c7b84eabbd87e9c1f8a5bdd2138a"
        ),
        .init(
            name: "log entry of another provider",
            data: log(timestamp: 5),
            id: "75fbf5f66e03c7b84eabbd87e9c1f8a5bdd2138a"
        ),
        .init(name: "cosmos", data: cosmos, id: "e7d857f57d92f850b58afec5cdcb4133a64da2dd"),
        .init(
            name: "post",
            data: post(sequence: 1),
            id: "a4e392e2b5b668d8ff06ad1ba32572eb14a2b94b"
        ),
        .init(
            name: "post from another relay",
            data: post(sequence: 99),
            id: "a4e392e2b5b668d8ff06ad1ba32572eb14a2b94b"
        ),
    ]

    private static func log(timestamp: UInt64?) -> TriggerData {
        .evmContractEvent(
            chain: "evm:31337",
            log: EVMEventLog(
                address: EVMAddress(bytes: [UInt8](repeating: 0x11, count: 20)),
                topics: [[UInt8](repeating: 0x22, count: 32)],
                data: [1, 2],
                transactionHash: [UInt8](repeating: 0x33, count: 32),
                blockNumber: 1_000,
                logIndex: 3,
                blockHash: [UInt8](repeating: 0x44, count: 32),
                blockTimestamp: timestamp,
                transactionIndex: 2
            )
        )
    }

    private static let cosmos = TriggerData.cosmosContractEvent(
        contractAddress: CosmosAddress(bech32: "cosmos1abc", prefixCount: 6),
        chain: "cosmos:hub-4",
        event: CosmosEvent(type: "wasm", attributes: [Setting(key: "a", value: "b")]),
        eventIndex: 4,
        blockHeight: 5_000_000_000
    )

    private static func post(sequence: Int64) -> TriggerData {
        .atprotoEvent(
            ATProtoEvent(
                sequence: sequence,
                timestamp: sequence * 7,
                repository: "did:plc:x",
                collection: "app.bsky.feed.post",
                recordKey: "k",
                action: "create",
                cid: "cid",
                record: #"{"text":"hi","n":-3,"list":[true,null,1.5]}"#,
                revision: nil,
                operationIndex: 0
            )
        )
    }
}

@Suite("Event ids") struct EventIdentityTests {
    private let configuration = TriggerConfiguration(
        serviceID: String(repeating: "0c", count: 32),
        workflowID: "main",
        trigger: .manual
    )

    @Test("are those of the rules, and the same from every provider", arguments: EventCase.all)
    func ids(row: EventCase) {
        #expect(EventIdentity.id(of: configuration, row.data).description == row.id)
    }

    @Test("follow the salt of a response if it has one")
    func salt() {
        let action = TriggerAction(configuration: configuration, data: .raw([1, 2, 3]))
        let plain = WasmResponse(payload: [5])
        #expect(
            EventIdentity.id(of: action, plain).description
                == "92d9c81bf5c15380c8aeac5706983e93d7646bba"
        )
        let salted = WasmResponse(payload: [5], eventIDSalt: [0xaa])
        #expect(
            EventIdentity.id(of: action, salted).description
                == "7b10eaff6c4bf6600e072acf7b4f7a73453cf1b2"
        )
    }

    @Test("a submission is read as it was written, and a changed one is refused")
    func submissions() throws {
        let key = try EthereumKey(bytes: [UInt8](repeating: 3, count: 32))
        let kind = SignatureKind(algorithm: .secp256k1, prefix: .eip191)
        for row in EventCase.all where row.name != "log entry of another provider" {
            let response = WasmResponse(payload: [1], ordering: UInt64.max, eventIDSalt: [2])
            let action = TriggerAction(configuration: configuration, data: row.data)
            let submission = Submission(action, response, signedBy: key, kind)
            let read = try Submission(decoding: submission.encoded)
            #expect(read.eventID == submission.eventID)
            #expect(read.envelope == submission.envelope)
            #expect(try read.signer() == key.address)
            #expect(
                submission.envelope.ordering == [UInt8](repeating: 255, count: 8) + [0, 0, 0, 0]
            )
            let text = String(decoding: submission.encoded, as: UTF8.self)
            let changed = text.replacing(
                "\"payload\":\"0x01\"",
                with: "\"payload\":\"0x02\"",
                maxReplacements: 1
            )
            #expect(throws: OperatorError.self) {
                try Submission(decoding: Array(changed.utf8))
            }
        }
    }
}
