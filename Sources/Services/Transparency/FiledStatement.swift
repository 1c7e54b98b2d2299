public import Cryptography
internal import Encoding
public import LogStore
public import Primitives
public import Projection
public import Statements
public import Venue

extension FiledStatement {
    /// Reads a document.
    ///
    /// - Parameters:
    ///   - kind: What it is filed as.
    ///   - document: Canonical JSON.
    ///   - venue: Whose journal it is for.
    ///   - sequence: The command that files it, for the error.
    /// - Throws: `documentInvalid`.
    public init(
        _ kind: FilingKind,
        _ document: [UInt8],
        _ venue: VenueName,
        at sequence: UInt64
    ) throws(TransparencyError) {
        do throws(FilingError) {
            try self.init(kind, document, venue)
        } catch {
            throw .documentInvalid(sequence: sequence, "\(error)")
        }
    }

    /// Under which names the log's index finds a statement.
    ///
    /// - Parameters:
    ///   - statement: What the leaf says, filed or not.
    ///   - document: Its payload; without it, what the statement encodes to.
    /// - Returns: The keys of the leaf.
    public static func keys(of statement: Statement, _ document: [UInt8]? = nil) -> [LogKey] {
        switch statement {
        case .trade(let content): [.number(.trades, content.trade.rawValue)]
        case .settlement(let content): [.number(.settlements, content.trade.rawValue)]
        case .did, .revocation: [.subject(LogSubject.did(statement.subject))]
        case .attestation(let content): attestationKeys(content)
        case .report(let content):
            [.subject(LogSubject.reports(of: content.trade, at: content.venue))]
        case .dissent(let content): dissentKeys(content)
        case .penalty(let content):
            [
                .subject(LogSubject.did(content.did)),
                .subject(LogSubject.penalties(at: content.venue)),
            ]
        case .decision(let content):
            [.subject(LogSubject.decisions(on: content.trade, at: content.venue))]
        case .audit(let content): [.subject(LogSubject.audits(of: content.venue))]
        case .epoch(let content):
            [
                .subject(LogSubject.roster(SHA256.hash(of: document ?? content.encoded))),
                .subject(LogSubject.epochs(of: content.venue)),
            ]
        case .rulebook, .keyRotation, .genesis: []
        }
    }

    private static func attestationKeys(_ content: AttestationStatement) -> [LogKey] {
        switch content.slot {
        case .interval(let number): [.number(.intervals, number)]
        case .claim(let trade, _): [.subject(LogSubject.claims(about: trade, at: content.venue))]
        case nil: []
        }
    }

    private static func dissentKeys(_ content: DissentStatement) -> [LogKey] {
        let slot = LogKey.subject(LogSubject.dissents(from: content.slot, at: content.venue))
        guard let trade = content.slot.trade else { return [slot] }
        return [slot, .subject(LogSubject.dissents(about: trade, at: content.venue))]
    }
}

/// The names under which the log's index finds what has no number.
public enum LogSubject {
    /// The statements about a DID.
    public static func did(_ did: OrbitDID) -> SHA256.Digest { SHA256.hash(of: did.text.utf8) }

    /// All rosters of a venue.
    public static func epochs(of venue: VenueName) -> SHA256.Digest {
        SHA256.hash(of: Array("epochs ".utf8) + venue.text.utf8)
    }

    /// What auditors want to see of a venue.
    public static func audits(of venue: VenueName) -> SHA256.Digest {
        SHA256.hash(of: Array("audits ".utf8) + venue.text.utf8)
    }

    /// The providers' reports of a service trade.
    public static func reports(of trade: TradeID, at venue: VenueName) -> SHA256.Digest {
        subject("reports", trade.rawValue, venue)
    }

    /// The certificates of claims about a service trade.
    public static func claims(about trade: TradeID, at venue: VenueName) -> SHA256.Digest {
        subject("claims", trade.rawValue, venue)
    }

    /// The observers' refusals of all claims about a service trade.
    public static func dissents(about trade: TradeID, at venue: VenueName) -> SHA256.Digest {
        subject("dissents", trade.rawValue, venue)
    }

    /// The observers' refusals of one interval or claim.
    public static func dissents(from slot: AttestedSlot, at venue: VenueName) -> SHA256.Digest {
        subject("refused", slot.rawValue, venue)
    }

    /// What was decided about a service trade that no quorum settled.
    public static func decisions(on trade: TradeID, at venue: VenueName) -> SHA256.Digest {
        subject("decisions", trade.rawValue, venue)
    }

    /// All penalties of a venue's seats.
    public static func penalties(at venue: VenueName) -> SHA256.Digest {
        SHA256.hash(of: Array("penalties ".utf8) + venue.text.utf8)
    }

    private static func subject(
        _ name: String,
        _ number: UInt64,
        _ venue: VenueName
    ) -> SHA256.Digest {
        SHA256.hash(of: Array("\(name) \(number) ".utf8) + venue.text.utf8)
    }

    /// The roster with a hash.
    public static func roster(_ hash: SHA256.Digest) -> SHA256.Digest { hash }
}
