import KeyStore

/// Where the passphrases of a command come from: files, or somebody at the terminal.
struct PassphraseSource {
    private let arguments: Arguments
    private let terminal: Terminal

    init(_ arguments: Arguments, _ terminal: Terminal) {
        self.arguments = arguments
        self.terminal = terminal
    }

    /// The passphrase of a file that exists.
    func passphrase(for path: String) throws(ConsoleError) -> Passphrase {
        if let file = arguments.text("--passphrase-file") { return try read(file) }
        return try typed("passphrase of \(path): ", "--passphrase-file")
    }

    /// The passphrase of a new file, typed twice if it is typed.
    func newPassphrase(_ option: String, for path: String) throws(ConsoleError) -> Passphrase {
        if let file = arguments.text(option) { return try read(file) }
        let first = try typed("new passphrase for \(path): ", option)
        let second = try typed("the same again: ", option)
        guard first.isSame(as: second) else {
            throw arguments.usage("the two passphrases differ; type the same one twice")
        }
        return first
    }

    private func read(_ file: String) throws(ConsoleError) -> Passphrase {
        try arguments.keyStore { () throws(KeyStoreError) in try Passphrase(file: file) }
    }

    private func typed(_ prompt: String, _ option: String) throws(ConsoleError) -> Passphrase {
        do throws(KeyStoreError) {
            let passphrase = try Passphrase(typedAfter: { terminal.draw(prompt) })
            // What ended the line was not shown either.
            terminal.draw("\n")
            return passphrase
        } catch {
            if error == .noTerminal {
                throw arguments.usage("option \(option) is missing; write \(option) FILE")
            }
            terminal.draw("\n")
            throw arguments.error(error)
        }
    }
}

extension Arguments {
    /// Runs something that uses keys.
    func keyStore<Result: ~Copyable>(
        _ body: () throws(KeyStoreError) -> Result
    ) throws(ConsoleError) -> Result {
        do throws(KeyStoreError) {
            return try body()
        } catch {
            throw self.error(error)
        }
    }

    /// Why a key could not be used: a damaged or unfit file is a bad key, a file in the way or open to others
    /// is the environment, and the rest is a mistake in what was asked for.
    func error(_ error: KeyStoreError) -> ConsoleError {
        switch error {
        case .truncated, .damaged, .excessiveCost, .wrongPassphrase:
            .disagreement(error.description)
        case .platform, .exists, .tooPermissive, .notFile, .notEnoughMemory:
            .environment(error.description)
        case .notKeyFile, .unsupportedVersion, .wrongKind, .unsuitableKind, .badName, .badShare,
            .passphraseTooShort, .passphraseTooLong, .noTerminal, .cancelled:
            usage(error.description)
        }
    }
}
