// swift-tools-version: 6.2
import PackageDescription

// One helper per layer, so that a target is one line. The table of allowed imports is in
// Tests/TidyTests; ARCHITECTURE.md says what each layer is for.

let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error),
    .strictMemorySafety(),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

/// The targets that a text names, with a space between two.
func named(_ dependencies: String) -> [Target.Dependency] {
    dependencies.split(separator: " ").map { name in .init(stringLiteral: String(name)) }
}

func target(_ layer: String, _ name: String, _ dependencies: String = "") -> Target {
    .target(
        name: name,
        dependencies: named(dependencies),
        path: "\(layer)/\(name)",
        swiftSettings: settings
    )
}

func core(_ name: String, _ dependencies: String = "") -> Target {
    target("Sources/Core", name, dependencies)
}

func system(_ name: String, _ dependencies: String = "") -> Target {
    target("Sources/System", name, dependencies)
}

func service(_ name: String, _ dependencies: String = "") -> Target {
    target("Sources/Services", name, dependencies)
}

/// Tests; `excluding` names the folders beside them that hold vectors and fail cases, not sources.
func tests(
    _ name: String,
    _ dependencies: String = "",
    excluding: [String] = []
) -> Target {
    .testTarget(
        name: name,
        dependencies: named(dependencies),
        path: "Tests/\(name)",
        exclude: excluding,
        swiftSettings: settings
    )
}

let package = Package(
    name: "parallax",
    products: [.executable(name: "parallax", targets: ["parallax"])],
    targets: [
        .systemLibrary(name: "CMath", path: "Sources/C/CMath"),
        .systemLibrary(name: "CLinux", path: "Sources/C/CLinux"),
        .systemLibrary(name: "COpenSSL", path: "Sources/C/COpenSSL", pkgConfig: "openssl"),
        .systemLibrary(name: "CHTTPParser", path: "Sources/C/CHTTPParser"),
        .systemLibrary(name: "CCurl", path: "Sources/C/CCurl", pkgConfig: "libcurl"),
        .systemLibrary(name: "CWslay", path: "Sources/C/CWslay"),
        .systemLibrary(name: "CPostgreSQL", path: "Sources/C/CPostgreSQL", pkgConfig: "libpq"),
        .systemLibrary(name: "CSQLite", path: "Sources/C/CSQLite", pkgConfig: "sqlite3"),
        .systemLibrary(name: "CSecp256k1", path: "Sources/C/CSecp256k1"),
        .target(name: "CWasmtime", path: "Sources/C/CWasmtime"),
        .systemLibrary(name: "CRDKafka", path: "Sources/C/CRDKafka", pkgConfig: "rdkafka"),
        .systemLibrary(name: "CNATS", path: "Sources/C/CNATS", pkgConfig: "libnats"),
        .systemLibrary(name: "CNGHTTP2", path: "Sources/C/CNGHTTP2", pkgConfig: "libnghttp2"),
        .systemLibrary(name: "CZlib", path: "Sources/C/CZlib", pkgConfig: "zlib"),
        .systemLibrary(name: "CSodium", path: "Sources/C/CSodium", pkgConfig: "libsodium"),

        core("Primitives"),
        core("Cryptography", "Primitives"),
        core("Encoding", "Primitives Cryptography"),
        core("BLS12381", "Cryptography"),
        core("ThresholdKeys", "Cryptography Encoding BLS12381"),
        core("MerkleLog", "Primitives Cryptography Encoding"),
        core("Orbit", "Cryptography Encoding CMath"),
        core("Venue", "Primitives Cryptography"),
        core("Statements", "Primitives Cryptography Encoding Venue"),
        core("Projection", "Primitives Cryptography Encoding MerkleLog Venue Statements"),
        core("Attestation", "Primitives Cryptography Encoding BLS12381 Statements"),
        core(
            "Verification",
            """
            Primitives Cryptography Encoding BLS12381 ThresholdKeys MerkleLog Venue Statements \
            Attestation
            """
        ),

        system("Platform", "Cryptography CLinux COpenSSL"),
        system("KeyStore", "Cryptography BLS12381 Platform CSodium COpenSSL"),
        system("Journal", "Primitives Cryptography Venue Platform CLinux"),
        system("LogStore", "Cryptography Encoding MerkleLog Platform"),

        system("Database", "Platform CSQLite"),
        system(
            "LedgerStore",
            "Primitives Cryptography Encoding Venue Platform CSQLite CPostgreSQL"
        ),
        system("Configuration", "Platform"),
        system("TLS", "Cryptography COpenSSL"),
        system("MessageBus", "Cryptography Platform TLS CNATS"),
        system("EventBus", "Encoding Platform MessageBus CNATS CRDKafka"),
        system(
            "HTTP",
            "Cryptography Encoding Platform TLS COpenSSL CHTTPParser CCurl CWslay CNGHTTP2 CZlib"
        ),
        system("Ethereum", "Cryptography Encoding Platform HTTP CSecp256k1 COpenSSL"),
        system("ComponentHost", "Cryptography Platform HTTP Database CWasmtime"),

        service("Witness", "Cryptography Encoding MerkleLog Platform HTTP"),
        service("Sequencer", "Primitives Venue Platform Journal"),
        service(
            "Follower",
            "Primitives Encoding Venue Platform Journal Sequencer Configuration"
        ),
        service("Triggers", "Cryptography Encoding Platform Database HTTP Ethereum ComponentHost"),
        service("Dispatcher", "Cryptography Platform Database ComponentHost Triggers"),
        service(
            "Operator",
            """
            Cryptography Encoding Platform Database HTTP MessageBus Ethereum ComponentHost \
            Triggers Dispatcher
            """
        ),
        service(
            "KeyCeremony",
            """
            Primitives Cryptography Encoding BLS12381 ThresholdKeys Venue Statements Platform \
            KeyStore MessageBus
            """
        ),
        service(
            "Attestor",
            """
            Primitives Cryptography Encoding BLS12381 Venue Statements Projection Attestation \
            Platform KeyStore Database MessageBus ComponentHost Configuration
            """
        ),
        service(
            "Transparency",
            """
            Primitives Cryptography Encoding BLS12381 ThresholdKeys MerkleLog Venue Statements \
            Projection Attestation Verification Platform KeyStore Journal LogStore Database \
            Sequencer
            """
        ),
        service(
            "Committee",
            """
            Primitives Cryptography Encoding BLS12381 ThresholdKeys Statements Attestation \
            MerkleLog Venue Verification Platform KeyStore LogStore Database MessageBus \
            Transparency
            """
        ),
        service(
            "Settlement",
            """
            Primitives Cryptography Encoding Venue Statements Attestation Platform Journal \
            Sequencer Committee
            """
        ),
        service(
            "Registry",
            """
            Primitives Cryptography Encoding MerkleLog Venue Statements Platform LogStore \
            Transparency
            """
        ),
        service("Access", "Primitives Cryptography Encoding Platform KeyStore Database"),
        service(
            "Bookkeeping",
            "Primitives Cryptography Venue Platform Journal LedgerStore Follower"
        ),
        service(
            "MarketData",
            "Primitives Cryptography Encoding Venue Platform Journal Follower"
        ),
        service(
            "Outbox",
            "Primitives Cryptography Encoding Venue Statements Platform Journal EventBus Follower"
        ),
        service(
            "Gateway",
            """
            Primitives Cryptography Encoding MerkleLog Venue Statements Verification Platform \
            Journal LogStore Database HTTP LedgerStore Sequencer Follower Witness Transparency \
            Registry MarketData Access
            """
        ),
        service(
            "Console",
            """
            Primitives Cryptography Encoding BLS12381 MerkleLog Venue Statements Projection \
            Platform KeyStore Journal LogStore Sequencer Transparency Registry Verification HTTP \
            Witness KeyCeremony Attestation TLS MessageBus Committee Settlement ThresholdKeys \
            ComponentHost Configuration Triggers Operator Attestor Gateway Access MarketData \
            Bookkeeping LedgerStore Follower Database EventBus Outbox
            """
        ),

        .executableTarget(
            name: "parallax",
            dependencies: ["Console"],
            path: "Sources/parallax",
            swiftSettings: settings
        ),

        target("Simulation", "SeededRandomness"),
        target("Simulation", "ReferenceVenue", "Primitives Cryptography Venue SeededRandomness"),
        target("Simulation", "SimulatedPlatform", "SeededRandomness Platform"),
        target(
            "Simulation",
            "SimulatedBundles",
            """
            SeededRandomness Primitives Cryptography Encoding BLS12381 MerkleLog Venue \
            Statements Attestation Verification Platform KeyStore LogStore
            """
        ),
        target(
            "Simulation",
            "SimulatedCommittee",
            "SeededRandomness Cryptography Encoding BLS12381 ThresholdKeys KeyStore"
        ),

        tests("TidyTests"),
        tests("ComponentTests", "Encoding Orbit ComponentHost Dispatcher Operator"),
        tests("OrbitTests", "Cryptography Encoding Orbit TestSupport", excluding: ["Vectors"]),
        tests("PrimitivesTests", "Primitives"),
        tests(
            "JournalTests",
            """
            SeededRandomness Primitives Cryptography Venue Platform Journal ReferenceVenue \
            SimulatedPlatform
            """
        ),
        tests(
            "CryptographyTests",
            "SeededRandomness Primitives Cryptography COpenSSL TestSupport",
            excluding: ["Vectors"]
        ),
        tests(
            "KeyCeremonyTests",
            """
            SeededRandomness Primitives Cryptography Encoding BLS12381 ThresholdKeys Venue \
            Statements Platform KeyStore TLS MessageBus KeyCeremony TestSupport
            """
        ),
        tests(
            "KeyStoreTests",
            "SeededRandomness Cryptography BLS12381 Platform KeyStore TestSupport",
            excluding: ["Vectors"]
        ),
        tests("ConfigurationTests", "Configuration"),
        tests(
            "AttestorTests",
            """
            Primitives Cryptography Encoding BLS12381 MerkleLog Venue Statements Projection \
            Attestation Platform KeyStore TLS MessageBus ComponentHost Configuration Attestor \
            ReferenceVenue TestSupport
            """
        ),
        tests(
            "AccessTests",
            """
            SeededRandomness Primitives Cryptography Encoding Platform KeyStore Database Access \
            TestSupport COpenSSL
            """,
            excluding: ["Vectors", "Scripts"]
        ),
        tests(
            "BookkeepingTests",
            """
            Primitives Cryptography Venue Platform Journal Sequencer Follower LedgerStore \
            Bookkeeping ReferenceVenue TestSupport
            """
        ),
        tests("LedgerStoreTests", "Primitives Cryptography Venue Platform LedgerStore TestSupport"),
        tests("DatabaseTests", "SeededRandomness Platform Database TestSupport"),
        tests("TLSTests", "SeededRandomness Cryptography Platform KeyStore TLS"),
        tests(
            "MessageBusTests",
            """
            SeededRandomness Cryptography Platform KeyStore TLS MessageBus LoopbackServers TestSupport
            """,
            excluding: ["Scripts"]
        ),
        target("Tests", "TestSupport", "Cryptography Platform"),
        target(
            "Tests",
            "LoopbackServers",
            "Encoding Platform HTTP COpenSSL MessageBus TestSupport"
        ),
        tests(
            "HTTPTests",
            "SeededRandomness Cryptography Platform TLS HTTP LoopbackServers TestSupport CNGHTTP2",
            excluding: ["Scripts"]
        ),
        tests(
            "TriggersTests",
            """
            SeededRandomness Cryptography Encoding Platform HTTP Ethereum ComponentHost Triggers \
            LoopbackServers TestSupport
            """,
            excluding: ["Vectors", "Scripts"]
        ),
        tests(
            "DispatcherTests",
            "SeededRandomness Cryptography Platform ComponentHost Triggers Dispatcher TestSupport"
        ),
        tests(
            "ComponentHostTests",
            "Platform HTTP Database ComponentHost TestSupport",
            excluding: ["Programs"]
        ),
        tests(
            "OperatorTests",
            """
            Cryptography Encoding Platform HTTP TLS MessageBus Ethereum ComponentHost Dispatcher \
            Operator TestSupport
            """,
            excluding: ["Chain"]
        ),
        tests(
            "EthereumTests",
            "Cryptography Encoding HTTP Ethereum TestSupport",
            excluding: ["Vectors"]
        ),
        tests(
            "WitnessTests",
            """
            Cryptography Encoding MerkleLog Platform KeyStore LogStore HTTP Witness \
            SimulatedPlatform TestSupport
            """
        ),
        tests(
            "EncodingTests",
            "SeededRandomness Cryptography Encoding TestSupport",
            excluding: ["Vectors"]
        ),
        tests(
            "StatementsTests",
            "SeededRandomness Primitives Cryptography Encoding Venue Statements SimulatedBundles"
        ),
        tests(
            "AttestationTests",
            """
            SeededRandomness Primitives Cryptography Encoding BLS12381 Statements Attestation \
            KeyStore SimulatedBundles
            """
        ),
        tests(
            "VerificationTests",
            """
            SeededRandomness Primitives Cryptography Encoding BLS12381 ThresholdKeys MerkleLog \
            Venue Statements Attestation Verification Platform KeyStore Sequencer KeyCeremony \
            SimulatedBundles SimulatedCommittee Console TestSupport
            """
        ),
        tests(
            "ConsoleTests",
            """
            Primitives Cryptography BLS12381 Encoding MerkleLog Venue Platform KeyStore Console \
            TestSupport
            """,
            excluding: ["Samples"]
        ),
        tests(
            "TradeTests",
            "Platform KeyStore HTTP MarketData Console TestSupport LoopbackServers parallax"
        ),
        tests(
            "MarketDataTests",
            """
            SeededRandomness Primitives Encoding Venue Platform Journal Sequencer Follower \
            MarketData ReferenceVenue SimulatedPlatform TestSupport
            """
        ),
        tests(
            "GatewayTests",
            """
            Primitives Cryptography Encoding Venue Platform KeyStore Configuration HTTP Sequencer \
            Follower Access Gateway Console TestSupport parallax
            """,
            excluding: ["Scripts"]
        ),
        tests(
            "OutboxTests",
            """
            Primitives Cryptography Encoding Venue Statements Platform Journal EventBus \
            Sequencer Follower Outbox TestSupport LoopbackServers
            """
        ),
        tests("EventBusTests", "Platform EventBus CRDKafka TestSupport LoopbackServers"),
        tests(
            "FollowerTests",
            "Primitives Venue Platform Journal Sequencer Follower SimulatedPlatform TestSupport"
        ),
        tests(
            "SequencerTests",
            """
            Primitives Venue Platform Journal Sequencer ReferenceVenue SimulatedPlatform \
            TestSupport
            """
        ),
        tests(
            "VenueTests",
            "SeededRandomness Primitives Cryptography Venue ReferenceVenue TestSupport"
        ),
        tests(
            "SimulationTests",
            """
            SeededRandomness Primitives Cryptography Venue Platform Journal Sequencer \
            ReferenceVenue SimulatedPlatform TestSupport
            """
        ),
        tests(
            "LogStoreTests",
            """
            SeededRandomness Cryptography Encoding MerkleLog Platform LogStore SimulatedPlatform \
            TestSupport
            """
        ),
        tests(
            "MerkleLogTests",
            "SeededRandomness Primitives Cryptography Encoding MerkleLog COpenSSL TestSupport",
            excluding: ["Vectors"]
        ),
        tests(
            "TransparencyTests",
            """
            Primitives Cryptography Encoding MerkleLog Venue Statements Projection Attestation \
            Verification Platform KeyStore Journal LogStore Sequencer Transparency \
            ReferenceVenue SimulatedPlatform TestSupport
            """
        ),
        tests(
            "CommitteeTests",
            """
            SeededRandomness Primitives Cryptography Encoding BLS12381 Statements Attestation \
            Venue Verification KeyStore LogStore Platform TLS MessageBus Transparency Committee \
            SimulatedBundles TestSupport
            """
        ),
        tests(
            "ObserverProcessTests",
            "SeededRandomness Encoding Platform Console LoopbackServers TestSupport parallax"
        ),
        tests("SettlementTests", "Primitives Cryptography Encoding Venue Statements Settlement"),
        tests(
            "ThresholdKeysTests",
            """
            SeededRandomness Cryptography Encoding BLS12381 ThresholdKeys KeyStore \
            SimulatedCommittee TestSupport
            """
        ),
        tests(
            "RegistryTests",
            """
            Primitives Cryptography Encoding MerkleLog Venue Statements Platform KeyStore \
            Journal Sequencer Transparency Registry SimulatedPlatform
            """
        ),
        tests(
            "BLS12381Tests",
            "SeededRandomness Cryptography BLS12381 TestSupport",
            excluding: ["Vectors"]
        ),
        tests(
            "IndependentTests",
            """
            SeededRandomness Cryptography Encoding BLS12381 MerkleLog KeyStore Venue Attestation \
            Verification SimulatedBundles Platform TestSupport
            """,
            excluding: ["Scripts"]
        ),
        tests(
            "BrowserTests",
            "Encoding Verification SimulatedBundles HTTP Platform Console TestSupport parallax",
            excluding: ["Modules", "Scripts"]
        ),
        tests(
            "WebAssemblyTests",
            """
            Primitives Cryptography Venue Projection ReferenceVenue Encoding Verification \
            KeyStore SimulatedBundles
            """,
            excluding: ["apply.mjs", "runtime.mjs", "verify.mjs"]
        ),
    ]
)
