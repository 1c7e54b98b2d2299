import Ethereum
import TestSupport
import Testing
import Triggers

@Suite("Settings of sources") struct SettingsTests {
    typealias Change = @Sendable (inout TriggerSettings) -> Void

    private static let key = String(repeating: "ab", count: 32)

    static let faults: [(what: String, names: [String], change: Change)] = [
        (
            "a key that is too short", ["abcd", "/feeds/one", "64 hexadecimal digits"],
            { $0.feeds = [HypercoreFeed(key: "abcd", directory: "/feeds/one")] }
        ),
        (
            "a key with other characters", ["64 hexadecimal digits"],
            { $0.feeds = [HypercoreFeed(key: key.dropLast() + "x", directory: "/feeds/one")] }
        ),
        (
            "a Jetstream that is no WebSocket", ["https://jetstream.example", "ws://"],
            { $0.jetstream = Jetstream(endpoint: "https://jetstream.example/subscribe") }
        ),
        (
            "a Jetstream that is to compress", ["compress=true", "leave out"],
            {
                $0.jetstream = Jetstream(
                    endpoint: "wss://jetstream.example/subscribe?compress=true"
                )
            }
        ),
        (
            "a chain whose endpoint is no URL", ["chain evm:1", "localhost:8545", "http://"],
            {
                $0.evmChains = [EVMChain(chain: "evm:1", chainID: 1, endpoints: ["localhost:8545"])]
            }
        ),
        (
            "a chain with a space in its endpoint", ["chain cosmos:hub"],
            {
                $0.cosmosChains = [
                    CosmosChain(chain: "cosmos:hub", chainID: "hub", endpoints: ["http://a b"])
                ]
            }
        ),
    ]

    @Test("that are wrong stop the start, and say what, where and what to do", arguments: faults)
    func refusals(row: (what: String, names: [String], change: Change)) throws {
        let place = try TemporaryDirectory()
        var settings = quickSettings()
        row.change(&settings)
        let error = #expect(throws: TriggerError.self) {
            try TriggerManager(path: place.cursors, settings: settings, sink: CollectingSink())
        }
        for name in row.names {
            #expect(
                error?.description.contains(name) == true,
                "\(row.what): \(String(describing: error))"
            )
        }
    }

    @Test("that can be followed are taken") func good() throws {
        var settings = quickSettings()
        settings.feeds = [HypercoreFeed(key: Self.key.uppercased(), directory: "/feeds/one")]
        settings.jetstream = Jetstream(endpoint: "wss://jetstream.example/subscribe")
        settings.evmChains = [
            EVMChain(chain: "evm:1", chainID: 1, endpoints: ["https://a.example"])
        ]
        try settings.check()
    }
}
