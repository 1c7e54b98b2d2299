import BLS12381

/// A bundle that was read, and whether it came in its phase.
struct KeptBundle: Sendable {
    var bundle: CheckedBundle
    var isCounted: Bool
}

/// The first bundle of each kind by one member.
struct KeptBundles: Sendable {
    private var slots = [KeptBundle?](repeating: nil, count: BundleKind.allCases.count)

    subscript(kind: BundleKind) -> KeptBundle? {
        get { slots[Int(kind.rawValue) - 1] }
        set { slots[Int(kind.rawValue) - 1] = newValue }
    }

    /// The bundle of a kind that came in its phase.
    func counted(_ kind: BundleKind) -> CheckedBundle? {
        guard let kept = self[kind], kept.isCounted else { return nil }
        return kept.bundle
    }
}

/// What is known about a dealer.
struct DealerRecord: Sendable {
    let seat: CeremonySeat
    var bundles = KeptBundles()
    /// The deal that counts.
    var deal: Deal?
    /// A fault excludes the dealer from the result.
    var isEvicted = false
    /// The receivers that complained without proof; fixed when the phase of complaints ends, so that an
    /// answer is the same whenever it is made.
    var asked: [UInt32] = []
    /// The shares that the dealer published in answer.
    var published: [Justification] = []

    init(_ seat: CeremonySeat) { self.seat = seat }

    /// Whether the deal counts for the result.
    var isQualified: Bool { deal != nil && !isEvicted }

    /// The receivers that complained without proof and have no answer yet.
    var unanswered: [UInt32] {
        asked.filter { index in !published.contains { answer in answer.receiver == index } }
    }
}

/// What is known about a receiver.
struct ReceiverRecord: Sendable {
    let seat: CeremonySeat
    var bundles = KeptBundles()
    /// A fault voids the confirmation.
    var isMarked = false
    /// The partial signature of its confirmation, as long as nothing is wrong with it.
    var confirmation: Signature?
    /// Whether that signature was verified.
    var isConfirmed = false

    init(_ seat: CeremonySeat) { self.seat = seat }
}
