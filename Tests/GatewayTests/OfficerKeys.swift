import Access
import Cryptography
import Encoding
import KeyStore
import Platform
import Testing

/// Two operators and a regulator, with keys that the venue's file names.
struct OfficerKeys {
    private let seeds: [String: [UInt8]]

    init() {
        var seeds: [String: [UInt8]] = [:]
        for (index, name) in ["first", "second", "regulator"].enumerated() {
            seeds[name] = [UInt8](repeating: UInt8(index + 1), count: SigningKey.seedByteCount)
        }
        self.seeds = seeds
    }

    /// The part of the venue's file.
    var file: String {
        ["first", "second", "regulator"].map { name in
            let key = Hex.encode(SigningKey(seed: seeds[name] ?? []).publicKey.bytes)
            return """

                [[operator]]
                name = "\(name)"
                public_key = "\(key)"
                role = "\(name == "regulator" ? "regulator" : "operator")"

                """
        }.joined()
    }

    /// Signs one of them in.
    func signIn(_ name: String, _ venue: TestVenue) throws -> TestVenue.Member {
        try venue.signIn(name, SigningKey(seed: try #require(seeds[name])), userID: "")
    }
}
