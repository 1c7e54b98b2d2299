public import BLS12381

/// The shares of several seats of one committee in one process; each is wiped when its life ends.
public struct KeyShares: ~Copyable, Sendable {
    // Position i holds the share of seat i + 1.
    private var slots: InlineArray<12, KeyShare?>

    /// Holds no share.
    public init() {
        slots = InlineArray { _ in nil }
    }

    /// The indices of the seats whose shares are held, ascending.
    public var indices: [UInt32] {
        var indices: [UInt32] = []
        for position in slots.indices where slots[position] != nil {
            indices.append(UInt32(position) + 1)
        }
        return indices
    }

    /// Holds a share in place of the one that the same seat may have had.
    public mutating func insert(_ share: consuming KeyShare) {
        let position = Int(share.index) - 1
        slots[position] = consume share
    }

    /// Gives a share away; none if it is not held.
    public mutating func take(_ index: UInt32) -> KeyShare? {
        guard index >= 1, Int(index) <= Limits.seatCountMax else { return nil }
        var share: KeyShare? = nil
        swap(&share, &slots[Int(index) - 1])
        return share
    }

    /// Signs a message with the share of a seat; none if it is not held.
    public func sign(_ message: [UInt8], by index: UInt32) -> Threshold.PartialSignature? {
        guard index >= 1, Int(index) <= Limits.seatCountMax else { return nil }
        switch slots[Int(index) - 1] {
        case .some(let share): return share.sign(message)
        case .none: return nil
        }
    }

    /// Makes a member of a ceremony that reshares the share of a seat.
    func member(
        holding index: UInt32,
        make: (borrowing KeyShare) throws(ThresholdKeysError) -> CeremonyMember
    ) throws(ThresholdKeysError) -> CeremonyMember? {
        guard index >= 1, Int(index) <= Limits.seatCountMax else { return nil }
        switch slots[Int(index) - 1] {
        case .some(let share): return try make(share)
        case .none: return nil
        }
    }
}
