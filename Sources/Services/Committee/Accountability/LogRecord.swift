public import Attestation
internal import Encoding
public import LogStore
internal import MerkleLog
internal import Transparency
public import Primitives
public import Statements
public import Verification

/// What a log says about its venue's committee, for whoever accuses or judges a seat.
public struct LogRecord: Sendable {
    /// The log at one moment.
    public let reader: LogReader

    /// Reads a log.
    public init(_ reader: LogReader) { self.reader = reader }

    /// The venue whose log it is, as its first leaf says.
    ///
    /// - Throws: `log` when it is damaged or empty.
    public func venue() throws(CommitteeError) -> VenueName {
        guard reader.size > 0, case .genesis(let genesis) = try statement(at: 0) else {
            throw .log("it does not begin with its genesis")
        }
        return genesis.venue
    }

    /// When the log began, as its first leaf says.
    ///
    /// - Throws: `log` when it is damaged or empty.
    public func beginning() throws(CommitteeError) -> Timestamp {
        guard reader.size > 0 else { throw .log("it is empty") }
        return try statement(at: 0).time
    }

    /// The rosters, in the order of the log.
    ///
    /// - Throws: `log` when it is damaged or holds something else.
    public func rosters() throws(CommitteeError) -> [Roster] {
        let subject = LogSubject.epochs(of: try venue())
        do {
            var rosters: [Roster] = []
            for index in try reader.leaves(of: subject) {
                let payload = try SignedStatement(decoding: reader.entry(at: index)).payload
                rosters.append(try Roster(decoding: payload))
            }
            return rosters
        } catch {
            throw .log("\(error)")
        }
    }

    /// A leaf with its proof in the tree of some size; none if the log has no such leaf or is damaged there.
    public func provenLeaf(_ index: UInt64, _ size: UInt64) -> ProvenLeaf? {
        guard size <= reader.size, index < size else { return nil }
        do throws(LogStoreError) {
            return ProvenLeaf(
                bytes: try reader.entry(at: index),
                path: try reader.inclusionProof(of: index, treeSize: size).path
            )
        } catch {
            // The judge says which leaf is missing.
            return nil
        }
    }

    /// Evidence that an observer was absent, from the last 32 days of the log.
    ///
    /// - Parameters:
    ///   - did: The observer.
    ///   - rosters: All rosters of the log.
    ///   - start: The range must begin after it, such as the last penalty for the same; `.zero` for any.
    /// - Returns: The evidence, without leaves; none if no breach is found.
    /// - Throws: `log` when the log is damaged.
    public func absence(
        of did: OrbitDID,
        rosters: [Roster],
        after start: Timestamp = .zero
    ) throws(CommitteeError) -> SeatEvidence? {
        guard reader.size > 0 else { return nil }
        var search = AttendanceSearch(of: did, rosters: rosters)
        for index in try firstLeaf()..<reader.size {
            let statement = try statement(at: index)
            do throws(AttestationError) {
                try search.take(statement, at: index)
            } catch {
                throw .log("leaf \(index): \(error)")
            }
        }
        guard let finding = search.breach(after: start) else { return nil }
        let roster = rosters.first { roster in roster.statement.epoch == finding.epoch }
        guard let roster else { return nil }
        return SeatEvidence(
            absence: finding,
            of: did,
            roster: roster.statement,
            checkpoint: reader.checkpoint
        )
    }

    /// Adds the leaves of a range to evidence of absence, so that it is judged without the log.
    ///
    /// - Returns: The evidence; as it was if it has too many leaves, or another fault.
    public func carryingLeaves(_ evidence: SeatEvidence) -> SeatEvidence {
        guard case .attendance(var absence) = evidence.body,
            absence.count <= UInt64(SeatEvidence.leavesMax)
        else { return evidence }
        absence.leaves = (absence.first..<absence.first + absence.count).compactMap { index in
            provenLeaf(index, reader.size)
        }
        guard UInt64(absence.leaves.count) == absence.count else { return evidence }
        var whole = evidence
        whole.body = .attendance(absence)
        return whole.encoded.count <= SeatEvidence.bytesMax ? whole : evidence
    }

    /// The first leaf that is not older than the last one by more than the longest range and a day.
    ///
    /// Leaves come in the order of time but for what was late, which a day makes up for.
    private func firstLeaf() throws(CommitteeError) -> UInt64 {
        let last = try statement(at: reader.size - 1).time.nanoseconds
        let length = AttendanceTally.nanosecondsMax + Self.dayNanoseconds
        guard last > length else { return 0 }
        var (low, high): (UInt64, UInt64) = (0, reader.size)
        while low < high {
            let middle = low + (high - low) / 2
            if try statement(at: middle).time.nanoseconds >= last - length {
                high = middle
            } else {
                low = middle + 1
            }
        }
        return low
    }

    private static let dayNanoseconds: UInt64 = 86_400 * 1_000_000_000

    private func statement(at index: UInt64) throws(CommitteeError) -> Statement {
        do {
            return try Statement(
                decoding: SignedStatement(decoding: reader.entry(at: index)).payload
            )
        } catch {
            throw .log("leaf \(index): \(error)")
        }
    }
}
