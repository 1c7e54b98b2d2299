package import Configuration
import Encoding
import Follower
import Platform

/// What a venue's file and command line say about its gateway.
package struct GatewaySettings {
    /// Where the ledger is kept for queries.
    enum Store {
        /// A file of SQLite beside the journal.
        case sqlite
        /// PostgreSQL; without a URL the environment names it.
        case postgreSQL(url: String?, passwordFile: String?)
    }

    /// Somebody with a role from the start.
    struct Officer {
        /// The user's name.
        var name: String
        /// The user's Ed25519 key in hexadecimal.
        var publicKey: String
        /// What the user may be: `operator`, `regulator`, `observer` or `trader`.
        var role: String
    }

    /// A certificate and its key, as files of PEM.
    struct Certificate {
        var path: String
        var keyPath: String
        /// `none`, `requested` or `required`.
        var clients: String
    }

    /// Where to listen; none for no gateway.
    package var address: String?
    /// The folder of the terminal; none to serve none.
    var web: String?
    /// The folder of the terminal's libraries, and the verifier of bundles; what is missing is not served.
    var libraries: String?
    var verifier: String?
    /// Whether members may give themselves test funds.
    var hasTestFunds = false
    var certificate: Certificate?
    var store = Store.sqlite
    /// Pages of these origins may use the interface.
    var origins: [String] = []
    /// The name that passkeys are bound to.
    var passkeyHost = "localhost"
    /// The origins whose pages may use passkeys; those of the address if there are none.
    var passkeyOrigins: [String] = []
    /// What one user and one address may do a second, and at once.
    var userRate: (perSecond: UInt64, burst: UInt64) = (1_000, 2_000)
    var addressRate: (perSecond: UInt64, burst: UInt64) = (100, 200)
    /// The first number of the users' accounts.
    var firstAccount: UInt32 = 16
    var officers: [Officer] = []
    var listing: Listing?

    /// The settings of a venue without a file.
    package init() {}

    /// Reads `[gateway]`, `[[operator]]`, `[[asset]]` and `[[instrument]]`.
    ///
    /// - Throws: `ConfigurationError` with the place of what is wrong.
    package mutating func read(
        _ file: inout ConfigurationSection,
        _ absolute: (String) -> String
    ) throws(ConfigurationError) {
        if var section = try file.optionalSection("gateway") {
            try readGateway(&section, absolute)
            try section.finish()
        }
        for var section in try file.sections("operator") {
            officers.append(
                Officer(
                    name: try section.text("name"),
                    publicKey: try section.text("public_key", bytes: 64...64),
                    role: try section.word(
                        "role",
                        among: ["operator", "regulator", "observer", "trader"]
                    )
                )
            )
            try section.finish()
        }
        if file.has("asset") || file.has("instrument") { listing = try Listing(&file) }
    }

    private mutating func readGateway(
        _ section: inout ConfigurationSection,
        _ absolute: (String) -> String
    ) throws(ConfigurationError) {
        address = try section.optionalText("http")
        web = try section.optionalText("web").map(absolute)
        libraries = try section.optionalText("libraries").map(absolute)
        verifier = try section.optionalText("verifier").map(absolute)
        hasTestFunds = try section.boolean("test_funds", standard: false)
        if let path = try section.optionalText("tls_certificate").map(absolute) {
            certificate = Certificate(
                path: path,
                keyPath: absolute(try section.text("tls_key")),
                clients: try section.word(
                    "client_certificates",
                    among: ["none", "requested", "required"]
                )
            )
        }
        switch try section.word("store", among: ["sqlite", "postgresql"]) {
        case "postgresql":
            store = .postgreSQL(
                url: try section.optionalText("database"),
                passwordFile: try section.optionalText("database_password_file").map(absolute)
            )
        default: store = .sqlite
        }
        origins = try section.texts("origins")
        passkeyHost = try section.optionalText("passkey_host") ?? passkeyHost
        passkeyOrigins = try section.texts("passkey_origins")
        let bounds: ClosedRange<Int64> = 1...1_000_000_000
        func rate(
            _ name: String,
            _ standard: (perSecond: UInt64, burst: UInt64)
        ) throws(ConfigurationError) -> (perSecond: UInt64, burst: UInt64) {
            let perSecond = try section.integer(
                name + "_rate",
                in: bounds,
                standard: Int64(standard.perSecond)
            )
            let burst = try section.integer(
                name + "_burst",
                in: bounds,
                standard: Int64(standard.burst)
            )
            return (UInt64(perSecond), UInt64(burst))
        }
        userRate = try rate("user", userRate)
        addressRate = try rate("address", addressRate)
        firstAccount = UInt32(
            try section.integer("first_account", in: 16...1_000_000, standard: 16)
        )
    }

    /// Takes what the command line and the environment say, which wins over the file.
    ///
    /// - Throws: `usage` when options do not go together.
    mutating func complete(_ arguments: Arguments) throws(ConsoleError) {
        if let text = arguments.text("--http") { address = text }
        if let port = ProcessControl.environment("PORT"), !port.isEmpty, address != nil {
            guard let number = UInt16(port) else {
                throw arguments.usage("the environment's PORT is \(port.quoted), which is no port")
            }
            let host = address?.split(separator: ":").dropLast().joined(separator: ":") ?? ""
            address = "\(host.isEmpty ? "127.0.0.1" : host):\(number)"
        }
        if let text = arguments.text("--web") { web = text }
        if arguments.has("--test-funds") { hasTestFunds = true }
        if let path = arguments.text("--tls-certificate") {
            certificate = Certificate(
                path: path,
                keyPath: try arguments.requiredText("--tls-key", "FILE"),
                clients: try arguments.choice(
                    "--client-certificates",
                    of: ["none", "requested", "required"]
                )
            )
        }
    }

    /// What is listed where the file lists nothing: Bitcoin and a share against the dollar.
    static let standardListing = """
        [[asset]]
        symbol = "USD"
        name = "US dollar"
        number = 0
        decimals = 6

        [[asset]]
        symbol = "BTC"
        name = "Bitcoin"
        number = 1
        decimals = 8

        [[asset]]
        symbol = "AAPL"
        name = "Apple share"
        number = 2
        decimals = 2

        [[instrument]]
        symbol = "BTC-USD"
        number = 0
        base = "BTC"
        quote = "USD"
        tick = "0.01"
        lot = "0.0001"
        maker_fee = 200
        taker_fee = 500

        [[instrument]]
        symbol = "AAPL-USD"
        number = 1
        base = "AAPL"
        quote = "USD"
        tick = "0.01"
        lot = "0.01"
        maker_fee = 100
        taker_fee = 300
        """

    /// What is listed.
    func listed() throws(ConsoleError) -> Listing {
        if let listing { return listing }
        do throws(ConfigurationError) {
            var section = try ConfigurationSection(
                Array(Self.standardListing.utf8),
                path: "standard listing"
            )
            return try Listing(&section)
        } catch {
            preconditionFailure("the standard listing is a good one: \(error)")
        }
    }
}
