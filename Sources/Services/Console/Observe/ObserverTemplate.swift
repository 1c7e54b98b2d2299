/// The files that a new observer begins with.
enum ObserverTemplate {
    /// Ground stations: one that is real, for the example of the documentation.
    static let stations = """
        # The ground stations that this observer knows. A report that names another one is refused.
        [[station]]
        name = "svalbard"
        latitude = 78.2297    # degrees north
        longitude = 15.3975   # degrees east
        height = 450          # metres above the ellipsoid
        mask = 5.0            # least elevation in degrees

        """

    /// Element sets: the one of Suomi NPP of 20 January 2018, which belongs to the example.
    static let elements = """
        SUOMI NPP
        1 37849U 11061A   18020.95418132  .00000016  00000-0  28338-4 0  9999
        2 37849  98.7246 321.4999 0000616 108.1950 317.8168 14.19560018322997

        """

    /// The configuration.
    ///
    /// - Parameters:
    ///   - venue: The venue's name.
    ///   - venueKey: Its public key in hexadecimal digits.
    ///   - bus: Where it talks to observers.
    ///   - name: The observer's DID.
    ///   - passphraseFile: What opens the keys.
    ///   - isQuick: Whether they are sealed weakly.
    /// - Returns: The text of `observer.toml`.
    static func configuration(
        venue: String,
        venueKey: String,
        bus: String,
        name: String,
        passphraseFile: String,
        isQuick: Bool
    ) -> String {
        """
        # Configuration of an observer. Paths that do not begin with / are beside this file. Keys that are not
        # known are refused, so a slip of the pen does not go unnoticed.

        [seat]
        name = \(quoted(name))
        # Sealed keys: identity.key, encryption.key, and the shares that key ceremonies make.
        directory = "seat"
        # What opens them; a file that nobody else may read.
        passphrase_file = \(quoted(passphraseFile))
        # Whether new shares are sealed weakly and fast. Only for demonstrations.
        quick_keys = \(isQuick)

        [venue]
        name = \(quoted(venue))
        # The venue's public key, 64 hexadecimal digits. Everything it says is checked with it.
        key = \(quoted(venueKey))
        # Where the venue talks to observers, over TLS in which both show their keys.
        bus = \(quoted(bus))
        # Instead of bus: a NATS server.
        # [venue.nats]
        # servers = ["nats://127.0.0.1:4222"]
        # authority = "ca.pem"          # these four for TLS
        # certificate = "observer.pem"
        # private_key = "observer.key"
        # server_name = "nats.example"

        [attest]
        # Votes and the snapshot of the re-execution. Never put back an old copy: a seat that votes twice loses
        # its bond.
        directory = "attest"
        # How much memory the re-execution may use; it holds the venue's whole state.
        memory_mebibytes = 1024
        # After so many commands a snapshot is written.
        snapshot_commands = 1000000
        # Where the components are; beside the program without it.
        # components = "/usr/lib/parallax/components"

        [evidence]
        # Evidence of this observer's own, against which reports are checked.
        stations = "stations.toml"
        elements = ["elements.tle"]

        \(node)
        """
    }

    /// The part that is left out at first: an operator node.
    private static let node = """
        # A node that runs services compatible with WAVS 2.6; leave it out to attest only.
        # [node]
        # data = "node"
        # admin = "127.0.0.1:8000"      # this machine alone unless said otherwise
        # token_file = "admin.token"    # 0600; without it, paths that change something refuse
        # mnemonic_file = "mnemonic"    # 0600; the keys of the services are made of it
        # development = false           # whether the paths of /dev are there
        # dns_resolution = false        # whether services that ask for it may look names up
        # [node.evm.31337]
        # endpoints = ["http://127.0.0.1:8545"]
        # confirmations = 12            # blocks behind a block before its events count
        # [node.cosmos.cosmoshub-4]
        # endpoints = ["http://127.0.0.1:26657"]
        # gas_price = 0.025
        # gas_denom = "uatom"
        # bech32_prefix = "cosmos"
        # [node.jetstream]              # events of ATProto, never compressed
        # endpoint = "wss://jetstream.example/subscribe"
        # [[node.feed]]                 # a Hypercore feed in a folder of this machine
        # key = "64 hexadecimal digits"
        # directory = "feed"
        """

    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
