/// What a user signs with an Ed25519 key to sign in: UTF-8 text of five lines, each with a newline (0A) behind it.
///
///     parallax.sign-in/1
///     <the venue's name>
///     <the user name, as in the request>
///     <the challenge, as it came: base64 with padding>
///     <the timestamp, as in the request: seconds since 1970-01-01T00:00:00Z, in decimal>
///
/// No part can have a newline in it, so no two requests have the same text. FastEx's clients sign the bytes of
/// the challenge alone, which says neither who signs in, nor where, nor when; that is not accepted.
public enum SignInMessage {
    /// The bytes to sign (RFC 8032, Ed25519 without a context).
    ///
    /// - Parameters:
    ///   - venue: The venue's name.
    ///   - userName: The user name.
    ///   - challenge: The challenge as it came.
    ///   - timestamp: Seconds since 1970-01-01T00:00:00Z.
    /// - Returns: The text in UTF-8.
    public static func bytes(
        venue: String,
        userName: String,
        challenge: String,
        timestamp: Int64
    ) -> [UInt8] {
        Array("parallax.sign-in/1\n\(venue)\n\(userName)\n\(challenge)\n\(timestamp)\n".utf8)
    }
}
