internal import ComponentHost
internal import Encoding
internal import Ethereum

/// Follows a chain of Ethereum's kind over JSON-RPC: block intervals and events of contracts.
///
/// - Blocks are looked at in order, in ranges, once they have enough confirmations. The hashes of those that were looked
///   at are remembered; when one of them is no longer the chain's, the source goes back to the last that still is.
/// - An event is the same one wherever a reorganisation puts its transaction, so it is delivered once.
/// - The answers for a range count only if the range's last block is the same before and after, its first block follows
///   the last one looked at, and every event names the hash that its block has.
/// - One endpoint is asked at a time; when it fails, belongs to another chain or contradicts itself, the next one is.
final class EVMSource: TriggerSource {
    private let chain: EVMChain
    private let name: String
    private let store: TriggerStore
    private let pool: EndpointPool
    /// The block that is looked at next; none before the chain was followed for the first time.
    private var next: UInt64?
    /// The first block that was ever looked at.
    private var first: UInt64 = 0
    /// The blocks that are remembered, the newest first; those from `next` on are of no use.
    private var blocks: [TriggerStore.Block]
    private var pending: Pending?

    /// What `commit` writes.
    private struct Pending {
        let next: UInt64
        let first: UInt64
        /// What is remembered besides the blocks below `keptBelow`.
        let added: [TriggerStore.Block]
        let keptBelow: UInt64
    }

    init(_ chain: EVMChain, store: TriggerStore, pool: EndpointPool) throws(TriggerError) {
        self.chain = chain
        name = chain.chain
        self.store = store
        self.pool = pool
        let cursor = try store.cursor(chain.chain)
        next = cursor["next"].map(UInt64.init(clamping:))
        first = cursor["first"].map(UInt64.init(clamping:)) ?? 0
        blocks = try store.blocks(chain.chain)
    }

    func poll(_ watched: [Trigger]) throws(TriggerError) -> SourceBatch {
        let interest = EVMInterest(watched, chain: chain.chain)
        if interest.isEmpty { return SourceBatch() }
        do throws(TriggerError) {
            return try look(interest)
        } catch {
            pool.failOver()
            throw error
        }
    }

    func commit() throws(TriggerError) {
        guard let pending else { return }
        let newest = pending.added.last?.number ?? pending.keptBelow
        let oldest =
            newest > chain.rememberedBlockCount ? newest - chain.rememberedBlockCount : 0
        try store.setChain(
            name,
            [
                ("next", Int64(clamping: pending.next)), ("first", Int64(clamping: pending.first)),
            ],
            adding: pending.added,
            keeping: min(oldest, pending.keptBelow)..<pending.keptBelow
        )
        blocks.removeAll { block in block.number < oldest || block.number >= pending.keptBelow }
        blocks.insert(contentsOf: pending.added.reversed(), at: 0)
        next = pending.next
        first = pending.first
        self.pending = nil
    }

    private func look(_ interest: EVMInterest) throws(TriggerError) -> SourceBatch {
        let node = EVMNode(name: name, client: pool.current.client)
        if !pool.current.isConfirmed {
            try node.requireChain(chain.chainID)
            pool.confirm()
        }
        let head = try node.newestBlock()
        pool.note(newestBlock: head)
        var batch = SourceBatch()
        batch.position = "block \(next.map { String($0) } ?? "?"), newest \(head)"
        guard head >= chain.confirmations else { return batch }
        let confirmed = head - chain.confirmations
        guard let next else {
            try begin(node, after: confirmed)
            batch.hasProgress = true
            batch.isMore = true
            return batch
        }
        if let fork = try forkPoint(node, head) {
            // What lies behind it is forgotten first, so that a crash does not leave blocks of two chains.
            pending = Pending(next: fork, first: first, added: [], keptBelow: fork)
            batch.hasProgress = true
            batch.isMore = true
            return batch
        }
        guard next <= confirmed else { return batch }
        let count = min(pool.rangeCount, confirmed - next + 1, rangeLimit(interest))
        try follow(node, next...(next + count - 1), interest, &batch)
        batch.isMore = next + count <= confirmed
        return batch
    }

    /// The range that gives at most some thousand occurrences of intervals.
    private func rangeLimit(_ interest: EVMInterest) -> UInt64 {
        UInt64(max(1, 4_096 / max(1, interest.intervals.count)))
    }

    /// Sets where the source begins.
    private func begin(_ node: EVMNode, after confirmed: UInt64) throws(TriggerError) {
        let start = chain.startBlock ?? confirmed + 1
        var added: [TriggerStore.Block] = []
        if start > 0, start <= confirmed + 1 {
            let header = try node.header(start - 1)
            added = [TriggerStore.Block(number: header.number, hash: header.hash)]
        }
        pending = Pending(next: start, first: start, added: added, keptBelow: 0)
    }

    /// The block to go back to if the chain is no longer the one that was followed; none if it is.
    private func forkPoint(_ node: EVMNode, _ head: UInt64) throws(TriggerError) -> UInt64? {
        // An endpoint that is behind knows nothing of the newest ones, which is no reorganisation.
        guard let newest = blocks.first, newest.number <= head else { return nil }
        if try node.header(newest.number).hash == newest.hash { return nil }
        for block in blocks.dropFirst() where try node.header(block.number).hash == block.hash {
            return block.number + 1
        }
        let oldest = blocks.last?.number ?? 0
        // Nothing before the first block was ever looked at, so nothing can be missing there.
        guard oldest <= first else {
            throw .reorganisedTooDeep(source: name, block: oldest)
        }
        return first
    }

    private func follow(
        _ node: EVMNode,
        _ range: ClosedRange<UInt64>,
        _ interest: EVMInterest,
        _ batch: inout SourceBatch
    ) throws(TriggerError) {
        let last = try node.header(range.upperBound)
        let logs: [EVMEventLog]
        switch try node.logs(interest.filters(range)) {
        case .found(let found): logs = found
        case .failed(let error):
            let count = range.upperBound - range.lowerBound + 1
            // A refusal says that the range is too large; after anything else another endpoint is asked.
            guard pool.shrinkRange(from: count), case .inconsistent = error else { throw error }
            batch.isMore = true
            return
        }
        var headers = [range.upperBound: last]
        let first = try header(node, range.lowerBound, &headers)
        if let before = blocks.first, before.number + 1 == range.lowerBound,
            first.parentHash != before.hash
        {
            throw .inconsistent(source: name, reason: "block \(first.number) has another parent")
        }
        for (log, repetition) in Self.numbered(logs) {
            guard range.contains(log.blockNumber) else {
                throw .inconsistent(source: name, reason: "an event of a block not asked for")
            }
            guard let trigger = interest.trigger(log) else { continue }
            let header = try header(node, log.blockNumber, &headers)
            guard header.hash == log.blockHash else {
                throw .inconsistent(
                    source: name,
                    reason: "an event of another block \(log.blockNumber)"
                )
            }
            batch.occurrences.append(occurrence(log, repetition, trigger, header))
        }
        guard try node.header(range.upperBound).hash == last.hash else {
            throw .inconsistent(source: name, reason: "block \(last.number) changed meanwhile")
        }
        addIntervals(range, interest, &batch)
        pool.growRange()
        batch.hasProgress = true
        batch.position = "block \(range.upperBound)"
        let added = headers.values.sorted { left, right in left.number < right.number }
            .map { header in TriggerStore.Block(number: header.number, hash: header.hash) }
        pending = Pending(
            next: range.upperBound + 1,
            first: self.first,
            added: added,
            keptBelow: range.lowerBound
        )
    }

    private func header(
        _ node: EVMNode,
        _ number: UInt64,
        _ known: inout [UInt64: EVMHeader]
    ) throws(TriggerError) -> EVMHeader {
        if let header = known[number] { return header }
        let header = try node.header(number)
        known[number] = header
        return header
    }

    /// The log entries in the order of the chain, each with how many equal ones of its transaction came before.
    private static func numbered(
        _ logs: [EVMEventLog]
    ) -> [(log: EVMEventLog, repetition: Int)] {
        let sorted = logs.sorted { left, right in
            (left.blockNumber, left.logIndex) < (right.blockNumber, right.logIndex)
        }
        var counts: [[UInt8]: Int] = [:]
        return sorted.map { log in
            let repetition = counts[TriggerOccurrence.identity(content(log)), default: 0]
            counts[TriggerOccurrence.identity(content(log))] = repetition + 1
            return (log, repetition)
        }
    }

    /// What stays the same wherever the transaction ends up.
    private static func content(_ log: EVMEventLog) -> [[UInt8]] {
        [log.transactionHash, log.address.bytes, log.data] + log.topics
    }

    private func occurrence(
        _ log: EVMEventLog,
        _ repetition: Int,
        _ trigger: Trigger,
        _ header: EVMHeader
    ) -> TriggerOccurrence {
        var log = log
        log.blockTimestamp = header.timestamp
        return TriggerOccurrence(
            .watchers(of: trigger),
            .evmContractEvent(chain: chain.chain, log: log),
            name: [Array("evm".utf8), Array(chain.chain.utf8), repetition.littleEndianBytes]
                + Self.content(log)
        )
    }

    /// Adds the ends of intervals, in the order of the blocks and behind the events of each.
    private func addIntervals(
        _ range: ClosedRange<UInt64>,
        _ interest: EVMInterest,
        _ batch: inout SourceBatch
    ) {
        let ends = interest.intervals.flatMap { interval in
            interval.heights(range).map { height in
                interval.occurrence(height, chain: chain.chain)
            }
        }
        if ends.isEmpty { return }
        batch.occurrences = (batch.occurrences + ends).enumerated().sorted { left, right in
            (left.element.data.blockNumber, left.offset)
                < (right.element.data.blockNumber, right.offset)
        }.map(\.element)
    }
}

extension TriggerData {
    /// The block that something happened in; 0 for what happens in none.
    fileprivate var blockNumber: UInt64 {
        switch self {
        case .evmContractEvent(_, let log): log.blockNumber
        case .blockInterval(_, let height): height
        default: 0
        }
    }
}
