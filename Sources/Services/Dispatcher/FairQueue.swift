/// Events that wait, one queue for each service, taken in turns.
///
/// A service with many events waits like one with few: after each event it is the next service's turn. Of one service
/// no more than a given number are in work at once, so that a service that hangs leaves threads to the others. Events of
/// a service are taken in the order in which they were accepted, but one that waits for another attempt does
/// not hold up those behind it.
struct FairQueue {
    /// An event that waits.
    struct Entry: Equatable, Sendable {
        let eventID: EventID
        let service: String
        /// Attempts that could not be made.
        var failedAttempts = 0
    }

    private struct Lane {
        var ready: [Entry] = []
        /// How many of `ready` were taken already.
        var taken = 0
        /// What waits for a moment, which comes first.
        var delayed: [(due: UInt64, entry: Entry)] = []
        var inWork = 0

        var count: Int { ready.count - taken + delayed.count + inWork }

        mutating func popReady() -> Entry? {
            guard taken < ready.count else { return nil }
            defer {
                taken += 1
                // Moving what is left costs less than once for each entry taken.
                if taken > 32, taken * 2 > ready.count {
                    ready.removeFirst(taken)
                    taken = 0
                }
            }
            return ready[taken]
        }
    }

    private let inWorkMax: Int
    private var lanes: [String: Lane] = [:]
    /// The services that have something, in the order of their turns.
    private var turns: [String] = []
    /// The services whose events may be taken.
    private var active: Set<String> = []
    /// Events that wait or are in work, of all services.
    private(set) var count = 0

    init(inWorkMax: Int) { self.inWorkMax = inWorkMax }

    /// Events of one service that wait or are in work.
    func count(of service: String) -> Int { lanes[service]?.count ?? 0 }

    /// The services that have something waiting or in work, in the order of their ids, with how many.
    var counts: [(service: String, waiting: Int, inWork: Int)] {
        lanes.sorted { left, right in left.key < right.key }.map { service, lane in
            (service, lane.count - lane.inWork, lane.inWork)
        }
    }

    /// Sets which services' events may be taken; those of others keep waiting.
    mutating func activate(_ services: Set<String>) { active = services }

    /// Adds an event.
    mutating func push(_ entry: Entry) {
        if lanes[entry.service] == nil { turns.append(entry.service) }
        lanes[entry.service, default: Lane()].ready.append(entry)
        count += 1
    }

    /// Takes the event whose turn it is; none if none may be taken now.
    mutating func take(now: UInt64) -> Entry? {
        for (place, service) in turns.enumerated() {
            guard active.contains(service), var lane = lanes[service], lane.inWork < inWorkMax
            else { continue }
            let entry: Entry?
            if let index = lane.delayed.firstIndex(where: { delayed in delayed.due <= now }) {
                entry = lane.delayed.remove(at: index).entry
            } else {
                entry = lane.popReady()
            }
            guard let entry else { continue }
            lane.inWork += 1
            lanes[service] = lane
            turns.remove(at: place)
            turns.append(service)
            return entry
        }
        return nil
    }

    /// When the next delayed event may be taken; none if none is delayed.
    func nextDue() -> UInt64? {
        lanes.values.lazy.filter { lane in lane.inWork < inWorkMax }
            .flatMap { lane in lane.delayed.lazy.map(\.due) }.min()
    }

    /// An event in work is done.
    mutating func finish(_ service: String) {
        guard var lane = lanes[service] else { preconditionFailure("it was in work") }
        precondition(lane.inWork > 0, "it was in work")
        lane.inWork -= 1
        count -= 1
        store(lane, service)
    }

    /// An event in work is to be tried again at a moment.
    mutating func delay(_ entry: Entry, until due: UInt64) {
        guard var lane = lanes[entry.service] else { preconditionFailure("it was in work") }
        precondition(lane.inWork > 0, "it was in work")
        lane.inWork -= 1
        let place = lane.delayed.firstIndex { delayed in delayed.due > due } ?? lane.delayed.count
        lane.delayed.insert((due, entry), at: place)
        lanes[entry.service] = lane
    }

    /// Removes what waits of services that are not kept, and returns those events; what is in work stays.
    mutating func removeWaiting(keeping kept: Set<String>) -> [Entry] {
        var removed: [Entry] = []
        for service in turns where !kept.contains(service) {
            guard var lane = lanes[service] else { continue }
            removed += lane.ready[lane.taken...] + lane.delayed.map(\.entry)
            count -= lane.count - lane.inWork
            lane.ready = []
            lane.taken = 0
            lane.delayed = []
            store(lane, service)
        }
        return removed
    }

    private mutating func store(_ lane: Lane, _ service: String) {
        guard lane.count == 0 else {
            lanes[service] = lane
            return
        }
        lanes[service] = nil
        turns.removeAll { turn in turn == service }
    }
}
