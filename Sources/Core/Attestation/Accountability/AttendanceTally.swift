import Encoding
public import Primitives
public import Statements

/// Counts for how many certificates in a range of the log an observer was there.
///
/// A certificate counts if the roster of its epoch has the observer, and no penalty in the range says that it was
/// suspended then. The observer was there if it voted, or dissented for the same slot in the range.
public struct AttendanceTally: Sendable {
    /// How many certificates a range must have to say anything.
    public static var certificatesMin: UInt64 { 100 }
    /// Of how many of a hundred certificates an observer must be part.
    public static var percentMin: UInt64 { 80 }
    /// How long a range is at least, from its first to its last certificate.
    public static var nanosecondsMin: UInt64 { 30 * 86_400 * 1_000_000_000 }
    /// How long a range is at most.
    public static var nanosecondsMax: UInt64 { 31 * 86_400 * 1_000_000_000 }

    /// What was counted.
    public struct Count: Equatable, Sendable {
        /// How many certificates count.
        public var certificates: UInt64
        /// For how many of them the observer was there.
        public var present: UInt64

        /// Makes a count of both numbers.
        public init(certificates: UInt64, present: UInt64) {
            self.certificates = certificates
            self.present = present
        }

        /// Whether so few are a breach.
        public var isBreach: Bool {
            certificates >= AttendanceTally.certificatesMin
                && present * 100 < certificates * AttendanceTally.percentMin
        }
    }

    private struct Certificate {
        var slot: UInt64
        var epoch: UInt64
        var time: Timestamp
        var isVoter: Bool
    }

    private let did: OrbitDID
    private let rosters: [Roster]
    private var certificates: [Certificate] = []
    private var dissents: [(slot: UInt64, epoch: UInt64)] = []
    private var suspensions: [Range<UInt64>] = []
    /// When the first and the last certificate were attested, whether they count or not.
    public private(set) var span: ClosedRange<Timestamp>?
    /// The epoch of the certificate that was taken last.
    public private(set) var lastEpoch: UInt64?

    /// Starts to count.
    ///
    /// - Parameters:
    ///   - did: The observer.
    ///   - rosters: The rosters of all epochs that occur in the range.
    public init(of did: OrbitDID, rosters: [Roster]) {
        self.did = did
        self.rosters = rosters
    }

    /// Takes the next leaf of the range.
    ///
    /// - Throws: `otherRoster` for an epoch without a roster, or what is wrong with a certificate.
    public mutating func take(_ statement: Statement) throws(AttestationError) {
        switch statement {
        case .attestation(let attestation):
            try take(QuorumCertificate(decoding: attestation.certificate))
        case .dissent(let dissent):
            guard let seat = roster(dissent.epoch)?.statement.seat(of: did) else { return }
            if seat.index == dissent.index {
                dissents.append((dissent.slot.rawValue, dissent.epoch))
            }
        case .penalty(let penalty):
            guard penalty.did == did, penalty.status == .suspended else { return }
            let end = penalty.until == .zero ? UInt64.max : penalty.until.nanoseconds
            let start = penalty.time.nanoseconds
            if start < end { suspensions.append(start..<end) }
        default: return
        }
    }

    private mutating func take(_ certificate: QuorumCertificate) throws(AttestationError) {
        let attested = certificate.attested
        let time = attested.time
        let first = min(span?.lowerBound ?? time, time)
        span = first...max(span?.upperBound ?? time, time)
        lastEpoch = attested.epoch
        guard let roster = roster(attested.epoch) else { throw .otherRoster(name: "epoch") }
        try roster.check(attested)
        try certificate.checkOrder()
        guard let seat = roster.statement.seat(of: did) else { return }
        certificates.append(
            Certificate(
                slot: attested.slot.rawValue,
                epoch: attested.epoch,
                time: time,
                isVoter: certificate.votes.contains { vote in vote.index == seat.index }
            )
        )
    }

    private func roster(_ epoch: UInt64) -> Roster? {
        rosters.first { roster in roster.statement.epoch == epoch }
    }

    /// What was counted so far.
    ///
    /// - Complexity: O(certificates × (dissents + suspensions)).
    public var count: Count {
        var count = Count(certificates: 0, present: 0)
        for certificate in certificates {
            let isSuspended = suspensions.contains { range in
                range.contains(certificate.time.nanoseconds)
            }
            if isSuspended { continue }
            count.certificates += 1
            let isDissenter = dissents.contains { dissent in
                dissent.slot == certificate.slot && dissent.epoch == certificate.epoch
            }
            if certificate.isVoter || isDissenter { count.present += 1 }
        }
        return count
    }
}
