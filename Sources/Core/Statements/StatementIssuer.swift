import Cryptography
public import Encoding
import Primitives

/// Who signs the statements of a venue: turns what is to be said into leaves of the log.
public struct StatementIssuer: Sendable {
    /// How many bytes of its hash name a key.
    public static var keyIDSize: Int { 8 }

    /// The venue's DID.
    public let did: OrbitDID
    /// The first 8 bytes of the SHA-256 of the venue's public key.
    public let keyID: [UInt8]
    private let issuer: Text

    /// Makes an issuer of a venue and its public key.
    public init(venue: VenueName, publicKey: [UInt8]) {
        did = venue.did
        issuer = did.text
        keyID = Self.keyID(of: publicKey)
    }

    /// How statements and votes name a key: the first 8 bytes of its SHA-256.
    public static func keyID(of publicKey: [UInt8]) -> [UInt8] {
        Array(SHA256.hash(of: publicKey).bytes[..<keyIDSize])
    }

    /// Signs a statement.
    ///
    /// - Parameters:
    ///   - content: What is said.
    ///   - signer: Signs the bytes it is given with the venue's Ed25519 key.
    /// - Returns: The statement; its `encoded` bytes are the leaf.
    /// - Throws: What `signer` throws.
    public func sign<Content: StatementContent, Failure: Error>(
        _ content: Content,
        signer: (_ message: [UInt8]) throws(Failure) -> [UInt8]
    ) throws(Failure) -> SignedStatement {
        try SignedStatement(
            payload: content.encoded,
            contentType: Content.type.contentType,
            algorithm: .edDSA,
            keyID: keyID,
            issuer: issuer,
            subject: content.subject.text,
            issuedAt: Self.seconds(content.time),
            signer: signer
        )
    }

    /// The bytes of the leaf that `sign` gives, written without building the message's parts first.
    ///
    /// A venue makes thousands of leaves a second; this costs a few microseconds besides the signature.
    ///
    /// - Parameters:
    ///   - content: What is said.
    ///   - signer: Signs the bytes it is given with the venue's Ed25519 key.
    /// - Returns: The leaf.
    /// - Throws: What `signer` throws.
    public func leaf<Content: StatementContent, Failure: Error>(
        _ content: Content,
        signer: (_ message: [UInt8]) throws(Failure) -> [UInt8]
    ) throws(Failure) -> [UInt8] {
        let payload = content.encoded
        let protected = protectedHeader(
            contentType: Content.type.contentType,
            subject: content.subject.text,
            issuedAt: Self.seconds(content.time)
        )
        let signature = try signer(
            COSESign1.message(protected: protected, externalData: [], payload: payload)
        )
        var encoder = CBOREncoder(
            capacity: payload.count + protected.count + signature.count + 16
        )
        encoder.append(tag: COSESign1.tag)
        encoder.append(arrayCount: 4)
        encoder.append(bytes: protected)
        encoder.append(mapCount: 0)
        encoder.append(bytes: payload)
        encoder.append(bytes: signature)
        return encoder.bytes
    }

    /// The protected header, its labels in the order of their encodings: 1, 3, 4 and 15.
    private func protectedHeader(
        contentType: Text,
        subject: Text,
        issuedAt: Int64
    ) -> [UInt8] {
        var encoder = CBOREncoder(capacity: 192)
        encoder.append(mapCount: 4)
        encoder.append(integer: COSELabel.algorithm)
        encoder.append(integer: COSEAlgorithm.edDSA.rawValue)
        encoder.append(integer: COSELabel.contentType)
        encoder.append(text: contentType)
        encoder.append(integer: COSELabel.keyID)
        encoder.append(bytes: keyID)
        encoder.append(integer: COSELabel.claims)
        encoder.append(mapCount: 3)
        encoder.append(integer: CWTClaims.issuer)
        encoder.append(text: issuer)
        encoder.append(integer: CWTClaims.subject)
        encoder.append(text: subject)
        encoder.append(integer: CWTClaims.issuedAt)
        encoder.append(integer: issuedAt)
        return encoder.bytes
    }

    private static func seconds(_ time: Timestamp) -> Int64 {
        Int64(time.nanoseconds / 1_000_000_000)
    }
}
