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
        let log = try open(names[names.count - 1], .log, passphrase)
        let salt = try open("salt.key", .salt, passphrase)
        var olderKeys: [Ed25519.PublicKey] = []
        var replacedKey: SigningKey?
        for name in names.dropLast() {
            let older = try open(name, .log, passphrase)
            guard older.head.name == log.head.name else {
                throw arguments.usage("\(path): \(name) is a key of \(older.head.name)")
            }
            let signing = try key(older)
            olderKeys.append(signing.publicKey)
            replacedKey = consume signing
        }
        if overlaps, names.count == 1 {
            throw arguments.usage("\(path): there is no log-2.key yet, so nothing overlaps")
        }
        if !overlaps { replacedKey = nil }
        var saltBytes = try arguments.keyStore { () throws(KeyStoreError) in try salt.opaqueBytes()
        }
        defer { SecretBytes.wipe(&saltBytes) }
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
                olderLogKeys: olderKeys,
                saltKey: SaltKey(bytes: saltBytes)
            )
        } catch {
            throw arguments.usage("\(path): these keys make no venue: \(error)")
        }
    }

    /// The secret behind access tokens in `access.key`; none if there is no such file.
    ///
    /// - Throws: `ConsoleError` when it is damaged, of another kind, or the passphrase is wrong.
    func accessSecret() throws(ConsoleError) -> [UInt8]? {
        do throws(PlatformError) {
            guard try LinuxDirectory.open(path).list().contains("access.key") else { return nil }
        } catch {
            throw .environment("\(error)")
        }
        let passphrase = try passphrases.passphrase(for: path)
        let stored = try open("access.key", .access, passphrase)
        return try arguments.keyStore { () throws(KeyStoreError) in try stored.opaqueBytes() }
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
