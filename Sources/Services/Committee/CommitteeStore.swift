internal import Attestation
internal import Cryptography
internal import Database
internal import Encoding
internal import Verification
internal import Platform
internal import Statements

/// What the committee must not forget: who answered, what was refused, and the evidence of faults.
///
/// A database `committee.db`, and one file a fault in `evidence/`, named by the hash of its content.
public final class CommitteeStore: Sendable {
    /// Refusals older than the newest of this many are forgotten; the evidence among them is kept.
    private static let refusalCountMax: Int64 = 1_000_000

    private let database: Database
    private let evidence: LinuxDirectory

    /// Opens the memory, and makes it if it is missing.
    ///
    /// - Parameter path: The directory.
    /// - Throws: `store` when it cannot be used.
    public init(path: String) throws(CommitteeError) {
        do throws(PlatformError) {
            _ = try LinuxDirectory.open(path, create: true)
            evidence = try LinuxDirectory.open(path + "/evidence", create: true)
        } catch {
            throw .store("\(error)")
        }
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
                    """
                ]
            )
        } catch {
            throw .store("\(error)")
        }
    }

    /// Keeps the proof of a fault as `parallax evidence` takes it; of a wrong share, the vote until there are three.
    ///
    /// - Returns: The evidence, if it proves a fault already.
    @discardableResult
    func keep(_ fault: AttestationFault) throws(CommitteeError) -> SeatEvidence? {
        switch fault {
        case .equivocation(let first, let second):
            let evidence: SeatEvidence
            do throws(EvidenceError) {
                evidence = try SeatEvidence(equivocation: first, second)
            } catch {
                throw .store("\(error)")
            }
            let bytes = evidence.encoded
            try write(bytes, to: "equivocation-" + SHA256.hash(of: bytes).hex + ".cbor")
            return evidence
        case .invalidShare(let vote):
            let bytes = vote.encoded
            try write(bytes, to: "invalidShare-" + SHA256.hash(of: bytes).hex + ".cbor")
            return nil
        }
    }

    /// Writes a file whose name says what is in it, so that one that is there is the same.
    private func write(_ bytes: [UInt8], to name: String) throws(CommitteeError) {
        do throws(PlatformError) {
            if try evidence.list().contains(name) { return }
            let file = try evidence.create(name + ".tmp")
            let span = bytes.span
            try unsafe span.withUnsafeBytes { bytes throws(PlatformError) in
                try unsafe file.write(bytes, at: 0)
            }
            try file.syncData()
            try evidence.rename(name + ".tmp", to: name)
            try evidence.sync()
        } catch {
            throw .store("\(error)")
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
}
