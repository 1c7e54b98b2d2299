import Configuration

/// What a venue's configuration file says, besides what the command line says itself.
///
/// `[venue]` and `[committee]` have the options of `serve` under their names with underscores; `[nats]` is as in
/// `observer.toml`. Paths that do not begin with a slash are beside the file.
enum ServeConfiguration {
    private static let paths = [
        ("venue", "data", "--data"), ("venue", "log", "--log"), ("venue", "keys", "--keys"),
        ("venue", "passphrase_file", "--passphrase-file"), ("committee", "file", "--committee"),
        ("committee", "components", "--components"),
    ]
    private static let texts = [
        ("committee", "listen", "--listen"), ("committee", "control", "--control"),
    ]
    private static let numbers = [
        ("venue", "snapshot_seconds", "--snapshot"),
        ("venue", "snapshot_commands", "--snapshot-commands"),
        ("venue", "interval_commands", "--interval-commands"),
    ]

    /// Completes the command line from a file, in which unknown keys are refused; the command line wins.
    ///
    /// - Parameters:
    ///   - arguments: The command line.
    ///   - path: The file.
    /// - Returns: The servers of NATS, if the file names some.
    /// - Throws: `malformed` with file, line and key.
    static func complete(
        _ arguments: inout Arguments,
        from path: String
    ) throws(ConsoleError) -> NATSSettings? {
        let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
        func absolute(_ path: String) -> String {
            path.hasPrefix("/") ? path : folder + "/" + path
        }
        do throws(ConfigurationError) {
            var file = try ConfigurationSection(file: path)
            for name in ["venue", "committee"] {
                guard var section = try file.optionalSection(name) else { continue }
                for (_, key, option) in paths.filter({ $0.0 == name }) {
                    guard let text = try section.optionalText(key) else { continue }
                    arguments.complete(option, absolute(text))
                }
                for (_, key, option) in texts.filter({ $0.0 == name }) {
                    guard let text = try section.optionalText(key) else { continue }
                    arguments.complete(option, text)
                }
                for (_, key, option) in numbers.filter({ $0.0 == name }) where section.has(key) {
                    arguments.complete(option, String(try section.integer(key, in: 0...Int64.max)))
                }
                try section.finish()
            }
            var servers: NATSSettings?
            if var section = try file.optionalSection("nats") {
                servers = try NATSSettings(&section, absolute)
            }
            try file.finish()
            return servers
        } catch {
            throw ObserverConfiguration.consoleError(error)
        }
    }
}
