internal import Encoding

/// What a page hands to the browser, in the browser's own JSON (Web Authentication, Level 3, §5.1.9 and §5.1.10;
/// the members are those of Level 2, §5.4 and §5.5).
enum PasskeyOptions {
    /// How long the browser may wait for the user, in milliseconds: as long as the challenge is good.
    private static let timeoutMilliseconds = AccessLimits.challengeSeconds * 1_000

    /// A credential that the browser is told of.
    struct Descriptor: Sendable {
        var id: [UInt8]
        var transports: String

        init(_ stored: StoredUserKey) {
            id = stored.handle
            transports = stored.transports
        }

        init(id: [UInt8]) {
            self.id = id
            transports = ""
        }

        var json: JSONValue {
            var object = JSONObject()
            object["type"] = .string("public-key")
            object["id"] = .string(Text(Base64.url.encode(id)))
            let words = transports.split(separator: " ")
            if !words.isEmpty {
                object["transports"] = .array(words.map { word in .string(Text(String(word))) })
            }
            return .object(object)
        }
    }

    /// For `navigator.credentials.create`, as `PublicKeyCredential.parseCreationOptionsFromJSON` takes it.
    static func creation(
        _ party: PasskeyParty,
        user: UserID,
        userName: String,
        challenge: [UInt8],
        excluding: [Descriptor]
    ) -> JSONValue {
        var partyObject = JSONObject()
        partyObject["id"] = .string(Text(party.id))
        partyObject["name"] = .string(Text(party.name))
        var userObject = JSONObject()
        userObject["id"] = .string(Text(Base64.url.encode(user.bytes)))
        userObject["name"] = .string(Text(userName))
        userObject["displayName"] = .string(Text(userName))
        var selection = JSONObject()
        selection["residentKey"] = .string("preferred")
        selection["requireResidentKey"] = .boolean(false)
        selection["userVerification"] = verification(party)
        var object = JSONObject()
        object["rp"] = .object(partyObject)
        object["user"] = .object(userObject)
        object["challenge"] = .string(Text(Base64.url.encode(challenge)))
        object["pubKeyCredParams"] = .array(PasskeyKey.algorithms.map(parameter))
        object["timeout"] = .integer(timeoutMilliseconds)
        object["excludeCredentials"] = .array(excluding.map(\.json))
        object["authenticatorSelection"] = .object(selection)
        object["attestation"] = .string("none")
        return .object(object)
    }

    private static func parameter(_ algorithm: Int64) -> JSONValue {
        guard let number = JSONNumber(exactly: algorithm) else {
            preconditionFailure("the numbers of algorithms are small")
        }
        var object = JSONObject()
        object["type"] = .string("public-key")
        object["alg"] = .number(number)
        return .object(object)
    }

    /// For `navigator.credentials.get`, as `PublicKeyCredential.parseRequestOptionsFromJSON` takes it.
    ///
    /// Without any allowed credential the browser offers those that it can discover.
    static func request(
        _ party: PasskeyParty,
        challenge: [UInt8],
        allowing: [Descriptor]
    ) -> JSONValue {
        var object = JSONObject()
        object["challenge"] = .string(Text(Base64.url.encode(challenge)))
        object["timeout"] = .integer(timeoutMilliseconds)
        object["rpId"] = .string(Text(party.id))
        object["allowCredentials"] = .array(allowing.map(\.json))
        object["userVerification"] = verification(party)
        return .object(object)
    }

    private static func verification(_ party: PasskeyParty) -> JSONValue {
        .string(party.requiresUserVerification ? "required" : "preferred")
    }
}
