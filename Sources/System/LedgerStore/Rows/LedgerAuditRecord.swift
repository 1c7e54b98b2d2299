public import Cryptography
public import Primitives

/// What an audit record is about.
///
/// The numbers are stable: they are in the tables.
public enum LedgerAuditKind: UInt8, BitwiseCopyable, Sendable, CaseIterable {
    /// A command was refused; `subject` is the refusal's number, `detail` the order, if it named one.
    case refused = 1
    /// The account was opened.
    case accountOpened = 2
    /// `amount` of the asset `subject` entered from outside.
    case deposited = 3
    /// `amount` of the asset `subject` left to the outside.
    case withdrawn = 4
    /// The rulebook has the version `subject`.
    case rulebookChanged = 5
    /// The instrument `subject` entered the phase `detail`.
    case phaseChanged = 6
    /// An auction of the instrument `subject` ended with the price `detail`.
    case uncrossed = 7
    /// A document of the kind `subject` was filed; `digest` is its SHA-256.
    case filed = 8
    /// `amount` of the asset `subject` was locked as a bond.
    case bondPosted = 9
    /// `amount` of the asset `subject` was given back from a bond.
    case bondReleased = 10
    /// The account's seat was penalised for the fault `subject` at the rate `detail`; `digest` is the evidence's.
    case penalised = 11
    /// The bond lost `amount` of the asset `subject`.
    case bondSlashed = 12
}

/// Something that happened and is neither an order nor a trade.
public struct LedgerAuditRecord: Equatable, BitwiseCopyable, Sendable {
    /// The command that caused it.
    public var sequence: UInt64
    /// Which of the command's audit records it is, from 0.
    public var number: UInt32
    /// When the command was stamped.
    public var time: Timestamp
    /// Whom it concerns; the clearing house where it concerns no member.
    public var account: AccountID
    /// What happened.
    public var kind: LedgerAuditKind
    /// See the kind.
    public var subject: UInt64
    /// See the kind.
    public var detail: UInt64
    /// See the kind; 0 where none is meant.
    public var amount: Amount
    /// See the kind.
    public var digest: SHA256.Digest?

    /// Makes a record.
    public init(
        sequence: UInt64,
        number: UInt32,
        time: Timestamp,
        account: AccountID,
        kind: LedgerAuditKind,
        subject: UInt64 = 0,
        detail: UInt64 = 0,
        amount: Amount = 0,
        digest: SHA256.Digest? = nil
    ) {
        self.sequence = sequence
        self.number = number
        self.time = time
        self.account = account
        self.kind = kind
        self.subject = subject
        self.detail = detail
        self.amount = amount
        self.digest = digest
    }
}
