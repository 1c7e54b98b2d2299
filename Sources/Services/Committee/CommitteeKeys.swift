public import Attestation
public import Cryptography
public import KeyStore
internal import Statements
internal import ThresholdKeys

/// Whether the votes of a seat count.
public enum SeatStanding: String, Equatable, Sendable, CaseIterable {
    /// They count.
    case active
    /// They do not count for now.
    case suspended
    /// They do not count any more.
    case removed
}

/// The roster of an epoch with all that checking votes by it needs, computed once.
public struct CommitteeKeys: Sendable {
    /// How many good votes a quorum needs.
    public static var threshold: Int { Int(StatementLimits.threshold) }

    /// The roster.
    public let roster: Roster
    let combiner: PartialCombiner
    let verifier: Ed25519Verifier
    private let standings: [UInt32: SeatStanding]

    /// Prepares the keys of an epoch.
    ///
    /// - Parameters:
    ///   - roster: The roster.
    ///   - standings: The seats whose votes do not count, by their index.
    ///   - verifier: Checks an Ed25519 signature.
    /// - Throws: `rosterUnusable` when its indices make no committee.
    public init(
        _ roster: Roster,
        standings: [UInt32: SeatStanding] = [:],
        verifier: @escaping Ed25519Verifier = NativeEd25519.verifier
    ) throws(CommitteeError) {
        self.roster = roster
        self.standings = standings
        self.verifier = verifier
        do throws(ThresholdKeysError) {
            combiner = try PartialCombiner(
                threshold: Self.threshold,
                groupKey: roster.groupKey,
                shareKeys: roster.seats.map { seat in (seat.index, seat.shareKey) }
            )
        } catch {
            throw .rosterUnusable("\(error)")
        }
    }

    /// Whether the votes of a seat count.
    public func standing(of index: UInt32) -> SeatStanding { standings[index] ?? .active }

    /// How many seats may vote.
    public var activeCount: Int {
        roster.seats.count { seat in standing(of: seat.index) == .active }
    }
}
