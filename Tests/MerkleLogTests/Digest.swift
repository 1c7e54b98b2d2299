import Cryptography

/// A digest of hexadecimal digits; none if they are not those of 32 bytes.
func digest(_ text: String) -> SHA256.Digest? {
    guard let bytes = try? Hex.decode(text), bytes.count == 32 else { return nil }
    return SHA256.Digest(bytes: bytes)
}
