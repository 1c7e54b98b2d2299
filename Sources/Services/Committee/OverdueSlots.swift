internal import Platform
internal import Statements
internal import Synchronization

/// The attestations that found no quorum in the time for signing, and since when: kept on the disk, so that a restart
/// neither forgets that a person was asked nor lets the time until then begin anew.
final class OverdueSlots: Sendable {
    /// One of them; times are of the wall clock.
    struct Entry: Equatable, Sendable {
        /// When it was first asked.
        var since: UInt64
        /// When a person was asked; none before that.
        var escalated: UInt64?
    }

    private let store: CommitteeStore
    private let clock: any Clock
    private let entries: Mutex<[AttestedSlot: Entry]>

    /// Reads what was kept.
    init(_ store: CommitteeStore, _ clock: any Clock) throws(CommitteeError) {
        self.store = store
        self.clock = clock
        entries = Mutex(try store.overdue(now: clock.wallNanoseconds()))
    }

    /// How long a slot has waited, and whether a person was asked; none if it is new.
    func before(_ slot: AttestedSlot) -> (waitedNanoseconds: UInt64, isEscalated: Bool)? {
        guard let entry = entries.withLock({ entries in entries[slot] }) else { return nil }
        let now = clock.wallNanoseconds()
        return (now - min(entry.since, now), entry.escalated != nil)
    }

    /// Adds a slot that has waited so long; one that is there keeps its time.
    func add(_ slot: AttestedSlot, waited: UInt64) throws(CommitteeError) {
        let now = clock.wallNanoseconds()
        let entry = Entry(since: now - min(waited, now), escalated: nil)
        let isNew = entries.withLock { entries in
            if entries[slot] != nil { return false }
            entries[slot] = entry
            return true
        }
        if isNew { try store.keep(entry, of: slot) }
    }

    /// Notes that a person was asked; the first time counts.
    func escalate(_ slot: AttestedSlot) throws(CommitteeError) {
        let now = clock.wallNanoseconds()
        let changed = entries.withLock { entries -> Entry? in
            guard entries[slot]?.escalated == nil else { return nil }
            entries[slot, default: Entry(since: now)].escalated = now
            return entries[slot]
        }
        if let changed { try store.keep(changed, of: slot) }
    }

    /// Forgets a slot, because there is a certificate or nobody needs one.
    func remove(_ slot: AttestedSlot) throws(CommitteeError) {
        let isThere = entries.withLock { entries in entries.removeValue(forKey: slot) != nil }
        if isThere { try store.removeOverdue(slot) }
    }
}
