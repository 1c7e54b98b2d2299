import Attestation
import Committee
import Journal
import KeyCeremony
import KeyStore
import Statements
import ThresholdKeys
import Venue
import Verification

/// Looks for evidence against one seat in what a venue has: its log, its journal, and what it kept beside that.
struct EvidenceSearch {
    private let arguments: Arguments
    private let sources: EvidenceSources
    private let roster: EpochStatement
    private let seat: EpochStatement.Seat

    /// Prepares to look.
    ///
    /// - Parameters:
    ///   - arguments: The command line with its rosters.
    ///   - index: The seat; the one of `--seat` if nil.
    /// - Throws: `ConsoleError` when a file is wrong, or no roster has the seat.
    init(_ arguments: Arguments, _ index: UInt32? = nil) throws(ConsoleError) {
        self.arguments = arguments
        sources = try EvidenceSources(arguments)
        var index = index ?? 0
        if index == 0 { index = try Self.seat(arguments) }
        roster = try sources.roster(with: index, arguments)
        guard let seat = roster.seats.first(where: { seat in seat.index == index }) else {
            throw .disagreement("no roster that is given has seat \(index)")
        }
        self.seat = seat
    }

    /// The seat of `--seat`.
    static func seat(_ arguments: Arguments) throws(ConsoleError) -> UInt32 {
        _ = try arguments.requiredText("--seat", "N")
        return UInt32(
            try arguments.number("--seat", in: 1...StatementLimits.seatsMax, standard: 1)
        )
    }

    /// Three wrong shares that the venue kept.
    func invalidShares() throws(ConsoleError) -> SeatEvidence {
        let data = try arguments.requiredText("--data", "DIR")
        _ = try Console.openDirectory(data)
        let votes = try Console.committee { () throws(CommitteeError) in
            try EvidenceFolder(path: data + "/evidence").wrongShares()
        }
        let rosters = sources.rosters.map { roster in roster.statement }
        let evidence = SeatEvidence(invalidShares: votes, by: seat.did, rosters: rosters)
        guard let evidence else {
            throw .disagreement(
                "\(data)/evidence has no three wrong shares of seat \(seat.index) for three slots "
                    + "within 90 days"
            )
        }
        return evidence
    }

    /// The newest 30 days of the log in which the seat was absent.
    func attendance() throws(ConsoleError) -> SeatEvidence {
        guard let log = sources.log else {
            throw arguments.usage("absence is looked for in a log; write --log DIR")
        }
        let evidence = try Console.committeeRecord { () throws(CommitteeError) in
            try log.absence(of: seat.did, rosters: sources.rosters)
        }
        guard let evidence else {
            throw .disagreement(
                "the log has no 30 days in which seat \(seat.index) was there for less than "
                    + "\(AttendanceTally.percentMin)% of \(AttendanceTally.certificatesMin) "
                    + "certificates or more"
            )
        }
        guard arguments.has("--carry") else { return evidence }
        let whole = log.carryingLeaves(evidence)
        if whole == evidence {
            throw .disagreement("the leaves are too many for a file; leave --carry out")
        }
        return whole
    }

    /// The first rule of diversity in whose breach the seat takes part.
    func diversityBreach(_ notice: CommitteeNotice?) throws(ConsoleError) -> SeatEvidence {
        let breaches = SeatEvidence.diversityBreaches(of: roster, by: seat.index, notice: notice)
        guard let evidence = breaches.first else {
            throw .disagreement(
                "seat \(seat.index) of epoch \(roster.epoch) takes part in no breach of D1 to D3"
            )
        }
        return evidence
    }

    /// The last fault of a seat in the key ceremonies of a journal that can be shown.
    static func badDeal(_ arguments: Arguments) throws -> SeatEvidence {
        let index = try seat(arguments)
        let path = try arguments.requiredText("--data", "DIR")
        let directory = try Console.openJournal(path)
        var reader = try Console.journal { () throws(JournalError) in
            try JournalReader(directory: directory, includingArchive: true)
        }
        var log = CeremonyLog(verifier: NativeEd25519.verifier)
        var found: SeatEvidence?
        while let record = try Console.journal({ () throws(JournalError) in try reader.next() }) {
            guard case .filed(let filing, let document) = record.content, filing.kind == .ceremony,
                let ended = try log.conclude(with: document)
            else { continue }
            for fault in ended.ceremony.faults where fault.index == index {
                let parameters = ended.announcement.parameters
                found = SeatEvidence(badDeal: fault, in: parameters) ?? found
            }
        }
        guard let found else {
            throw ConsoleError.disagreement(
                "\(path): no key ceremony has evidence against seat \(index)"
            )
        }
        return found
    }
}
