public import Cryptography
public import Encoding
public import Primitives

/// An observer's signed refusal to attest, with its reason.
///
/// The observer signs `signedPayload` in a COSE_Sign1 message; the leaf has its members together with the
/// signature, so that whoever reads the log can check that the observer said so.
public struct DissentStatement: StatementContent {
    /// How many bytes the signature has.
    public static var signatureSize: Int { 64 }

    /// The kind of statement.
    public static var type: StatementType { .dissent }

    /// The venue that is observed.
    public var venue: VenueName
    /// The epoch of the roster.
    public var epoch: UInt64
    /// The seat, 1 … 12.
    public var index: UInt32
    /// For which slot the observer does not sign.
    public var slot: AttestedSlot
    /// The SHA-256 of what it does not sign.
    public var digest: SHA256.Digest
    /// Why: one line of 1 to 512 bytes.
    public var reason: Text
    /// When it refused.
    public var time: Timestamp
    /// The first 8 bytes of the SHA-256 of the observer's identity key.
    public var keyID: [UInt8]
    /// The signature of the message with the identity key, 64 bytes.
    public var signature: [UInt8]

    /// Makes a statement of its parts.
    public init(
        venue: VenueName,
        epoch: UInt64,
        index: UInt32,
        slot: AttestedSlot,
        digest: SHA256.Digest,
        reason: Text,
        time: Timestamp,
        keyID: [UInt8],
        signature: [UInt8]
    ) {
        precondition(keyID.count == StatementIssuer.keyIDSize)
        precondition(signature.count == Self.signatureSize)
        self.venue = venue
        self.epoch = epoch
        self.index = index
        self.slot = slot
        self.digest = digest
        self.reason = reason
        self.time = time
        self.keyID = keyID
        self.signature = signature
    }

    /// Reads the payload of a leaf.
    ///
    /// - Throws: What is wrong and where.
    public init(decoding payload: [UInt8]) throws(StatementError) {
        var object = try ObjectReader(decoding: payload)
        let keyID = try object.hexadecimal("keyID", count: StatementIssuer.keyIDSize)
        let signature = try object.hexadecimal("signature", count: Self.signatureSize)
        try self.init(&object, keyID: keyID, signature: signature)
    }

    /// Reads what the observer signed.
    ///
    /// - Throws: What is wrong and where.
    public init(
        signedPayload: [UInt8],
        keyID: [UInt8],
        signature: [UInt8]
    ) throws(StatementError) {
        var object = try ObjectReader(decoding: signedPayload)
        try self.init(&object, keyID: keyID, signature: signature)
    }

    private init(
        _ object: inout ObjectReader,
        keyID: [UInt8],
        signature: [UInt8]
    ) throws(StatementError) {
        try object.requireType(.dissent)
        venue = try object.venue()
        epoch = try object.decimal("epoch")
        index = try object.number("index", in: 1...UInt32(StatementLimits.seatsMax))
        guard let slot = AttestedSlot(rawValue: try object.decimal("slot")) else {
            throw object.invalid("slot", "the number of an interval or a claim")
        }
        self.slot = slot
        digest = try object.digest("digest")
        reason = try object.line("reason")
        time = try object.time()
        try object.requireEnd()
        self.keyID = keyID
        self.signature = signature
    }

    /// What the observer signs: canonical JSON without `keyID` and `signature`.
    public var signedPayload: [UInt8] { encode(withSignature: false) }

    /// The payload of the leaf: canonical JSON.
    public var encoded: [UInt8] { encode(withSignature: true) }

    private func encode(withSignature: Bool) -> [UInt8] {
        var writer = CanonicalWriter(capacity: 768)
        writer.beginObject()
        writer.member("digest", hexadecimal: digest)
        writer.member("epoch", decimal: epoch)
        writer.member("index", number: index)
        if withSignature { writer.member("keyID", hexadecimal: keyID) }
        writer.member("reason", text: reason)
        if withSignature { writer.member("signature", hexadecimal: signature) }
        writer.member("slot", decimal: slot.rawValue)
        writer.member("time", decimal: time.nanoseconds)
        writer.type(.dissent)
        writer.member("venue", plain: venue.text)
        writer.endObject()
        return writer.bytes
    }

    /// The buyer's contract if a claim was refused, otherwise the venue.
    public var subject: OrbitDID {
        guard let trade = slot.trade else { return venue.did }
        return OrbitDID(contract: trade.buyerContract, at: venue)
    }
}
