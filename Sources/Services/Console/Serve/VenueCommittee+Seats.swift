import Attestation
import Cryptography
import Encoding
import KeyCeremony
import KeyStore
import LogStore
import MerkleLog
import Platform
import Primitives
import Sequencer
import Statements
import Synchronization
import Transparency
import Venue
import Verification

/// Why the operator's order about a seat is not carried out.
struct SeatRefusal: Error {
    /// What is wrong and what to do.
    var reason: String
}

extension VenueCommittee {
    /// Posts or releases a bond.
    ///
    /// - Parameters:
    ///   - transfer: The account, the asset and the amount.
    ///   - isReleased: Whether it is released.
    ///   - seat: The seat whose observer the account answers for from now on; none to leave that as it is.
    /// - Returns: The bond afterwards.
    /// - Throws: `SeatRefusal` when there is not enough, or no such seat.
    func changeBond(
        _ transfer: Transfer,
        isReleased: Bool,
        for seat: UInt32? = nil
    ) throws(SeatRefusal) -> Amount {
        if let seat { try name(transfer.account, for: seat) }
        let before = try read { venue in
            (
                bond: venue.bond(of: transfer.account, in: transfer.asset),
                balance: venue.balance(of: transfer.account, in: transfer.asset)
            )
        }
        if isReleased {
            guard transfer.amount <= before.bond else {
                throw SeatRefusal(reason: "the bond is \(before.bond); release at most that")
            }
        } else {
            guard transfer.amount <= before.balance.available else {
                throw SeatRefusal(
                    reason:
                        "the account has \(before.balance.available) available; post at most that"
                )
            }
        }
        try submit(isReleased ? .releaseBond(transfer) : .postBond(transfer), "nothing changed")
        let expected = before.bond + (isReleased ? -transfer.amount : transfer.amount)
        for _ in 0..<Self.readsMax {
            let bond = try read { venue in venue.bond(of: transfer.account, in: transfer.asset) }
            if bond == expected { return bond }
            PlatformThread.nap(nanoseconds: Self.pauseNanoseconds)
        }
        throw SeatRefusal(
            reason: "the venue refused it; is \(transfer.account.rawValue) an open account and "
                + "\(transfer.asset.rawValue) an asset?"
        )
    }

    private static var readsMax: Int { 200 }
    private static var pauseNanoseconds: UInt64 { 10_000_000 }

    func submit(_ command: Command, _ otherwise: String) throws(SeatRefusal) {
        switch sequencer.submit(command, tag: Reply.timerTag) {
        case .accepted: return
        case .busy: throw SeatRefusal(reason: "the venue is busy; \(otherwise); try again")
        case .stopped: throw SeatRefusal(reason: "the venue is stopping; \(otherwise)")
        case .failed(let error): throw SeatRefusal(reason: "\(error); \(otherwise)")
        }
    }

    /// Looks at the venue between two commands.
    func read<Value: Sendable>(
        _ body: @escaping @Sendable (inout Venue) -> Value
    ) throws(SeatRefusal) -> Value {
        let answer = Answer<Value>()
        sequencer.read { venue in answer.give(body(&venue)) }
        guard let value = answer.wait(nanoseconds: 2_000_000_000) else {
            throw SeatRefusal(reason: "the venue does not answer; it may be stopping")
        }
        return value
    }

    private final class Answer<Value: Sendable>: Sendable {
        private let value = Mutex<Value?>(nil)
        private let isThere = Signal()

        func give(_ found: Value) {
            value.withLock { value in value = found }
            isThere.notify()
        }

        func wait(nanoseconds: UInt64) -> Value? {
            isThere.wait(timeoutNanoseconds: nanoseconds)
            return value.withLock { value in value }
        }
    }
}

extension CommitteeFile {
    /// The seats as a roster has them, before there are share keys.
    var rosterSeats: [EpochStatement.Seat] {
        get throws(StatementError) {
            var list: [EpochStatement.Seat] = []
            for seat in seats {
                list.append(
                    EpochStatement.Seat(
                        index: seat.index,
                        did: try seat.did(at: venue),
                        operator: seat.operator,
                        group: seat.group,
                        region: seat.region,
                        category: seat.category,
                        identityKey: seat.identityKey.bytes,
                        shareKey: [UInt8](repeating: 0, count: 96)
                    )
                )
            }
            return list
        }
    }
}
