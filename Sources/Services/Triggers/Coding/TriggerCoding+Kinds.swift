internal import ComponentHost
internal import Encoding

// The numbers of the kinds are those of the cases in the WIT of WAVS 2.6.
extension TriggerCoding {
    static func value(_ trigger: Trigger) -> CBORValue {
        switch trigger {
        case .evmContractEvent(let address, let chain, let eventHash):
            .array([.unsigned(0), .bytes(address.bytes), string(chain), .bytes(eventHash)])
        case .cosmosContractEvent(let address, let chain, let eventType):
            .array([.unsigned(1), value(address), string(chain), string(eventType)])
        case .blockInterval(let chain, let blockCount, let startBlock, let endBlock):
            .array([
                .unsigned(2), string(chain), .unsigned(UInt64(blockCount)), optional(startBlock),
                optional(endBlock),
            ])
        case .cron(let schedule, let start, let end):
            .array([.unsigned(3), string(schedule), optional(start), optional(end)])
        case .atprotoEvent(let collection, let repositoryDID, let action):
            .array([
                .unsigned(4), string(collection), optional(repositoryDID), optional(action),
            ])
        case .hypercoreAppend(let feedKey): .array([.unsigned(5), string(feedKey)])
        case .manual: .array([.unsigned(6)])
        }
    }

    static func trigger(_ parent: inout Fields) throws(Fault) -> Trigger {
        var fields = try parent.array()
        let trigger: Trigger
        switch try fields.unsigned() {
        case 0:
            trigger = .evmContractEvent(
                address: EVMAddress(bytes: try fields.bytes()),
                chain: try fields.string(),
                eventHash: try fields.bytes()
            )
        case 1:
            trigger = .cosmosContractEvent(
                address: try cosmosAddress(&fields),
                chain: try fields.string(),
                eventType: try fields.string()
            )
        case 2:
            trigger = .blockInterval(
                chain: try fields.string(),
                blockCount: try fields.unsigned32(),
                startBlock: try optionalUnsigned(&fields),
                endBlock: try optionalUnsigned(&fields)
            )
        case 3:
            trigger = .cron(
                schedule: try fields.string(),
                startNanoseconds: try optionalUnsigned(&fields),
                endNanoseconds: try optionalUnsigned(&fields)
            )
        case 4:
            trigger = .atprotoEvent(
                collection: try fields.string(),
                repositoryDID: try optionalString(&fields),
                action: try optionalString(&fields)
            )
        case 5: trigger = .hypercoreAppend(feedKey: try fields.string())
        case 6: trigger = .manual
        default: throw .malformed
        }
        guard fields.isEmpty else { throw .malformed }
        return trigger
    }

    static func value(_ data: TriggerData) -> CBORValue {
        switch data {
        case .evmContractEvent(let chain, let log):
            .array([
                .unsigned(0), string(chain), .bytes(log.address.bytes),
                .array(log.topics.map(CBORValue.bytes)), .bytes(log.data),
                .bytes(log.transactionHash), .unsigned(log.blockNumber), .unsigned(log.logIndex),
                .bytes(log.blockHash), optional(log.blockTimestamp),
                .unsigned(log.transactionIndex),
            ])
        case .cosmosContractEvent(let address, let chain, let event, let index, let height):
            .array([
                .unsigned(1), value(address), string(chain), string(event.type),
                .array(
                    event.attributes.map { attribute in
                        .array([string(attribute.key), string(attribute.value)])
                    }
                ), .unsigned(index), .unsigned(height),
            ])
        case .blockInterval(let chain, let blockHeight):
            .array([.unsigned(2), string(chain), .unsigned(blockHeight)])
        case .cron(let triggerNanoseconds): .array([.unsigned(3), .unsigned(triggerNanoseconds)])
        case .atprotoEvent(let event):
            .array([
                .unsigned(4), .integer(event.sequence), .integer(event.timestamp),
                string(event.repository), string(event.collection), string(event.recordKey),
                string(event.action), optional(event.cid), optional(event.record),
                optional(event.revision), optional(event.operationIndex.map(UInt64.init)),
            ])
        case .hypercoreAppend(let feedKey, let index, let data):
            .array([.unsigned(5), string(feedKey), .unsigned(index), .bytes(data)])
        case .raw(let bytes): .array([.unsigned(6), .bytes(bytes)])
        }
    }

    static func data(_ parent: inout Fields) throws(Fault) -> TriggerData {
        var fields = try parent.array()
        let data: TriggerData
        switch try fields.unsigned() {
        case 0: data = try evmEvent(&fields)
        case 1: data = try cosmosEvent(&fields)
        case 2:
            data = .blockInterval(chain: try fields.string(), blockHeight: try fields.unsigned())
        case 3: data = .cron(triggerNanoseconds: try fields.unsigned())
        case 4: data = .atprotoEvent(try atprotoEvent(&fields))
        case 5:
            data = .hypercoreAppend(
                feedKey: try fields.string(),
                index: try fields.unsigned(),
                data: try fields.bytes()
            )
        case 6: data = .raw(try fields.bytes())
        default: throw .malformed
        }
        guard fields.isEmpty else { throw .malformed }
        return data
    }

    private static func evmEvent(_ fields: inout Fields) throws(Fault) -> TriggerData {
        let chain = try fields.string()
        let address = EVMAddress(bytes: try fields.bytes())
        var topicFields = try fields.array()
        var topics: [[UInt8]] = []
        while !topicFields.isEmpty { topics.append(try topicFields.bytes()) }
        let log = EVMEventLog(
            address: address,
            topics: topics,
            data: try fields.bytes(),
            transactionHash: try fields.bytes(),
            blockNumber: try fields.unsigned(),
            logIndex: try fields.unsigned(),
            blockHash: try fields.bytes(),
            blockTimestamp: try optionalUnsigned(&fields),
            transactionIndex: try fields.unsigned()
        )
        return .evmContractEvent(chain: chain, log: log)
    }

    private static func cosmosEvent(_ fields: inout Fields) throws(Fault) -> TriggerData {
        let address = try cosmosAddress(&fields)
        let chain = try fields.string()
        let type = try fields.string()
        var attributeFields = try fields.array()
        var attributes: [Setting] = []
        while !attributeFields.isEmpty {
            var pair = try attributeFields.array(count: 2)
            attributes.append(Setting(key: try pair.string(), value: try pair.string()))
        }
        return .cosmosContractEvent(
            contractAddress: address,
            chain: chain,
            event: CosmosEvent(type: type, attributes: attributes),
            eventIndex: try fields.unsigned(),
            blockHeight: try fields.unsigned()
        )
    }

    private static func atprotoEvent(_ fields: inout Fields) throws(Fault) -> ATProtoEvent {
        ATProtoEvent(
            sequence: try fields.signed(),
            timestamp: try fields.signed(),
            repository: try fields.string(),
            collection: try fields.string(),
            recordKey: try fields.string(),
            action: try fields.string(),
            cid: try optionalString(&fields),
            record: try optionalString(&fields),
            revision: try optionalString(&fields),
            operationIndex: try fields.optional { field throws(Fault) in try field.unsigned32() }
        )
    }

    private static func value(_ address: CosmosAddress) -> CBORValue {
        .array([string(address.bech32), .unsigned(UInt64(address.prefixCount))])
    }

    private static func cosmosAddress(_ parent: inout Fields) throws(Fault) -> CosmosAddress {
        var fields = try parent.array(count: 2)
        return CosmosAddress(bech32: try fields.string(), prefixCount: try fields.unsigned32())
    }

    private static func optionalUnsigned(_ fields: inout Fields) throws(Fault) -> UInt64? {
        try fields.optional { field throws(Fault) in try field.unsigned() }
    }

    private static func optionalString(_ fields: inout Fields) throws(Fault) -> String? {
        try fields.optional { field throws(Fault) in try field.string() }
    }
}
