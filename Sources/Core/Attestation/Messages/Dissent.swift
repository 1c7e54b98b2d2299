public import Cryptography
public import Encoding
public import Primitives
public import Statements

/// An observer's signed refusal, as it travels: a COSE_Sign1 message with the protected header
/// `{1: -8, 4: key id}` over the canonical JSON of `DissentStatement.signedPayload`.
public struct Dissent: Equatable, Sendable {
    /// Most bytes of a message.
    public static var bytesMax: Int { 4_096 }

    /// What it says, with the signature: also the statement that the log has.
    public let statement: DissentStatement

    /// Signs a refusal.
    ///
    /// - Parameters:
    ///   - attested: What the observer was asked to attest.
    ///   - index: The seat, 1 … 12.
    ///   - reason: Why not: one line of 1 to 512 bytes.
    ///   - time: When.
    ///   - identityKey: The public key of `signer`, 32 bytes.
    ///   - signer: Signs the bytes it is given with the seat's identity key.
    /// - Throws: What `signer` throws.
    public init<Failure: Error>(
        from attested: Attested,
        index: UInt32,
        reason: Text,
        time: Timestamp,
        identityKey: [UInt8],
        signer: (_ message: [UInt8]) throws(Failure) -> [UInt8]
    ) throws(Failure) {
        precondition((1...UInt32(StatementLimits.seatsMax)).contains(index))
        var statement = DissentStatement(
            venue: attested.venue,
            epoch: attested.epoch,
            index: index,
            slot: attested.slot,
            digest: attested.digest,
            reason: reason,
            time: time,
            keyID: StatementIssuer.keyID(of: identityKey),
            signature: [UInt8](repeating: 0, count: DissentStatement.signatureSize)
        )
        statement.signature = try COSESign1(
            protected: COSEHeaders(algorithm: .edDSA, keyID: statement.keyID),
            payload: statement.signedPayload,
            signer: signer
        ).signature
        self.statement = statement
    }

    /// Takes what the log says of a refusal; whether the signature is good is not checked here.
    public init(_ statement: DissentStatement) { self.statement = statement }

    /// Reads a message; whether the signature is good is not checked here.
    ///
    /// - Throws: `malformedDissent` or `invalidDissent`.
    public init(decoding bytes: [UInt8]) throws(AttestationError) {
        let message: COSESign1
        do throws(COSEError) {
            let limits = DecodingLimits(bytesMax: Self.bytesMax, depthMax: 8)
            message = try COSESign1(decoding: bytes, limits: limits)
        } catch {
            throw .malformedDissent(error)
        }
        let header = message.protected
        guard header.map.entries.count == 2, header.algorithm == .edDSA,
            let keyID = header.keyID, keyID.count == StatementIssuer.keyIDSize,
            message.unprotected.map.entries.isEmpty,
            message.signature.count == DissentStatement.signatureSize
        else { throw .invalidMessage(kind: "dissent", name: "header") }
        guard let payload = message.payload else { throw .malformedDissent(.missingPayload) }
        do throws(StatementError) {
            statement = try DissentStatement(
                signedPayload: payload,
                keyID: keyID,
                signature: message.signature
            )
        } catch {
            throw .invalidDissent(error)
        }
    }

    /// The bytes of the message.
    public var encoded: [UInt8] { message.encoded }

    private var message: COSESign1 {
        let signature = statement.signature
        return COSESign1(
            protected: COSEHeaders(algorithm: .edDSA, keyID: statement.keyID),
            payload: statement.signedPayload,
            signer: { _ in signature }
        )
    }

    /// Checks that a seat of a roster signed it.
    ///
    /// - Parameters:
    ///   - roster: The roster of the epoch.
    ///   - verifier: Checks an Ed25519 signature.
    /// - Throws: `otherRoster`, `unknownSeat`, `wrongKeyID` or `wrongIdentitySignature`.
    public func check(by roster: Roster, verifier: Ed25519Verifier) throws(AttestationError) {
        guard statement.venue == roster.statement.venue else { throw .otherRoster(name: "venue") }
        guard statement.epoch == roster.statement.epoch else { throw .otherRoster(name: "epoch") }
        guard let seat = roster.seat(statement.index) else { throw .unknownSeat(statement.index) }
        let key = seat.identityKey
        guard statement.keyID == StatementIssuer.keyID(of: key.bytes) else {
            throw .wrongKeyID(seat: statement.index)
        }
        let isSigned = message.isValid { message, signature in verifier(signature, message, key) }
        guard isSigned else { throw .wrongIdentitySignature(seat: statement.index) }
    }
}
