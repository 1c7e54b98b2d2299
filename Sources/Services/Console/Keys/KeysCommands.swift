import KeyStore

extension Console {
    static var keysGenerateSyntax: CommandSyntax {
        CommandSyntax(
            "keys generate",
            summary: "make a secret key and seal it in a new file",
            details: """
                The kinds: log signs the checkpoints of a transparency log, and its name is the log's origin;
                witness cosigns checkpoints; venue signs statements; identity signs a member's votes;
                encryption decrypts the shares dealt to it; salt makes the salts of account commitments. The file has the mode 0600 and overwrites no other.
                \(passphraseDetails)
                """,
            options: [
                OptionSyntax("--kind", "KIND", "log, witness, venue, identity, encryption or salt"),
                OptionSyntax("--name", "NAME", "whose key it is; the origin of a log"),
                OptionSyntax("--out", "FILE", "the new file"),
                passphraseOption,
                jsonOption,
            ],
            body: keysGenerate
        )
    }

    static var keysShowSyntax: CommandSyntax {
        CommandSyntax(
            "keys show",
            operands: "FILE",
            count: 1...1,
            summary: "print what is public about a sealed key",
            details: """
                Without a passphrase it prints what the file says, which whoever can write the file could
                have changed. With one it opens the file and prints what its owner sealed.
                """,
            options: [passphraseOption, jsonOption],
            body: keysShow
        )
    }

    static var keysRotateSyntax: CommandSyntax {
        CommandSyntax(
            "keys rotate",
            operands: "FILE",
            count: 1...1,
            summary: "make the successor of a key, of the same kind and name",
            details: """
                The old file stays as it is: its key has to sign the change, and a log is rebuilt with the
                keys it was made with. The new file gets the same passphrase unless --new-passphrase-file
                gives another.
                \(passphraseDetails)
                """,
            options: [
                OptionSyntax("--out", "NEW", "the new file"),
                passphraseOption, newPassphraseOption, jsonOption,
            ],
            body: keysRotate
        )
    }

    static var keysResealSyntax: CommandSyntax {
        CommandSyntax(
            "keys reseal",
            operands: "FILE",
            count: 1...1,
            summary: "change the passphrase of a sealed key",
            details: """
                The key stays the same. The file is replaced when the new one was read back. Copies of the old
                file still open with the old passphrase: if that is known to others, rotate the key.
                \(passphraseDetails)
                """,
            options: [passphraseOption, newPassphraseOption, jsonOption],
            body: keysReseal
        )
    }

    private static var passphraseDetails: String {
        """

        A passphrase is read from a file that only its owner may use, or typed on the terminal, where it is
        not shown. It is never an argument or an environment variable, because others can see those.
        """
    }

    private static var passphraseOption: OptionSyntax {
        OptionSyntax("--passphrase-file", "FILE", "read the passphrase from a file")
    }

    private static var newPassphraseOption: OptionSyntax {
        OptionSyntax("--new-passphrase-file", "FILE", "read the new file's passphrase from a file")
    }

    private static var jsonOption: OptionSyntax {
        OptionSyntax("--json", "", "print one JSON object and nothing else")
    }

    @Sendable private static func keysGenerate(
        _ arguments: Arguments,
        _ terminal: Terminal
    ) throws(ConsoleError) {
        let word = try arguments.requiredText("--kind", "KIND")
        let kinds = KeyKind.allCases.filter { kind in kind != .share && kind != .ceremony }
        guard let kind = KeyKind(word: word), kinds.contains(kind) else {
            let words = kinds.map(\.description)
            throw arguments.usage(
                "option --kind is \(word.quoted); give " + words.joined(separator: " or "),
                hint: word.nearest(in: words)
            )
        }
        let name = try arguments.requiredText("--name", "NAME")
        let path = try arguments.requiredText("--out", "FILE")
        let passphrase = try PassphraseSource(arguments, terminal).newPassphrase(
            "--passphrase-file",
            for: path
        )
        let key = try arguments.keyStore { () throws(KeyStoreError) in
            let key = try StoredKey.generate(kind, name: name)
            try key.seal(to: path, passphrase)
            return key
        }
        let summary = KeySummary(key.head, path: path, isAuthenticated: true)
        if arguments.has("--json") {
            terminal.line(summary.json.description)
        } else {
            terminal.line("\(path): sealed")
            for line in summary.lines { terminal.line(line) }
        }
    }

    @Sendable private static func keysShow(
        _ arguments: Arguments,
        _ terminal: Terminal
    ) throws(ConsoleError) {
        let path = arguments.operands[0]
        let summary: KeySummary
        if arguments.has("--passphrase-file") {
            let passphrase = try PassphraseSource(arguments, terminal).passphrase(for: path)
            let key = try arguments.keyStore { () throws(KeyStoreError) in
                try StoredKey(opening: path, nil, passphrase)
            }
            summary = KeySummary(key.head, path: path, isAuthenticated: true)
        } else {
            let head = try arguments.keyStore { () throws(KeyStoreError) in
                try StoredKey.unauthenticatedHead(of: path)
            }
            summary = KeySummary(head, path: path, isAuthenticated: false)
        }
        if arguments.has("--json") {
            terminal.line(summary.json.description)
        } else {
            terminal.line(path)
            for line in summary.lines { terminal.line(line) }
        }
    }

    @Sendable private static func keysRotate(
        _ arguments: Arguments,
        _ terminal: Terminal
    ) throws(ConsoleError) {
        let path = arguments.operands[0]
        let newPath = try arguments.requiredText("--out", "NEW")
        let source = PassphraseSource(arguments, terminal)
        let passphrase = try source.passphrase(for: path)
        let old = try arguments.keyStore { () throws(KeyStoreError) in
            try StoredKey(opening: path, nil, passphrase)
        }
        if old.head.kind == .share {
            throw arguments.usage(
                "\(path): is a share, whose successor the committee makes together; reshare instead"
            )
        }
        let new = try arguments.keyStore { () throws(KeyStoreError) in
            try StoredKey.generate(old.head.kind, name: old.head.name)
        }
        if arguments.has("--new-passphrase-file") {
            let another = try source.newPassphrase("--new-passphrase-file", for: newPath)
            try arguments.keyStore { () throws(KeyStoreError) in try new.seal(to: newPath, another)
            }
        } else {
            try arguments.keyStore { () throws(KeyStoreError) in
                try new.seal(to: newPath, passphrase)
            }
        }
        let before = KeySummary(old.head, path: path, isAuthenticated: true)
        let after = KeySummary(new.head, path: newPath, isAuthenticated: true)
        if arguments.has("--json") {
            var json = JSONObject()
            json.add("old", before.json)
            json.add("new", after.json)
            terminal.line(json.description)
        } else {
            terminal.line("\(path): the old key")
            for line in before.lines { terminal.line(line) }
            terminal.line("\(newPath): the new key")
            for line in after.lines { terminal.line(line) }
        }
    }

    @Sendable private static func keysReseal(
        _ arguments: Arguments,
        _ terminal: Terminal
    ) throws(ConsoleError) {
        let path = arguments.operands[0]
        let source = PassphraseSource(arguments, terminal)
        let old = try source.passphrase(for: path)
        let new = try source.newPassphrase("--new-passphrase-file", for: path)
        let head = try arguments.keyStore { () throws(KeyStoreError) in
            try StoredKey.reseal(path, from: old, to: new)
        }
        let summary = KeySummary(head, path: path, isAuthenticated: true)
        if arguments.has("--json") {
            terminal.line(summary.json.description)
        } else {
            terminal.line("\(path): sealed with the new passphrase")
            for line in summary.lines { terminal.line(line) }
        }
    }
}
