/// What makes a workflow run (`trigger` of `wavs:types/service`).
public enum Trigger: Equatable, Sendable {
    /// A contract emits an event whose first topic is `eventHash` (32 bytes).
    case evmContractEvent(address: EVMAddress, chain: String, eventHash: [UInt8])
    /// A contract of a Cosmos chain emits an event of a type.
    case cosmosContractEvent(address: CosmosAddress, chain: String, eventType: String)
    /// Every `blockCount` blocks, from and to blocks that may be given.
    case blockInterval(chain: String, blockCount: UInt32, startBlock: UInt64?, endBlock: UInt64?)
    /// By a schedule in cron's notation; the times are nanoseconds since 1970.
    case cron(schedule: String, startNanoseconds: UInt64?, endNanoseconds: UInt64?)
    /// A record of a collection changes, of one repository or any, by one action or any.
    case atprotoEvent(collection: String, repositoryDID: String?, action: String?)
    /// Something is appended to a Hypercore feed; the key is hexadecimal.
    case hypercoreAppend(feedKey: String)
    /// Only when somebody asks for it.
    case manual
}

/// What happened (`trigger-data` of `wavs:types/events`).
public enum TriggerData: Equatable, Sendable {
    /// A contract's log entry.
    case evmContractEvent(chain: String, log: EVMEventLog)
    /// An event of a contract of a Cosmos chain.
    case cosmosContractEvent(
        contractAddress: CosmosAddress,
        chain: String,
        event: CosmosEvent,
        eventIndex: UInt64,
        blockHeight: UInt64
    )
    /// A block at which the interval ends.
    case blockInterval(chain: String, blockHeight: UInt64)
    /// The moment the schedule names, in nanoseconds since 1970.
    case cron(triggerNanoseconds: UInt64)
    /// A change of a record in ATProto.
    case atprotoEvent(ATProtoEvent)
    /// What was appended to a feed, and at which index.
    case hypercoreAppend(feedKey: String, index: UInt64, data: [UInt8])
    /// Bytes, for triggers by hand and for claims.
    case raw([UInt8])
}

/// A change of a record in a repository of ATProto (`trigger-data-atproto-event`).
public struct ATProtoEvent: Equatable, Sendable {
    /// The number of the event in its stream.
    public var sequence: Int64
    /// Microseconds since 1970, as the stream gives it.
    public var timestamp: Int64
    /// The repository's DID.
    public var repository: String
    /// The collection's name.
    public var collection: String
    /// The record's key in the collection.
    public var recordKey: String
    /// `create`, `update` or `delete`.
    public var action: String
    /// The content identifier of the record.
    public var cid: String?
    /// The record as JSON.
    public var record: String?
    /// The repository's revision.
    public var revision: String?
    /// The place of the change in its commit.
    public var operationIndex: UInt32?

    /// Makes an event.
    public init(
        sequence: Int64,
        timestamp: Int64,
        repository: String,
        collection: String,
        recordKey: String,
        action: String,
        cid: String?,
        record: String?,
        revision: String?,
        operationIndex: UInt32?
    ) {
        self.sequence = sequence
        self.timestamp = timestamp
        self.repository = repository
        self.collection = collection
        self.recordKey = recordKey
        self.action = action
        self.cid = cid
        self.record = record
        self.revision = revision
        self.operationIndex = operationIndex
    }
}

/// What a component is asked to work on (`trigger-action` of `wavs:operator/input`).
public struct TriggerAction: Equatable, Sendable {
    /// Which workflow, and what made it run.
    public var configuration: TriggerConfiguration
    /// What happened.
    public var data: TriggerData

    /// Makes an action.
    public init(configuration: TriggerConfiguration, data: TriggerData) {
        self.configuration = configuration
        self.data = data
    }
}

/// Which workflow of which service a trigger belongs to (`trigger-config`).
public struct TriggerConfiguration: Equatable, Sendable {
    /// The service's id: 64 hexadecimal digits.
    public var serviceID: String
    /// The workflow's id.
    public var workflowID: String
    /// The workflow's trigger.
    public var trigger: Trigger

    /// Makes a configuration.
    public init(serviceID: String, workflowID: String, trigger: Trigger) {
        self.serviceID = serviceID
        self.workflowID = workflowID
        self.trigger = trigger
    }
}
