public import Encoding
public import Primitives

/// What one leaf of the log says.
public enum Statement: Equatable, Sendable {
    /// A novated trade.
    case trade(TradeStatement)
    /// The end of a service contract.
    case settlement(SettlementStatement)
    /// A version of the rulebook.
    case rulebook(RulebookStatement)
    /// A DID document.
    case did(DIDStatement)
    /// The end of a DID's validity.
    case revocation(RevocationStatement)
    /// The certificate of a quorum.
    case attestation(AttestationStatement)
    /// A roster.
    case epoch(EpochStatement)
    /// The replacement of the log's key.
    case keyRotation(KeyRotationStatement)
    /// The first leaf.
    case genesis(GenesisStatement)
    /// A provider's report.
    case report(ReportStatement)
    /// An observer's refusal to attest.
    case dissent(DissentStatement)
    /// What followed from a seat's fault.
    case penalty(PenaltyStatement)
    /// What a person decided about a contract.
    case decision(DecisionStatement)
    /// What auditors want to see.
    case audit(AuditStatement)

    /// Reads a payload of the kind that its member `type` names.
    ///
    /// - Throws: What is wrong and where; `wrongType` for a type that is none of a leaf.
    public init(decoding payload: [UInt8]) throws(StatementError) {
        guard payload.count <= StatementLimits.payloadMax else {
            throw .notCanonicalJSON(.tooLarge(position: StatementLimits.payloadMax))
        }
        var object = try ObjectReader(decoding: payload)
        let name = try object.text("type")
        let type = StatementType.allCases.first { type in type.name == name }
        switch type {
        case .trade: self = .trade(try TradeStatement(decoding: payload))
        case .settlement: self = .settlement(try SettlementStatement(decoding: payload))
        case .rulebook: self = .rulebook(try RulebookStatement(decoding: payload))
        case .did: self = .did(try DIDStatement(decoding: payload))
        case .revocation: self = .revocation(try RevocationStatement(decoding: payload))
        case .attestation: self = .attestation(try AttestationStatement(decoding: payload))
        case .epoch: self = .epoch(try EpochStatement(decoding: payload))
        case .keyRotation: self = .keyRotation(try KeyRotationStatement(decoding: payload))
        case .genesis: self = .genesis(try GenesisStatement(decoding: payload))
        case .report: self = .report(try ReportStatement(decoding: payload))
        case .dissent: self = .dissent(try DissentStatement(decoding: payload))
        case .penalty: self = .penalty(try PenaltyStatement(decoding: payload))
        case .decision: self = .decision(try DecisionStatement(decoding: payload))
        case .audit: self = .audit(try AuditStatement(decoding: payload))
        case .interval, .claim, nil: throw .wrongType(found: name)
        }
    }

    /// Reads what a signed statement says, and checks that its header says the same.
    ///
    /// Whether the signature is good is not checked here.
    ///
    /// - Throws: What is wrong with the payload or, with `headerMismatch`, with the header.
    public init(of statement: SignedStatement, issuer: OrbitDID) throws(StatementError) {
        try self.init(decoding: statement.payload)
        try checkHeader(of: statement, issuer: issuer)
    }

    /// The kind of statement.
    public var type: StatementType {
        switch self {
        case .trade: .trade
        case .settlement: .settlement
        case .rulebook: .rulebook
        case .did: .did
        case .revocation: .revocation
        case .attestation: .attestation
        case .epoch: .epoch
        case .keyRotation: .keyRotation
        case .genesis: .genesis
        case .report: .report
        case .dissent: .dissent
        case .penalty: .penalty
        case .decision: .decision
        case .audit: .audit
        }
    }

    /// Whom or what it is about.
    public var subject: OrbitDID {
        switch self {
        case .trade(let content): content.subject
        case .settlement(let content): content.subject
        case .rulebook(let content): content.subject
        case .did(let content): content.subject
        case .revocation(let content): content.subject
        case .attestation(let content): content.subject
        case .epoch(let content): content.subject
        case .keyRotation(let content): content.subject
        case .genesis(let content): content.subject
        case .report(let content): content.subject
        case .dissent(let content): content.subject
        case .penalty(let content): content.subject
        case .decision(let content): content.subject
        case .audit(let content): content.subject
        }
    }

    /// When it came to be.
    public var time: Timestamp {
        switch self {
        case .trade(let content): content.time
        case .settlement(let content): content.time
        case .rulebook(let content): content.time
        case .did(let content): content.time
        case .revocation(let content): content.time
        case .attestation(let content): content.time
        case .epoch(let content): content.time
        case .keyRotation(let content): content.time
        case .genesis(let content): content.time
        case .report(let content): content.time
        case .dissent(let content): content.time
        case .penalty(let content): content.time
        case .decision(let content): content.time
        case .audit(let content): content.time
        }
    }

    /// The payload: canonical JSON.
    public var encoded: [UInt8] {
        switch self {
        case .trade(let content): content.encoded
        case .settlement(let content): content.encoded
        case .rulebook(let content): content.encoded
        case .did(let content): content.encoded
        case .revocation(let content): content.encoded
        case .attestation(let content): content.encoded
        case .epoch(let content): content.encoded
        case .keyRotation(let content): content.encoded
        case .genesis(let content): content.encoded
        case .report(let content): content.encoded
        case .dissent(let content): content.encoded
        case .penalty(let content): content.encoded
        case .decision(let content): content.encoded
        case .audit(let content): content.encoded
        }
    }

    /// The venue that the payload names; DID documents and revocations name none.
    public var venue: VenueName? {
        switch self {
        case .trade(let content): content.venue
        case .settlement(let content): content.venue
        case .rulebook(let content): content.venue
        case .attestation(let content): content.venue
        case .epoch(let content): content.venue
        case .keyRotation(let content): content.venue
        case .genesis(let content): content.venue
        case .report(let content): content.venue
        case .dissent(let content): content.venue
        case .penalty(let content): content.venue
        case .decision(let content): content.venue
        case .audit(let content): content.venue
        case .did, .revocation: nil
        }
    }

    /// Checks that the header of a signed statement is the one that belongs to the payload.
    ///
    /// - Throws: `headerMismatch` with the first header that is wrong.
    public func checkHeader(
        of statement: SignedStatement,
        issuer: OrbitDID
    ) throws(StatementError) {
        try Self.require("alg", statement.algorithm.isEdDSA, "-8 or -19") {
            Text("\(statement.algorithm.rawValue)")
        }
        let contentType = statement.contentType ?? ""
        try Self.require("content type", contentType == type.contentType, type.contentType) {
            contentType
        }
        let keyIDSize = statement.keyID?.count ?? 0
        try Self.require("kid", keyIDSize == StatementIssuer.keyIDSize, "8 bytes") {
            Text("\(keyIDSize) bytes")
        }
        try Self.require("iss", statement.issuer == issuer.text, issuer.text) { statement.issuer }
        try Self.require("sub", statement.subject == subject.text, subject.text) {
            statement.subject
        }
        let seconds = Int64(time.nanoseconds / 1_000_000_000)
        try Self.require("iat", statement.issuedAt == seconds, Text("\(seconds)")) {
            statement.issuedAt.map { found in Text("\(found)") } ?? ""
        }
        // What else could be in the header would be signed, but nobody would have read it.
        let labels = statement.message.protected.map.entries.count
        let claims = statement.message.protected.claims?.map.entries.count
        try Self.require("set of parameters", labels == 4 && claims == 3, "1, 3, 4, 15 {1, 2, 6}") {
            "others"
        }
        guard let venue else { return }
        try Self.require("iss", issuer == venue.did, venue.did.text) { statement.issuer }
    }

    private static func require(
        _ name: Text,
        _ isRight: Bool,
        _ expected: Text,
        found: () -> Text
    ) throws(StatementError) {
        if !isRight { throw .headerMismatch(name: name, expected: expected, found: found()) }
    }
}

extension COSEAlgorithm {
    /// Whether the algorithm is Ed25519 by one of its two numbers.
    package var isEdDSA: Bool { self == .edDSA || self == .ed25519 }
}
