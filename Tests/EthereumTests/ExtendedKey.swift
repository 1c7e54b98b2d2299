import Cryptography

/// An extended private key of BIP-32 in its text form, read by code of its own to compare with.
struct ExtendedKey {
    let chainCode: [UInt8]
    let key: [UInt8]

    private static let alphabet = Array(
        "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
    )

    /// None if a character or the checksum is wrong.
    init?(_ text: String) {
        var bytes = [UInt8](repeating: 0, count: 82)
        for character in text {
            guard var carry = Self.alphabet.firstIndex(of: character) else { return nil }
            for index in bytes.indices.reversed() {
                carry += Int(bytes[index]) * 58
                bytes[index] = UInt8(carry & 255)
                carry >>= 8
            }
            guard carry == 0 else { return nil }
        }
        let checksum = SHA256.hash(of: SHA256.hash(of: Array(bytes[..<78])).bytes).bytes
        guard Array(checksum[..<4]) == Array(bytes[78...]) else { return nil }
        chainCode = Array(bytes[13..<45])
        key = Array(bytes[46..<78])
    }
}
