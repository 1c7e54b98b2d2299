public import Attestation
public import Encoding
import MerkleLog
import Statements
public import Venue
public import Verification
import Cryptography
import KeyStore

/// How a simulated bundle is made; the defaults give a good one.
public struct BundlePlan: Sendable {
    /// Which leaf it is about; leaf n is trade n.
    public var index: UInt64 = 5
    /// The size of the checkpoint.
    public var size: UInt64 = 25
    /// The size of the log that the quorum attests to.
    public var attestedSize: UInt64 = 20
    /// Which seats vote.
    public var signers: [UInt32] = Array(1...8)
    /// Which side is opened.
    public var side: Side? = .buy
    /// A size that the client saw before, to which a receipt connects.
    public var earlierSize: UInt64?
    /// What the contract was settled on, for the leaf of a settlement.
    public var claim: ClaimEvidence?
    /// The roster of the claim, if it is another one than the interval's.
    public var claimRoster: [UInt8]?
    /// How many witnesses cosign.
    public var witnessCount = 3

    /// A plan for a good bundle.
    public init() {}
}

extension SimulatedVenueLog {
    /// Why a bundle cannot be made.
    public enum Failure: Error {
        /// A receipt cannot express the proof.
        case emptyProof
    }

    /// A client's trust in everything here, two of the three witnesses required.
    ///
    /// - Throws: Never, unless a limit is broken.
    public func trust() throws -> Trust {
        var policy = "log \(try logKey.noteKey(Self.origin).vkey.string)\n"
        for (position, witness) in witnesses.enumerated() {
            let key = try witness.witnessKey(Text("witness-\(position + 1).example"))
            policy += "witness w\(position + 1) \(key.vkey.string)\n"
        }
        policy += "group most 2 w1 w2 w3\nquorum most\n"
        return Trust(
            venue: venue,
            issuerKeys: [issuerKey.key.publicKey],
            groupKey: committee.groupKey,
            policy: try WitnessPolicy(parsing: Array(policy.utf8))
        )
    }

    /// A bundle by plan.
    ///
    /// - Throws: When the plan is impossible.
    public func bundle(_ plan: BundlePlan = BundlePlan()) throws -> TransparentStatement {
        let statement = try SignedStatement(decoding: leaves[Int(plan.index)])
        let inclusion = inclusionReceipt(plan.index, plan.size, subject: statement.subject)
        guard let inclusion else { throw Failure.emptyProof }
        var consistency: [COSEReceipt] = []
        if plan.attestedSize < plan.size {
            guard let receipt = consistencyReceipt(plan.attestedSize, plan.size) else {
                throw Failure.emptyProof
            }
            consistency.append(receipt)
        }
        if let earlier = plan.earlierSize, earlier != plan.size {
            let receipt = consistencyReceipt(min(earlier, plan.size), max(earlier, plan.size))
            guard let receipt else { throw Failure.emptyProof }
            consistency.append(receipt)
        }
        let isTrade = plan.index >= 1 && plan.index <= UInt64(trades.count)
        return TransparentStatement(
            bundling: statement,
            inclusion: inclusion,
            consistency: consistency,
            logProof: try logProof(plan.index, plan.size, witnesses: plan.witnessCount),
            certificate: try committee.certificate(
                for: attested(plan.attestedSize),
                signers: plan.signers
            ),
            roster: committee.roster.encoded,
            disclosure: isTrade
                ? plan.side.map { side in
                    disclosure(of: trades[Int(plan.index) - 1], side: side)
                } : nil,
            claim: plan.claim?.map(roster: plan.claimRoster)
        )
    }
}
