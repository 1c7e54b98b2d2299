public import Cryptography
public import Encoding

/// The part of the rulebook that says how service contracts end.
public struct SettlementPolicy: Equatable, Sendable {
    /// The components that judge claims, each with the claim's name.
    public var components: [(claim: Text, digest: SHA256.Digest)]
    /// So long after the end of its window a contract with a report still waits for a quorum; then it expires.
    public var graceNanoseconds: UInt64

    /// Whether both are the same.
    public static func == (left: Self, right: Self) -> Bool {
        left.graceNanoseconds == right.graceNanoseconds
            && left.components.elementsEqual(right.components) { first, second in
                first.claim == second.claim && first.digest == second.digest
            }
    }

    /// Makes a policy; a contract with a report waits for 60 s after its window.
    public init(
        components: [(claim: Text, digest: SHA256.Digest)] = [],
        graceNanoseconds: UInt64 = 60_000_000_000
    ) {
        self.components = components
        self.graceNanoseconds = graceNanoseconds
    }

    /// The component that judges a claim; none if there is no such claim.
    func component(for claim: Text) -> SHA256.Digest? {
        components.first { component in component.claim == claim }?.digest
    }
}
