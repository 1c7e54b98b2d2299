/// An interface that the host offers, by the name under which a component imports it.
struct HostInterface {
    private enum Kind {
        /// `host` of the worlds of WAVS.
        case worldHost
        /// Types without functions.
        case types
        /// An interface of WASI, by its name without the version.
        case wasi(String)
    }

    private let importName: String
    private let kind: Kind

    /// Looks an interface up.
    ///
    /// - Throws: `missingImport` when the host has no such interface, or none of that version.
    init(importName: String) throws(ComponentError) {
        self.importName = importName
        let parts = importName.split(separator: "@", maxSplits: 1).map(String.init)
        let name = parts.first ?? importName
        let version = parts.count > 1 ? parts[1] : ""
        switch name {
        case "host": kind = .worldHost
        case "wavs:operator/host", "wavs:aggregator/host":
            // A named interface, because some tools cannot import one without a name.
            guard version == "2.6.0" else { throw .missingImport(importName) }
            kind = .worldHost
        case "wavs:types/chain", "wavs:types/core", "wavs:types/service", "wavs:types/events",
            "wavs:operator/input", "wavs:operator/output", "wavs:aggregator/input",
            "wavs:aggregator/output", "wavs:aggregator/aggregator":
            kind = .types
        default:
            guard let prefix = Self.versions[name], version.hasPrefix(prefix) else {
                throw .missingImport(importName)
            }
            kind = .wasi(name)
        }
    }

    /// The interfaces of WASI that components may import, and what their versions begin with.
    private static let versions: [String: String] = {
        let stable = [
            "wasi:cli/environment", "wasi:cli/exit", "wasi:cli/stdin", "wasi:cli/stdout",
            "wasi:cli/stderr", "wasi:cli/terminal-input", "wasi:cli/terminal-output",
            "wasi:cli/terminal-stdin", "wasi:cli/terminal-stdout", "wasi:cli/terminal-stderr",
            "wasi:clocks/monotonic-clock", "wasi:clocks/wall-clock", "wasi:clocks/timezone",
            "wasi:filesystem/types", "wasi:filesystem/preopens", "wasi:http/types",
            "wasi:http/outgoing-handler", "wasi:io/error", "wasi:io/poll", "wasi:io/streams",
            "wasi:random/random", "wasi:random/insecure", "wasi:random/insecure-seed",
            "wasi:sockets/network", "wasi:sockets/instance-network", "wasi:sockets/udp",
            "wasi:sockets/udp-create-socket", "wasi:sockets/tcp",
            "wasi:sockets/tcp-create-socket", "wasi:sockets/ip-name-lookup",
        ]
        var versions: [String: String] = [:]
        for name in stable { versions[name] = "0.2." }
        for name in ["store", "atomics", "batch"] {
            versions["wasi:keyvalue/" + name] = "0.2.0-draft2"
        }
        versions["wasi:tls/types"] = "0.2.0-draft"
        return versions
    }()

    /// The function of that name.
    ///
    /// - Throws: `missingImport` when there is none, or one with other types.
    func function(
        _ name: String,
        _ signature: Signature
    ) throws(ComponentError) -> HostFunction {
        let fullName = importName + "#" + name
        // The library would end the process when a program hands over such a value.
        guard !signature.hasForbiddenType else {
            throw .missingImport("\(fullName) with the type \(Fault.cut(signature.description))")
        }
        switch kind {
        case .types: throw .missingImport(fullName)
        case .worldHost:
            guard let types = WorldSignatures.host[name],
                let function = WorldHost.functions[name]
            else { throw .missingImport(fullName) }
            guard types.contains(signature.description) else {
                throw .missingImport(
                    "\(fullName) with the type \(Fault.cut(signature.description))"
                )
            }
            return function
        case .wasi(let interface):
            if let function = WASI.function(interface + "#" + name, signature) { return function }
            // A component may import far more than it uses: language runtimes do.
            return { (_, _) throws(HostRefusal) in throw HostRefusal("\(fullName) is not offered") }
        }
    }
}
