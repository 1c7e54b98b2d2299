internal import Attestation
internal import Primitives
internal import Statements

/// Sees from the filed documents who may have been absent, hour by hour, so that the log need not be read for it.
///
/// It is a hint and not more: hours are not split, and whoever dissents after its vote counts twice. What it suspects is
/// counted out from the log (`LogRecord.absence`).
struct AttendanceWatch: Sendable {
    private typealias Count = AttendanceTally.Count

    private static let hourNanoseconds: UInt64 = 3_600 * 1_000_000_000
    /// How many hours are looked at: the longest range.
    private static let hoursMax = AttendanceTally.nanosecondsMax / hourNanoseconds
    /// How many must lie between the first and the last: the shortest range.
    private static let hoursMin = AttendanceTally.nanosecondsMin / hourNanoseconds

    private struct Absentee: Hashable {
        var did: OrbitDID
        var slot: UInt64
        var epoch: UInt64
    }

    /// By the hour of the certificate.
    private var hours: [UInt64: [OrbitDID: Count]] = [:]
    /// Who dissented in which hour, so that a second dissent for the same slot does not count.
    private var dissenters: [Absentee: UInt64] = [:]
    private(set) var newestHour: UInt64 = 0

    /// Takes a certificate that was filed.
    ///
    /// - Parameters:
    ///   - certificate: The certificate.
    ///   - roster: The roster of its epoch.
    ///   - maySign: Whether an observer's votes counted then.
    mutating func take(
        _ certificate: QuorumCertificate,
        roster: EpochStatement,
        maySign: (OrbitDID) -> Bool
    ) {
        let attested = certificate.attested
        let hour = attested.time.nanoseconds / Self.hourNanoseconds
        for seat in roster.seats where maySign(seat.did) {
            let absentee = Absentee(
                did: seat.did,
                slot: attested.slot.rawValue,
                epoch: attested.epoch
            )
            let isThere =
                certificate.votes.contains { vote in vote.index == seat.index }
                && dissenters[absentee] == nil
            count(seat.did, hour, certificates: 1, present: isThere ? 1 : 0)
        }
        guard hour > newestHour else { return }
        newestHour = hour
        let oldest = hour - min(Self.hoursMax, hour)
        hours = hours.filter { known, _ in known >= oldest }
        dissenters = dissenters.filter { _, known in known >= oldest }
    }

    /// Takes a dissent that was filed.
    mutating func take(_ dissent: DissentStatement, roster: EpochStatement) {
        guard let seat = roster.seats.first(where: { seat in seat.index == dissent.index }) else {
            return
        }
        let absentee = Absentee(
            did: seat.did,
            slot: dissent.slot.rawValue,
            epoch: dissent.epoch
        )
        guard dissenters[absentee] == nil else { return }
        // What an observer says of the time is its own word; the last hour is near enough.
        dissenters[absentee] = newestHour
        count(seat.did, newestHour, certificates: 0, present: 1)
    }

    private mutating func count(
        _ did: OrbitDID,
        _ hour: UInt64,
        certificates: UInt64,
        present: UInt64
    ) {
        var count = hours[hour]?[did] ?? Count(certificates: 0, present: 0)
        count.certificates += certificates
        count.present += present
        hours[hour, default: [:]][did] = count
    }

    /// The observers of a roster who seem to have been absent, in the order of their seats.
    func suspects(in roster: EpochStatement) -> [OrbitDID] {
        guard let oldest = hours.keys.min(), newestHour - oldest >= Self.hoursMin else { return [] }
        return roster.seats.map { seat in seat.did }.filter { did in
            var sum = Count(certificates: 0, present: 0)
            for counts in hours.values {
                guard let count = counts[did] else { continue }
                sum.certificates += count.certificates
                sum.present += count.present
            }
            return sum.isBreach
        }
    }
}
