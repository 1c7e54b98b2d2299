/// The party to which passkeys belong (Web Authentication, Level 2, §5.1.2).
public struct PasskeyParty: Sendable {
    /// The domain, such as `localhost` or `venue.example`; passkeys are bound to it for ever.
    public let id: String
    /// What the browser shows.
    public let name: String
    /// The origins of the pages that may ask, such as `http://localhost:8080`.
    public let origins: [String]
    /// Whether the authenticator must check who the user is, by a PIN or a sensor.
    public var requiresUserVerification = true

    /// Makes a party.
    public init(id: String, name: String, origins: [String]) {
        self.id = id
        self.name = name
        self.origins = origins
    }

    func check() throws(AccessError) {
        guard (1...253).contains(id.utf8.count), id == id.lowercased(),
            id.utf8.allSatisfy({ byte in (0x21...0x7e).contains(byte) && byte != 0x2f })
        else { throw .misconfigured("a passkeys' domain is a host's name in lower case") }
        guard (1...64).contains(name.utf8.count) else {
            throw .misconfigured("a passkeys' party has a name of 1 to 64 bytes")
        }
        guard (1...16).contains(origins.count), origins.allSatisfy(isSuitable) else {
            throw .misconfigured(
                "passkeys are used on 1 to 16 origins, https or http on localhost, "
                    + "whose hosts end with the domain \(id)"
            )
        }
    }

    /// Whether a browser would let a page of the origin use the domain.
    private func isSuitable(_ origin: String) -> Bool {
        let rest: Substring
        if origin.hasPrefix("https://") {
            rest = origin.dropFirst(8)
        } else if origin.hasPrefix("http://") {
            rest = origin.dropFirst(7)
        } else {
            return false
        }
        guard !rest.contains("/") else { return false }
        let host = rest.prefix { character in character != ":" }
        if origin.hasPrefix("http://"), host != "localhost", !host.hasSuffix(".localhost") {
            return false
        }
        return host == id || host.hasSuffix("." + id)
    }
}
