import Cryptography
import Encoding
import KeyStore
import Platform
import Statements
import Transparency

/// A folder with the sealed keys of a venue, as `parallax keys generate` makes them.
///
/// `venue.key` carries the venue's name, `log.key` the log's origin, and `salt.key` is the secret behind the
/// commitments. The successors of the log key are `log-2.key`, `log-3.key` and so on; the newest signs.
struct KeyFolder {
    static let options = [
        OptionSyntax(
            "--keys",
            "DIR",
            "the venue's keys: venue.key, log.key (log-2.key …), salt.key"
        ),
        OptionSyntax("--passphrase-file", "FILE", "their passphrase (default: ask for it)"),
        OptionSyntax(
            "--overlap",
            "",
            "let the log key before the newest sign too, during a rotation"
        ),
    ]

    private let path: String
    private let arguments: Arguments
    private let passphrases: PassphraseSource

    private let overlaps: Bool

    init(
        _ arguments: Arguments,
        _ terminal: Terminal,
        overlaps: Bool = false
    ) throws(ConsoleError) {
        self.overlaps = overlaps || arguments.has("--overlap")
        path = try arguments.requiredText("--keys", "DIR")
        self.arguments = arguments
        passphrases = PassphraseSource(arguments, terminal)
    }

    /// Opens the keys.
    ///
    /// - Throws: `ConsoleError` when one is missing, damaged, of another kind, or the passphrase is wrong.
    func identity() throws(ConsoleError) -> VenueIdentity {
        let names = try logKeyNames()
        let passphrase = try passphrases.passphrase(for: path)
        let venue = try open("venue.key", .venue, passphrase)
        let first = try open("log.key", .log, passphrase)
        let log = try open(names[names.count - 1], .log, passphrase)
        let salt = try open("salt.key", .salt, passphrase)
        var replacedKey: SigningKey?
        if overlaps {
            guard names.count > 1 else {
                throw arguments.usage("\(path): there is no log-2.key yet, so nothing overlaps")
            }
            let replaced = try open(names[names.count - 2], .log, passphrase)
            replacedKey = try key(replaced)
        }
        guard log.head.name == first.head.name else {
            throw arguments.usage("\(path): the log keys are for two origins")
        }
        var saltBytes = try arguments.keyStore { () throws(KeyStoreError) in try salt.saltKey() }
        defer { SecretBytes.wipe(&saltBytes) }
        let firstKey = try key(first).publicKey
        let venueName = venue.head.name
        let origin = log.head.name
        let venueKey = try key(venue)
        let logKey = try key(log)
        do {
            return try VenueIdentity(
                venue: VenueName(Text(venueName)),
                origin: Text(origin),
                venueKey: venueKey,
                logKey: logKey,
                replacedLogKey: replacedKey,
                firstLogKey: firstKey,
                saltKey: SaltKey(bytes: saltBytes)
            )
        } catch {
            throw arguments.usage("\(path): these keys make no venue: \(error)")
        }
    }

    /// The files of the log's keys, the oldest first.
    private func logKeyNames() throws(ConsoleError) -> [String] {
        do throws(PlatformError) {
            let files = try LinuxDirectory.open(path).list()
            var names = ["log.key"]
            while files.contains("log-\(names.count + 1).key") {
                names.append("log-\(names.count + 1).key")
            }
            return names
        } catch {
            throw .environment("\(error)")
        }
    }

    private func key(_ stored: borrowing StoredKey) throws(ConsoleError) -> SigningKey {
        do throws(KeyStoreError) { return try stored.signingKey() } catch {
            throw arguments.error(error)
        }
    }

    private func open(
        _ name: String,
        _ kind: KeyKind,
        _ passphrase: borrowing Passphrase
    ) throws(ConsoleError) -> StoredKey {
        do throws(KeyStoreError) {
            return try StoredKey(opening: path + "/" + name, kind, passphrase)
        } catch {
            throw arguments.error(error)
        }
    }
}
