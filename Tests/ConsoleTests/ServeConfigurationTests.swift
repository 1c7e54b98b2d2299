import Testing
import TestSupport

/// A configuration of a venue that makes no sense, and what is said about it.
struct BadServeConfiguration: Sendable, CustomTestStringConvertible {
    var text: String
    var what: String

    init(_ text: String, _ what: String) {
        self.text = text
        self.what = what
    }

    var testDescription: String { what }
}

@Suite("a venue's configuration file") struct ServeConfigurationTests {
    private static let venue = "[venue]\ndata = \"journal\"\nlog = \"log\"\nkeys = \"keys\"\n"
    private static let committee = "[committee]\nfile = \"committee.json\"\n"
    private static let nats = "[nats]\nservers = [\"nats://127.0.0.1:4222\"]\n"

    static let wrong = [
        BadServeConfiguration("[venu]\n", "venue.toml:1: venu is not known"),
        BadServeConfiguration("[venue]\ndatta = \"x\"\n", "venue.toml:2: venue.datta is not known"),
        BadServeConfiguration("[venue]\ndata = 7\n", "venue.toml:2: venue.data is a whole number"),
        BadServeConfiguration(
            "[committee]\nlisten = \"\"\n",
            "venue.toml:2: committee.listen has 0 bytes"
        ),
        BadServeConfiguration("[venue]\nsnapshot_seconds = -1\n", "venue.snapshot_seconds"),
        BadServeConfiguration(
            venue + "snapshot_seconds = 0\n" + committee,
            "option --snapshot is \"0\"; give a whole number from 1 to 86400"
        ),
        BadServeConfiguration("[nats]\nservers = []\n", "venue.toml:2: nats.servers"),
        BadServeConfiguration(
            nats + "authority = \"ca.pem\"\n",
            "certificate, private_key and server_name belong together"
        ),
        BadServeConfiguration(venue + nats, "nobody could reach this venue"),
        BadServeConfiguration(
            venue + committee + "listen = \"127.0.0.1:0\"\n" + nats,
            "--listen and [nats] exclude each other"
        ),
    ]

    @Test("what is wrong in it is told with its place", arguments: wrong)
    func refuse(_ file: BadServeConfiguration) throws {
        let folder = try TemporaryDirectory()
        let capture = Capture()
        let path = try folder.write(file.text, to: "venue.toml")
        #expect(capture.run(["serve", "--config", path]) != 0)
        #expect(capture.errors.contains(file.what), "\(capture.errors)")
    }

    @Test("servers of NATS without a committee are refused")
    func needless() throws {
        let folder = try TemporaryDirectory()
        let capture = Capture()
        let path = try folder.write(Self.venue + Self.nats, to: "venue.toml")
        #expect(capture.run(["serve", "--config", path, "--stdio"]) == 2)
        #expect(capture.errors.contains("[nats] is for the observers of a committee"))
    }

    @Test("paths are beside the file, and the command line wins")
    func precedence() throws {
        let folder = try TemporaryDirectory()
        let path = try folder.write(Self.venue + Self.committee + Self.nats, to: "venue.toml")
        let words = ["serve", "--config", path]
        let beside = Capture()
        #expect(beside.run(words) != 0)
        #expect(beside.errors.contains(folder.path + "/keys"), "\(beside.errors)")
        let elsewhere = Capture()
        #expect(elsewhere.run(words + ["--keys", "/missing"]) != 0)
        #expect(elsewhere.errors.contains("/missing"), "\(elsewhere.errors)")
        #expect(!elsewhere.errors.contains(folder.path + "/keys"))
    }

    @Test("a file that is not there is named")
    func missing() {
        let capture = Capture()
        #expect(capture.run(["serve", "--config", "/missing/venue.toml"]) != 0)
        #expect(capture.errors.contains("/missing/venue.toml"))
    }
}
