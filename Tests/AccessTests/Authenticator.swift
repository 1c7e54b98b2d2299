import Cryptography
import Encoding
import KeyStore

/// A browser with an authenticator in it, which does what it is told, also what none would do.
struct Authenticator {
    var key: AuthenticatorKey
    var credentialID: [UInt8]
    var userHandle: [UInt8]?
    var counter: UInt32 = 0
    /// UP, UV.
    var flags: UInt8 = 0x05
    var domain = "localhost"
    var origin = "http://localhost:8080"
    var clientMembers: [(Text, JSONValue)] = []
    var type: Text?
    var format: Text = "none"
    var statement = CBORMap()
    /// CBOR behind the credential.
    var extensions: [UInt8] = []
    /// What happens to the parts before they are signed or sent.
    var changeClientData: ([UInt8]) -> [UInt8] = { $0 }
    var changeData: ([UInt8]) -> [UInt8] = { $0 }
    var changeSignature: ([UInt8]) -> [UInt8] = { $0 }
    var changeAttestation: ([UInt8]) -> [UInt8] = { $0 }

    init(_ algorithm: AuthenticatorKey.Algorithm = .ed25519, id: UInt8 = 1) {
        key = AuthenticatorKey(algorithm, seed: [UInt8](repeating: id, count: 32))
        credentialID = [UInt8](repeating: id, count: 20)
    }

    /// The public key as authenticators write it.
    var coseKey: CBORValue {
        let bytes = key.publicBytes
        let entries: [(Int64, CBORValue)] =
            switch key.algorithm {
            case .ed25519:
                [(1, .integer(1)), (3, .integer(-8)), (-1, .integer(6)), (-2, .bytes(bytes))]
            case .es256:
                [
                    (1, .integer(2)), (3, .integer(-7)), (-1, .integer(1)),
                    (-2, .bytes(Array(bytes[1..<33]))), (-3, .bytes(Array(bytes[33...]))),
                ]
            case .rs256:
                [
                    (1, .integer(3)), (3, .integer(-257)), (-1, .bytes(bytes)),
                    (-2, .bytes([1, 0, 1])),
                ]
            }
        return .map(CBORMap(entries.map { CBORMap.Entry(.integer($0), $1) }) ?? CBORMap())
    }

    private func clientData(_ type: Text, _ challenge: JSONValue?) -> [UInt8] {
        var object = JSONObject()
        object["type"] = .string(self.type ?? type)
        object["challenge"] = challenge
        object["origin"] = .string(Text(origin))
        object["crossOrigin"] = .boolean(false)
        for (name, value) in clientMembers { object[name] = value }
        return changeClientData(JSONValue.object(object).canonical)
    }

    private func head(_ flags: UInt8) -> [UInt8] {
        SHA256.hash(of: Array(domain.utf8)).bytes + [flags]
            + (0..<4).map { UInt8(truncatingIfNeeded: counter >> (24 - 8 * UInt32($0))) }
    }

    /// The attested credential data with the head before it.
    var registrationData: [UInt8] {
        let flags = flags | 0x40 | (extensions.isEmpty ? 0 : 0x80)
        let count = credentialID.count
        return head(flags) + [UInt8](repeating: 0, count: 16)
            + [UInt8(count >> 8), UInt8(count & 0xff)] + credentialID + coseKey.encoded
            + extensions
    }

    /// `navigator.credentials.create` and `toJSON`.
    mutating func create(_ options: JSONValue) -> JSONValue {
        let user = options.object?["user"]?.object?["id"]?.string?.string ?? ""
        userHandle = Result { try Base64.url.decode(user) }.value
        let client = clientData("webauthn.create", options.object?["challenge"])
        var map = CBORMap()
        map["fmt"] = .text(format)
        map["attStmt"] = .map(statement)
        map["authData"] = .bytes(changeData(registrationData))
        let attestation = changeAttestation(CBORValue.map(map).encoded)
        var response = JSONObject()
        response["clientDataJSON"] = Self.text(client)
        response["attestationObject"] = Self.text(attestation)
        response["transports"] = .array([.string("internal"), .string("hybrid")])
        return credential(response)
    }

    /// `navigator.credentials.get` and `toJSON`.
    mutating func get(_ options: JSONValue) -> JSONValue {
        let client = clientData("webauthn.get", options.object?["challenge"])
        let data = changeData(head(flags | (extensions.isEmpty ? 0 : 0x80)) + extensions)
        let signature = key.sign(data + SHA256.hash(of: client).bytes)
        var response = JSONObject()
        response["clientDataJSON"] = Self.text(client)
        response["authenticatorData"] = Self.text(data)
        response["signature"] = Self.text(changeSignature(signature))
        if let userHandle { response["userHandle"] = Self.text(userHandle) }
        return credential(response)
    }

    private func credential(_ response: JSONObject) -> JSONValue {
        var object = JSONObject()
        object["id"] = Self.text(credentialID)
        object["rawId"] = Self.text(credentialID)
        object["type"] = .string("public-key")
        object["authenticatorAttachment"] = .string("platform")
        object["clientExtensionResults"] = .object(JSONObject())
        object["response"] = .object(response)
        return .object(object)
    }

    static func text(_ bytes: [UInt8]) -> JSONValue {
        .string(Text(Base64.url.encode(bytes)))
    }
}
