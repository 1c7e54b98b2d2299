internal import Encoding

/// A credential as browsers write it in JSON (Web Authentication, Level 3, §5.1; Level 2 has the members).
///
///     {"id": …, "rawId": …, "type": "public-key", "response": {…}, …}
///
/// Bytes are base64 for URLs without padding. Members that are not needed are ignored: browsers add some.
struct PasskeyAnswer: Sendable {
    private static let signatureBytesMax = 1_024
    private static let transportsMax = 8

    /// The credential's identifier.
    let id: [UInt8]
    let clientData: [UInt8]
    private let response: JSONObject

    /// Reads what both ceremonies have.
    ///
    /// - Throws: `malformed`.
    init(_ value: JSONValue) throws(AccessError) {
        guard let object = value.object, object["type"] == .string("public-key"),
            let rawID = object["rawId"], object["id"] == rawID,
            let response = object["response"]?.object
        else { throw .passkey(.malformed) }
        id = try Self.bytes(rawID, countMax: AuthenticatorData.credentialBytesMax)
        clientData = try Self.bytes(response["clientDataJSON"], countMax: 8_192)
        self.response = response
    }

    private static func bytes(
        _ value: JSONValue?,
        countMax: Int
    ) throws(AccessError) -> [UInt8] {
        guard let text = value?.string, text.utf8.count <= (countMax + 2) / 3 * 4 else {
            throw .passkey(.malformed)
        }
        let bytes: [UInt8]
        do throws(Base64.DecodingError) {
            bytes = try Base64.url.decode(text.utf8)
        } catch {
            throw .passkey(.malformed)
        }
        guard (1...countMax).contains(bytes.count) else { throw .passkey(.malformed) }
        return bytes
    }

    /// The attestation object of a registration.
    func attestationObject() throws(AccessError) -> [UInt8] {
        try Self.bytes(response["attestationObject"], countMax: 32_768)
    }

    /// The authenticator data of a sign-in.
    func authenticatorData() throws(AccessError) -> [UInt8] {
        try Self.bytes(response["authenticatorData"], countMax: 16_384)
    }

    /// The signature of a sign-in.
    func signature() throws(AccessError) -> [UInt8] {
        try Self.bytes(response["signature"], countMax: Self.signatureBytesMax)
    }

    /// The user that a discoverable credential names; none if it names nobody.
    func userHandle() throws(AccessError) -> [UInt8]? {
        guard let value = response["userHandle"], value != .null else { return nil }
        return try Self.bytes(value, countMax: 64)
    }

    /// How the authenticator is reached, as words with a blank between two; what is no word is left out.
    var transports: String {
        let words = response["transports"]?.array ?? []
        return words.prefix(Self.transportsMax).compactMap { value in value.string?.string }
            .filter { word in
                (1...32).contains(word.utf8.count)
                    && word.utf8.allSatisfy { byte in
                        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                            || byte == UInt8(ascii: "-")
                    }
            }
            .joined(separator: " ")
    }
}
