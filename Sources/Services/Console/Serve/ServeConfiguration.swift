import Configuration

/// What a venue's configuration file says, besides what the command line says itself.
///
/// `[venue]` and `[committee]` have the options of `serve` under their names with underscores; `[nats]` is as in
/// `observer.toml`. Paths that do not begin with a slash are beside the file.
struct ServeConfiguration {
    private enum Kind {
        /// A file or a directory.
        case path
        /// A text that is taken as it is.
        case text
        /// A whole number.
        case number
        /// Yes or no, for an option without a value.
        case flag
    }

    /// A key that stands for an option of the command line.
    private struct Key {
        let name: String
        let option: String
        let kind: Kind

        init(_ name: String, _ option: String, _ kind: Kind) {
            (self.name, self.option, self.kind) = (name, option, kind)
        }
    }

    private static let sections = [
        (
            "venue",
            [
                Key("data", "--data", .path), Key("log", "--log", .path),
                Key("keys", "--keys", .path), Key("passphrase_file", "--passphrase-file", .path),
                Key("snapshot_seconds", "--snapshot", .number),
                Key("snapshot_commands", "--snapshot-commands", .number),
                Key("interval_commands", "--interval-commands", .number),
            ]
        ),
        (
            "committee",
            [
                Key("file", "--committee", .path), Key("components", "--components", .path),
                Key("listen", "--listen", .text), Key("control", "--control", .text),
                Key("automatic_penalties", "--automatic-penalties", .flag),
            ]
        ),
    ]

    /// Servers of NATS to meet the observers at; none to listen for them.
    var nats: NATSSettings?

    /// Where events are published.
    var outboxes = OutboxSettings()

    /// The gateway, and what is listed.
    var gateway = GatewaySettings()

    /// A venue without a configuration file.
    init() {}

    /// Completes the command line from a file, in which unknown keys are refused; the command line wins.
    ///
    /// - Parameters:
    ///   - arguments: The command line.
    ///   - path: The file.
    /// - Throws: `malformed` with file, line and key.
    init(completing arguments: inout Arguments, from path: String) throws(ConsoleError) {
        let absolute = Console.beside(path)
        do throws(ConfigurationError) {
            var file = try ConfigurationSection(file: path)
            for (name, keys) in Self.sections {
                guard var section = try file.optionalSection(name) else { continue }
                for key in keys {
                    guard let value = try Self.value(of: key, &section, absolute) else { continue }
                    arguments.complete(key.option, value)
                }
                try section.finish()
            }
            if var section = try file.optionalSection("nats") {
                nats = try NATSSettings(&section, absolute)
            }
            try outboxes.read(&file, absolute)
            try gateway.read(&file, absolute)
            try file.finish()
        } catch {
            throw ObserverConfiguration.consoleError(error)
        }
    }

    private static func value(
        of key: Key,
        _ section: inout ConfigurationSection,
        _ absolute: (String) -> String
    ) throws(ConfigurationError) -> String? {
        switch key.kind {
        case .path: return try section.optionalText(key.name).map(absolute)
        case .text: return try section.optionalText(key.name)
        case .number:
            guard section.has(key.name) else { return nil }
            return String(try section.integer(key.name, in: 0...Int64.max))
        case .flag: return try section.boolean(key.name, standard: false) ? "" : nil
        }
    }
}
