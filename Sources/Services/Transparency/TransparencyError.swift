public import Journal
public import LogStore

/// Why the log cannot be brought up to date, or a bundle cannot be made.
public enum TransparencyError: Error, Equatable, Sendable {
    /// The journal cannot be read.
    case journal(JournalError)
    /// The log cannot be read or written.
    case log(LogStoreError)
    /// A document was filed that the log must not sign.
    case documentInvalid(sequence: UInt64, String)
    /// The log goes on from a place that is not in this journal.
    case foreignLog(String)
    /// The log has no leaf of that trade.
    case tradeUnknown(UInt64)
    /// The interval of the trade has no certificate yet.
    case notAttested(interval: UInt64)
    /// The account is not the one that the trade's commitment hides.
    case accountMismatch(account: UInt32, trade: UInt64)
    /// A leaf is not what the index says it is.
    case leafInvalid(index: UInt64, String)
    /// The quorum gave no certificate.
    case quorumFailed(interval: UInt64, String)
    /// The journal's pieces for the observers cannot be kept.
    case chunks(String)
    /// There is nothing that bundles could be verified with.
    case trustInvalid(String)
    /// The document cannot be filed now.
    case filingRefused(String)
}

extension TransparencyError: CustomStringConvertible {
    /// One line: what is wrong, where, and what to do.
    public var description: String {
        switch self {
        case .journal(let error): "\(error)"
        case .log(let error): "\(error)"
        case .documentInvalid(let sequence, let what):
            "command \(sequence) files a document that cannot be logged: \(what)"
        case .foreignLog(let what):
            "the log was not made from this journal: \(what); name the journal it belongs to, or "
                + "another directory for the log"
        case .tradeUnknown(let trade):
            "trade \(trade) is not in the log; it gets there when its interval has ended"
        case .notAttested(let interval):
            "interval \(interval) has no quorum certificate in the log yet; try again later"
        case .accountMismatch(let account, let trade):
            "account \(account) is not on that side of trade \(trade)"
        case .leafInvalid(let index, let what): "leaf \(index) of the log: \(what)"
        case .quorumFailed(let interval, let what):
            "the quorum did not attest to interval \(interval): \(what)"
        case .chunks(let what): "the journal for the observers: \(what)"
        case .trustInvalid(let what): "bundles cannot be verified so: \(what)"
        case .filingRefused(let what): "the document was not filed: \(what)"
        }
    }
}

extension TransparencyError {
    /// Runs something that uses the log and wraps what it throws.
    static func wrap<Result: ~Copyable>(
        _ body: () throws(LogStoreError) -> Result
    ) throws(TransparencyError) -> Result {
        do throws(LogStoreError) { return try body() } catch { throw .log(error) }
    }
}
