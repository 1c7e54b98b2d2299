import Configuration
import Cryptography
import Encoding
import Operator
import Statements

/// What `observer.toml` says.
struct ObserverConfiguration {
    /// How the venue is reached.
    enum Network {
        /// The venue's own hub.
        case hub(String)
        /// A NATS server.
        case nats(NATSSettings)
    }

    var seatName: String
    var seatDirectory: String
    var passphraseFile: String
    var hasQuickKeys: Bool
    var venue: VenueName
    var venueKey: Ed25519.PublicKey
    var network: Network
    var attestDirectory: String
    var memoryBytes: Int
    var snapshotCommands: UInt64
    var components: String?
    var stations: String?
    var elements: [String]
    var node: OperatorConfiguration?

    /// Reads a configuration.
    ///
    /// - Throws: `malformed` with file, line, key and what is allowed.
    init(file path: String) throws(ConsoleError) {
        let absolute = Console.beside(path)
        do throws(ConfigurationError) {
            var file = try ConfigurationSection(file: path)
            var seat = try file.section("seat")
            seatName = try seat.text("name", bytes: 1...255)
            seatDirectory = absolute(try seat.text("directory"))
            passphraseFile = absolute(try seat.text("passphrase_file"))
            hasQuickKeys = try seat.boolean("quick_keys", standard: false)
            try seat.finish()
            var section = try file.section("venue")
            venue = try Self.venue(&section)
            venueKey = try Self.key(&section)
            network = try Self.network(&section, absolute)
            try section.finish()
            var attest = try file.section("attest")
            attestDirectory = absolute(try attest.text("directory"))
            let memory = try attest.integer("memory_mebibytes", in: 64...4_096, standard: 1_024)
            memoryBytes = Int(memory) << 20
            let commands = 1_000...Int64(1_000_000_000)
            snapshotCommands = UInt64(
                try attest.integer("snapshot_commands", in: commands, standard: 1_000_000)
            )
            components = try attest.optionalText("components").map(absolute)
            try attest.finish()
            var evidence = try file.optionalSection("evidence")
            stations = try evidence?.optionalText("stations").map(absolute)
            elements = try evidence?.texts("elements").map(absolute) ?? []
            try evidence?.finish()
            node = try OperatorConfiguration(&file, absolute)
            try file.finish()
        } catch {
            throw Self.consoleError(error)
        }
    }

    /// The error as a command tells it.
    static func consoleError(_ error: ConfigurationError) -> ConsoleError {
        if error.line == 0 { return .environment(error.description) }
        let what = error.key.isEmpty ? error.reason : "\(error.key) \(error.reason)"
        return .malformed(file: error.path, line: error.line, what)
    }

    private static func venue(
        _ section: inout ConfigurationSection
    ) throws(ConfigurationError) -> VenueName {
        let text = try section.text("name", bytes: 1...63)
        do throws(StatementError) {
            return try VenueName(Text(text))
        } catch {
            throw section.wrong("name", "is no name of a venue: \(error)")
        }
    }

    private static func key(
        _ section: inout ConfigurationSection
    ) throws(ConfigurationError) -> Ed25519.PublicKey {
        let text = try section.text("key")
        guard let key = Ed25519.PublicKey(hexadecimal: text) else {
            throw section.wrong("key", "is no Ed25519 key of 64 hexadecimal digits")
        }
        return key
    }

    private static func network(
        _ section: inout ConfigurationSection,
        _ absolute: (String) -> String
    ) throws(ConfigurationError) -> Network {
        guard var nats = try section.optionalSection("nats") else {
            return .hub(try section.text("bus"))
        }
        if section.has("bus") { throw section.wrong("bus", "and a NATS server exclude each other") }
        return .nats(try NATSSettings(&nats, absolute))
    }
}

extension Ed25519.PublicKey {
    /// Reads a key of 64 hexadecimal digits; none if the text is none.
    init?(hexadecimal text: String) {
        do {
            try self.init(bytes: Hex.decode(text))
        } catch {
            return nil
        }
    }
}
