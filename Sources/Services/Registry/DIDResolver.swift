internal import Cryptography
public import Encoding
internal import LogStore
public import MerkleLog
public import Platform
public import Primitives
public import Statements
internal import Transparency

/// What a DID resolves to, with the proof that the log says so.
public struct DIDResolution: Equatable, Sendable {
    /// The document; nil when the DID was revoked.
    public var document: DIDDocument?
    /// The document's version; 1 for a contract.
    public var version: UInt64
    /// Why the DID was revoked; nil if it was not.
    public var revocationReason: Text?
    /// When the leaf was made.
    public var updated: Timestamp
    /// The leaf that says so, as it is in the log.
    public var leaf: [UInt8]
    /// Proves that the leaf is in the log of the checkpoint that it carries.
    public var proof: TlogProof
    /// The certificate-bearing trade of a contract; nil for other DIDs.
    public var trade: TradeStatement?
}

/// Answers what a DID stands for, from the log alone.
public struct DIDResolver {
    private let log: LogReader
    private let venue: VenueName

    /// Resolves from a log.
    ///
    /// Every leaf is checked against the published checkpoint; who signed that is left to those who get the
    /// proof.
    ///
    /// - Parameters:
    ///   - log: The log's directory.
    ///   - venue: Whose log it is.
    /// - Throws: `logInvalid` when there is no log.
    public init(log: any StorageDirectory, venue: VenueName) throws(RegistryError) {
        do throws(LogStoreError) {
            self.log = try LogReader(
                directory: log,
                reading: CheckpointFormat.readingUnverified
            )
        } catch {
            throw .logInvalid("\(error)")
        }
        self.venue = venue
    }

    /// Resolves a DID.
    ///
    /// - Throws: `unknown` when the log has nothing about it, `logInvalid` when a leaf is not what it must be.
    public func resolve(_ did: OrbitDID) throws(RegistryError) -> DIDResolution {
        guard did.registrar == venue else { throw .foreignRegistrar(did, expected: venue) }
        if let contract = did.contract { return try resolve(did, contract) }
        let leaves = try read { log throws(LogStoreError) in
            try log.leaves(of: LogSubject.did(did))
        }
        guard let last = leaves.last else { throw .unknown(did) }
        switch try statement(at: last) {
        case .did(let content):
            return try resolution(content, leaf: last)
        case .revocation(let content):
            guard leaves.count > 1,
                case .did(let before) = try statement(at: leaves[leaves.count - 2])
            else { throw .logInvalid("leaf \(last) revokes what was not registered") }
            var resolution = try resolution(before, leaf: last)
            resolution.document = nil
            resolution.revocationReason = content.reason
            resolution.updated = content.time
            return resolution
        default: throw .logInvalid("leaf \(last) is not about \(did)")
        }
    }

    private func resolution(
        _ statement: DIDStatement,
        leaf: UInt64
    ) throws(RegistryError) -> DIDResolution {
        DIDResolution(
            document: statement.document,
            version: statement.version,
            updated: statement.time,
            leaf: try entry(leaf),
            proof: try proof(leaf)
        )
    }

    /// A contract's document follows from its trade: the venue, as the central counterparty, controls it.
    private func resolve(
        _ did: OrbitDID,
        _ contract: ContractID
    ) throws(RegistryError) -> DIDResolution {
        let found = try read { log throws(LogStoreError) in
            try log.leaf(of: .number(.trades, contract.trade.rawValue))
        }
        guard let leaf = found else { throw .unknown(did) }
        guard case .trade(let trade) = try statement(at: leaf), trade.trade == contract.trade else {
            throw .logInvalid("leaf \(leaf) is not the trade of \(did)")
        }
        return DIDResolution(
            document: DIDDocument(id: did, controller: venue.did),
            version: 1,
            updated: trade.time,
            leaf: try entry(leaf),
            proof: try proof(leaf),
            trade: trade
        )
    }

    private func statement(at index: UInt64) throws(RegistryError) -> Statement {
        let bytes = try entry(index)
        do {
            return try Statement(of: SignedStatement(decoding: bytes), issuer: venue.did)
        } catch {
            throw .logInvalid("leaf \(index): \(error)")
        }
    }

    private func entry(_ index: UInt64) throws(RegistryError) -> [UInt8] {
        try read { log throws(LogStoreError) in try log.entry(at: index) }
    }

    private func proof(_ index: UInt64) throws(RegistryError) -> TlogProof {
        let proof = try read { log throws(LogStoreError) in try log.inclusionProof(of: index) }
        do {
            return try TlogProof(
                index: index,
                path: proof.path,
                checkpoint: SignedCheckpoint(parsing: log.checkpoint)
            )
        } catch {
            throw .logInvalid("its checkpoint: \(error)")
        }
    }

    private func read<Result>(
        _ body: (LogReader) throws(LogStoreError) -> Result
    ) throws(RegistryError) -> Result {
        do throws(LogStoreError) { return try body(log) } catch { throw .logInvalid("\(error)") }
    }
}
