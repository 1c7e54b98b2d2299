internal import Cryptography
internal import Encoding

/// What the browser says about the page that asked (Web Authentication, Level 2, §5.8.1).
package struct ClientData: Sendable {
    /// Which of both ceremonies it is.
    package enum Ceremony: String, Sendable {
        /// A credential is made.
        case create = "webauthn.create"
        /// A credential is used.
        case get = "webauthn.get"
    }

    private static let limits = DecodingLimits(bytesMax: 8_192, depthMax: 4)

    /// The challenge.
    package let challenge: [UInt8]
    /// SHA-256 of the bytes, which the authenticator signs.
    package let hash: [UInt8]

    /// Reads it and checks all but the challenge.
    ///
    /// - Throws: `malformed`, `wrongType`, `wrongOrigin`, `crossOrigin`; `wrongChallenge` for one that cannot
    ///   be from here.
    package init(
        _ bytes: [UInt8],
        _ ceremony: Ceremony,
        _ party: PasskeyParty
    ) throws(AccessError) {
        let value: JSONValue
        do throws(JSONError) {
            value = try JSONValue(decoding: bytes, limits: Self.limits)
        } catch {
            throw .passkey(.malformed)
        }
        guard let object = value.object, let type = object["type"]?.string?.string,
            let challenge = object["challenge"]?.string?.string,
            let origin = object["origin"]?.string?.string
        else { throw .passkey(.malformed) }
        guard type == ceremony.rawValue else { throw .passkey(.wrongType) }
        switch object["crossOrigin"] {
        case nil, .boolean(false): break
        case .boolean(true): throw .passkey(.crossOrigin)
        default: throw .passkey(.malformed)
        }
        guard object["topOrigin"] == nil else { throw .passkey(.crossOrigin) }
        guard party.origins.contains(where: { known in Text(known) == Text(origin) }) else {
            throw .passkey(.wrongOrigin)
        }
        do throws(Base64.DecodingError) {
            self.challenge = try Base64.url.decode(challenge)
        } catch {
            throw .passkey(.wrongChallenge)
        }
        hash = SHA256.hash(of: bytes).bytes
    }
}
