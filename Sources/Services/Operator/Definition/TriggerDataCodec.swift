internal import ComponentHost
internal import Encoding

/// What happened, in the JSON form in which WAVS nodes tell each other: variants in capitals.
enum TriggerDataCodec {
    static func decode(_ reader: FieldReader) throws(OperatorError) -> TriggerData {
        let (name, content) = try reader.variant()
        guard let content else { throw unknown(reader) }
        switch name {
        case "Raw": return .raw(try content.octets())
        case "Cron":
            _ = try content.members(["trigger_time"])
            return .cron(triggerNanoseconds: try content.field("trigger_time").unsigned())
        case "BlockInterval":
            _ = try content.members(["chain", "block_height"])
            return .blockInterval(
                chain: try ServiceCodec.chain(try content.field("chain")),
                blockHeight: try content.field("block_height").unsigned()
            )
        case "HypercoreAppend":
            _ = try content.members(["feed_key", "index", "data"])
            return .hypercoreAppend(
                feedKey: try content.field("feed_key").text(),
                index: try content.field("index").unsigned(),
                data: try content.field("data").octets()
            )
        case "EvmContractEvent": return try evm(content)
        case "CosmosContractEvent": return try cosmos(content)
        case "AtProtoEvent": return .atprotoEvent(try atproto(content))
        default: throw unknown(reader)
        }
    }

    private static func unknown(_ reader: FieldReader) -> OperatorError {
        reader.fail(
            "must be EvmContractEvent, CosmosContractEvent, BlockInterval, Cron, AtProtoEvent, "
                + "HypercoreAppend or Raw"
        )
    }

    private static func evm(_ reader: FieldReader) throws(OperatorError) -> TriggerData {
        _ = try reader.members([
            "chain", "contract_address", "log_data", "tx_hash", "block_number", "log_index",
            "block_hash", "block_timestamp", "tx_index",
        ])
        let log = try reader.field("log_data")
        _ = try log.members(["topics", "data"])
        var topics: [[UInt8]] = []
        for topic in try log.field("topics").items(countMax: 4) {
            topics.append(try topic.hexadecimal(count: 32))
        }
        return .evmContractEvent(
            chain: try ServiceCodec.chain(try reader.field("chain")),
            log: EVMEventLog(
                address: try ServiceCodec.evmAddress(try reader.field("contract_address")),
                topics: topics,
                data: try log.field("data").hexadecimal(),
                transactionHash: try reader.field("tx_hash").hexadecimal(count: 32),
                blockNumber: try reader.field("block_number").unsigned(),
                logIndex: try reader.field("log_index").unsigned(),
                blockHash: try reader.field("block_hash").hexadecimal(count: 32),
                blockTimestamp: try ServiceCodec.optionalNumber(reader, "block_timestamp"),
                transactionIndex: try reader.field("tx_index").unsigned()
            )
        )
    }

    private static func cosmos(_ reader: FieldReader) throws(OperatorError) -> TriggerData {
        _ = try reader.members([
            "contract_address", "chain", "event", "block_height", "event_index",
        ])
        let event = try reader.field("event")
        _ = try event.members(["type", "attributes"])
        var attributes: [Setting] = []
        for item in try event.field("attributes").items(countMax: 4_096) {
            _ = try item.members(["key", "value"])
            let value = try item.field("value").text(bytesMax: 1 << 20)
            attributes.append(Setting(key: try item.field("key").text(), value: value))
        }
        return .cosmosContractEvent(
            contractAddress: try ServiceCodec.cosmosAddress(try reader.field("contract_address")),
            chain: try ServiceCodec.chain(try reader.field("chain")),
            event: CosmosEvent(type: try event.field("type").text(), attributes: attributes),
            eventIndex: try reader.field("event_index").unsigned(),
            blockHeight: try reader.field("block_height").unsigned()
        )
    }

    private static func atproto(_ reader: FieldReader) throws(OperatorError) -> ATProtoEvent {
        _ = try reader.members([
            "sequence", "timestamp", "repo", "collection", "rkey", "action", "cid", "record", "rev",
            "op_index",
        ])
        let record = reader.optional("record").map { record in
            String(decoding: WideJSON.encode(record.value), as: UTF8.self)
        }
        let index = try ServiceCodec.optionalNumber(reader, "op_index")
        return ATProtoEvent(
            sequence: try reader.field("sequence").signed(),
            timestamp: try reader.field("timestamp").signed(),
            repository: try reader.field("repo").text(),
            collection: try reader.field("collection").text(),
            recordKey: try reader.field("rkey").text(),
            action: try reader.field("action").text(),
            cid: try ServiceCodec.optionalText(reader, "cid"),
            record: record,
            revision: try ServiceCodec.optionalText(reader, "rev"),
            operationIndex: index.flatMap(UInt32.init(exactly:))
        )
    }

    static func encode(_ data: TriggerData) -> JSONValue {
        switch data {
        case .raw(let bytes): return JSONForm.object(["Raw": JSONForm.octets(bytes)])
        case .cron(let time):
            return TriggerCodec.tagged("Cron", ["trigger_time": JSONForm.number(time)])
        case .blockInterval(let chain, let height):
            return TriggerCodec.tagged(
                "BlockInterval",
                ["chain": JSONForm.text(chain), "block_height": JSONForm.number(height)]
            )
        case .hypercoreAppend(let feedKey, let index, let data):
            return TriggerCodec.tagged(
                "HypercoreAppend",
                [
                    "feed_key": JSONForm.text(feedKey), "index": JSONForm.number(index),
                    "data": JSONForm.octets(data),
                ]
            )
        case .evmContractEvent(let chain, let log): return encode(chain, log)
        case .cosmosContractEvent(let address, let chain, let event, let index, let height):
            let attributes = event.attributes.map { attribute in
                JSONForm.object([
                    "key": JSONForm.text(attribute.key), "value": JSONForm.text(attribute.value),
                ])
            }
            return TriggerCodec.tagged(
                "CosmosContractEvent",
                [
                    "contract_address": JSONForm.text(address.bech32),
                    "chain": JSONForm.text(chain),
                    "event": JSONForm.object([
                        "type": JSONForm.text(event.type), "attributes": .array(attributes),
                    ]), "block_height": JSONForm.number(height),
                    "event_index": JSONForm.number(index),
                ]
            )
        case .atprotoEvent(let event): return encode(event)
        }
    }

    private static func encode(_ chain: String, _ log: EVMEventLog) -> JSONValue {
        TriggerCodec.tagged(
            "EvmContractEvent",
            [
                "chain": JSONForm.text(chain),
                "contract_address": JSONForm.hexadecimal(log.address.bytes),
                "log_data": JSONForm.object([
                    "topics": .array(log.topics.map(JSONForm.hexadecimal)),
                    "data": JSONForm.hexadecimal(log.data),
                ]), "tx_hash": JSONForm.hexadecimal(log.transactionHash),
                "block_number": JSONForm.number(log.blockNumber),
                "log_index": JSONForm.number(log.logIndex),
                "block_hash": JSONForm.hexadecimal(log.blockHash),
                "block_timestamp": JSONForm.number(log.blockTimestamp),
                "tx_index": JSONForm.number(log.transactionIndex),
            ]
        )
    }

    private static func encode(_ event: ATProtoEvent) -> JSONValue {
        var record = JSONValue.null
        if let text = event.record {
            do throws(OperatorError) {
                record = try ServiceCodec.value(Array(text.utf8), bytesMax: 4 << 20)
            } catch {
                record = JSONForm.text(text)
            }
        }
        return TriggerCodec.tagged(
            "AtProtoEvent",
            [
                "sequence": WideJSON.signed(event.sequence),
                "timestamp": WideJSON.signed(event.timestamp),
                "repo": JSONForm.text(event.repository),
                "collection": JSONForm.text(event.collection),
                "rkey": JSONForm.text(event.recordKey), "action": JSONForm.text(event.action),
                "cid": JSONForm.text(event.cid), "record": record,
                "rev": JSONForm.text(event.revision),
                "op_index": JSONForm.number(event.operationIndex.map(UInt64.init)),
            ]
        )
    }
}
