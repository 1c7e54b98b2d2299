internal import Database
internal import Encoding
internal import Follower
internal import Primitives
internal import Venue

/// Whether something comes in or goes out.
enum TransferKind: String, Sendable {
    case deposit
    case withdrawal
}

/// How far a transfer is.
enum TransferState: String, CaseIterable, Sendable {
    /// Its owner asks for it.
    case requested
    /// An operator has approved it.
    case approved
    /// Its command was sent, or is about to be.
    case executing
    /// The venue has carried it out. Final.
    case executed
    /// The venue has refused it. Final.
    case refused
    /// An operator has rejected it. Final.
    case rejected
    /// Its owner has withdrawn the request. Final.
    case cancelled
    /// It did not happen, and nobody will try again. Final.
    case failed
}

/// What somebody asks for.
struct TransferDraft: Sendable {
    var kind: TransferKind
    var transfer: Transfer
    /// Where a withdrawal goes, or where a deposit came from, in the words of who asks.
    var destination: String
    /// Who asks.
    var requestedBy: String
    /// The idempotency key; none if it was given without one.
    var key: String?
}

/// A transfer as it is on the disk.
struct TransferRecord: Equatable, Sendable {
    let id: Int64
    let kind: TransferKind
    let transfer: Transfer
    let state: TransferState
    let destination: String
    let requestedBy: String
    let approvedBy: String?
    let executedBy: String?
    /// The last durable command before its own was sent.
    let baseline: UInt64?
    /// Its command.
    let sequence: UInt64?
    let refusal: Refusal?
    let requestedAt: Timestamp
    let changedAt: Timestamp

    /// Reads a row with all columns of the table.
    init(_ row: Row) throws(DatabaseError) {
        let damage = DatabaseError.corrupt(path: "transfers", code: 0, message: "a row is damaged")
        id = try row.integer(0)
        guard let kind = TransferKind(rawValue: try row.text(1)),
            let account = UInt32(exactly: try row.integer(2)),
            let asset = UInt32(exactly: try row.integer(3)),
            let amount = Amount(try row.text(4)),
            let state = TransferState(rawValue: try row.text(5))
        else { throw damage }
        self.kind = kind
        transfer = Transfer(account: AccountID(account), asset: AssetID(asset), amount: amount)
        self.state = state
        destination = try row.text(6)
        requestedBy = try row.text(7)
        approvedBy = row.isNull(9) ? nil : try row.text(9)
        executedBy = row.isNull(10) ? nil : try row.text(10)
        baseline = row.isNull(11) ? nil : try row.unsigned(11)
        sequence = row.isNull(12) ? nil : try row.unsigned(12)
        refusal =
            row.isNull(13)
            ? nil : Refusal(rawValue: UInt16(truncatingIfNeeded: try row.integer(13)))
        requestedAt = Timestamp(UInt64(bitPattern: try row.integer(14)))
        changedAt = Timestamp(UInt64(bitPattern: try row.integer(15)))
    }

    /// The command that carries it out.
    var command: Command { kind == .deposit ? .deposit(transfer) : .withdraw(transfer) }

    /// Writes the members of a transfer.
    func write(_ listing: Listing, isForOperator: Bool, to writer: inout JSONWriter) {
        let listed = listing.asset(transfer.asset)
        writer.add("id", digits: id)
        writer.add("kind", kind.rawValue)
        if isForOperator { writer.add("account", digits: transfer.account.rawValue) }
        writer.add("asset", listed?.symbol ?? String(transfer.asset.rawValue))
        writer.name("amount")
        writer.amount(transfer.amount, listed)
        writer.add("status", state.rawValue)
        writer.add("destination", destination)
        if isForOperator {
            writer.add("requested_by", requestedBy)
            writer.add("approved_by", optional: approvedBy)
            writer.add("executed_by", optional: executedBy)
        }
        writer.add("refusal", optional: refusal?.code)
        writer.name("requested_at")
        writer.time(requestedAt)
        writer.name("changed_at")
        writer.time(changedAt)
        writer.name("sequence")
        if let sequence { writer.digits(sequence) } else { writer.null() }
    }
}
