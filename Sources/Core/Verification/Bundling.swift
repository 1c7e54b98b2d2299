public import Attestation
public import Cryptography
public import Encoding
public import MerkleLog
public import Statements

/// The key with which a log signs receipts, and the name under which it does.
public struct ReceiptIssuer: Sendable {
    /// The log's origin, which is the issuer of its receipts.
    public let origin: Text
    /// The first 8 bytes of the SHA-256 of the log's public key.
    public let keyID: [UInt8]

    /// Makes an issuer of a log's origin and public key.
    public init(origin: Text, publicKey: [UInt8]) {
        self.origin = origin
        keyID = StatementIssuer.keyID(of: publicKey)
    }

    /// Signs that a statement is a leaf of the log.
    ///
    /// - Parameters:
    ///   - proof: The proof of the leaf; the log has at least two leaves.
    ///   - root: The root at the proof's size.
    ///   - subject: The statement's subject.
    ///   - signer: Signs the bytes it is given with the log's key.
    /// - Returns: The receipt; none if the proof is empty, which a receipt cannot express.
    /// - Throws: What `signer` throws.
    public func inclusion<Failure: Error>(
        _ proof: InclusionProof,
        root: SHA256.Digest,
        subject: Text,
        signer: (_ message: [UInt8]) throws(Failure) -> [UInt8]
    ) throws(Failure) -> COSEReceipt? {
        let claimed = COSEReceipt.InclusionProof(
            treeSize: proof.size,
            leafIndex: proof.index,
            path: proof.path.map { digest in digest.bytes }
        )
        guard let claimed else { return nil }
        return try receipt(.inclusion([claimed]), root, subject: subject, signer)
    }

    /// Signs that the log continues what it was at an earlier size.
    ///
    /// - Parameters:
    ///   - proof: The proof, from a size of at least 1 to a larger one.
    ///   - newRoot: The root at the larger size.
    ///   - signer: Signs the bytes it is given with the log's key.
    /// - Returns: The receipt; none if the proof is empty, which a receipt cannot express.
    /// - Throws: What `signer` throws.
    public func consistency<Failure: Error>(
        _ proof: ConsistencyProof,
        newRoot: SHA256.Digest,
        signer: (_ message: [UInt8]) throws(Failure) -> [UInt8]
    ) throws(Failure) -> COSEReceipt? {
        let claimed = COSEReceipt.ConsistencyProof(
            oldSize: proof.oldSize,
            newSize: proof.newSize,
            path: proof.path.map { digest in digest.bytes }
        )
        guard let claimed else { return nil }
        return try receipt(.consistency([claimed]), newRoot, subject: origin, signer)
    }

    private func receipt<Failure: Error>(
        _ proofs: COSEReceipt.Proofs,
        _ root: SHA256.Digest,
        subject: Text,
        _ signer: (_ message: [UInt8]) throws(Failure) -> [UInt8]
    ) throws(Failure) -> COSEReceipt {
        try COSEReceipt(
            proofs: proofs,
            root: root.bytes,
            algorithm: .edDSA,
            keyID: keyID,
            claims: CWTClaims(issuer: origin, subject: subject),
            signer: signer
        )
    }
}

extension TransparentStatement {
    /// Makes a bundle, whose `encoded` bytes a counterparty verifies alone.
    ///
    /// - Parameters:
    ///   - statement: The leaf.
    ///   - inclusion: The receipt of its inclusion at the checkpoint's size.
    ///   - consistency: The receipt from the quorum's log to the checkpoint where their sizes differ, and one that
    ///     connects a checkpoint which the client saw before.
    ///   - logProof: The same proof with the checkpoint and the witnesses' cosignatures.
    ///   - certificate: The quorum's certificate.
    ///   - roster: The roster's bytes.
    ///   - disclosure: What is opened to the client.
    ///   - claim: What a contract was settled on, if the statement says that it was: see `ClaimEvidence.map`.
    public init(
        bundling statement: SignedStatement,
        inclusion: COSEReceipt,
        consistency: [COSEReceipt],
        logProof: TlogProof,
        certificate: QuorumCertificate,
        roster: [UInt8],
        disclosure: Disclosure?,
        claim: CBORMap? = nil
    ) {
        self.init(
            statement,
            receipts: [inclusion] + consistency,
            logProof: logProof.encoded,
            quorum: certificate.map,
            roster: roster,
            anchors: [],
            disclosure: disclosure?.encoded,
            claim: claim
        )
    }
}
