/// Why a name has no address; the names are cases of `error-code` of `wasi:sockets/network`.
public enum NameResolutionError: Error, Equatable, Sendable {
    /// Nobody knows the name, or nobody may know its addresses here.
    case unresolvable
    /// There was no answer in time, or too much else is looked up just now.
    case temporary
    /// The servers of names refuse.
    case permanent
}

/// Looks names of hosts up for programs.
///
/// Which programs may do so, and whether a text is a name, is checked before.
public protocol NameResolver: Sendable {
    /// Waits for the addresses of a name.
    ///
    /// - Parameters:
    ///   - name: ASCII letters, digits, dots, hyphens, underscores and colons, 1 … 253.
    ///   - milliseconds: How long it may take.
    /// - Returns: The addresses, the preferred one first, each of 4 or 16 bytes, highest first.
    /// - Throws: `NameResolutionError`.
    func addresses(
        of name: String,
        milliseconds: Int
    ) throws(NameResolutionError) -> [[UInt8]]
}
