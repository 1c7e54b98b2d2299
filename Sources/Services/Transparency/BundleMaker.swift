internal import Cryptography
internal import Encoding
internal import LogStore
internal import MerkleLog
public import Platform
public import Primitives
internal import Statements
public import Venue

/// Makes the bundle with which a counterparty proves its trade, from the published log.
public struct BundleMaker {
    private let identity: VenueIdentity
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
        var bundle = TransparentStatement(signed, disclosure: disclosure.encoded)
        try prove(&bundle, leaf: index, traded.interval.number, seen, checkpoint)
        return bundle.encoded
    }

    /// Adds the proofs that a leaf is in the log, and that a quorum attested to its interval.
    private func prove(
        _ bundle: inout TransparentStatement,
        leaf index: UInt64,
        _ interval: UInt64,
        _ seen: UInt64?,
        _ checkpoint: [UInt8]?
    ) throws(TransparencyError) {
        let bytes = checkpoint ?? log.checkpoint
        let signed = try Self.note(index) { () throws(NoteError) in
            try SignedCheckpoint(parsing: bytes)
        }
        let size = signed.checkpoint.size
        let path = try log { reader throws(LogStoreError) in
            try reader.inclusionProof(of: index, treeSize: size)
        }
        bundle.receipts = [try inclusionReceipt(path, signed.checkpoint)]
        bundle.logProof = try Self.note(index) { () throws(NoteError) in
            try TlogProof(index: index, path: path.path, checkpoint: signed).encoded
        }
        let attested = try attestation(of: interval)
        bundle.quorum = attested.quorum
        bundle.roster = attested.roster
        bundle.anchors = []
        var sizes = [attested.size]
        if let seen { sizes.append(seen) }
        for other in sizes where other != size && other > 0 {
            let receipt = try consistencyReceipt(min(other, size), max(other, size))
            bundle.receipts.append(receipt)
        }
    }

    private func inclusionReceipt(
        _ proof: InclusionProof,
        _ checkpoint: Checkpoint
    ) throws(TransparencyError) -> COSEReceipt {
        guard
            let inclusion = COSEReceipt.InclusionProof(
                treeSize: proof.size,
                leafIndex: proof.index,
                path: proof.path.map(\.bytes)
            )
        else {
            throw .leafInvalid(index: proof.index, "a receipt needs a log of two leaves or more")
        }
        return receipt(.inclusion([inclusion]), root: checkpoint.root)
    }

    private func consistencyReceipt(
        _ old: UInt64,
        _ new: UInt64
    ) throws(TransparencyError) -> COSEReceipt {
        let (proof, root) = try log { reader throws(LogStoreError) in
            (try reader.consistencyProof(from: old, to: new), try reader.root(at: new))
        }
        guard
            let consistency = COSEReceipt.ConsistencyProof(
                oldSize: old,
                newSize: new,
                path: proof.path.map(\.bytes)
            )
        else { throw .leafInvalid(index: old, "there is no receipt from size \(old) to \(new)") }
        return receipt(.consistency([consistency]), root: root)
    }

    private func receipt(_ proofs: COSEReceipt.Proofs, root: SHA256.Digest) -> COSEReceipt {
        let key = identity.logKeys[identity.logKeys.count - 1]
        return COSEReceipt(
            proofs: proofs,
            root: root.bytes,
            algorithm: .edDSA,
            keyID: StatementIssuer.keyID(of: key.publicKey),
            claims: CWTClaims(issuer: identity.origin, subject: identity.issuer.did.text),
            signer: { message in identity.signWithLogKey(message) }
        )
    }

    /// The certificate of an interval, with its roster and the size of the log that it attests to.
    private func attestation(
        of interval: UInt64
    ) throws(TransparencyError) -> (quorum: CBORMap, roster: [UInt8], size: UInt64) {
        guard let index = try leaf(.number(.intervals, interval)) else {
            throw .notAttested(interval: interval)
        }
        let (_, found) = try statement(at: index)
        guard case .attestation(let attestation) = found, attestation.number == interval else {
            throw .leafInvalid(index: index, "it does not attest to interval \(interval)")
        }
        let quorum: CBORMap
        let statement: IntervalStatement
        do {
            guard
                let map = try CBORValue(decoding: attestation.certificate).map,
                let payload = map["payload"]?.bytes
            else { throw TransparencyError.leafInvalid(index: index, "it holds no certificate") }
            quorum = map
            statement = try IntervalStatement(decoding: payload)
        } catch {
            throw .leafInvalid(index: index, "its certificate: \(error)")
        }
        let subject = LogSubject.roster(statement.rosterHash)
        let leaves = try log { reader throws(LogStoreError) in try reader.leaves(of: subject) }
        guard let rosterIndex = leaves.first else {
            throw .leafInvalid(index: index, "the roster of its epoch is not in the log")
        }
        let (roster, _) = try self.statement(at: rosterIndex)
        return (quorum, roster.payload, statement.log.size)
    }

    // MARK: - The log

    private func leaf(_ key: LogKey) throws(TransparencyError) -> UInt64? {
        try log { reader throws(LogStoreError) in try reader.leaf(of: key) }
    }

    private func statement(
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

    private func log<Result>(
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
