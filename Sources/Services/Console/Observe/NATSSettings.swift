import Configuration
import MessageBus

/// Servers of NATS between a venue and its observers, with files for TLS: the section `nats`.
struct NATSSettings {
    var servers: [String]
    var security: NATSBus.Security?

    /// Reads the section.
    ///
    /// - Throws: What is wrong in it.
    init(
        _ section: inout ConfigurationSection,
        _ absolute: (String) -> String
    ) throws(ConfigurationError) {
        servers = try section.texts("servers", count: 1...16)
        let authority = try section.optionalText("authority").map(absolute)
        let certificate = try section.optionalText("certificate").map(absolute)
        let privateKey = try section.optionalText("private_key").map(absolute)
        let name = try section.optionalText("server_name")
        if let authority, let certificate, let privateKey, let name {
            security = NATSBus.Security(
                authorityFile: authority,
                certificateFile: certificate,
                keyFile: privateKey,
                serverName: name
            )
        } else if [authority, certificate, privateKey, name].contains(where: { $0 != nil }) {
            throw section.wrong(
                "authority",
                "certificate, private_key and server_name belong together; give all or none"
            )
        }
        try section.finish()
    }

    /// Connects, or begins to.
    ///
    /// - Throws: `nats` for unusable files or addresses.
    func bus(changed: @escaping @Sendable (Bool) -> Void) throws(BusError) -> NATSBus {
        try NATSBus(servers: servers, security: security, connectionChanged: changed)
    }
}
