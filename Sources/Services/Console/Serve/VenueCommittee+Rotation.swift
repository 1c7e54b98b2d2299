import Attestation
import Cryptography
import Encoding
import KeyCeremony
import Platform
import Primitives
import Settlement
import Statements
import Transparency

/// Why a committee that lets too few seats change hands is to come into force all the same.
struct RotationOverride {
    /// What the audit statement says was done.
    static let event: Text = "roster.override"

    /// Who decided so, in one line.
    var by: Text
    /// Why, in one line.
    var reason: Text
}

extension VenueCommittee {
    /// Begins to hand the keys on to another committee, which keeps the group's key.
    ///
    /// - Parameters:
    ///   - committee: The new committee.
    ///   - override: Why too little rotation (D4) is accepted; it is filed before anything else is done.
    /// - Returns: Which seats change hands in this quarter, and how many have to (D4).
    /// - Throws: `SeatRefusal` when the committee is of another venue, not diverse, or rotates too little.
    func rotate(
        to committee: CommitteeFile,
        _ override: RotationOverride? = nil
    ) throws(SeatRefusal) -> SeatRotation {
        guard committee.venue == identity.venue else {
            throw SeatRefusal(
                reason: "it is the committee of \(committee.venue.text.string), this venue is "
                    + identity.venue.text.string
            )
        }
        let history = roster.record.history
        guard let old = history.rosters.last else {
            throw SeatRefusal(reason: "there is no committee yet to rotate")
        }
        var new = old
        do throws(StatementError) { new.seats = try committee.rosterSeats } catch {
            throw SeatRefusal(reason: "\(error)")
        }
        if let violation = DiversityRules.violations(of: new.seats).first {
            throw SeatRefusal(reason: violation.description)
        }
        let now = Timestamp(LinuxClock().wallNanoseconds())
        let rotation = history.rotation(to: new, at: now)
        if let rotation, !rotation.isEnough {
            guard let override else {
                throw SeatRefusal(reason: rotation.refusal(in: Quarter(containing: now)))
            }
            try file(override, committee)
        }
        relay.begin(committee)
        return rotation ?? DiversityRules.rotation(from: old, to: new)
    }

    /// Keeps the committee that was let through beside the journal, and files who let it through and why.
    private func file(
        _ override: RotationOverride,
        _ committee: CommitteeFile
    ) throws(SeatRefusal) {
        let bytes = committee.encoded
        let hash = SHA256.hash(of: bytes)
        do throws(PlatformError) {
            try LinuxDirectory.open(plan.dataPath + "/overrides", create: true)
                .replace(hash.hex + ".json", with: bytes)
        } catch {
            throw SeatRefusal(reason: "\(error)")
        }
        try audit(RotationOverride.event, by: override.by, reason: override.reason, hash)
    }

    /// What has rotated in this quarter, and in which ones it was too little, as JSON.
    var rotationObject: JSONObject {
        let history = roster.record.history
        let now = Timestamp(LinuxClock().wallNanoseconds())
        var object = JSONObject()
        object.add("quarter", "\(Quarter(containing: now))")
        if let last = history.rosters.last, let rotation = history.rotation(to: last, at: now) {
            object.add("renewed", rotation.renewed.count)
            object.add("needed", rotation.needed)
        }
        let shortfalls = history.shortfalls(endedBy: now).map { shortfall in
            let rotation = shortfall.rotation
            return "\(shortfall.quarter): \(rotation.renewed.count) of \(rotation.needed)"
        }
        object.add("shortfalls", shortfalls)
        return object
    }
}

extension SeatRotation {
    /// Why a roster is refused, and what to do.
    func refusal(in quarter: Quarter) -> String {
        "in \(quarter) only \(renewed.count) of the \(needed) seats that have to (D4) would go to "
            + "operators who had none at the end of the quarter before; enrol others, or give the reason "
            + "with --override, which becomes a leaf of the log"
    }
}
