public import Attestation
public import ComponentHost
public import Database
public import Platform

/// Why an observer's part cannot be done.
public enum AttestorError: Error, Equatable, Sendable {
    /// The venue said something that is not so; the text says what.
    case disagreement(String)
    /// The sandbox could not read what it was given; the text says what.
    case malformed(String)
    /// A piece of the journal is none, or not the venue's; the text says why. The sandbox has not seen it.
    case badPiece(String)
    /// The pieces of the journal do not continue each other.
    case brokenChain
    /// The bus takes no subscription; the text says why.
    case bus(String)
    /// The sandbox stopped.
    case sandbox(ComponentError)
    /// The sandbox answered something that it never should.
    case foreignModule(String)
    /// A snapshot cannot be used; the text says why.
    case snapshot(String)
    /// A message of the venue or a roster is malformed.
    case message(AttestationError)
    /// What was signed cannot be read or kept.
    case votes(DatabaseError)
    /// The votes were kept in a copy of the folder that is older than this one was.
    case votesAreOlder(kept: UInt64, expected: UInt64)
    /// A file cannot be read or written.
    case files(PlatformError)
    /// A file of evidence is malformed; line 0 is the whole file.
    case evidence(path: String, line: Int, String)
}

extension AttestorError: CustomStringConvertible {
    /// One line: what is wrong, where, and what to do.
    public var description: String {
        switch self {
        case .disagreement(let what): "the venue disagrees with its journal: \(what)"
        case .malformed(let what): "the re-execution cannot read its input: \(what)"
        case .badPiece(let what): "not a piece of the journal: \(what)"
        case .brokenChain: "the pieces of the journal do not continue each other"
        case .bus(let what): "the bus takes no subscription: \(what)"
        case .sandbox(let error): "the re-execution stopped: \(error)"
        case .foreignModule(let what):
            "the re-execution component is not the one of this program (\(what)); build both together"
        case .snapshot(let what): "the snapshot cannot be used: \(what)"
        case .message(let error): "\(error)"
        case .votes(let error): "\(error)"
        case .votesAreOlder(let kept, let expected):
            "the votes that were kept are \(kept), and \(expected) were cast: this is an old copy of the "
                + "folder; put the newest one back, because a seat that votes twice loses its bond"
        case .files(let error): "\(error)"
        case .evidence(let path, 0, let what): "\(path): \(what)"
        case .evidence(let path, let line, let what): "\(path):\(line): \(what)"
        }
    }
}
