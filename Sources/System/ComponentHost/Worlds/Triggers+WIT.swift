// Triggers as the values that components are handed.

extension TriggerAction {
    var value: WITValue {
        .record([
            (
                "config",
                .record([
                    ("service-id", .string(configuration.serviceID)),
                    ("workflow-id", .string(configuration.workflowID)),
                    ("trigger", configuration.trigger.value),
                ])
            ),
            ("data", data.value),
        ])
    }
}

extension Trigger {
    var value: WITValue {
        switch self {
        case .evmContractEvent(let address, let chain, let eventHash):
            .variant(
                "evm-contract-event",
                .record([
                    ("address", address.value), ("chain", .string(chain)),
                    ("event-hash", .bytes(eventHash)),
                ])
            )
        case .cosmosContractEvent(let address, let chain, let eventType):
            .variant(
                "cosmos-contract-event",
                .record([
                    ("address", address.value), ("chain", .string(chain)),
                    ("event-type", .string(eventType)),
                ])
            )
        case .blockInterval(let chain, let blockCount, let startBlock, let endBlock):
            .variant(
                "block-interval",
                .record([
                    ("chain", .string(chain)), ("n-blocks", .u32(blockCount)),
                    ("start-block", .optional(startBlock)), ("end-block", .optional(endBlock)),
                ])
            )
        case .cron(let schedule, let start, let end):
            .variant(
                "cron",
                .record([
                    ("schedule", .string(schedule)),
                    ("start-time", .option(start.map(Self.timestamp))),
                    ("end-time", .option(end.map(Self.timestamp))),
                ])
            )
        case .atprotoEvent(let collection, let repositoryDID, let action):
            .variant(
                "atproto-event",
                .record([
                    ("collection", .string(collection)), ("repo-did", .optional(repositoryDID)),
                    ("action", .optional(action)),
                ])
            )
        case .hypercoreAppend(let feedKey):
            .variant("hypercore-append", .record([("feed-key", .string(feedKey))]))
        case .manual: .variant("manual", nil)
        }
    }

    static func timestamp(_ nanoseconds: UInt64) -> WITValue {
        .record([("nanos", .u64(nanoseconds))])
    }
}

extension TriggerData {
    var value: WITValue {
        switch self {
        case .evmContractEvent(let chain, let log):
            .variant(
                "evm-contract-event",
                .record([("chain", .string(chain)), ("log", log.value)])
            )
        case .cosmosContractEvent(let address, let chain, let event, let index, let height):
            .variant(
                "cosmos-contract-event",
                .record([
                    ("contract-address", address.value), ("chain", .string(chain)),
                    ("event", event.value), ("event-index", .u64(index)),
                    ("block-height", .u64(height)),
                ])
            )
        case .blockInterval(let chain, let height):
            .variant(
                "block-interval",
                .record([("chain", .string(chain)), ("block-height", .u64(height))])
            )
        case .cron(let nanoseconds):
            .variant("cron", .record([("trigger-time", Trigger.timestamp(nanoseconds))]))
        case .atprotoEvent(let event): .variant("atproto-event", event.value)
        case .hypercoreAppend(let feedKey, let index, let data):
            .variant(
                "hypercore-append",
                .record([
                    ("feed-key", .string(feedKey)), ("index", .u64(index)), ("data", .bytes(data)),
                ])
            )
        case .raw(let bytes): .variant("raw", .bytes(bytes))
        }
    }
}

extension ATProtoEvent {
    var value: WITValue {
        .record([
            ("sequence", .s64(sequence)), ("timestamp", .s64(timestamp)),
            ("repo", .string(repository)), ("collection", .string(collection)),
            ("rkey", .string(recordKey)), ("action", .string(action)), ("cid", .optional(cid)),
            ("record-data", .optional(record)), ("rev", .optional(revision)),
            ("op-index", .option(operationIndex.map(WITValue.u32))),
        ])
    }
}

extension EVMAddress {
    var value: WITValue { .record([("raw-bytes", .bytes(bytes))]) }
}

extension CosmosAddress {
    var value: WITValue {
        .record([("bech32-addr", .string(bech32)), ("prefix-len", .u32(prefixCount))])
    }
}

extension CosmosEvent {
    var value: WITValue {
        .record([("ty", .string(type)), ("attributes", .settings(attributes))])
    }
}

extension EVMEventLog {
    var value: WITValue {
        .record([
            ("address", address.value),
            (
                "data",
                .record([
                    ("topics", .list(topics.map(WITValue.bytes))), ("data", .bytes(data)),
                ])
            ),
            ("tx-hash", .bytes(transactionHash)), ("block-number", .u64(blockNumber)),
            ("log-index", .u64(logIndex)), ("block-hash", .bytes(blockHash)),
            ("block-timestamp", .optional(blockTimestamp)), ("tx-index", .u64(transactionIndex)),
        ])
    }
}

extension EVMChainConfiguration {
    var value: WITValue {
        .record([
            ("chain-id", .string(chainID)),
            ("ws-endpoints", .list(webSocketEndpoints.map(WITValue.string))),
            ("http-endpoint", .optional(httpEndpoint)),
        ])
    }
}

extension CosmosChainConfiguration {
    var value: WITValue {
        .record([
            ("chain-id", .string(chainID)), ("rpc-endpoint", .optional(rpcEndpoint)),
            ("grpc-endpoint", .optional(grpcEndpoint)),
            ("grpc-web-endpoint", .optional(grpcWebEndpoint)), ("gas-price", .f32(gasPrice)),
            ("gas-denom", .string(gasDenomination)), ("bech32-prefix", .string(bech32Prefix)),
        ])
    }
}
