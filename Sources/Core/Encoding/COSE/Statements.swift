/// What an issuer says about a subject, signed (RFC 9943): the entry of the transparency log.
///
/// Its unprotected header is empty. Receipts and proofs are added to a `TransparentStatement` around it, so they
/// never change the entry.
public struct SignedStatement: Equatable, Sendable {
    /// The signed message.
    public let message: COSESign1
    /// The algorithm of the signature.
    public let algorithm: COSEAlgorithm
    /// Who says it.
    public let issuer: Text
    /// About whom or what.
    public let subject: Text
    /// What is said.
    public let payload: [UInt8]

    /// Makes a statement by signing.
    ///
    /// - Parameters:
    ///   - payload: What is said; the statement contains it.
    ///   - contentType: What the payload is, such as `application/json`.
    ///   - algorithm: The algorithm of `signer`.
    ///   - keyID: Which key signs.
    ///   - issuer: Who says it.
    ///   - subject: About whom or what.
    ///   - issuedAt: When, in seconds since 1970.
    ///   - signer: Signs the bytes it is given.
    /// - Throws: What `signer` throws.
    public init<Failure: Error>(
        payload: [UInt8],
        contentType: Text,
        algorithm: COSEAlgorithm,
        keyID: [UInt8],
        issuer: Text,
        subject: Text,
        issuedAt: Int64,
        signer: (_ message: [UInt8]) throws(Failure) -> [UInt8]
    ) throws(Failure) {
        let claims = CWTClaims(issuer: issuer, subject: subject, issuedAt: issuedAt)
        message = try COSESign1(
            protected: COSEHeaders(
                algorithm: algorithm,
                contentType: contentType,
                keyID: keyID,
                claims: claims
            ),
            payload: payload,
            signer: signer
        )
        self.algorithm = algorithm
        self.issuer = issuer
        self.subject = subject
        self.payload = payload
    }

    /// Reads a statement.
    ///
    /// - Throws: What a message throws; `unexpected` when the unprotected header is not empty; `missing` without
    ///   algorithm or claims, `missingClaim` without issuer or subject, `missingPayload` without payload.
    /// - Complexity: O(n).
    public init(
        decoding bytes: [UInt8],
        limits: DecodingLimits = .standard,
        accepting leniency: CBORLeniency = []
    ) throws(COSEError) {
        try self.init(COSESign1(decoding: bytes, limits: limits, accepting: leniency))
    }

    /// Makes a statement of a message that has all it needs.
    ///
    /// - Throws: `unexpected`, `missing`, `missingClaim` and `missingPayload`, as when it is read.
    public init(_ message: COSESign1) throws(COSEError) {
        if let entry = message.unprotected.map.entries.first { throw .unexpected(entry.key) }
        guard let algorithm = message.protected.algorithm else {
            throw .missing(label: COSELabel.algorithm)
        }
        guard let claims = message.protected.claims else {
            throw .missing(label: COSELabel.claims)
        }
        guard let issuer = claims.issuer else { throw .missingClaim(CWTClaims.issuer) }
        guard let subject = claims.subject else { throw .missingClaim(CWTClaims.subject) }
        guard let payload = message.payload else { throw .missingPayload }
        self.message = message
        self.algorithm = algorithm
        self.issuer = issuer
        self.subject = subject
        self.payload = payload
    }

    /// What the payload is; none if the issuer did not say.
    public var contentType: Text? { message.protected.contentType }

    /// Which key signed; none if the issuer did not say.
    public var keyID: [UInt8]? { message.protected.keyID }

    /// When it was signed, in seconds since 1970; none if the issuer did not say.
    public var issuedAt: Int64? { message.protected.claims?.issuedAt }

    /// The bytes of the statement, which are the entry of the log.
    ///
    /// - Complexity: O(n).
    public var encoded: [UInt8] { message.encoded }
}

/// A statement with what shows that it is public and true: the envelope of a bundle (RFC 9943).
///
/// The additions lie in the unprotected header. Receipts have their registered label; the others have texts as
/// labels, which no registry will ever take.
public struct TransparentStatement: Equatable, Sendable {
    /// The labels that are texts.
    private enum Label {
        static var logProof: Text { "tlog-proof" }
        static var quorum: Text { "quorum" }
        static var roster: Text { "roster" }
        static var anchors: Text { "anchors" }
        static var disclosure: Text { "disclosure" }
        static var claim: Text { "claim" }
    }

    /// What was said, as it is in the log.
    public var statement: SignedStatement
    /// The log's receipts, in the order in which they should be tried.
    public var receipts: [COSEReceipt]
    /// The file of C2SP's tlog-proof: index, path and signed checkpoint.
    public var logProof: [UInt8]?
    /// The certificate of the observers.
    public var quorum: CBORMap?
    /// Who the observers were.
    public var roster: [UInt8]?
    /// Where the log was anchored; an empty list says that it was not yet.
    public var anchors: [CBORValue]?
    /// What the statement keeps from the public and opens to the holder of this envelope alone.
    public var disclosure: [UInt8]?
    /// What a service contract was settled on.
    public var claim: CBORMap?

    /// Makes an envelope around a statement, with what there is already.
    public init(
        _ statement: SignedStatement,
        receipts: [COSEReceipt] = [],
        logProof: [UInt8]? = nil,
        quorum: CBORMap? = nil,
        roster: [UInt8]? = nil,
        anchors: [CBORValue]? = nil,
        disclosure: [UInt8]? = nil,
        claim: CBORMap? = nil
    ) {
        self.statement = statement
        self.receipts = receipts
        self.logProof = logProof
        self.quorum = quorum
        self.roster = roster
        self.anchors = anchors
        self.disclosure = disclosure
        self.claim = claim
    }

    /// Reads an envelope; nothing may be in it that is not one of its parts.
    ///
    /// - Throws: What a statement throws; `unexpected` for an addition that has no place here or is not of
    ///   the right type; `invalidReceipt` with what is wrong with one of the receipts.
    /// - Complexity: O(n).
    public init(
        decoding bytes: [UInt8],
        limits: DecodingLimits = .standard,
        accepting leniency: CBORLeniency = []
    ) throws(COSEError) {
        let message = try COSESign1(decoding: bytes, limits: limits, accepting: leniency)
        receipts = []
        for entry in message.unprotected.map.entries {
            switch (entry.key, entry.value) {
            case (.integer(COSELabel.receipts), .array(let items)):
                receipts = try Self.receipts(items, limits, leniency)
            case (.text(Label.logProof), .bytes(let bytes)): logProof = bytes
            case (.text(Label.quorum), .map(let map)): quorum = map
            case (.text(Label.roster), .bytes(let bytes)): roster = bytes
            case (.text(Label.anchors), .array(let items)): anchors = items
            case (.text(Label.disclosure), .bytes(let bytes)): disclosure = bytes
            case (.text(Label.claim), .map(let map)): claim = map
            default: throw .unexpected(entry.key)
            }
        }
        statement = try SignedStatement(COSESign1(message, unprotected: COSEHeaders()))
    }

    /// The bytes of the envelope.
    ///
    /// - Complexity: O(n).
    public var encoded: [UInt8] {
        var map = CBORMap()
        if !receipts.isEmpty {
            map[COSELabel.receipts] = .array(
                receipts.map { receipt in .bytes(receipt.encoded) }
            )
        }
        map[Label.logProof] = logProof.map(CBORValue.bytes)
        map[Label.quorum] = quorum.map(CBORValue.map)
        map[Label.roster] = roster.map(CBORValue.bytes)
        map[Label.anchors] = anchors.map(CBORValue.array)
        map[Label.disclosure] = disclosure.map(CBORValue.bytes)
        map[Label.claim] = claim.map(CBORValue.map)
        return COSESign1(statement.message, unprotected: COSEHeaders(checked: map)).encoded
    }

    private static func receipts(
        _ items: [CBORValue],
        _ limits: DecodingLimits,
        _ leniency: CBORLeniency
    ) throws(COSEError) -> [COSEReceipt] {
        var receipts: [COSEReceipt] = []
        for (index, item) in items.enumerated() {
            guard let bytes = item.bytes else { throw .invalidValue(label: COSELabel.receipts) }
            do throws(COSEError) {
                receipts.append(
                    try COSEReceipt(decoding: bytes, limits: limits, accepting: leniency)
                )
            } catch {
                throw .invalidReceipt(index: index, error)
            }
        }
        return receipts
    }
}
