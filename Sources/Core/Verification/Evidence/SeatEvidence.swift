public import Attestation
import Encoding
public import Statements
public import Venue

/// What somebody shows for the fault of a seat; it says nothing before it is verified.
///
/// `docs/evidence.md` has the form of the file and what each fault takes.
public struct SeatEvidence: Equatable, Sendable {
    /// Most bytes of a file.
    public static var bytesMax: Int { 8 << 20 }
    /// How many votes with a wrong share are a fault.
    public static var invalidShareCount: Int { 3 }
    /// Most leaves that a file may carry.
    public static var leavesMax: Int { 1 << 14 }

    /// A vote, and what it is about.
    public struct CastVote: Equatable, Sendable {
        /// The bytes of the vote.
        public var vote: [UInt8]
        /// The payload whose digest the vote has.
        public var payload: [UInt8]

        /// Joins both parts.
        public init(vote: [UInt8], payload: [UInt8]) {
            self.vote = vote
            self.payload = payload
        }
    }

    /// A range of the log in which a seat was too often absent.
    public struct Absence: Equatable, Sendable {
        /// A signed checkpoint of the log.
        public var checkpoint: [UInt8]
        /// The index of the first leaf of the range; it is an attestation.
        public var first: UInt64
        /// How many leaves the range has; the last one is an attestation too.
        public var count: UInt64
        /// In how many certificates of the range the seat could have voted.
        public var certificates: UInt64
        /// For how many of them it voted or dissented.
        public var present: UInt64
        /// The leaves with their proofs; none if whoever verifies has the log.
        public var leaves: [ProvenLeaf]

        /// Makes an absence of its parts.
        public init(
            checkpoint: [UInt8],
            first: UInt64,
            count: UInt64,
            certificates: UInt64,
            present: UInt64,
            leaves: [ProvenLeaf] = []
        ) {
            self.checkpoint = checkpoint
            self.first = first
            self.count = count
            self.certificates = certificates
            self.present = present
            self.leaves = leaves
        }
    }

    /// What is shown.
    public enum Body: Equatable, Sendable {
        /// Two votes for one slot with different digests, the smaller bytes first.
        case equivocation(first: [UInt8], second: [UInt8])
        /// Three votes for different slots whose partial signatures are not by the seat's share, by rising time.
        case invalidShares([CastVote])
        /// A range of the log in which the seat voted for less than 80% of the certificates.
        case attendance(Absence)
        /// A rule that the roster breaks, if need be together with a notice of a new affiliation.
        case diversityBreach(rule: DiversityViolation.Rule, notice: [UInt8])
        /// A notice, signed with the key itself.
        case keyCompromise(notice: [UInt8])
        /// An order, signed by an authority.
        case sanction(notice: [UInt8])
        /// Evidence of a key ceremony, and the parameters of that.
        case badDeal(ceremony: [UInt8], evidence: [UInt8])
    }

    /// The venue.
    public var venue: VenueName
    /// The epoch of the roster that the seat is in; for several votes that of the last one.
    public var epoch: UInt64
    /// The seat, 1 … 12.
    public var index: UInt32
    /// What is shown.
    public var body: Body

    /// Makes evidence of its parts.
    public init(venue: VenueName, epoch: UInt64, index: UInt32, body: Body) {
        self.venue = venue
        self.epoch = epoch
        self.index = index
        self.body = body
    }

    /// Which fault is shown.
    public var fault: SeatFault {
        switch body {
        case .equivocation: .equivocation
        case .invalidShares: .invalidShares
        case .attendance: .attendance
        case .diversityBreach: .diversityBreach
        case .keyCompromise: .keyCompromise
        case .sanction: .sanction
        case .badDeal: .badDeal
        }
    }
}

extension SeatEvidence {
    /// Evidence of two votes in any order.
    ///
    /// - Parameters:
    ///   - first: A vote.
    ///   - second: Another vote by the same seat for the same slot.
    /// - Throws: What is wrong with one of the votes, or the name of its venue.
    public init(equivocation first: Vote, _ second: Vote) throws(EvidenceError) {
        do throws(StatementError) {
            venue = try VenueName(first.venue)
        } catch {
            throw .otherVotes("venue")
        }
        epoch = first.epoch
        index = first.index
        let (left, right) = (first.encoded, second.encoded)
        body =
            left.lexicographicallyPrecedes(right)
            ? .equivocation(first: left, second: right)
            : .equivocation(first: right, second: left)
    }
}
