public import Attestation

/// What a round wants done.
public enum AttestationAction: Equatable, Sendable {
    /// Publish the request; the attempts are counted from 1.
    case ask(attempt: Int)
    /// Record that an answer did not count.
    case refuse(AttestationRefusal, seat: UInt32?)
    /// Keep the proof of a fault.
    case keep(AttestationFault)
    /// File the dissent of a seat.
    case file(Dissent)
    /// Publish the certificate.
    case settle(QuorumCertificate)
    /// There is no quorum for now: the contract is pending again.
    case postpone
    /// Ask a person.
    case escalate
    /// So many seats dissent that a quorum is impossible; said once.
    case reject(dissents: [UInt32])
    /// Note who answered; nothing more comes from this round.
    case retire(Attendance)
}

/// A fault of a seat with what proves it.
public enum AttestationFault: Equatable, Sendable {
    /// Two votes of one seat for the same slot with different digests.
    case equivocation(Vote, Vote)
    /// A vote whose partial signature is not by the seat's share, and the payload that it is for.
    case invalidShare(Vote, payload: [UInt8])

    /// The seat.
    public var seat: UInt32 {
        switch self {
        case .equivocation(let vote, _), .invalidShare(let vote, _): vote.index
        }
    }
}

/// Who answered a request, and when: bit i − 1 of each number stands for seat i.
public struct Attendance: Equatable, Sendable {
    /// The seats that were asked.
    public var asked: UInt64
    /// Those that answered within the time for signing.
    public var timely: UInt64 = 0
    /// Those that answered later.
    public var late: UInt64 = 0
    /// Those among them that dissented.
    public var dissenting: UInt64 = 0

    /// Nobody has answered yet.
    public init(asked: UInt64) { self.asked = asked }
}
