internal import ComponentHost
internal import Encoding
internal import Ethereum
internal import Triggers

/// Triggers and their data in the JSON form of WAVS.
enum TriggerCodec {
    // MARK: Triggers

    static func trigger(_ reader: FieldReader) throws(OperatorError) -> Trigger {
        let (name, content) = try reader.variant()
        guard let content else {
            guard name == "manual" else { throw unknown(reader) }
            return .manual
        }
        switch name {
        case "evm_contract_event":
            _ = try content.members(["address", "chain", "event_hash"])
            return .evmContractEvent(
                address: try ServiceCodec.evmAddress(try content.field("address")),
                chain: try ServiceCodec.chain(try content.field("chain")),
                eventHash: try content.field("event_hash").hexadecimal(count: 32)
            )
        case "cosmos_contract_event":
            _ = try content.members(["address", "chain", "event_type"])
            return .cosmosContractEvent(
                address: try ServiceCodec.cosmosAddress(try content.field("address")),
                chain: try ServiceCodec.chain(try content.field("chain")),
                eventType: try content.field("event_type").text(bytesMax: 256)
            )
        case "block_interval": return try blockInterval(content)
        case "cron":
            _ = try content.members(["schedule", "start_time", "end_time"])
            return .cron(
                schedule: try content.field("schedule").text(bytesMax: 256),
                startNanoseconds: try ServiceCodec.optionalNumber(content, "start_time"),
                endNanoseconds: try ServiceCodec.optionalNumber(content, "end_time")
            )
        case "at_proto_event":
            _ = try content.members(["collection", "repo_did", "action"])
            return .atprotoEvent(
                collection: try content.field("collection").text(bytesMax: 512),
                repositoryDID: try ServiceCodec.optionalText(content, "repo_did"),
                action: try action(content.optional("action"))
            )
        case "hypercore_append":
            _ = try content.members(["feed_key"])
            let field = try content.field("feed_key")
            let key = try field.text(bytesMax: 256)
            guard HypercoreFeed.isKey(key) else {
                throw field.fail("is no key of Hypercore; write 64 hexadecimal digits")
            }
            return .hypercoreAppend(feedKey: key)
        default: throw unknown(reader)
        }
    }

    private static func unknown(_ reader: FieldReader) -> OperatorError {
        reader.fail(
            "must be evm_contract_event, cosmos_contract_event, block_interval, cron, at_proto_event, "
                + "hypercore_append or \"manual\""
        )
    }

    private static func blockInterval(_ content: FieldReader) throws(OperatorError) -> Trigger {
        _ = try content.members(["chain", "n_blocks", "start_block", "end_block"])
        let count = try content.field("n_blocks")
        guard let blockCount = UInt32(exactly: try count.positive()) else {
            throw count.fail("must be below 2^32")
        }
        let start = try ServiceCodec.map(content.optional("start_block")) {
            (field) throws(OperatorError) in try field.positive()
        }
        let end = try ServiceCodec.map(content.optional("end_block")) {
            (field) throws(OperatorError) in try field.positive()
        }
        if let start, let end, start > end { throw content.fail("ends before it begins") }
        return .blockInterval(
            chain: try ServiceCodec.chain(try content.field("chain")),
            blockCount: blockCount,
            startBlock: start,
            endBlock: end
        )
    }

    private static func action(_ reader: FieldReader?) throws(OperatorError) -> String? {
        guard let reader else { return nil }
        let action = try reader.text()
        guard ["create", "update", "delete"].contains(action) else {
            throw reader.fail("must be create, update or delete")
        }
        return action
    }

    static func encode(_ trigger: Trigger) -> JSONValue {
        switch trigger {
        case .manual: return JSONForm.text("manual")
        case .evmContractEvent(let address, let chain, let eventHash):
            return tagged(
                "evm_contract_event",
                [
                    "address": JSONForm.hexadecimal(address.bytes), "chain": JSONForm.text(chain),
                    "event_hash": JSONForm.hexadecimal(eventHash),
                ]
            )
        case .cosmosContractEvent(let address, let chain, let eventType):
            return tagged(
                "cosmos_contract_event",
                [
                    "address": JSONForm.text(address.bech32), "chain": JSONForm.text(chain),
                    "event_type": JSONForm.text(eventType),
                ]
            )
        case .blockInterval(let chain, let blockCount, let startBlock, let endBlock):
            return tagged(
                "block_interval",
                [
                    "chain": JSONForm.text(chain), "n_blocks": JSONForm.number(Int(blockCount)),
                    "start_block": JSONForm.number(startBlock),
                    "end_block": JSONForm.number(endBlock),
                ]
            )
        case .cron(let schedule, let start, let end):
            return tagged(
                "cron",
                [
                    "schedule": JSONForm.text(schedule), "start_time": JSONForm.number(start),
                    "end_time": JSONForm.number(end),
                ]
            )
        case .atprotoEvent(let collection, let repository, let action):
            return tagged(
                "at_proto_event",
                [
                    "collection": JSONForm.text(collection),
                    "repo_did": JSONForm.text(repository), "action": JSONForm.text(action),
                ]
            )
        case .hypercoreAppend(let feedKey):
            return tagged("hypercore_append", ["feed_key": JSONForm.text(feedKey)])
        }
    }

    static func tagged(_ name: String, _ members: KeyValuePairs<String, JSONValue>) -> JSONValue {
        JSONForm.object([name: JSONForm.object(members)])
    }
}
