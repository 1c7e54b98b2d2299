import Cryptography
import Primitives
import ReferenceVenue
import Venue

/// A command and the time at which it is stamped.
struct TimedCommand {
    var command: Command
    var time: Timestamp
}

/// The venue and the reference model side by side, given the same commands.
///
/// After `restoreFromSnapshot` a second venue, read back from a snapshot of the first, runs along.
final class Comparison {
    let model = ReferenceVenue()
    private(set) var sequence: UInt64 = 0
    private var venue: Venue
    private var restored: Venue?
    private var events = EventBuffer(capacity: 16)

    /// - Parameters:
    ///   - ordersCapacity: How many orders fit before the venue's memory grows.
    ///   - hashSeed: The seed of the venue's tables.
    init(ordersCapacity: UInt32 = 1 << 10, hashSeed: UInt64 = 1) {
        venue = Venue(ordersCapacity: ordersCapacity, hashSeed: hashSeed)
    }

    /// Applies a command to all and returns the model's events and what differs, if anything does.
    func apply(_ timed: TimedCommand) -> (expected: [Event], difference: String?) {
        sequence += 1
        let expected = model.apply(timed.command, sequence: sequence, time: timed.time)
        let actual = eventsOfVenue(timed)
        if actual != expected {
            return (expected, "expected\n\(listed(expected))\ngot\n\(listed(actual))")
        }
        if restored != nil && eventsOfRestoredVenue(timed) != expected {
            return (expected, "the venue restored from a snapshot gave other events")
        }
        return (expected, nil)
    }

    private func eventsOfVenue(_ timed: TimedCommand) -> [Event] {
        events.removeAll()
        venue.apply(timed.command, sequence: sequence, time: timed.time, into: &events)
        return (0..<events.count).map { events[$0] }
    }

    private func eventsOfRestoredVenue(_ timed: TimedCommand) -> [Event] {
        events.removeAll()
        restored?.apply(timed.command, sequence: sequence, time: timed.time, into: &events)
        return (0..<events.count).map { events[$0] }
    }

    func checkInvariants() { venue.checkInvariants() }

    /// What differs in balances, custody and counts, if anything does.
    func differenceOfState() -> String? {
        if venue.tradeCount != model.tradeCount { return "trade count \(venue.tradeCount)" }
        if Int(venue.liveOrderCount) != model.orders.count {
            return "live orders: expected \(model.orders.count), got \(venue.liveOrderCount)"
        }
        if Int(venue.waitingContractCount) != model.waitingContractCount {
            return "waiting contracts: got \(venue.waitingContractCount)"
        }
        for asset in (0..<6).map({ AssetID($0) }) {
            if venue.custody(of: asset) != model.custody(of: asset) {
                return "custody of \(asset): expected \(model.custody(of: asset)), got "
                    + "\(venue.custody(of: asset))"
            }
            for account in (0..<UInt32(28)).map({ AccountID($0) }) {
                let expected = model.balance(of: account, in: asset)
                let actual = venue.balance(of: account, in: asset)
                let bond = model.bond(of: account, in: asset)
                if venue.bond(of: account, in: asset) != bond {
                    return "bond of \(account) in \(asset): expected \(bond)"
                }
                if actual.available != expected.available || actual.locked != expected.locked {
                    return "balance of \(account) in \(asset): expected \(expected), got \(actual)"
                }
            }
        }
        return nil
    }

    func balance(of account: AccountID, in asset: AssetID) -> Balance {
        venue.balance(of: account, in: asset)
    }

    func stateHash() -> SHA256.Digest { venue.stateHash() }

    /// The bytes of a snapshot of the venue.
    func snapshot() -> [UInt8] {
        var bytes: [UInt8] = []
        unsafe venue.writeSnapshot { piece in unsafe bytes.append(contentsOf: piece) }
        return bytes
    }

    /// Reads a snapshot of the venue back into a second one, and says what differs, if anything does.
    func restoreFromSnapshot() throws(SnapshotError) -> String? {
        let bytes = snapshot()
        var copy = try unsafe Venue.restore(from: bytes.span.bytes)
        copy.checkInvariants()
        let isEqual = copy.stateHash() == venue.stateHash()
        restored = consume copy
        return isEqual ? nil : "the restored venue has another state hash"
    }

    /// Whether the restored venue, if there is one, still has the same state.
    func differenceOfRestored() -> String? {
        guard let hash = restored?.stateHash(), hash != venue.stateHash() else { return nil }
        return "the restored venue ended with another state hash"
    }
}
