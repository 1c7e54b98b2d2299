internal import ComponentHost
internal import Encoding
internal import Ethereum
internal import HTTP
internal import Platform

/// Follows a Cosmos chain: block intervals and events of contracts.
///
/// A block of CometBFT is final, so each height is looked at once, in order, by `block_results`, and where a node does
/// not keep those, by `tx_search`. A WebSocket only says when there is a new block: what it says may be lost, the
/// blocks are not.
final class CosmosSource: TriggerSource {
    private let chain: CosmosChain
    private let name: String
    private let store: TriggerStore
    private let pool: EndpointPool
    private let notices: CometBFTNotices
    private var next: UInt64?
    private var pending: UInt64?

    /// How long a look waits for a new block.
    private static let waitMilliseconds = 1_000

    init(
        _ chain: CosmosChain,
        store: TriggerStore,
        pool: EndpointPool,
        interrupt: WebSocketInterrupt?,
        clock: any Clock
    ) throws(TriggerError) {
        self.chain = chain
        name = chain.chain
        self.store = store
        self.pool = pool
        notices = CometBFTNotices(interrupt: interrupt, clock: clock)
        next = try store.cursor(chain.chain)["next"].map(UInt64.init(clamping:))
    }

    func poll(_ watched: [Trigger]) throws(TriggerError) -> SourceBatch {
        let interest = CosmosInterest(watched, chain: chain.chain)
        if interest.isEmpty {
            notices.disconnect()
            return SourceBatch()
        }
        do throws(TriggerError) { return try look(interest) } catch {
            notices.disconnect()
            pool.failOver()
            throw error
        }
    }

    func commit() throws(TriggerError) {
        guard let pending else { return }
        try store.setCursor(name, [("next", Int64(clamping: pending))])
        next = pending
        self.pending = nil
    }

    private func look(_ interest: CosmosInterest) throws(TriggerError) -> SourceBatch {
        let node = CometBFTNode(name: name, client: pool.current.client)
        let status = try node.status()
        guard status.network == chain.chainID else {
            throw .otherChain(source: name, expected: chain.chainID, found: status.network)
        }
        pool.note(newestBlock: status.latestBlock)
        var batch = SourceBatch()
        batch.position = "block \(next.map { String($0) } ?? "?"), newest \(status.latestBlock)"
        guard let next else {
            pending = chain.startBlock ?? status.latestBlock + 1
            batch.hasProgress = true
            batch.isMore = true
            return batch
        }
        guard next <= status.latestBlock else {
            let endpoint = chain.endpoints[pool.index]
            // With a subscription the wait for it is the pause.
            batch.isMore = notices.wait(endpoint, milliseconds: Self.waitMilliseconds)
            return batch
        }
        let last = min(status.latestBlock, next + max(1, chain.batchCountMax) - 1)
        for height in next...last {
            let events =
                interest.wantsEvents ? try node.events(height, status.attributeForm) : []
            batch.occurrences += interest.occurrences(height, events)
        }
        pending = last + 1
        batch.hasProgress = true
        batch.isMore = true
        batch.position = "block \(last), newest \(status.latestBlock)"
        return batch
    }
}

/// What is looked for on one Cosmos chain.
struct CosmosInterest {
    private struct Event: Hashable {
        let address: String
        let type: String
    }

    private let chain: String
    private var triggers: [Event: [(trigger: Trigger, address: CosmosAddress)]] = [:]
    private var intervals: [BlockInterval] = []

    /// Events of contracts have their type behind it; the interface leaves it out.
    private static let typePrefix = "wasm-"
    private static let addressKey = "_contract_address"

    init(_ watched: [Trigger], chain: String) {
        self.chain = chain
        for trigger in watched {
            switch trigger {
            case .cosmosContractEvent(let address, chain, let eventType):
                let event = Event(address: address.bech32, type: eventType)
                triggers[event, default: []].append((trigger, address))
            default:
                if let interval = BlockInterval(trigger, chain: chain) {
                    intervals.append(interval)
                }
            }
        }
    }

    var isEmpty: Bool { triggers.isEmpty && intervals.isEmpty }

    var wantsEvents: Bool { !triggers.isEmpty }

    /// What happens in a block with these events, in order.
    func occurrences(_ height: UInt64, _ events: [CosmosEvent]) -> [TriggerOccurrence] {
        var occurrences: [TriggerOccurrence] = []
        for (index, event) in events.enumerated() where event.type.hasPrefix(Self.typePrefix) {
            let address = event.attributes.first { $0.key == Self.addressKey }?.value
            guard let address else { continue }
            let type = String(event.type.dropFirst(Self.typePrefix.count))
            for found in triggers[Event(address: address, type: type)] ?? [] {
                let data = TriggerData.cosmosContractEvent(
                    contractAddress: found.address,
                    chain: chain,
                    event: CosmosEvent(type: type, attributes: event.attributes),
                    eventIndex: UInt64(index),
                    blockHeight: height
                )
                let name = [
                    Array("cosmos".utf8), TriggerCoding.key(found.trigger),
                    height.littleEndianBytes, UInt64(index).littleEndianBytes,
                ]
                occurrences.append(
                    TriggerOccurrence(.watchers(of: found.trigger), data, name: name)
                )
            }
        }
        for interval in intervals where !interval.heights(height...height).isEmpty {
            occurrences.append(interval.occurrence(height, chain: chain))
        }
        return occurrences
    }
}
