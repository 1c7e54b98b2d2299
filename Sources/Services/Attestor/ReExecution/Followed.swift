internal import Attestation
internal import Cryptography
internal import Primitives
internal import Statements

/// What an observer knows from the journal that it followed; both of its desks judge by this.
struct Followed {
    /// The newest intervals, the oldest first.
    private(set) var intervals: [ReExecutedInterval] = []
    var documents = FollowedDocuments()
    /// Why the venue is not to be trusted any more; none as long as it is.
    var divergence: String?
    /// The sandbox; another one after each restart.
    var sandbox: JournalSandbox?
    /// The number of the last interval.
    var lastInterval: UInt64 { intervals.last?.interval.number ?? 0 }

    mutating func append(_ interval: ReExecutedInterval) {
        intervals.append(interval)
        if intervals.count >= 2 * AttestorLimits.intervalsMax {
            intervals.removeFirst(AttestorLimits.intervalsMax)
        }
    }

    /// Forgets the intervals, when following begins again.
    mutating func restart(_ interval: ReExecutedInterval?, _ documents: FollowedDocuments) {
        intervals = interval.map { interval in [interval] } ?? []
        self.documents = documents
    }

    /// The interval with a number; none if it has not come, or came too long ago.
    func interval(_ number: UInt64) -> ReExecutedInterval? {
        guard let first = intervals.first?.interval.number, number >= first else { return nil }
        let index = Int(number - first)
        return index < intervals.count ? intervals[index] : nil
    }
}

/// The roster of an epoch with the seat of this observer.
struct OwnSeat {
    var statement: EpochStatement
    var hash: SHA256.Digest
    /// The index of the seat; none if the observer has none in that epoch.
    var index: UInt32?

    init?(_ roster: [UInt8], identityKey: Ed25519.PublicKey) {
        do throws(StatementError) {
            statement = try EpochStatement(decoding: roster)
        } catch {
            return nil
        }
        hash = SHA256.hash(of: roster)
        index = statement.seats.first { seat in seat.identityKey == identityKey.bytes }?.index
    }
}
