import LedgerStore

/// Where a ledger is, as a command line names it.
enum LedgerPlace {
    /// A file of SQLite.
    case file(String)
    /// PostgreSQL, whose URL is nil when the environment has it.
    case server(url: String?)

    /// What the help says about it.
    static let help = """
        STORE is a file of SQLite, the URL of a PostgreSQL database (postgresql://user@host/database), or the word
        postgres: then the environment variable \(PostgreSQLAddress.environmentName) has the URL. Passwords belong
        in a file or in the environment, not on a command line, which everybody on the machine can read.
        """

    static var options: [OptionSyntax] {
        [
            OptionSyntax("--password-file", "FILE", "its first line is the password of PostgreSQL"),
            OptionSyntax("--schema", "NAME", "the schema of PostgreSQL (default: parallax)"),
            OptionSyntax("--json", "", "print one JSON object and nothing else"),
        ]
    }

    /// Reads what a command line says.
    init(_ text: String) {
        if text == "postgres" {
            self = .server(url: nil)
        } else if text.hasPrefix("postgresql://") || text.hasPrefix("postgres://") {
            self = .server(url: text)
        } else {
            self = .file(text)
        }
    }

    /// Opens the store; a file of SQLite must exist unless it may be made.
    ///
    /// - Throws: `usage` for a password on the command line; `environment` when it cannot be opened.
    func open(
        _ arguments: Arguments,
        command: String,
        makes: Bool = false
    ) throws(ConsoleError) -> any LedgerStore {
        switch self {
        case .file(let path):
            // A misspelt name must not become a new, empty ledger.
            return try Console.ledger { () throws(LedgerStoreError) in
                try SQLiteLedgerStore(path: path, makes: makes)
            }
        case .server(let url):
            let address = try Console.ledger { () throws(LedgerStoreError) in
                try PostgreSQLAddress(
                    url: url,
                    passwordFile: arguments.text("--password-file"),
                    schema: arguments.text("--schema") ?? "parallax"
                )
            }
            if url != nil, address.urlHasPassword {
                throw .usage(
                    "the URL has a password, which every user of this machine could read; "
                        + "use --password-file, or \(PostgreSQLAddress.environmentName)",
                    command: command
                )
            }
            return try Console.ledger { () throws(LedgerStoreError) in
                try PostgreSQLLedgerStore(address)
            }
        }
    }
}

extension Console {
    /// Runs something that uses a ledger store: damage is a bad ledger, everything else the environment.
    static func ledger<Value>(
        _ body: () throws(LedgerStoreError) -> Value
    ) throws(ConsoleError) -> Value {
        do throws(LedgerStoreError) {
            return try body()
        } catch {
            if case .corrupt = error { throw .disagreement(error.description) }
            throw .environment(error.description)
        }
    }
}
