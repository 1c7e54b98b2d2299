internal import CPostgreSQL
internal import Glibc
internal import Platform

/// How to reach a PostgreSQL server, or CockroachDB, which speaks the same.
///
/// Everything that libpq understands may be in the URL, its parameters for TLS included (`sslmode=verify-full`,
/// `sslrootcert`, `sslcert`, `sslkey`). A password belongs in a file or in the environment (`PGPASSWORD`,
/// `PGPASSFILE`), where neither a list of processes nor this program's output shows it.
public struct PostgreSQLAddress: Sendable {
    /// The environment variable that has the URL if the configuration has none.
    public static let environmentName = "PARALLAX_LEDGER_URL"

    /// What the database is called in errors: host, port and name, and nothing secret.
    public let name: String
    /// Whether the URL has a password in it, which belongs elsewhere.
    public let urlHasPassword: Bool
    /// The schema that holds the tables.
    let schema: String
    private let url: String
    private let password: String?

    /// Reads how to reach a database.
    ///
    /// - Parameters:
    ///   - url: `postgresql://user@host:port/database?parameters`; nil to take it from the environment.
    ///   - passwordFile: A file whose first line is the password, for its owner's eyes only; nil for none.
    ///   - schema: The schema that holds the tables: lower-case letters, digits and underscores.
    /// - Throws: `configuration` when there is no URL or it cannot be read, when others may read the
    ///   password, or when the schema's name is of another form.
    public init(
        url: String? = nil,
        passwordFile: String? = nil,
        schema: String = "parallax"
    ) throws(LedgerStoreError) {
        guard let url = url ?? Self.environment() else {
            throw .configuration(
                "no ledger database is named: set \(Self.environmentName) or its URL in the configuration"
            )
        }
        guard Self.isIdentifier(schema) else {
            throw .configuration("the schema's name has other than lower-case letters and digits")
        }
        self.url = url
        self.schema = schema
        password = try passwordFile.map { path throws(LedgerStoreError) in try Self.read(path) }
        (name, urlHasPassword) = try Self.parts(of: url)
    }

    /// Whether a text can be written into SQL as a name.
    static func isIdentifier(_ text: String) -> Bool {
        guard let first = text.utf8.first, first < UInt8(ascii: "0") || first > UInt8(ascii: "9"),
            text.utf8.count <= 63
        else { return false }
        return text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "_"):
                true
            default: false
            }
        }
    }

    private static func environment() -> String? {
        guard let value = unsafe getenv(environmentName) else { return nil }
        return unsafe String(cString: value)
    }

    private static func read(_ path: String) throws(LedgerStoreError) -> String {
        var status = stat()
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw .configuration("\(path): the password cannot be read: \(Self.systemMessage())")
        }
        defer { close(descriptor) }
        guard unsafe fstat(descriptor, &status) == 0, status.st_mode & 0o077 == 0 else {
            throw .configuration("\(path): others may read the password; chmod 600 it")
        }
        var bytes = [UInt8](repeating: 0, count: 1_024)
        let count = unsafe Glibc.read(descriptor, &bytes, bytes.count)
        let line = bytes.prefix(max(count, 0)).prefix { byte in byte != UInt8(ascii: "\n") }
        guard !line.isEmpty, let text = String(validating: line, as: UTF8.self) else {
            throw .configuration("\(path): its first line is no password")
        }
        return text
    }

    private static func systemMessage() -> String { unsafe String(cString: strerror(errno)) }

    /// Host, port and database of a URL, and whether it has a password.
    private static func parts(of url: String) throws(LedgerStoreError) -> (String, Bool) {
        // What libpq says about a URL that it cannot read may repeat the password, so it is not shown.
        guard let options = unsafe PQconninfoParse(url, nil) else {
            throw .configuration(
                "the URL of the ledger database cannot be read; "
                    + "its form is postgresql://user@host:port/database?sslmode=verify-full"
            )
        }
        defer { unsafe PQconninfoFree(options) }
        var values: [String: String] = [:]
        var option = unsafe options
        while let keyword = unsafe option.pointee.keyword {
            if let value = unsafe option.pointee.val {
                unsafe values[String(cString: keyword)] = unsafe String(cString: value)
            }
            unsafe option += 1
        }
        let host = values["host"] ?? values["hostaddr"] ?? "default host"
        let port = values["port"].map { port in ":" + port } ?? ""
        let name = "postgresql \(host)\(port)/\(values["dbname"] ?? "default database")"
        return (name, values["password"] != nil)
    }

    /// The words that libpq connects with.
    ///
    /// What comes later counts more: the URL may change what is before it, and nothing what is behind it.
    func words(role: String) -> [(String, String)] {
        var words = [
            ("connect_timeout", "5"), ("keepalives_idle", "10"), ("keepalives_interval", "5"),
            ("keepalives_count", "3"), ("tcp_user_timeout", "15000"),
            ("application_name", "parallax ledger \(role)"), ("dbname", url),
        ]
        if let password { words.append(("password", password)) }
        words.append(("client_encoding", "UTF8"))
        return words
    }

    /// A message without the password, wherever it should be in it.
    func redacted(_ message: String) -> String {
        var secrets = [password].compactMap { $0 }
        if let environment = unsafe getenv("PGPASSWORD") {
            unsafe secrets.append(String(cString: environment))
        }
        // A password in the URL, which should not be there, stands between the first colon behind // and the @.
        if let at = url.utf8.lastIndex(of: UInt8(ascii: "@")),
            let slashes = url.utf8.firstIndex(of: UInt8(ascii: "/")),
            let colon = url[slashes..<at].utf8.firstIndex(of: UInt8(ascii: ":"))
        {
            secrets.append(String(url[url.utf8.index(after: colon)..<at]))
        }
        var lines = message.split(whereSeparator: \.isNewline).joined(separator: "; ")
        for secret in secrets where !secret.isEmpty {
            lines = lines.split(separator: secret, omittingEmptySubsequences: false)
                .joined(separator: "***")
        }
        return lines
    }
}

extension PostgreSQLAddress: CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    /// Where the database is, and nothing secret.
    public var description: String { name }
    /// Where the database is, and nothing secret.
    public var debugDescription: String { name }
    /// Where the database is, and nothing secret.
    public var customMirror: Mirror { Mirror(self, children: ["name": name]) }
}
