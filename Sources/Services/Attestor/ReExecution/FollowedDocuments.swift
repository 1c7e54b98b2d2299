internal import Attestation
internal import Cryptography
internal import Encoding
internal import Primitives
internal import Projection
internal import Statements
internal import Venue

/// What the venue filed in its journal that an observer needs to judge requests: rosters and reports.
///
/// Only documents whose hash a command names come here, in the journal's order, so every observer knows the same.
struct FollowedDocuments: Equatable {
    /// How many rosters are remembered, the newest of them.
    static let rostersMax = 4
    /// How many reports are remembered, the newest of them.
    static let reportsMax = 65_536

    /// A report that a provider filed.
    struct Report: Equatable {
        var trade: UInt64
        var revision: UInt8
        var digest: SHA256.Digest
    }

    private(set) var rosters: [[UInt8]] = []
    private(set) var reports: [Report] = []

    /// The newest roster; none before the first.
    var newestRoster: [UInt8]? { rosters.last }

    /// The hash of the report about a trade, with this number; none if it was not filed.
    func report(_ trade: TradeID, revision: UInt8) -> SHA256.Digest? {
        reports.last { report in report.trade == trade.rawValue && report.revision == revision }?
            .digest
    }

    /// Takes a document that was filed.
    ///
    /// - Returns: Whether it is a new roster.
    mutating func take(_ filing: Filing, _ document: [UInt8], _ venue: VenueName) -> Bool {
        guard filing.kind == .epoch || filing.kind == .report else { return false }
        do throws(FilingError) {
            let filed = try FiledStatement(filing.kind, document, venue)
            switch filed.statement {
            case .epoch:
                rosters.append(document)
                if rosters.count > Self.rostersMax { rosters.removeFirst() }
                return true
            case .report(let report):
                reports.append(
                    Report(
                        trade: report.trade.rawValue,
                        revision: report.revision,
                        digest: filing.digest
                    )
                )
                if reports.count > Self.reportsMax { reports.removeFirst(reports.count / 2) }
            default: break
            }
        } catch {
            // The venue's log leaves it out for the same reason.
        }
        return false
    }
}

extension FollowedDocuments {
    /// The documents for a snapshot.
    var encoded: CBORValue {
        .array([
            .array(rosters.map(CBORValue.bytes)),
            .array(
                reports.map { report in
                    .array([
                        .unsigned(report.trade), .unsigned(UInt64(report.revision)),
                        .bytes(report.digest.bytes),
                    ])
                }
            ),
        ])
    }

    /// Reads the documents of a snapshot; none if they are malformed.
    init?(_ value: CBORValue) {
        guard let parts = value.array, parts.count == 2, let rosters = parts[0].array,
            let reports = parts[1].array
        else { return nil }
        for roster in rosters {
            guard let bytes = roster.bytes else { return nil }
            self.rosters.append(bytes)
        }
        for report in reports {
            guard let fields = report.array, fields.count == 3, let trade = fields[0].unsigned,
                let number = fields[1].unsigned, let revision = UInt8(exactly: number),
                let digest = fields[2].bytes, digest.count == SHA256.Digest.byteCount
            else { return nil }
            self.reports.append(
                Report(trade: trade, revision: revision, digest: SHA256.Digest(bytes: digest))
            )
        }
    }
}
