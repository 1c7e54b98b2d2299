/// The types of `wavs:operator` and `wavs:aggregator` 2.6.0, as `Signature` writes them.
///
/// A component whose functions have other types is refused before it runs: nothing of another shape ever
/// crosses the border.
enum WorldSignatures {
    private static let bytes = "list<u8>"
    private static let pairs = "list<tuple<string,string>>"

    private static func record(_ fields: String...) -> String {
        "record{" + fields.map { $0 + ";" }.joined() + "}"
    }

    private static func variant(_ cases: String...) -> String {
        "variant{" + cases.map { $0 + ";" }.joined() + "}"
    }

    private static func option(_ type: String) -> String { "option<\(type)>" }

    private static let evmAddress = record("raw-bytes:" + bytes)
    private static let cosmosAddress = record("bech32-addr:string", "prefix-len:u32")
    private static let timestamp = record("nanos:u64")
    private static let u128 = record("value:tuple<u64,u64>")

    private static let trigger = variant(
        "evm-contract-event:"
            + record("address:" + evmAddress, "chain:string", "event-hash:" + bytes),
        "cosmos-contract-event:"
            + record("address:" + cosmosAddress, "chain:string", "event-type:string"),
        "block-interval:"
            + record(
                "chain:string",
                "n-blocks:u32",
                "start-block:option<u64>",
                "end-block:option<u64>"
            ),
        "cron:"
            + record(
                "schedule:string",
                "start-time:" + option(timestamp),
                "end-time:" + option(timestamp)
            ),
        "atproto-event:"
            + record("collection:string", "repo-did:option<string>", "action:option<string>"),
        "hypercore-append:" + record("feed-key:string"),
        "manual"
    )

    private static let eventLog = record(
        "address:" + evmAddress,
        "data:" + record("topics:list<list<u8>>", "data:" + bytes),
        "tx-hash:" + bytes,
        "block-number:u64",
        "log-index:u64",
        "block-hash:" + bytes,
        "block-timestamp:option<u64>",
        "tx-index:u64"
    )

    private static let triggerData = variant(
        "evm-contract-event:" + record("chain:string", "log:" + eventLog),
        "cosmos-contract-event:"
            + record(
                "contract-address:" + cosmosAddress,
                "chain:string",
                "event:" + record("ty:string", "attributes:" + pairs),
                "event-index:u64",
                "block-height:u64"
            ),
        "block-interval:" + record("chain:string", "block-height:u64"),
        "cron:" + record("trigger-time:" + timestamp),
        "atproto-event:"
            + record(
                "sequence:s64",
                "timestamp:s64",
                "repo:string",
                "collection:string",
                "rkey:string",
                "action:string",
                "cid:option<string>",
                "record-data:option<string>",
                "rev:option<string>",
                "op-index:option<u32>"
            ),
        "hypercore-append:" + record("feed-key:string", "index:u64", "data:" + bytes),
        "raw:" + bytes
    )

    private static let triggerAction = record(
        "config:"
            + record("service-id:string", "workflow-id:string", "trigger:" + trigger),
        "data:" + triggerData
    )

    private static let response = record(
        "payload:" + bytes,
        "ordering:option<u64>",
        "event-id-salt:" + option(bytes)
    )

    private static let component = record(
        "source:"
            + variant(
                "download:" + record("uri:string", "digest:string"),
                "registry:"
                    + record(
                        "digest:string",
                        "domain:option<string>",
                        "version:option<string>",
                        "pkg:string"
                    ),
                "digest:string"
            ),
        "permissions:"
            + record(
                "allowed-http-hosts:" + variant("all", "only:list<string>", "none"),
                "file-system:bool",
                "raw-sockets:bool",
                "dns-resolution:bool"
            ),
        "fuel-limit:option<u64>",
        "time-limit-seconds:option<u64>",
        "config:" + pairs,
        "env-keys:list<string>"
    )

    private static let workflow = record(
        "trigger:" + trigger,
        "component:" + component,
        "submit:"
            + variant(
                "none",
                "aggregator:"
                    + record(
                        "component:" + component,
                        "signature-kind:"
                            + record(
                                "algorithm:" + variant("secp256k1"),
                                "prefix:" + option(variant("eip191"))
                            )
                    )
            )
    )

    private static let service = record(
        "name:string",
        "workflows:list<tuple<string,\(workflow)>>",
        "status:" + variant("active", "paused"),
        "manager:"
            + variant(
                "evm:" + record("chain:string", "address:" + evmAddress),
                "cosmos:" + record("chain:string", "address:" + cosmosAddress)
            )
    )

    private static let aggregatorInput = record(
        "trigger-action:" + triggerAction,
        "operator-response:" + response
    )

    private static let aggregatorAction = variant(
        "timer:" + record("delay:" + record("secs:u64")),
        "submit:"
            + variant(
                "evm:"
                    + record(
                        "chain:string",
                        "address:" + evmAddress,
                        "gas-price:" + option(u128)
                    ),
                "cosmos:"
                    + record(
                        "chain:string",
                        "address:" + cosmosAddress,
                        "gas-price:" + option(u128)
                    )
            )
    )

    /// The functions that components offer, by name.
    static let exports = [
        "run": "(\(triggerAction))->result<list<\(response)>,string>",
        "process-input": "(\(aggregatorInput))->result<list<\(aggregatorAction)>,string>",
        "handle-timer-callback":
            "(\(aggregatorInput))->result<list<\(aggregatorAction)>,string>",
        "handle-submit-callback":
            "(\(aggregatorInput),result<variant{evm:list<u8>;cosmos:string;},string>)"
            + "->result<_,string>",
    ]

    /// The functions of `host`, by name; `get-event-id` has a salt in the operator's world only.
    static let host: [String: [String]] = [
        "get-evm-chain-config": [
            "(string)->"
                + option(
                    record(
                        "chain-id:string",
                        "ws-endpoints:list<string>",
                        "http-endpoint:option<string>"
                    )
                )
        ],
        "get-cosmos-chain-config": [
            "(string)->"
                + option(
                    record(
                        "chain-id:string",
                        "rpc-endpoint:option<string>",
                        "grpc-endpoint:option<string>",
                        "grpc-web-endpoint:option<string>",
                        "gas-price:f32",
                        "gas-denom:string",
                        "bech32-prefix:string"
                    )
                )
        ],
        "config-var": ["(string)->option<string>"],
        "log": ["(\(variant("error", "warn", "info", "debug", "trace")),string)"],
        "get-service": ["()->" + record("service:" + service, "workflow-id:string")],
        "get-workflow": ["()->" + record("workflow:" + workflow, "workflow-id:string")],
        "get-event-id": ["(option<list<u8>>)->list<u8>", "()->list<u8>"],
    ]
}
