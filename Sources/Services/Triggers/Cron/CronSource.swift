internal import ComponentHost
internal import Cryptography
internal import Platform

/// Delivers the moments of schedules (`cron` of WAVS), each once, in UTC.
///
/// A moment is named by the schedule and not by when it was noticed, so that all operators deliver the same one. After
/// a pause of the node, the moments of the last minute are delivered, and if there is none among them, the last one
/// that was missed: never all of them. A schedule that is new begins with the moment after it was first seen.
final class CronSource: TriggerSource {
    static let name = "cron"
    private static let nanosecondsASecond: UInt64 = 1_000_000_000
    /// How far back missed moments are all delivered, in seconds.
    private static let catchUpSeconds: Int64 = 60

    private let store: TriggerStore
    private let clock: any Clock
    /// Up to which second each schedule was delivered, by its key in hexadecimal.
    private var delivered: [String: Int64]
    private var pending: TriggerStore.Changes = []
    private var schedules: [String: CronSchedule] = [:]

    init(store: TriggerStore, clock: any Clock) throws(TriggerError) {
        self.store = store
        self.clock = clock
        delivered = try store.cursor(Self.name)
    }

    func poll(_ watched: [Trigger]) throws(TriggerError) -> SourceBatch {
        let now = Int64(clamping: clock.wallNanoseconds() / Self.nanosecondsASecond)
        var batch = SourceBatch()
        var keys: Set<String> = []
        pending = []
        for trigger in watched {
            guard case .cron(let text, let start, let end) = trigger else { continue }
            let key = Hex.encode(TriggerCoding.key(trigger))
            keys.insert(key)
            let schedule = try schedule(key, text)
            guard let before = delivered[key] else {
                pending.append((key, now))
                continue
            }
            let due = Self.due(schedule, after: before, upTo: now)
            for second in due {
                let moment = UInt64(second) * Self.nanosecondsASecond
                if let start, moment < start { continue }
                if let end, moment > end { continue }
                batch.occurrences.append(Self.occurrence(trigger, moment))
            }
            if let last = due.last { pending.append((key, last)) }
        }
        pending += delivered.keys.filter { !keys.contains($0) }.sorted().map { ($0, nil) }
        batch.hasProgress = !pending.isEmpty
        batch.position = "second \(now)"
        return batch
    }

    func commit() throws(TriggerError) {
        try store.setCursor(Self.name, pending)
        for (name, value) in pending { delivered[name] = value }
        pending = []
    }

    private static func occurrence(_ trigger: Trigger, _ moment: UInt64) -> TriggerOccurrence {
        TriggerOccurrence(
            .watchers(of: trigger),
            .cron(triggerNanoseconds: moment),
            name: [Array(name.utf8), TriggerCoding.key(trigger), moment.littleEndianBytes]
        )
    }

    private func schedule(_ key: String, _ text: String) throws(TriggerError) -> CronSchedule {
        if let known = schedules[key] { return known }
        let schedule = try CronSchedule(text)
        schedules[key] = schedule
        return schedule
    }

    /// The moments that are to be delivered of those in a span, in order.
    static func due(_ schedule: CronSchedule, after before: Int64, upTo now: Int64) -> [Int64] {
        guard now > before else { return [] }
        var due: [Int64] = []
        var last = max(before, now - catchUpSeconds)
        while let next = schedule.next(after: last), next <= now {
            due.append(next)
            last = next
        }
        if due.isEmpty, let missed = schedule.last(upTo: now), missed > before { return [missed] }
        return due
    }
}
