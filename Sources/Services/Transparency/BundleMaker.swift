internal import Attestation
internal import Cryptography
internal import Encoding
internal import LogStore
internal import MerkleLog
public import Platform
public import Primitives
public import Statements
public import Venue
internal import Verification

/// Makes the bundle with which a counterparty proves its trade, from the published log.
public struct BundleMaker {
    let identity: VenueIdentity
    private let log: LogReader

    /// Makes bundles from a log.
    ///
    /// - Parameters:
    ///   - identity: Whose log it is; its log key signs the receipts.
    ///   - directory: The log.
    /// - Throws: `log` when there is none of this venue.
    public init(
        identity: VenueIdentity,
        directory: any StorageDirectory
    ) throws(TransparencyError) {
        self.identity = identity
        do throws(LogStoreError) {
            log = try LogReader(directory: directory, reading: identity.checkpointFormat.read)
        } catch {
            throw .log(error)
        }
    }

    /// The newest roster in the log.
    ///
    /// - Throws: `notAttested` when there is none.
    public func newestRoster() throws(TransparencyError) -> EpochStatement {
        let leaves = try log { reader throws(LogStoreError) in
            try reader.leaves(of: LogSubject.epochs(of: identity.venue))
        }
        guard let index = leaves.last else { throw .notAttested(interval: 0) }
        guard case .epoch(let roster) = try statement(at: index).1 else {
            throw .leafInvalid(index: index, "it is no roster")
        }
        return roster
    }

    /// The bundle of one side of a trade.
    ///
    /// - Parameters:
    ///   - trade: The trade.
    ///   - side: Whose bundle it is.
    ///   - account: The account of that side; the bundle opens its commitment, and never the other side's.
    ///   - seen: The size of a checkpoint that the counterparty saw before; the bundle then proves that the
    ///     log only grew since, or from the bundle's checkpoint to that one.
    ///   - checkpoint: The signed checkpoint to prove against, with its cosignatures; the published one if nil.
    /// - Returns: The encoded Transparent Statement.
    /// - Throws: `tradeUnknown`, `notAttested`, `accountMismatch`, or what is wrong with the log.
    public func bundle(
        trade: TradeID,
        side: Side,
        account: AccountID,
        seen: UInt64? = nil,
        checkpoint: [UInt8]? = nil
    ) throws(TransparencyError) -> [UInt8] {
        guard let index = try leaf(.number(.trades, trade.rawValue)) else {
            throw .tradeUnknown(trade.rawValue)
        }
        let (signed, statement) = try statement(at: index)
        guard case .trade(let traded) = statement, traded.trade == trade else {
            throw .leafInvalid(index: index, "it is not the trade \(trade.rawValue) of the index")
        }
        let disclosure = Disclosure(
            trade: trade,
            side: side,
            account: account,
            salt: identity.saltKey.salt(trade: trade, side: side)
        )
        let party = side == .buy ? traded.buyer : traded.seller
        guard disclosure.commitment == party.account else {
            throw .accountMismatch(account: account.rawValue, trade: trade.rawValue)
        }
        let proofs = try prove(index, signed.subject, traded.interval.number, seen, checkpoint)
        return TransparentStatement(
            bundling: signed,
            inclusion: proofs.inclusion,
            consistency: proofs.consistency,
            logProof: proofs.logProof,
            certificate: proofs.attested.certificate,
            roster: proofs.attested.roster,
            disclosure: disclosure
        ).encoded
    }

    /// What a quorum said of an interval.
    struct Attestation {
        var certificate: QuorumCertificate
        /// The log that the quorum attests to.
        var log: LogHead
        var roster: [UInt8]
    }

    /// What proves that a leaf is in the log, and that a quorum attested to its interval.
    struct Proofs {
        var inclusion: COSEReceipt
        var consistency: [COSEReceipt]
        var logProof: TlogProof
        var attested: Attestation
    }

    func prove(
        _ index: UInt64,
        _ subject: Text,
        _ interval: UInt64,
        _ seen: UInt64?,
        _ checkpoint: [UInt8]?
    ) throws(TransparencyError) -> Proofs {
        let attested = try attestation(of: interval)
        let bytes = checkpoint ?? log.checkpoint
        let signed = try Self.note(index) { () throws(NoteError) in
            try SignedCheckpoint(parsing: bytes)
        }
        let head = signed.checkpoint
        guard head.size >= attested.log.size else {
            throw .notAttested(interval: interval)
        }
        let path = try log { reader throws(LogStoreError) in
            try reader.inclusionProof(of: index, treeSize: head.size)
        }
        let inclusion = receiptIssuer.inclusion(path, root: head.root, subject: subject) {
            message in identity.signWithLogKey(message)
        }
        guard let inclusion else {
            throw .leafInvalid(index: index, "a receipt needs a log of two leaves or more")
        }
        let logProof = try Self.note(index) { () throws(NoteError) in
            try TlogProof(index: index, path: path.path, checkpoint: signed)
        }
        var sizes: Set = [attested.log.size]
        if let seen, seen > 0 { sizes.insert(seen) }
        sizes.remove(head.size)
        var consistency: [COSEReceipt] = []
        for other in sizes.sorted() {
            consistency.append(try receipt(min(other, head.size), max(other, head.size)))
        }
        return Proofs(
            inclusion: inclusion,
            consistency: consistency,
            logProof: logProof,
            attested: attested
        )
    }

    private var receiptIssuer: ReceiptIssuer {
        let key = identity.logKeys[identity.logKeys.count - 1]
        return ReceiptIssuer(origin: identity.origin, publicKey: key.publicKey)
    }

    /// The receipt that the log grew from one size to another.
    private func receipt(
        _ old: UInt64,
        _ new: UInt64
    ) throws(TransparencyError) -> COSEReceipt {
        let (proof, root) = try log { reader throws(LogStoreError) in
            (try reader.consistencyProof(from: old, to: new), try reader.root(at: new))
        }
        let receipt = receiptIssuer.consistency(proof, newRoot: root) { message in
            identity.signWithLogKey(message)
        }
        guard let receipt else {
            throw .leafInvalid(index: old, "there is no receipt from size \(old) to \(new)")
        }
        return receipt
    }

    /// The certificate of an interval, with its roster.
    private func attestation(of interval: UInt64) throws(TransparencyError) -> Attestation {
        guard let index = try leaf(.number(.intervals, interval)) else {
            throw .notAttested(interval: interval)
        }
        let (_, found) = try statement(at: index)
        guard case .attestation(let attestation) = found, attestation.number == interval else {
            throw .leafInvalid(index: index, "it does not attest to interval \(interval)")
        }
        let certificate: QuorumCertificate
        do throws(AttestationError) {
            certificate = try QuorumCertificate(decoding: attestation.certificate)
        } catch {
            throw .leafInvalid(index: index, "its certificate: \(error)")
        }
        guard let attested = certificate.interval else {
            throw .leafInvalid(index: index, "its certificate is not about an interval")
        }
        return Attestation(
            certificate: certificate,
            log: attested.log,
            roster: try roster(attested.rosterHash, of: index)
        )
    }

    /// The roster that a certificate names; `index` is the leaf that needs it.
    func roster(
        _ hash: SHA256.Digest,
        of index: UInt64
    ) throws(TransparencyError) -> [UInt8] {
        guard let roster = try payload(hash, among: LogSubject.roster(hash)) else {
            throw .leafInvalid(index: index, "the roster of its epoch is not in the log")
        }
        return roster
    }

    // MARK: - The log

    /// The payload with a hash, among the leaves of a subject; none if there is no such leaf.
    func payload(
        _ hash: SHA256.Digest,
        among subject: SHA256.Digest
    ) throws(TransparencyError) -> [UInt8]? {
        let leaves = try log { reader throws(LogStoreError) in try reader.leaves(of: subject) }
        for index in leaves {
            let payload = try statement(at: index).0.payload
            if SHA256.hash(of: payload) == hash { return payload }
        }
        return nil
    }

    func leaf(_ key: LogKey) throws(TransparencyError) -> UInt64? {
        try log { reader throws(LogStoreError) in try reader.leaf(of: key) }
    }

    func statement(
        at index: UInt64
    ) throws(TransparencyError) -> (SignedStatement, Statement) {
        let entry = try log { reader throws(LogStoreError) in try reader.entry(at: index) }
        do {
            let signed = try SignedStatement(decoding: entry)
            return (signed, try Statement(of: signed, issuer: identity.issuer.did))
        } catch {
            throw .leafInvalid(index: index, "\(error)")
        }
    }

    func log<Result>(
        _ body: (LogReader) throws(LogStoreError) -> Result
    ) throws(TransparencyError) -> Result {
        do throws(LogStoreError) { return try body(log) } catch { throw .log(error) }
    }

    private static func note<Result>(
        _ index: UInt64,
        _ body: () throws(NoteError) -> Result
    ) throws(TransparencyError) -> Result {
        do throws(NoteError) { return try body() } catch {
            throw .leafInvalid(index: index, "its checkpoint: \(error)")
        }
    }
}
