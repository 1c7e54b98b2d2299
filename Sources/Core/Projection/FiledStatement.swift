public import Statements
public import Venue

/// A document that may be filed: it says what its kind says, of this venue.
///
/// Whoever files checks with this before; the log checks again, because it must never sign what is not so.
public struct FiledStatement {
    /// What the document says.
    public let statement: Statement

    /// Reads a document.
    ///
    /// - Parameters:
    ///   - kind: What it is filed as.
    ///   - document: Canonical JSON.
    ///   - venue: Whose journal it is for.
    /// - Throws: `FilingError` with what is wrong.
    public init(
        _ kind: FilingKind,
        _ document: [UInt8],
        _ venue: VenueName
    ) throws(FilingError) {
        do throws(StatementError) {
            statement = try Statement(decoding: document)
        } catch {
            throw .malformed(error)
        }
        guard let type = kind.statementType, statement.type == type else { throw .otherKind(kind) }
        if let named = statement.venue, named != venue { throw .otherVenue }
        if statement.subject.registrar != venue { throw .otherRegistrar }
    }
}

/// Why a document that was filed gives no leaf.
public enum FilingError: Error, Equatable, Sendable {
    /// It is no statement.
    case malformed(StatementError)
    /// It says something else than what it was filed as.
    case otherKind(FilingKind)
    /// It names another venue.
    case otherVenue
    /// It is about a DID of another registrar.
    case otherRegistrar
}

extension FilingError: CustomStringConvertible {
    /// What is wrong, as a part of a sentence.
    public var description: String {
        switch self {
        case .malformed(let error): error.description
        case .otherKind(let kind): "it was filed as kind \(kind.rawValue) and says something else"
        case .otherVenue: "it names another venue"
        case .otherRegistrar: "it is about a DID of another registrar"
        }
    }
}

extension FilingKind {
    /// The type of statement that a document of this kind is; none if such documents are no leaves.
    public var statementType: StatementType? {
        switch self {
        case .document: .did
        case .revocation: .revocation
        case .epoch: .epoch
        case .attestation: .attestation
        case .keyRotation: .keyRotation
        case .report: .report
        case .dissent: .dissent
        case .penalty: .penalty
        case .decision: .decision
        case .audit: .audit
        case .ceremony: nil
        }
    }
}
