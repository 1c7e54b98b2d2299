internal import ComponentHost
internal import Encoding

/// What is looked for on one chain.
struct EVMInterest {
    /// A contract and the first topic of an event.
    struct Event: Hashable {
        let address: [UInt8]
        let eventHash: [UInt8]
    }

    private(set) var events: [Event: Trigger] = [:]
    private(set) var intervals: [BlockInterval] = []

    init(_ watched: [Trigger], chain: String) {
        for trigger in watched {
            switch trigger {
            case .evmContractEvent(let address, chain, let eventHash):
                events[Event(address: address.bytes, eventHash: eventHash)] = trigger
            default:
                if let interval = BlockInterval(trigger, chain: chain) {
                    intervals.append(interval)
                }
            }
        }
    }

    var isEmpty: Bool { events.isEmpty && intervals.isEmpty }

    /// The filters of `eth_getLogs` for a range, with no more addresses each than providers allow.
    func filters(_ blocks: ClosedRange<UInt64>) -> [JSONValue] {
        let addresses = Set(events.keys.map(\.address)).sorted { $0.lexicographicallyPrecedes($1) }
        let hashes = Set(events.keys.map(\.eventHash)).sorted { $0.lexicographicallyPrecedes($1) }
        return stride(from: 0, to: addresses.count, by: Self.addressCountMax).map { start in
            let part = addresses[start..<min(start + Self.addressCountMax, addresses.count)]
            var filter = JSONObject()
            filter["fromBlock"] = EVMAnswers.quantity(blocks.lowerBound)
            filter["toBlock"] = EVMAnswers.quantity(blocks.upperBound)
            filter["address"] = .array(part.map(EVMAnswers.bytes))
            filter["topics"] = .array([.array(hashes.map(EVMAnswers.bytes))])
            return .object(filter)
        }
    }

    private static let addressCountMax = 64

    /// The trigger that a log entry is for; none if it is not wanted, whatever the provider says.
    func trigger(_ log: EVMEventLog) -> Trigger? {
        guard let eventHash = log.topics.first else { return nil }
        return events[Event(address: log.address.bytes, eventHash: eventHash)]
    }
}

/// A trigger for every so many blocks, on a chain of any kind.
///
/// Without a first block the heights are those that the count divides, so that operators who began at different times
/// deliver the same ones.
struct BlockInterval {
    /// No chain is that long; whoever says so must not bring sums to overflow.
    static let heightMax: UInt64 = 1 << 56

    let trigger: Trigger
    private let blockCount: UInt64
    private let startBlock: UInt64
    private let endBlock: UInt64

    /// Makes the interval of a trigger; none if it is another trigger, or for another chain.
    init?(_ trigger: Trigger, chain: String) {
        guard case .blockInterval(chain, let blockCount, let startBlock, let endBlock) = trigger,
            blockCount > 0
        else { return nil }
        self.trigger = trigger
        self.blockCount = UInt64(blockCount)
        self.startBlock = startBlock ?? 0
        self.endBlock = endBlock ?? .max
    }

    /// The heights in a range at which the interval ends.
    func heights(_ range: ClosedRange<UInt64>) -> [UInt64] {
        let first = max(range.lowerBound, startBlock)
        let last = min(range.upperBound, endBlock)
        guard first <= last else { return [] }
        let past = (first - startBlock) % blockCount
        let (start, isBeyond) = first.addingReportingOverflow(past == 0 ? 0 : blockCount - past)
        guard !isBeyond, start <= last else { return [] }
        return Array(stride(from: start, through: last, by: Int(blockCount)))
    }

    /// What happens at a height.
    func occurrence(_ height: UInt64, chain: String) -> TriggerOccurrence {
        TriggerOccurrence(
            .watchers(of: trigger),
            .blockInterval(chain: chain, blockHeight: height),
            name: [
                Array("block".utf8), TriggerCoding.key(trigger), height.littleEndianBytes,
            ]
        )
    }
}
