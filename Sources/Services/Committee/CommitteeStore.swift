internal import Attestation
internal import Cryptography
internal import Database
internal import Encoding
internal import Verification
internal import Platform
public import Primitives
public import Statements

/// What the committee must not forget: who answered, what was refused, and the evidence of faults.
///
/// A database `committee.db`, and one file a fault in `evidence/`, named by the hash of its content.
public final class CommitteeStore: Sendable {
    /// Refusals older than the newest of this many are forgotten; the evidence among them is kept.
    private static let refusalCountMax: Int64 = 1_000_000

    private let database: Database
    /// The evidence of faults.
    public let evidence: EvidenceFolder

    /// Opens the memory, and makes it if it is missing.
    ///
    /// - Parameter path: The directory.
    /// - Throws: `store` when it cannot be used.
    public init(path: String) throws(CommitteeError) {
        do throws(PlatformError) {
            _ = try LinuxDirectory.open(path, create: true)
        } catch {
            throw .store("\(error)")
        }
        evidence = try EvidenceFolder(path: path + "/evidence")
        do throws(DatabaseError) {
            database = try Database(
                path: path + "/committee.db",
                migrations: [
                    """
                    CREATE TABLE presence (
                        slot BLOB PRIMARY KEY, time INTEGER NOT NULL, asked INTEGER NOT NULL,
                        timely INTEGER NOT NULL, late INTEGER NOT NULL, dissenting INTEGER NOT NULL
                    ) STRICT;
                    CREATE INDEX presence_time ON presence (time);
                    CREATE TABLE refusal (
                        id INTEGER PRIMARY KEY, time INTEGER NOT NULL, slot BLOB, seat INTEGER,
                        reason TEXT NOT NULL
                    ) STRICT;
                    """,
                    """
                    CREATE TABLE bond_account (did TEXT PRIMARY KEY, account INTEGER NOT NULL) STRICT;
                    CREATE TABLE waiting (
                        slot BLOB PRIMARY KEY, since INTEGER NOT NULL, escalated INTEGER
                    ) STRICT;
                    """,
                ]
            )
        } catch {
            throw .store("\(error)")
        }
    }

    /// Keeps the proof of a fault as `parallax evidence` takes it; of a wrong share, the vote until there are three.
    func keep(_ fault: AttestationFault) throws(CommitteeError) {
        switch fault {
        case .equivocation(let first, let second):
            let piece: SeatEvidence
            do throws(EvidenceError) {
                piece = try SeatEvidence(equivocation: first, second)
            } catch {
                throw .store("\(error)")
            }
            try evidence.keep(piece)
        case .invalidShare(let vote, let payload): try evidence.keep(vote, payload: payload)
        }
    }

    /// Keeps records, all or none of them.
    func keep(_ records: CommitteeRecords, wallNanoseconds: UInt64) throws(CommitteeError) {
        let time = DatabaseValue.integer(Int64(truncatingIfNeeded: wallNanoseconds))
        do throws(DatabaseError) {
            try database.transaction { transaction throws(DatabaseError) in
                for presence in records.presences {
                    let attendance = presence.attendance
                    try transaction.execute(
                        "INSERT OR REPLACE INTO presence VALUES (?, ?, ?, ?, ?, ?)",
                        [
                            .unsigned(presence.slot.rawValue), time,
                            .integer(Int64(attendance.asked)), .integer(Int64(attendance.timely)),
                            .integer(Int64(attendance.late)),
                            .integer(Int64(attendance.dissenting)),
                        ]
                    )
                }
                for refusal in records.refusals {
                    try transaction.execute(
                        "INSERT INTO refusal (time, slot, seat, reason) VALUES (?, ?, ?, ?)",
                        [
                            time, refusal.slot.map { .unsigned($0.rawValue) } ?? .null,
                            refusal.seat.map { .integer(Int64($0)) } ?? .null,
                            .text(refusal.reason.rawValue),
                        ]
                    )
                }
                if !records.refusals.isEmpty {
                    try transaction.execute(
                        "DELETE FROM refusal WHERE id <= (SELECT max(id) FROM refusal) - ?",
                        [.integer(Self.refusalCountMax)]
                    )
                }
            }
        } catch {
            throw .store("\(error)")
        }
    }

    /// How many requests were put to each seat since a time, and how many it answered: late ones too.
    ///
    /// - Parameters:
    ///   - seat: The seat, 1 … 12.
    ///   - wallNanoseconds: The time.
    /// - Returns: How often it was asked and how often it answered.
    /// - Throws: `store`.
    public func attendance(
        of seat: UInt32,
        since wallNanoseconds: UInt64
    ) throws(CommitteeError) -> (asked: UInt64, answered: UInt64) {
        do throws(DatabaseError) {
            let rows = try database.rows(
                """
                SELECT count(*), coalesce(sum(((timely | late) >> ?1) & 1), 0) FROM presence
                WHERE time >= ?2 AND (asked >> ?1) & 1 = 1
                """,
                [
                    .integer(Int64(seat) - 1),
                    .integer(Int64(truncatingIfNeeded: wallNanoseconds)),
                ]
            )
            guard let row = rows.first else { return (0, 0) }
            return (
                UInt64(clamping: try row.integer(0)), UInt64(clamping: try row.integer(1))
            )
        } catch {
            throw .store("\(error)")
        }
    }

    /// Remembers whose bonds answer for an observer.
    ///
    /// - Throws: `store`.
    public func keep(bondAccount account: AccountID, of did: OrbitDID) throws(CommitteeError) {
        try write(
            "INSERT OR REPLACE INTO bond_account VALUES (?, ?)",
            [.text(did.description), .integer(Int64(account.rawValue))]
        )
    }

    /// Whose bonds answer for an observer; none if nobody said so.
    ///
    /// - Throws: `store`.
    public func bondAccount(of did: OrbitDID) throws(CommitteeError) -> AccountID? {
        do throws(DatabaseError) {
            let rows = try database.rows(
                "SELECT account FROM bond_account WHERE did = ?",
                [.text(did.description)]
            )
            guard let row = rows.first else { return nil }
            return UInt32(exactly: try row.integer(0)).map { number in AccountID(number) }
        } catch {
            throw .store("\(error)")
        }
    }

    // MARK: What waits for a quorum

    /// The attestations that have waited; those of more than 31 days are forgotten.
    func overdue(now: UInt64) throws(CommitteeError) -> [AttestedSlot: OverdueSlots.Entry] {
        let oldest = now - min(AttendanceTally.nanosecondsMax, now)
        do throws(DatabaseError) {
            _ = try database.execute(
                "DELETE FROM waiting WHERE since < ?",
                [.integer(Int64(truncatingIfNeeded: oldest))]
            )
            var entries: [AttestedSlot: OverdueSlots.Entry] = [:]
            for row in try database.rows("SELECT slot, since, escalated FROM waiting") {
                guard let slot = AttestedSlot(rawValue: try row.unsigned(0)) else { continue }
                entries[slot] = OverdueSlots.Entry(
                    since: UInt64(clamping: try row.integer(1)),
                    escalated: try row.isNull(2) ? nil : UInt64(clamping: row.integer(2))
                )
            }
            return entries
        } catch {
            throw .store("\(error)")
        }
    }

    /// Keeps since when an attestation waits.
    func keep(_ entry: OverdueSlots.Entry, of slot: AttestedSlot) throws(CommitteeError) {
        try write(
            "INSERT OR REPLACE INTO waiting VALUES (?, ?, ?)",
            [
                .unsigned(slot.rawValue), .integer(Int64(truncatingIfNeeded: entry.since)),
                entry.escalated.map { .integer(Int64(truncatingIfNeeded: $0)) } ?? .null,
            ]
        )
    }

    /// Forgets that an attestation waits.
    func removeOverdue(_ slot: AttestedSlot) throws(CommitteeError) {
        try write("DELETE FROM waiting WHERE slot = ?", [.unsigned(slot.rawValue)])
    }

    private func write(_ text: StaticString, _ values: [DatabaseValue]) throws(CommitteeError) {
        do throws(DatabaseError) {
            _ = try database.execute(text, values)
        } catch {
            throw .store("\(error)")
        }
    }
}
