internal import BLS12381
internal import Encoding
internal import MerkleLog
public import Statements
public import Verification

extension VenueIdentity {
    /// What a counterparty relies on to verify this venue's bundles.
    ///
    /// It is worth what the way is worth on which it comes; a venue that hands it over with a bundle only
    /// vouches for itself.
    ///
    /// - Parameters:
    ///   - roster: The newest roster; its group key is the same in all epochs.
    ///   - witnesses: Further lines of the policy (C2SP tlog-policy), the last of them `quorum NAME`; none if
    ///     nobody must have witnessed.
    /// - Returns: The trust, whose `encoded` is the file.
    /// - Throws: `trustInvalid` when the lines are no policy.
    public func trust(
        roster: EpochStatement,
        witnesses: [String] = []
    ) throws(TransparencyError) -> Trust {
        var lines = logKeys.map { key in "log " + key.vkey.string }
        lines += witnesses.isEmpty ? ["quorum none"] : witnesses
        let text = lines.joined(separator: "\n") + "\n"
        let policy: WitnessPolicy
        do throws(PolicyError) {
            policy = try WitnessPolicy(parsing: Array(text.utf8))
        } catch {
            throw .trustInvalid("the witnesses: \(error)")
        }
        let groupKey: PublicKey
        do throws(BLSError) {
            groupKey = try PublicKey(compressed: roster.groupKey)
        } catch {
            throw .trustInvalid("the group key of epoch \(roster.epoch): \(error)")
        }
        return Trust(
            venue: venue,
            issuerKeys: [venueKey],
            groupKey: groupKey,
            policy: policy
        )
    }
}
