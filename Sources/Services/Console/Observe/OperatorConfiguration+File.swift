import ComponentHost
import Configuration
import HTTP
import Operator
import Triggers

extension OperatorConfiguration {
    /// Reads the section `node`; none if it is left out.
    ///
    /// - Throws: What is wrong in it.
    init?(
        _ file: inout ConfigurationSection,
        _ absolute: (String) -> String
    ) throws(ConfigurationError) {
        guard var section = try file.optionalSection("node") else { return nil }
        self.init(
            dataDirectory: absolute(try section.text("data")),
            mnemonicFile: absolute(try section.text("mnemonic_file"))
        )
        let address = try section.text("admin")
        do throws(HTTPError) {
            adminAddress = try SocketAddress(address)
        } catch {
            throw section.wrong("admin", "is no address such as 127.0.0.1:8000")
        }
        tokenFile = try section.optionalText("token_file").map(absolute)
        payerMnemonicFile = try section.optionalText("payer_mnemonic_file").map(absolute)
        areDevelopmentPathsEnabled = try section.boolean("development", standard: false)
        isNameLookupAllowed = try section.boolean("dns_resolution", standard: false)
        definitionDirectory = try section.optionalText("definitions").map(absolute)
        ipfsGateway = try section.optionalText("ipfs_gateway")
        registryDomain = try section.optionalText("registry")
        if var variables = try section.optionalSection("environment") {
            for key in variables.keys {
                guard key.hasPrefix("WAVS_ENV_") else {
                    throw variables.wrong(key, "must begin with WAVS_ENV_")
                }
                environment[key] = try variables.text(key, bytes: 0...65_536)
            }
        }
        try takeEVM(&section)
        try takeCosmos(&section)
        try takeStreams(&section, absolute)
        try section.finish()
    }

    private static var blocks: ClosedRange<Int64> { 0...Int64.max }

    /// Chains of Ethereum's kind: `[node.evm.31337]`.
    private mutating func takeEVM(
        _ section: inout ConfigurationSection
    ) throws(ConfigurationError) {
        guard var list = try section.optionalSection("evm") else { return }
        for key in list.keys {
            guard let number = UInt64(key) else {
                throw list.wrong(key, "is no chain id; write the number of the chain")
            }
            var chain = try list.section(key)
            let endpoints = try chain.texts("endpoints", count: 1...16)
            chains["evm:" + key] = .evm(
                chainID: key,
                endpoints: endpoints,
                webSockets: try chain.texts("web_sockets", count: 0...16)
            )
            var followed = EVMChain(chain: "evm:" + key, chainID: number, endpoints: endpoints)
            followed.confirmations = UInt64(
                try chain.integer(
                    "confirmations",
                    in: 0...1_000,
                    standard: Int64(followed.confirmations)
                )
            )
            if chain.has("start_block") {
                followed.startBlock = UInt64(try chain.integer("start_block", in: Self.blocks))
            }
            var settings = TriggerSettings()
            settings.evmChains = [followed]
            try Self.check(settings, chain, "endpoints")
            triggers.evmChains.append(followed)
            try chain.finish()
        }
    }

    /// Cosmos chains: `[node.cosmos.cosmoshub-4]`.
    private mutating func takeCosmos(
        _ section: inout ConfigurationSection
    ) throws(ConfigurationError) {
        guard var list = try section.optionalSection("cosmos") else { return }
        for key in list.keys {
            var chain = try list.section(key)
            let endpoints = try chain.texts("endpoints", count: 1...16)
            chains["cosmos:" + key] = .cosmos(
                CosmosChainConfiguration(
                    chainID: key,
                    rpcEndpoint: endpoints.first,
                    grpcEndpoint: try chain.optionalText("grpc_endpoint"),
                    grpcWebEndpoint: try chain.optionalText("grpc_web_endpoint"),
                    gasPrice: Float(try chain.number("gas_price", in: 0...1e9)),
                    gasDenomination: try chain.text("gas_denom"),
                    bech32Prefix: try chain.text("bech32_prefix")
                )
            )
            var followed = CosmosChain(
                chain: "cosmos:" + key,
                chainID: key,
                endpoints: endpoints
            )
            if chain.has("start_block") {
                followed.startBlock = UInt64(try chain.integer("start_block", in: Self.blocks))
            }
            var settings = TriggerSettings()
            settings.cosmosChains = [followed]
            try Self.check(settings, chain, "endpoints")
            triggers.cosmosChains.append(followed)
            try chain.finish()
        }
    }

    /// The stream of ATProto, `[node.jetstream]`, and feeds in folders, `[[node.feed]]`.
    private mutating func takeStreams(
        _ section: inout ConfigurationSection,
        _ absolute: (String) -> String
    ) throws(ConfigurationError) {
        if var stream = try section.optionalSection("jetstream") {
            var jetstream = Jetstream(endpoint: try stream.text("endpoint"))
            var settings = TriggerSettings()
            settings.jetstream = jetstream
            try Self.check(settings, stream, "endpoint")
            jetstream.trustedRootsPath = try stream.optionalText("trusted_roots").map(absolute)
            triggers.jetstream = jetstream
            try stream.finish()
        }
        for var feed in try section.sections("feed") {
            let followed = HypercoreFeed(
                key: try feed.text("key"),
                directory: absolute(try feed.text("directory"))
            )
            var settings = TriggerSettings()
            settings.feeds = [followed]
            try Self.check(settings, feed, "key")
            triggers.feeds.append(followed)
            try feed.finish()
        }
    }

    /// Checks one source where the file has it, so that the error names the line.
    private static func check(
        _ settings: TriggerSettings,
        _ section: ConfigurationSection,
        _ key: String
    ) throws(ConfigurationError) {
        do throws(TriggerError) { try settings.check() } catch {
            guard case .invalid(_, let reason) = error else { return }
            throw section.wrong(key, reason)
        }
    }
}
