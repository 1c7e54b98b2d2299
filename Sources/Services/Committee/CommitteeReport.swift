public import Attestation
public import Statements

/// A certificate and how long it took.
public struct CertifiedAttestation: Equatable, Sendable {
    /// The certificate.
    public let certificate: QuorumCertificate
    /// The slot that it is for.
    public let slot: AttestedSlot
    /// From the first request to the certificate, in nanoseconds.
    public let formationNanoseconds: UInt64
    /// How often the observers were asked.
    public let attempts: Int
}

/// What the committee tells those who asked; called on its own thread, so it must not wait.
public struct CommitteeHandlers: Sendable {
    /// A quorum has formed.
    public var certified: @Sendable (CertifiedAttestation) -> Void
    /// A seat dissents; the message is signed and checked.
    public var dissented: @Sendable (Dissent) -> Void
    /// So many dissent that there can be no quorum.
    public var rejected: @Sendable (AttestedSlot, _ seats: [UInt32]) -> Void
    /// A seat did what it can be penalised for.
    public var faulted: @Sendable (AttestationFault) -> Void
    /// There is no quorum after the time in which a person must be asked.
    public var escalated: @Sendable (AttestedSlot) -> Void
    /// Something the operator should know.
    public var warn: @Sendable (CommitteeError) -> Void

    /// Handlers that do nothing where none is given.
    public init(
        certified: @escaping @Sendable (CertifiedAttestation) -> Void = { _ in },
        dissented: @escaping @Sendable (Dissent) -> Void = { _ in },
        rejected: @escaping @Sendable (AttestedSlot, [UInt32]) -> Void = { _, _ in },
        faulted: @escaping @Sendable (AttestationFault) -> Void = { _ in },
        escalated: @escaping @Sendable (AttestedSlot) -> Void = { _ in },
        warn: @escaping @Sendable (CommitteeError) -> Void = { _ in }
    ) {
        self.certified = certified
        self.dissented = dissented
        self.rejected = rejected
        self.faulted = faulted
        self.escalated = escalated
        self.warn = warn
    }
}

/// How the committee does, for people to look at.
public struct CommitteeStatus: Equatable, Sendable {
    /// What one seat did since the start.
    public struct SeatLine: Equatable, Sendable {
        /// The seat.
        public var index: UInt32
        /// Who runs it.
        public var operatorName: String
        /// Whether its votes count.
        public var standing: SeatStanding = .active
        /// Answers within the time for signing.
        public var timelyCount: UInt64 = 0
        /// Answers after that.
        public var lateCount: UInt64 = 0
        /// Dissents.
        public var dissentCount: UInt64 = 0
        /// Answers that did not count.
        public var refusalCount: UInt64 = 0
        /// How long its last answer took, in nanoseconds; 0 before the first.
        public var answerNanoseconds: UInt64 = 0
        /// When it last answered, in nanoseconds of the monotonic clock; 0 if never.
        public var answerTime: UInt64 = 0
        /// Why it last dissented.
        public var reason = ""
    }

    /// An attestation that has no certificate yet.
    public struct Waiting: Equatable, Sendable {
        /// What is asked.
        public var slot: AttestedSlot
        /// How far it is.
        public var phase: AttestationRound.Phase
        /// How often was asked.
        public var attempts: Int
        /// Since when, in nanoseconds of the monotonic clock.
        public var startTime: UInt64
        /// How long it had waited before, in nanoseconds: before the venue was started, or in another epoch.
        public var waitedNanoseconds: UInt64
        /// Whether a person was asked.
        public var isEscalated: Bool
        /// Who voted, ascending.
        public var voters: [UInt32]
        /// Who dissents, and why.
        public var dissents: [(seat: UInt32, reason: String)]
        /// Who knows that it waits, and why that is accepted; none if nobody said so.
        public var acknowledgement: Acknowledgement?

        /// Whether both are the same.
        public static func == (left: Self, right: Self) -> Bool {
            left.slot == right.slot && left.phase == right.phase && left.attempts == right.attempts
                && left.startTime == right.startTime && left.isEscalated == right.isEscalated
                && left.waitedNanoseconds == right.waitedNanoseconds
                && left.voters == right.voters && left.acknowledgement == right.acknowledgement
                && left.dissents.elementsEqual(right.dissents) { $0 == $1 }
        }
    }

    /// The epoch of the roster; 0 before there is one.
    public var epoch: UInt64 = 0
    /// The seats, by index.
    public var seats: [SeatLine] = []
    /// How many certificates were made.
    public var certificateCount: UInt64 = 0
    /// What waits for its certificate, the oldest first.
    public var waiting: [Waiting] = []
    /// How often answers were refused, by reason.
    public var refusals: [(reason: AttestationRefusal, count: UInt64)] = []
    /// How long the last certificates took, in nanoseconds, at most 65,536 of them.
    public var formations: [UInt64] = []

    /// Whether both are the same.
    public static func == (left: Self, right: Self) -> Bool {
        left.epoch == right.epoch && left.seats == right.seats
            && left.certificateCount == right.certificateCount && left.waiting == right.waiting
            && left.refusals.elementsEqual(right.refusals) { $0 == $1 }
            && left.formations == right.formations
    }

    /// Nothing happened yet.
    public init() {}
}
