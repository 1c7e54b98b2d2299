import Cryptography
import KeyStore
import Platform
import TestSupport
import Testing

/// `parallax observe` with a configuration in which something is wrong: it does not start, and says where.
@Suite("observer.toml") struct ObserverConfigurationTests {
    private static let node = """

        [node]
        data = "node"
        mnemonic_file = "mnemonic"
        admin = "127.0.0.1:0"

        """

    static let faults: [(section: String, key: String, advice: String)] = [
        (
            "[[node.feed]]\nkey = \"abcd\"\ndirectory = \"feed\"\n", "key",
            "write 64 hexadecimal digits"
        ),
        (
            "[node.jetstream]\nendpoint = \"https://stream.example\"\n", "endpoint",
            "write one that begins with ws://"
        ),
        (
            "[node.jetstream]\nendpoint = \"wss://stream.example?compress=true\"\n", "endpoint",
            "leave out"
        ),
        (
            "[node.evm.1]\nendpoints = [\"localhost:8545\"]\n", "endpoints",
            "write one that begins with http://"
        ),
    ]

    @Test("a source that cannot be followed is named with its line", arguments: faults)
    func sources(section: String, key: String, advice: String) throws {
        let folder = try TemporaryDirectory()
        let passphrase = try folder.write("correct horse battery", to: "passphrase")
        let seat = folder.path(of: "seat-1")
        let made = Capture()
        let code = made.run([
            "observe", "--init", seat, "--venue", "a.venue", "--venue-key",
            Hex.encode(SigningKey.generate().publicKey.bytes), "--bus", "127.0.0.1:9400", "--index",
            "1", "--id",
            "one", "--operator", "One", "--group", "One", "--region", "europe", "--category",
            "groundStation", "--passphrase-file", passphrase, "--quick-keys",
        ])
        #expect(code == 0, "\(made.errors)")
        let path = seat + "/observer.toml"
        let text = String(decoding: try WholeFile.read(path), as: UTF8.self) + Self.node + section
        try WholeFile.write(Array(text.utf8), to: path)
        let started = Capture()
        #expect(started.run(["observe", "--config", path]) == 2)
        #expect(started.errors.contains("observer.toml:"), "\(started.errors)")
        #expect(started.errors.contains(key), "\(started.errors)")
        #expect(started.errors.contains(advice), "\(started.errors)")
    }
}
