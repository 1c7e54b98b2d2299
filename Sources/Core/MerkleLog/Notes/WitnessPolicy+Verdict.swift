public import Cryptography
public import Encoding

/// What a policy says about one signed checkpoint.
public struct PolicyVerdict: Equatable, Sendable {
    /// A reason why the checkpoint is not valid.
    public enum Shortfall: Equatable, Sendable {
        /// No log of the policy with that origin has signed.
        case log(origin: Text)
        /// A signature by a key of the policy is not good; the line is counted from 0 among the signatures.
        case invalidSignature(line: Int, name: Text)
        /// The witness has not cosigned, or with a key whose type cannot be verified here.
        case witness(name: [UInt8])
        /// Too few members of the group have cosigned: `count` of `threshold`; those in `without` have not.
        case group(name: [UInt8], count: Int, threshold: Int, without: [[UInt8]])
    }

    /// A cosignature that was verified.
    public struct Cosigned: Equatable, Sendable {
        /// The place of the witness in the policy.
        public let witness: Int
        /// The time in seconds since 1970 that the witness states; its latest if it cosigned several times.
        public let timestamp: UInt64
    }

    /// The places in the policy of the logs that have signed.
    public let logs: [Int]
    /// The witnesses that have cosigned, in the order of the policy.
    public let cosigned: [Cosigned]
    /// The signatures, counted from 0, that were not verified: by keys the policy does not have, or of types
    /// that cannot be verified here.
    public let unverified: [Int]
    /// Why the checkpoint is not valid; none if it is.
    public let shortfalls: [Shortfall]

    /// Whether the checkpoint is valid under the policy.
    public var isSatisfied: Bool { shortfalls.isEmpty }
}

extension PolicyVerdict.Shortfall: CustomStringConvertible {
    /// One line that names what is missing.
    public var description: String {
        switch self {
        case .log(let origin): "no signature by a known log " + origin.string
        case .invalidSignature(let line, let name):
            "signature \(line) by " + name.string + " is not good"
        case .witness(let name): "no cosignature by " + String(decoding: name, as: UTF8.self)
        case .group(let name, let count, let threshold, let without):
            "\(count) of \(threshold) in group " + String(decoding: name, as: UTF8.self)
                + "; not cosigned:"
                + without.map { member in " " + String(decoding: member, as: UTF8.self) }.joined()
        }
    }
}

extension WitnessPolicy {
    /// Checks a checkpoint: it must be signed by one of the logs under its own origin, cosigned by the quorum,
    /// and no line by a key of the policy may be wrong.
    ///
    /// - Parameters:
    ///   - checkpoint: What is checked.
    ///   - verifier: Checks signatures of Ed25519.
    /// - Returns: What was verified and what is missing. Times of cosignatures are reported, not judged.
    public func evaluate(
        _ checkpoint: SignedCheckpoint,
        verifier: Ed25519Verifier
    ) -> PolicyVerdict {
        let origin = checkpoint.checkpoint.origin
        var signed = logs.map { _ in false }
        var times: [UInt64?] = witnesses.map { _ in nil }
        var unverified: [Int] = []
        var shortfalls: [PolicyVerdict.Shortfall] = []
        let states = checkpoint.note.states(under: keys, verifier: verifier)
        for (line, state) in states.enumerated() {
            switch state {
            case .valid(let key, _) where key < logs.count:
                if logs[key].key.name == origin { signed[key] = true }
            case .valid(let key, let timestamp):
                times[key - logs.count] = max(times[key - logs.count] ?? 0, timestamp ?? 0)
            case .invalid(let key):
                shortfalls.append(.invalidSignature(line: line, name: keys[key].name))
            case .unsupported, .unknown: unverified.append(line)
            }
        }
        let signers = signed.indices.filter { index in signed[index] }
        if signers.isEmpty { shortfalls.append(.log(origin: origin)) }
        if let quorum { appendMissing(of: quorum, times, to: &shortfalls) }
        return PolicyVerdict(
            logs: signers,
            cosigned: times.enumerated().compactMap { index, time in
                time.map { PolicyVerdict.Cosigned(witness: index, timestamp: $0) }
            },
            unverified: unverified,
            shortfalls: shortfalls
        )
    }

    /// Whether a member has cosigned, by the times of the witnesses.
    private func hasCosigned(_ member: Member, _ times: [UInt64?]) -> Bool {
        switch member {
        case .witness(let index): return times[index] != nil
        case .group(let index):
            let group = groups[index]
            return group.members.count { hasCosigned($0, times) } >= group.threshold
        }
    }

    /// Appends what a member lacks: itself, and what the groups in it that have not cosigned lack.
    private func appendMissing(
        of member: Member,
        _ times: [UInt64?],
        to shortfalls: inout [PolicyVerdict.Shortfall]
    ) {
        if hasCosigned(member, times) { return }
        switch member {
        case .witness(let index): shortfalls.append(.witness(name: witnesses[index].name))
        case .group(let index):
            let group = groups[index]
            let without = group.members.filter { !hasCosigned($0, times) }
            shortfalls.append(
                .group(
                    name: group.name,
                    count: group.members.count - without.count,
                    threshold: group.threshold,
                    without: without.map(name)
                )
            )
            for inner in without {
                if case .group = inner { appendMissing(of: inner, times, to: &shortfalls) }
            }
        }
    }
}
