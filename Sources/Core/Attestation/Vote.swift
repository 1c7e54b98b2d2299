public import BLS12381
public import Cryptography
public import Encoding
public import Statements

/// One observer's word for an interval or a claim: its share's signature, and its own signature for that.
///
/// Eight share holders together can compute the others' shares, so a partial signature alone proves nothing against
/// anyone; the signature with the identity key does. It is a COSE_Sign1 message whose protected header is
/// `{1: -8, 4: key id}` and whose payload is the deterministic CBOR map
/// `{"slot", "epoch", "index", "venue", "digest", "height", "partial"}`.
public struct Vote: Equatable, Sendable {
    /// How many bytes a partial signature has.
    public static var partialSize: Int { 48 }

    /// The venue that is attested.
    public let venue: Text
    /// The epoch of the roster.
    public let epoch: UInt64
    /// The sequence number of an interval's last command; 0 for a claim.
    public let height: UInt64
    /// The number of what is attested, see `AttestedSlot`.
    public let slot: UInt64
    /// The SHA-256 of what is attested.
    public let digest: SHA256.Digest
    /// The seat that votes, 1 … 12.
    public let index: UInt32
    /// The signature of the digest by the seat's share, 48 bytes.
    public let partial: [UInt8]
    /// The signed message.
    public let message: COSESign1

    /// Votes for an interval or a claim.
    ///
    /// - Parameters:
    ///   - attested: What is attested.
    ///   - index: The seat, 1 … 12.
    ///   - partial: The signature of its digest by the seat's share.
    ///   - identityKey: The public key of `signer`, 32 bytes.
    ///   - signer: Signs the bytes it is given with the seat's identity key.
    /// - Throws: What `signer` throws.
    public init<Failure: Error>(
        for attested: Attested,
        index: UInt32,
        partial: Signature,
        identityKey: [UInt8],
        signer: (_ message: [UInt8]) throws(Failure) -> [UInt8]
    ) throws(Failure) {
        precondition((1...UInt32(StatementLimits.seatsMax)).contains(index))
        venue = attested.venue.text
        epoch = attested.epoch
        height = attested.height
        slot = attested.slot.rawValue
        digest = attested.digest
        self.index = index
        self.partial = partial.compressed
        var map = CBORMap()
        map["venue"] = .text(venue)
        map["epoch"] = .unsigned(epoch)
        map["height"] = .unsigned(height)
        map["slot"] = .unsigned(slot)
        map["digest"] = .bytes(digest.bytes)
        map["index"] = .unsigned(UInt64(index))
        map["partial"] = .bytes(self.partial)
        message = try COSESign1(
            protected: COSEHeaders(
                algorithm: .edDSA,
                keyID: StatementIssuer.keyID(of: identityKey)
            ),
            payload: CBORValue.map(map).encoded,
            signer: signer
        )
    }

    /// Reads a vote; whether its signatures are good is not checked here.
    ///
    /// - Parameters:
    ///   - bytes: The whole message.
    ///   - position: Where the vote stands, for the error.
    /// - Throws: `malformedVote` or `invalidVote`.
    public init(decoding bytes: [UInt8], position: Int = 0) throws(AttestationError) {
        let payload: CBORValue
        do throws(COSEError) {
            message = try COSESign1(decoding: bytes)
            payload = try Self.payload(of: message)
        } catch {
            throw .malformedVote(position: position, error)
        }
        func require<Value>(_ value: Value?, _ name: Text) throws(AttestationError) -> Value {
            guard let value else { throw .invalidVote(position: position, name: name) }
            return value
        }
        let header = message.protected
        guard header.map.entries.count == 2, header.algorithm?.isEdDSA == true,
            header.keyID?.count == StatementIssuer.keyIDSize,
            message.unprotected.map.entries.isEmpty
        else { throw .invalidVote(position: position, name: "header") }
        let map = try require(payload.map, "payload")
        guard map.entries.count == 7 else {
            throw .invalidVote(position: position, name: "set of members")
        }
        venue = try require(map["venue"]?.text, "venue")
        epoch = try require(map["epoch"]?.unsigned, "epoch")
        height = try require(map["height"]?.unsigned, "height")
        slot = try require(map["slot"]?.unsigned, "slot")
        let digest = try require(map["digest"]?.bytes, "digest")
        guard digest.count == SHA256.Digest.byteCount else {
            throw .invalidVote(position: position, name: "digest")
        }
        self.digest = SHA256.Digest(bytes: digest)
        let index = try require(map["index"]?.unsigned, "index")
        guard (1...UInt64(StatementLimits.seatsMax)).contains(index) else {
            throw .invalidVote(position: position, name: "index")
        }
        self.index = UInt32(index)
        partial = try require(map["partial"]?.bytes, "partial")
        guard partial.count == Self.partialSize else {
            throw .invalidVote(position: position, name: "partial")
        }
    }

    private static func payload(of message: COSESign1) throws(COSEError) -> CBORValue {
        guard let payload = message.payload else { throw .missingPayload }
        do throws(CBORError) {
            return try CBORValue(decoding: payload)
        } catch {
            throw .malformed(.message, error)
        }
    }

    /// The bytes of the vote.
    public var encoded: [UInt8] { message.encoded }

    /// Checks that the vote is for what is attested and signed by a seat's identity key; its partial signature is not
    /// checked here.
    ///
    /// - Parameters:
    ///   - attested: What it must be for.
    ///   - digest: The digest of that.
    ///   - seat: Whose vote it must be.
    ///   - identityKey: The seat's identity key.
    ///   - verifier: Checks an Ed25519 signature.
    /// - Throws: `otherVote`, `wrongKeyID` or `wrongIdentitySignature`.
    public func check(
        for attested: Attested,
        digest: SHA256.Digest,
        by seat: EpochStatement.Seat,
        identityKey: Ed25519.PublicKey,
        verifier: Ed25519Verifier
    ) throws(AttestationError) {
        guard index == seat.index else { throw .otherVote(seat: index, name: "seat") }
        guard venue == attested.venue.text else { throw .otherVote(seat: index, name: "venue") }
        guard epoch == attested.epoch else { throw .otherVote(seat: index, name: "epoch") }
        guard height == attested.height else {
            throw .otherVote(seat: index, name: "height")
        }
        guard slot == attested.slot.rawValue else { throw .otherVote(seat: index, name: "slot") }
        guard self.digest == digest else { throw .otherVote(seat: index, name: "digest") }
        try checkIdentity(identityKey, verifier: verifier)
    }

    /// Checks that an identity key signed the vote, whatever it is about.
    ///
    /// - Throws: `wrongKeyID` or `wrongIdentitySignature`.
    public func checkIdentity(
        _ key: Ed25519.PublicKey,
        verifier: Ed25519Verifier
    ) throws(AttestationError) {
        guard message.protected.keyID == StatementIssuer.keyID(of: key.bytes) else {
            throw .wrongKeyID(seat: index)
        }
        let isSigned = message.isValid { message, signature in verifier(signature, message, key) }
        guard isSigned else { throw .wrongIdentitySignature(seat: index) }
    }

    /// Whether two votes of one seat contradict each other: same venue, epoch and slot, another digest.
    ///
    /// Both signed, they are the evidence of equivocation.
    public func contradicts(_ other: Vote) -> Bool {
        venue == other.venue && epoch == other.epoch && slot == other.slot
            && index == other.index && digest != other.digest
    }
}
