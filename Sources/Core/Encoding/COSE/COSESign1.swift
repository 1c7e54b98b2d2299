/// A message with one signature (RFC 9052 §4.2): `18([protected, unprotected, payload, signature])`.
///
/// The bytes of the protected header are kept as they were received, because they are what is signed. How
/// signatures are made and checked is not known here: both are handed in as functions of the message's bytes.
public struct COSESign1: Equatable, Sendable {
    /// The tag of the message.
    public static var tag: UInt64 { 18 }

    /// The protected header as it is in the message.
    public let protectedBytes: [UInt8]
    /// The parameters that are signed.
    public let protected: COSEHeaders
    /// The parameters that are not.
    public let unprotected: COSEHeaders
    /// What is signed; none if the reader must have it from elsewhere.
    public let payload: [UInt8]?
    /// The signature.
    public let signature: [UInt8]

    /// Makes a message by signing.
    ///
    /// - Parameters:
    ///   - protected: The parameters that are signed.
    ///   - unprotected: The parameters that are not; they must not repeat a label of the others.
    ///   - payload: What is signed.
    ///   - isDetached: Whether the message leaves the payload out.
    ///   - externalData: What is signed besides, and is not in the message.
    ///   - signer: Signs the bytes it is given.
    /// - Throws: What `signer` throws.
    public init<Failure: Error>(
        protected: COSEHeaders,
        unprotected: COSEHeaders = COSEHeaders(),
        payload: [UInt8],
        isDetached: Bool = false,
        externalData: [UInt8] = [],
        signer: (_ message: [UInt8]) throws(Failure) -> [UInt8]
    ) throws(Failure) {
        precondition(Self.repeatedLabel(protected, unprotected) == nil)
        protectedBytes = protected.encoded
        self.protected = protected
        self.unprotected = unprotected
        self.payload = isDetached ? nil : payload
        signature = try signer(
            Self.message(
                protected: protectedBytes,
                externalData: externalData,
                payload: payload
            )
        )
    }

    /// The same message with other parameters that are not signed; they must not repeat a label of the others.
    public init(_ other: COSESign1, unprotected: COSEHeaders) {
        precondition(Self.repeatedLabel(other.protected, unprotected) == nil)
        protectedBytes = other.protectedBytes
        protected = other.protected
        self.unprotected = unprotected
        payload = other.payload
        signature = other.signature
    }

    /// Reads a message.
    ///
    /// - Parameters:
    ///   - bytes: The whole message.
    ///   - limits: How large and deep it may be.
    ///   - leniency: The forms that are accepted although they are not deterministic.
    ///   - isTagged: Whether the tag must be there, or must not.
    /// - Throws: `malformed` for the message or its protected header; `invalidLabel`, `invalidValue` and
    ///   `invalidClaim` for a header; `repeatedLabel` and `notUnderstood` for both together.
    /// - Complexity: O(n).
    public init(
        decoding bytes: [UInt8],
        limits: DecodingLimits = .standard,
        accepting leniency: CBORLeniency = [],
        isTagged: Bool = true
    ) throws(COSEError) {
        let fields: Fields
        do throws(CBORError) {
            fields = try Fields(bytes, limits, leniency, isTagged: isTagged)
        } catch {
            throw .malformed(.message, error)
        }
        var map = CBORMap()
        do throws(CBORError) {
            map = try Self.protectedMap(fields.protectedBytes, limits, leniency)
        } catch {
            throw .malformed(.protectedHeader, error)
        }
        protectedBytes = fields.protectedBytes
        protected = try COSEHeaders(map)
        unprotected = try COSEHeaders(fields.unprotected)
        payload = fields.payload
        signature = fields.signature
        if let label = Self.repeatedLabel(protected, unprotected) { throw .repeatedLabel(label) }
        try checkCritical()
    }

    /// The message in deterministic encoding, with the protected header as it was received.
    ///
    /// - Complexity: O(n).
    public var encoded: [UInt8] {
        CBORValue.tagged(
            Self.tag,
            .array([
                .bytes(protectedBytes), .map(unprotected.map),
                payload.map(CBORValue.bytes) ?? .null, .bytes(signature),
            ])
        )
        .encoded
    }

    /// The bytes that the signature is about (RFC 9052 §4.4).
    ///
    /// They are none if the payload is neither in the message nor given, or both: then it would not be clear
    /// which one is meant.
    ///
    /// - Complexity: O(n).
    public func message(
        detachedPayload: [UInt8]? = nil,
        externalData: [UInt8] = []
    ) -> [UInt8]? {
        guard (payload == nil) != (detachedPayload == nil) else { return nil }
        guard let signed = payload ?? detachedPayload else { return nil }
        // An empty map is signed as if it were no bytes, however the message has it.
        return Self.message(
            protected: protected.map.entries.isEmpty ? [] : protectedBytes,
            externalData: externalData,
            payload: signed
        )
    }

    /// Whether the signature is good.
    ///
    /// - Parameters:
    ///   - detachedPayload: The payload if the message leaves it out.
    ///   - externalData: What was signed besides.
    ///   - verifier: Checks a signature of a message.
    /// - Returns: What `verifier` says; false without asking it if there is no payload, or two.
    /// - Throws: What `verifier` throws.
    public func isValid<Failure: Error>(
        detachedPayload: [UInt8]? = nil,
        externalData: [UInt8] = [],
        verifier: (_ message: [UInt8], _ signature: [UInt8]) throws(Failure) -> Bool
    ) throws(Failure) -> Bool {
        let message = message(detachedPayload: detachedPayload, externalData: externalData)
        guard let message else { return false }
        return try verifier(message, signature)
    }

    /// The structure that is signed: `["Signature1", protected, externalData, payload]` (RFC 9052 §4.4).
    ///
    /// - Complexity: O(n).
    public static func message(
        protected: [UInt8],
        externalData: [UInt8],
        payload: [UInt8]
    ) -> [UInt8] {
        var encoder = CBOREncoder(
            capacity: 40 + protected.count + externalData.count + payload.count
        )
        encoder.append(arrayCount: 4)
        encoder.append(text: "Signature1")
        encoder.append(bytes: protected)
        encoder.append(bytes: externalData)
        encoder.append(bytes: payload)
        return encoder.bytes
    }
}

extension COSESign1 {
    /// The four parts of the message as they are read.
    private struct Fields {
        var protectedBytes: [UInt8]
        var unprotected: CBORMap
        var payload: [UInt8]?
        var signature: [UInt8]

        init(
            _ bytes: [UInt8],
            _ limits: DecodingLimits,
            _ leniency: CBORLeniency,
            isTagged: Bool
        ) throws(CBORError) {
            var decoder = try CBORDecoder(bytes, limits: limits, accepting: leniency)
            if isTagged, try decoder.readTag() != COSESign1.tag {
                throw .unexpectedType(position: 0)
            }
            let start = decoder.position
            guard try decoder.readArrayCount() == 4 else { throw .unexpectedType(position: start) }
            protectedBytes = try decoder.readBytes()
            let unprotectedStart = decoder.position
            guard case .map(let map) = try decoder.readValue() else {
                throw .unexpectedType(position: unprotectedStart)
            }
            unprotected = map
            let payloadStart = decoder.position
            switch try decoder.readValue() {
            case .bytes(let bytes): payload = bytes
            case .null: payload = nil
            default: throw .unexpectedType(position: payloadStart)
            }
            signature = try decoder.readBytes()
            try decoder.requireEnd()
        }
    }

    private static func protectedMap(
        _ bytes: [UInt8],
        _ limits: DecodingLimits,
        _ leniency: CBORLeniency
    ) throws(CBORError) -> CBORMap {
        if bytes.isEmpty { return CBORMap() }
        let value = try CBORValue(decoding: bytes, limits: limits, accepting: leniency)
        guard case .map(let map) = value else { throw .unexpectedType(position: 0) }
        return map
    }

    private static func repeatedLabel(_ left: COSEHeaders, _ right: COSEHeaders) -> CBORValue? {
        for entry in left.map.entries where right.map[entry.key] != nil { return entry.key }
        return nil
    }

    /// Checks that all is understood that must be (RFC 9052 §3.1).
    private func checkCritical() throws(COSEError) {
        if unprotected.map[COSELabel.critical] != nil {
            throw .unexpected(.integer(COSELabel.critical))
        }
        for label in protected.map[COSELabel.critical]?.array ?? [] {
            switch label.integer {
            case COSELabel.algorithm, COSELabel.contentType, COSELabel.keyID, COSELabel.claims,
                COSELabel.tree:
                guard protected.map[label] != nil else { throw .notUnderstood(label) }
            default: throw .notUnderstood(label)
            }
        }
    }
}
