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

    /// A certificate of the range.
    struct Certificate: Sendable {
        var slot: UInt64
        var epoch: UInt64
        var time: Timestamp
        /// Whether the roster of its epoch has the observer.
        var isSeated: Bool
        var isVoter: Bool

        /// What it is for, as dissents name it.
        var key: SlotKey { SlotKey(slot: slot, epoch: epoch) }
    }

    /// What is asked in an epoch.
    struct SlotKey: Hashable, Sendable {
        var slot: UInt64
        var epoch: UInt64
    }

    /// What a leaf says about the observer.
    enum Entry: Sendable {
        case certificate(Certificate)
        case dissent(SlotKey)
        case suspension(Range<UInt64>)
    }

    private let did: OrbitDID
    private let rosters: [Roster]
    private var certificates: [Certificate] = []
    private var dissents: Set<SlotKey> = []
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
        if let entry = try entry(of: statement) { add(entry) }
    }

    /// What a leaf says about the observer; none if nothing that counts.
    func entry(of statement: Statement) throws(AttestationError) -> Entry? {
        switch statement {
        case .attestation(let attestation):
            return .certificate(try read(QuorumCertificate(decoding: attestation.certificate)))
        case .dissent(let dissent):
            guard let seat = roster(dissent.epoch)?.statement.seat(of: did),
                seat.index == dissent.index
            else { return nil }
            return .dissent(SlotKey(slot: dissent.slot.rawValue, epoch: dissent.epoch))
        case .penalty(let penalty):
            guard penalty.did == did, penalty.status == .suspended else { return nil }
            let end = penalty.until == .zero ? UInt64.max : penalty.until.nanoseconds
            let start = penalty.time.nanoseconds
            return start < end ? .suspension(start..<end) : nil
        default: return nil
        }
    }

    private func read(_ certificate: QuorumCertificate) throws(AttestationError) -> Certificate {
        let attested = certificate.attested
        guard let roster = roster(attested.epoch) else { throw .otherRoster(name: "epoch") }
        try roster.check(attested)
        try certificate.checkOrder()
        let seat = roster.statement.seat(of: did)
        return Certificate(
            slot: attested.slot.rawValue,
            epoch: attested.epoch,
            time: attested.time,
            isSeated: seat != nil,
            isVoter: certificate.votes.contains { vote in vote.index == seat?.index }
        )
    }

    private func roster(_ epoch: UInt64) -> Roster? {
        rosters.first { roster in roster.statement.epoch == epoch }
    }

    /// Counts what a leaf said.
    mutating func add(_ entry: Entry) {
        switch entry {
        case .certificate(let certificate):
            let time = certificate.time
            let first = min(span?.lowerBound ?? time, time)
            span = first...max(span?.upperBound ?? time, time)
            lastEpoch = certificate.epoch
            if certificate.isSeated { certificates.append(certificate) }
        case .dissent(let key): dissents.insert(key)
        case .suspension(let range): suspensions.append(range)
        }
    }

    /// What was counted so far.
    ///
    /// - Complexity: O(certificates × suspensions).
    public var count: Count {
        var count = Count(certificates: 0, present: 0)
        for certificate in certificates {
            let isSuspended = suspensions.contains { range in
                range.contains(certificate.time.nanoseconds)
            }
            if isSuspended { continue }
            count.certificates += 1
            if certificate.isVoter || dissents.contains(certificate.key) { count.present += 1 }
        }
        return count
    }
}
