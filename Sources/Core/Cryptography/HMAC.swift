/// Message authentication codes with a hash function (RFC 2104, FIPS 198-1).
///
/// The time depends on the lengths of key and message only. The copy of the key that is padded to a block is
/// overwritten; the states of the hash function on the stack are not. `==` on digests stops at the first
/// difference: do not compare a received code with it where somebody could measure the time.
public enum HMAC {
    /// The code of a message by SHA-256.
    ///
    /// - Parameters:
    ///   - key: The secret; at least 32 bytes are advised, and any number is taken.
    ///   - message: What is authenticated.
    /// - Returns: The code of 32 bytes.
    /// - Complexity: O(n).
    public static func sha256(key: [UInt8], _ message: [UInt8]) -> SHA256.Digest {
        var short = key.count > 64 ? SHA256.hash(of: key).bytes : []
        var block = masked(short.isEmpty ? key : short, count: 64)
        defer {
            SecretBytes.wipe(&short)
            SecretBytes.wipe(&block)
        }
        var inner = SHA256.Hasher()
        inner.update(block)
        inner.update(message)
        for index in block.indices { block[index] ^= innerMask ^ outerMask }
        var outer = SHA256.Hasher()
        outer.update(block)
        outer.update(inner.finalize())
        return outer.finalize()
    }

    /// The code of a message by SHA-512.
    ///
    /// - Parameters:
    ///   - key: The secret; at least 64 bytes are advised, and any number is taken.
    ///   - message: What is authenticated.
    /// - Returns: The code of 64 bytes.
    /// - Complexity: O(n).
    public static func sha512(key: [UInt8], _ message: [UInt8]) -> SHA512.Digest {
        var short = key.count > 128 ? SHA512.hash(of: key).bytes : []
        var block = masked(short.isEmpty ? key : short, count: 128)
        defer {
            SecretBytes.wipe(&short)
            SecretBytes.wipe(&block)
        }
        var inner = SHA512.Hasher()
        inner.update(block)
        inner.update(message)
        for index in block.indices { block[index] ^= innerMask ^ outerMask }
        var outer = SHA512.Hasher()
        outer.update(block)
        outer.update(inner.finalize())
        return outer.finalize()
    }

    private static var innerMask: UInt8 { 0x36 }
    private static var outerMask: UInt8 { 0x5c }

    /// A key with zeros behind it, masked for the inner hash, in storage of its own.
    ///
    /// The key itself is nowhere copied, and the storage can be overwritten for good.
    private static func masked(_ key: [UInt8], count: Int) -> [UInt8] {
        var block = [UInt8](repeating: innerMask, count: count)
        for index in key.indices { block[index] ^= key[index] }
        return block
    }
}

/// The derivation of keys from secret bytes with HMAC-SHA256 (RFC 5869).
public enum HKDF {
    /// A key that is as good as random from secret bytes that are merely hard to guess (§2.2).
    ///
    /// - Complexity: O(n).
    public static func extract(salt: [UInt8], material: [UInt8]) -> SHA256.Digest {
        HMAC.sha256(key: salt, material)
    }

    /// As many bytes as asked for from such a key (§2.3).
    ///
    /// - Parameters:
    ///   - key: What `extract` gave, or 32 other random bytes.
    ///   - info: What separates outputs that are made of the same key.
    ///   - count: From 0 to 8,160, which is 255 digests; more is an error of the caller.
    /// - Returns: That many bytes.
    /// - Complexity: O(n).
    public static func expand(key: [UInt8], info: [UInt8], count: Int) -> [UInt8] {
        precondition(count >= 0 && count <= 255 * SHA256.Digest.byteCount, "HKDF gives no more")
        var output: [UInt8] = []
        output.reserveCapacity(count + SHA256.Digest.byteCount)
        var block: [UInt8] = []
        var counter: UInt8 = 1
        while output.count < count {
            block = HMAC.sha256(key: key, block + info + [counter]).bytes
            output += block
            counter &+= 1
        }
        SecretBytes.wipe(&block)
        output.removeLast(output.count - count)
        return output
    }
}

/// The overwriting of secrets.
public enum SecretBytes {
    /// Overwrites bytes with zeros, in a way that the optimizer does not remove.
    ///
    /// Only this array is overwritten: where its storage is shared with a copy, the copy keeps the bytes.
    ///
    /// - Complexity: O(n).
    @inline(never) @_optimize(none) public static func wipe(_ bytes: inout [UInt8]) {
        for index in bytes.indices { bytes[index] = 0 }
    }
}
