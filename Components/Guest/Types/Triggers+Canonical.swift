// Lifting the triggers of `wavs:types/service` and what they tell (`wavs:types/events`): the cases are
// numbered from 0 in their order in Interfaces/wavs-2.6.0/deps/types.wit.

extension TriggerAction: Liftable {
    static var layout: Layout { TriggerConfiguration.layout.then(TriggerData.layout).closed }

    static func lift(_ source: UnsafeRawPointer) -> TriggerAction {
        var fields = unsafe RecordReader(source)
        return unsafe TriggerAction(configuration: fields.next(), data: fields.next())
    }
}

extension TriggerConfiguration: Liftable {
    static var layout: Layout { Layout.list.then(.list).then(Trigger.layout).closed }

    static func lift(_ source: UnsafeRawPointer) -> TriggerConfiguration {
        var fields = unsafe RecordReader(source)
        return unsafe TriggerConfiguration(
            serviceID: fields.next(),
            workflowID: fields.next(),
            trigger: fields.next()
        )
    }
}

extension Trigger: Liftable {
    private static var payload: Layout {
        let evm = Layout.list.then(.list).then(.list)
        let cosmos = CosmosAddress.layout.then(.list).then(.list)
        let block = Layout.list.then(UInt32.layout).then(UInt64?.layout).then(UInt64?.layout)
        let cron = Layout.list.then(UInt64?.layout).then(UInt64?.layout)
        let atproto = Layout.list.then(String?.layout).then(String?.layout)
        return evm.or(cosmos).or(block.closed).or(cron.closed).or(atproto.closed)
    }

    static var layout: Layout { payload.variant }

    static func lift(_ source: UnsafeRawPointer) -> Trigger {
        var fields = unsafe RecordReader(source + payload.payloadOffset)
        switch unsafe UInt8.lift(source) {
        case 0:
            return unsafe .evmContractEvent(
                address: fields.next(),
                chain: fields.next(),
                eventHash: fields.next()
            )
        case 1:
            return unsafe .cosmosContractEvent(
                address: fields.next(),
                chain: fields.next(),
                eventType: fields.next()
            )
        case 2:
            return unsafe .blockInterval(
                chain: fields.next(),
                blockCount: fields.next(),
                startBlock: fields.next(),
                endBlock: fields.next()
            )
        case 3:
            return unsafe .cron(
                schedule: fields.next(),
                startNanoseconds: fields.next(),
                endNanoseconds: fields.next()
            )
        case 4:
            return unsafe .atprotoEvent(
                collection: fields.next(),
                repositoryDID: fields.next(),
                action: fields.next()
            )
        case 5: return unsafe .hypercoreAppend(feedKey: fields.next())
        default: return .manual
        }
    }
}

extension TriggerData: Liftable {
    private static var payload: Layout {
        let evm = Layout.list.then(EVMEventLog.layout)
        let cosmos = CosmosAddress.layout.then(.list).then(CosmosEvent.layout)
            .then(UInt64.layout).then(UInt64.layout)
        let hypercore = Layout.list.then(UInt64.layout).then(.list)
        return evm.closed.or(cosmos.closed).or(ATProtoEvent.layout).or(hypercore.closed)
    }

    static var layout: Layout { payload.variant }

    static func lift(_ source: UnsafeRawPointer) -> TriggerData {
        var fields = unsafe RecordReader(source + payload.payloadOffset)
        switch unsafe UInt8.lift(source) {
        case 0: return unsafe .evmContractEvent(chain: fields.next(), log: fields.next())
        case 1:
            return unsafe .cosmosContractEvent(
                contractAddress: fields.next(),
                chain: fields.next(),
                event: fields.next(),
                eventIndex: fields.next(),
                blockHeight: fields.next()
            )
        case 2: return unsafe .blockInterval(chain: fields.next(), blockHeight: fields.next())
        case 3: return unsafe .cron(triggerNanoseconds: fields.next())
        case 4: return unsafe .atprotoEvent(fields.next())
        case 5:
            return unsafe .hypercoreAppend(
                feedKey: fields.next(),
                index: fields.next(),
                data: fields.next()
            )
        default: return unsafe .raw(fields.next())
        }
    }
}

extension ATProtoEvent: Liftable {
    static var layout: Layout {
        Int64.layout.then(Int64.layout).then(.list).then(.list).then(.list).then(.list)
            .then(String?.layout).then(String?.layout).then(String?.layout)
            .then(UInt32?.layout).closed
    }

    static func lift(_ source: UnsafeRawPointer) -> ATProtoEvent {
        var fields = unsafe RecordReader(source)
        return unsafe ATProtoEvent(
            sequence: fields.next(),
            timestamp: fields.next(),
            repository: fields.next(),
            collection: fields.next(),
            recordKey: fields.next(),
            action: fields.next(),
            cid: fields.next(),
            record: fields.next(),
            revision: fields.next(),
            operationIndex: fields.next()
        )
    }
}
