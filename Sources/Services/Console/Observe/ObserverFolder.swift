import Cryptography
import Encoding
import KeyCeremony
import KeyStore
import Platform
import Statements

/// The folder of a new observer: sealed keys, sample evidence and a configuration with comments.
struct ObserverFolder {
    private let path: String
    private let arguments: Arguments

    init(_ path: String, _ arguments: Arguments) {
        self.path = path
        self.arguments = arguments
    }

    /// Makes everything.
    ///
    /// - Returns: What the venue must know of the observer.
    /// - Throws: `usage` for what is missing or malformed; `environment` when the folder cannot be written.
    func make() throws(ConsoleError) -> SeatEnrolment {
        let venue = try venueName()
        let venueKey = try arguments.requiredText("--venue-key", "HEX")
        guard Ed25519.PublicKey(hexadecimal: venueKey) != nil else {
            throw arguments.usage("option --venue-key is no key of 64 hexadecimal digits")
        }
        let bus = try arguments.requiredText("--bus", "ADDRESS")
        let index = try arguments.number("--index", in: 1...12, standard: 0)
        guard index > 0 else { throw arguments.usage("option --index is missing; write --index N") }
        let passphraseFile = try arguments.requiredText("--passphrase-file", "FILE")
        let id = try arguments.requiredText("--id", "ID")
        let category = try category()
        _ = try Console.makeDirectory(path)
        let seat = path + "/seat"
        _ = try Console.makeDirectory(seat)
        _ = try Console.makeDirectory(path + "/attest")
        let passphrase = try arguments.keyStore { () throws(KeyStoreError) in
            try Passphrase(file: passphraseFile)
        }
        let cost: PassphraseCost = arguments.has("--quick-keys") ? .least : .moderate
        let name = "did:orbit:observer:\(venue.text.string):\(id)"
        let identity = try arguments.keyStore { () throws(KeyStoreError) in
            let key = try StoredKey.generate(.identity, name: name)
            try key.seal(to: seat + "/identity.key", passphrase, cost: cost)
            return try key.signingKey().publicKey
        }
        let encryption: SeatStore
        do throws(KeyCeremonyError) {
            try SeatStore.create(directory: seat, name: name, passphrase: passphrase, cost: cost)
            encryption = try SeatStore(
                directory: seat,
                name: name,
                passphrase: passphrase,
                cost: cost
            )
        } catch {
            throw .environment("\(error)")
        }
        try writeFiles(venue, venueKey, bus, index, passphraseFile, name)
        return SeatEnrolment(
            index: UInt32(index),
            id: Text(id),
            operator: Text(try arguments.requiredText("--operator", "TEXT")),
            group: Text(try arguments.requiredText("--group", "TEXT")),
            region: Text(try arguments.requiredText("--region", "TEXT")),
            category: category,
            identityKey: identity,
            encryptionKey: encryption.encryptionKey
        )
    }

    private func venueName() throws(ConsoleError) -> VenueName {
        let name = try arguments.requiredText("--venue", "NAME")
        do throws(StatementError) {
            return try VenueName(Text(name))
        } catch {
            throw arguments.usage("option --venue: \(error)")
        }
    }

    private func category() throws(ConsoleError) -> SeatCategory {
        let word = try arguments.requiredText("--category", "WORD")
        let words = SeatCategory.allCases.map(\.name.string)
        for category in SeatCategory.allCases where category.name.string == word { return category }
        throw arguments.usage(
            "option --category is \(word.quoted); give \(words.joined(separator: ", "))",
            hint: word.nearest(in: words)
        )
    }

    private func writeFiles(
        _ venue: VenueName,
        _ venueKey: String,
        _ bus: String,
        _ index: Int,
        _ passphraseFile: String,
        _ name: String
    ) throws(ConsoleError) {
        let text = ObserverTemplate.configuration(
            venue: venue.text.string,
            venueKey: venueKey,
            bus: bus,
            name: name,
            passphraseFile: passphraseFile.hasPrefix("/")
                ? passphraseFile : ProcessControl.workingDirectory + "/" + passphraseFile,
            isQuick: arguments.has("--quick-keys")
        )
        try Console.writeFile(path + "/observer.toml", Array(text.utf8))
        try Console.writeFile(path + "/stations.toml", Array(ObserverTemplate.stations.utf8))
        try Console.writeFile(path + "/elements.tle", Array(ObserverTemplate.elements.utf8))
    }
}
