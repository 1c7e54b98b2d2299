public import ComponentHost
internal import Encoding
internal import Ethereum

/// Reads and writes `service.json` in the form of WAVS: snake case, variants tagged from outside.
///
/// It is strict: a member that nobody knows is refused, because a misspelt limit would be no limit.
public enum ServiceCodec {
    /// Bytes of a definition at most.
    public static let bytesMax = 1 << 20
    /// Workflows of a service at most.
    static let workflowCountMax = 64

    /// Reads a definition.
    ///
    /// - Throws: `badDocument`, which names the place.
    /// - Complexity: O(n log n).
    public static func decode(_ bytes: [UInt8]) throws(OperatorError) -> Service {
        try service(FieldReader(value: try value(bytes), path: ""))
    }

    /// Reads any text of JSON.
    static func value(_ bytes: [UInt8], bytesMax: Int = bytesMax) throws(OperatorError) -> JSONValue
    {
        do throws(JSONError) {
            let limits = DecodingLimits(bytesMax: bytesMax, depthMax: 32)
            return try WideJSON.decode(bytes, limits: limits)
        } catch {
            throw .badDocument(path: "document", reason: "is no JSON: \(error)")
        }
    }

    static func service(_ reader: FieldReader) throws(OperatorError) -> Service {
        _ = try reader.members(["name", "workflows", "status", "manager"])
        let workflows = try reader.field("workflows")
        guard let members = workflows.value.object?.members else {
            throw workflows.fail("must be an object of workflows by their ids")
        }
        guard (1...workflowCountMax).contains(members.count) else {
            throw workflows.fail("must have 1 to \(workflowCountMax) workflows")
        }
        var decoded: [Workflow] = []
        for member in members {
            let path = workflows.path + "." + member.name.string
            let reader = FieldReader(value: member.value, path: path)
            decoded.append(try workflow(reader, id: member.name.string))
        }
        return Service(
            name: try reader.field("name").text(bytesMax: 256),
            workflows: decoded,
            status: try status(try reader.field("status")),
            manager: try manager(try reader.field("manager"))
        )
    }

    private static func status(_ reader: FieldReader) throws(OperatorError) -> Service.Status {
        switch try reader.text() {
        case "active": return .active
        case "paused": return .paused
        default: throw reader.fail("must be \"active\" or \"paused\"")
        }
    }

    static func manager(_ reader: FieldReader) throws(OperatorError) -> Service.Manager {
        let (name, content) = try reader.variant()
        guard let content, name == "evm" || name == "cosmos" else {
            throw reader.fail("must be an object with the one member evm or cosmos")
        }
        _ = try content.members(["chain", "address"])
        let chain = try chain(try content.field("chain"))
        let address = try content.field("address")
        if name == "evm" { return .evm(chain: chain, address: try evmAddress(address)) }
        return .cosmos(chain: chain, address: try cosmosAddress(address))
    }

    private static func workflow(
        _ reader: FieldReader,
        id: String
    ) throws(OperatorError) -> Workflow {
        guard Names.isWorkflowID(id) else {
            throw reader.fail("a workflow's id has 3 to 36 of a-z, 0-9, _ and -")
        }
        _ = try reader.members(["trigger", "component", "submit"])
        return Workflow(
            id: id,
            trigger: try TriggerCodec.trigger(try reader.field("trigger")),
            component: try component(try reader.field("component")),
            submit: try submit(try reader.field("submit"))
        )
    }

    // MARK: Components

    private static func component(
        _ reader: FieldReader
    ) throws(OperatorError) -> ComponentDefinition {
        _ = try reader.members([
            "source", "permissions", "fuel_limit", "time_limit_seconds", "config", "env_keys",
        ])
        let keys = try reader.field("env_keys")
        var environmentKeys: [String] = []
        for item in try keys.items(countMax: 64) {
            let key = try item.text()
            guard Names.isEnvironmentKey(key) else {
                throw item.fail("must begin with WAVS_ENV_ and have letters, digits and _ only")
            }
            environmentKeys.append(key)
        }
        return ComponentDefinition(
            source: try source(try reader.field("source")),
            permissions: try permissions(try reader.field("permissions")),
            fuelLimit: try map(reader.optional("fuel_limit")) { (field) throws(OperatorError) in
                try field.positive()
            },
            timeLimitSeconds: try map(reader.optional("time_limit_seconds")) {
                (field) throws(OperatorError) in try field.positive()
            },
            configuration: try settings(try reader.field("config")),
            environmentKeys: environmentKeys
        )
    }

    private static func settings(_ reader: FieldReader) throws(OperatorError) -> [Setting] {
        guard let members = reader.value.object?.members, members.count <= 256 else {
            throw reader.fail("must be an object of at most 256 texts")
        }
        var settings: [Setting] = []
        for member in members {
            let name = member.name.string
            let item = FieldReader(value: member.value, path: reader.path + "." + name)
            settings.append(Setting(key: name, value: try item.text(bytesMax: 64 << 10)))
        }
        return settings
    }

    private static func source(_ reader: FieldReader) throws(OperatorError) -> ComponentSource {
        let (name, content) = try reader.variant()
        guard let content else { throw reader.fail("must be download, registry or digest") }
        switch name {
        case "digest": return .digest(try digest(content))
        case "download":
            _ = try content.members(["uri", "digest"])
            let uri = try content.field("uri").text()
            return .download(uri: uri, digest: try digest(try content.field("digest")))
        case "registry":
            _ = try content.members(["digest", "domain", "version", "package"])
            return .registry(
                digest: try digest(try content.field("digest")),
                domain: try optionalText(content, "domain"),
                version: try optionalText(content, "version"),
                package: try content.field("package").text(bytesMax: 256)
            )
        default: throw reader.fail("must be download, registry or digest")
        }
    }

    static func digest(_ reader: FieldReader) throws(OperatorError) -> String {
        let bytes = try reader.hexadecimal(count: 32)
        return HexDigits.text(bytes)
    }

    private static func permissions(_ reader: FieldReader) throws(OperatorError) -> Permissions {
        _ = try reader.members([
            "allowed_http_hosts", "file_system", "raw_sockets", "dns_resolution",
        ])
        var permissions = Permissions.none
        if let hosts = reader.optional("allowed_http_hosts") {
            permissions.allowedHTTPHosts = try self.hosts(hosts)
        }
        permissions.fileSystem = try flag(reader, "file_system")
        permissions.rawSockets = try flag(reader, "raw_sockets")
        permissions.dnsResolution = try flag(reader, "dns_resolution")
        return permissions
    }

    private static func hosts(_ reader: FieldReader) throws(OperatorError) -> Permissions.Hosts {
        let (name, content) = try reader.variant()
        switch (name, content) {
        case ("all", nil): return .all
        case ("none", nil): return .none
        case ("only", let content?):
            var hosts: [String] = []
            for item in try content.items(countMax: 256) {
                hosts.append(try item.text(bytesMax: 256))
            }
            return .only(hosts)
        default: throw reader.fail("must be \"all\", \"none\" or {\"only\": [hosts]}")
        }
    }

    // MARK: Submissions

    private static func submit(_ reader: FieldReader) throws(OperatorError) -> Submit {
        let (name, content) = try reader.variant()
        switch (name, content) {
        case ("none", nil): return .none
        case ("aggregator", let content?):
            _ = try content.members(["component", "signature_kind"])
            return .aggregator(
                component: try component(try content.field("component")),
                signatureKind: try signatureKind(try content.field("signature_kind"))
            )
        default: throw reader.fail("must be \"none\" or {\"aggregator\": …}")
        }
    }

    static func signatureKind(_ reader: FieldReader) throws(OperatorError) -> SignatureKind {
        _ = try reader.members(["algorithm", "prefix"])
        let algorithm = try reader.field("algorithm")
        guard try algorithm.text() == "secp256k1" else {
            throw algorithm.fail("must be \"secp256k1\", the one algorithm of this version")
        }
        guard let prefix = reader.optional("prefix") else {
            return SignatureKind(algorithm: .secp256k1, prefix: nil)
        }
        guard try prefix.text() == "eip191" else { throw prefix.fail("must be \"eip191\" or null") }
        return SignatureKind(algorithm: .secp256k1, prefix: .eip191)
    }

    // MARK: Parts

    static func chain(_ reader: FieldReader) throws(OperatorError) -> String {
        let chain = try reader.text()
        guard Names.isChainKey(chain) else {
            throw reader.fail("must be a chain such as evm:31337 or cosmos:hub-4")
        }
        return chain
    }

    static func evmAddress(_ reader: FieldReader) throws(OperatorError) -> EVMAddress {
        let text = try reader.text()
        do throws(EthereumError) {
            return EVMAddress(bytes: try EthereumAddress(text).bytes)
        } catch {
            throw reader.fail(error.description)
        }
    }

    static func cosmosAddress(_ reader: FieldReader) throws(OperatorError) -> CosmosAddress {
        let text = try reader.text(bytesMax: 128)
        guard let separator = text.utf8.lastIndex(of: UInt8(ascii: "1")) else {
            throw reader.fail("must be an address in Bech32")
        }
        let count = text.utf8.distance(from: text.utf8.startIndex, to: separator)
        guard count > 0, text.utf8.allSatisfy({ (0x30...0x7a).contains($0) }) else {
            throw reader.fail("must be an address in Bech32")
        }
        return CosmosAddress(bech32: text, prefixCount: UInt32(count))
    }

    static func optionalText(_ reader: FieldReader, _ name: String) throws(OperatorError) -> String?
    {
        try map(reader.optional(name)) { (field) throws(OperatorError) in try field.text() }
    }

    static func optionalNumber(
        _ reader: FieldReader,
        _ name: String
    ) throws(OperatorError) -> UInt64? {
        try map(reader.optional(name)) { (field) throws(OperatorError) in try field.unsigned() }
    }

    private static func flag(_ reader: FieldReader, _ name: String) throws(OperatorError) -> Bool {
        try map(reader.optional(name)) { (field) throws(OperatorError) in try field.boolean() }
            ?? false
    }

    /// Reads a member that may be missing.
    static func map<Value>(
        _ reader: FieldReader?,
        _ read: (FieldReader) throws(OperatorError) -> Value
    ) throws(OperatorError) -> Value? {
        guard let reader else { return nil }
        return try read(reader)
    }
}
