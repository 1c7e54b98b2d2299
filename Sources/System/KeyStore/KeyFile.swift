internal import BLS12381
internal import CSodium
internal import Cryptography

/// The bytes of a sealed key, version 1.
///
/// Numbers have their highest byte first.
///
/// | offset | bytes | what |
/// |---|---|---|
/// | 0 | 7 | the text `plx-key` |
/// | 7 | 1 | version, 1 |
/// | 8 | 1 | kind, the raw value of `KeyKind` |
/// | 9 | 1 | what makes a key of the passphrase: 1 is Argon2id 1.3 with one lane (RFC 9106) |
/// | 10 | 2 | length n of the public part |
/// | 12 | 4 | passes of Argon2id, 1 … 16 |
/// | 16 | 8 | memory of Argon2id in bytes, 8 KiB … 1 GiB |
/// | 24 | 16 | salt of Argon2id, random |
/// | 40 | 24 | nonce, random |
/// | 64 | n | the public part: length of the name (1 byte), name in UTF-8, and then for an Ed25519 key its 32 bytes; for a share its epoch (8), index (1) and public key (96); for other kinds an identifier (8) |
/// | 64 + n | 48 | the 32 secret bytes in XChaCha20-Poly1305, with everything before as associated data |
/// | 112 + n | 32 | SHA-256 of everything before |
///
/// A file is valid when it has exactly 144 + n bytes, the checksum is right, every field is in its range, the
/// passphrase opens the box, and the public part is that of the secret. The checksum tells damage from a
/// wrong passphrase; only the box authenticates. So what is read without the passphrase is what the file
/// says, not what its owner sealed.
struct KeyFile {
    static let version: UInt8 = 1
    static let byteCountMax = fixedByteCount + publicByteCountMax

    private static let magic = Array("plx-key".utf8)
    private static let publicOffset = 64
    private static let boxByteCount = 48
    private static let fixedByteCount = publicOffset + boxByteCount + SHA256.Digest.byteCount
    private static let publicByteCountMax = 1 + 255 + 8 + 1 + 96

    let head: KeyHead
    let cost: PassphraseCost
    let salt: [UInt8]
    let nonce: [UInt8]
    let box: [UInt8]
    /// Everything before the box, which it authenticates.
    let associated: [UInt8]

    /// The file's bytes.
    var bytes: [UInt8] {
        let body = associated + box
        return body + SHA256.hash(of: body).bytes
    }
}

extension KeyFile {
    /// Seals a key with fresh randomness.
    init(
        sealing secret: borrowing SecretBuffer,
        _ head: KeyHead,
        _ passphrase: borrowing Passphrase,
        _ cost: PassphraseCost
    ) throws(KeyStoreError) {
        var salt = [UInt8](repeating: 0, count: 16)
        var nonce = [UInt8](repeating: 0, count: 24)
        Sodium.prepare()
        unsafe randombytes_buf(&salt, salt.count)
        unsafe randombytes_buf(&nonce, nonce.count)
        let publicBytes = Self.encode(head)
        let associated =
            Self.magic + [Self.version, head.kind.rawValue, 1]
            + Self.bytes(UInt16(publicBytes.count)) + Self.bytes(cost.passes)
            + Self.bytes(cost.memoryBytes) + salt + nonce + publicBytes
        let key = try passphrase.key(salt: salt, cost: cost)
        var box = [UInt8](repeating: 0, count: Self.boxByteCount)
        unsafe key.withUnsafePointer { key in
            unsafe secret.withUnsafePointer { secret in
                _ = unsafe crypto_aead_xchacha20poly1305_ietf_encrypt(
                    &box,
                    nil,
                    secret,
                    UInt64(StoredKey.secretByteCount),
                    associated,
                    UInt64(associated.count),
                    nil,
                    nonce,
                    key
                )
            }
        }
        self.init(
            head: head,
            cost: cost,
            salt: salt,
            nonce: nonce,
            box: box,
            associated: associated
        )
    }

    /// Opens the box.
    func open(
        _ passphrase: borrowing Passphrase,
        path: String
    ) throws(KeyStoreError) -> SecretBuffer {
        let key = try passphrase.key(salt: salt, cost: cost)
        return unsafe try key.withUnsafePointer { (key) throws(KeyStoreError) in
            unsafe try SecretBuffer(byteCount: StoredKey.secretByteCount) {
                (secret) throws(KeyStoreError) in
                let result = unsafe crypto_aead_xchacha20poly1305_ietf_decrypt(
                    secret,
                    nil,
                    nil,
                    box,
                    UInt64(box.count),
                    associated,
                    UInt64(associated.count),
                    nonce,
                    key
                )
                guard result == 0 else { throw .wrongPassphrase(path: path) }
            }
        }
    }

    /// Reads the bytes of a file; what it says is not authenticated yet.
    ///
    /// - Throws: The first that applies of `notKeyFile`, `truncated`, `unsupportedVersion`, `damaged` and
    ///   `excessiveCost`.
    init(decoding bytes: [UInt8], path: String) throws(KeyStoreError) {
        guard bytes.count <= Self.byteCountMax else { throw .notKeyFile(path: path) }
        guard Self.magic.starts(with: bytes.prefix(Self.magic.count)) else {
            throw .notKeyFile(path: path)
        }
        guard bytes.count >= Self.publicOffset else {
            throw .truncated(path: path, expected: Self.fixedByteCount, found: bytes.count)
        }
        guard bytes[7] == Self.version else {
            throw .unsupportedVersion(path: path, version: bytes[7])
        }
        let publicEnd = Self.publicOffset + Int(Self.number(bytes[10..<12]))
        let boxEnd = publicEnd + Self.boxByteCount
        let end = boxEnd + SHA256.Digest.byteCount
        guard bytes.count >= end else {
            throw .truncated(path: path, expected: end, found: bytes.count)
        }
        let checksum = SHA256.hash(of: Array(bytes[..<boxEnd])).bytes
        guard checksum.elementsEqual(bytes[boxEnd...]), bytes[9] == 1,
            let kind = KeyKind(rawValue: bytes[8])
        else {
            throw .damaged(path: path)
        }
        let (passes, memoryBytes) = (Self.number(bytes[12..<16]), Self.number(bytes[16..<24]))
        guard let cost = PassphraseCost(passes: passes, memoryBytes: memoryBytes) else {
            throw .excessiveCost(path: path)
        }
        let publicBytes = Array(bytes[Self.publicOffset..<publicEnd])
        guard let head = Self.decodeHead(publicBytes, kind) else { throw .damaged(path: path) }
        self.init(
            head: head,
            cost: cost,
            salt: Array(bytes[24..<40]),
            nonce: Array(bytes[40..<64]),
            box: Array(bytes[publicEnd..<boxEnd]),
            associated: Array(bytes[..<publicEnd])
        )
    }

    private static func encode(_ head: KeyHead) -> [UInt8] {
        var bytes = [UInt8(head.name.utf8.count)] + Array(head.name.utf8)
        if case .share(let epoch, let index, _) = head.publicPart {
            bytes += Self.bytes(epoch) + [index]
        }
        return bytes + head.publicBytes
    }

    /// The public part, or nothing if it makes no sense.
    private static func decodeHead(_ bytes: [UInt8], _ kind: KeyKind) -> KeyHead? {
        guard let nameCount = bytes.first, bytes.count > Int(nameCount) else { return nil }
        let nameEnd = 1 + Int(nameCount)
        guard let name = String(validating: bytes[1..<nameEnd], as: UTF8.self) else { return nil }
        let rest = Array(bytes[nameEnd...])
        do {
            switch kind {
            case .share:
                guard rest.count == 105, rest[8] > 0 else { return nil }
                let part = KeyHead.PublicPart.share(
                    epoch: number(rest[..<8]),
                    index: rest[8],
                    try BLS12381.PublicKey(compressed: Array(rest[9...]))
                )
                return try KeyHead(kind: kind, name: name, publicPart: part)
            case .salt, .encryption, .ceremony, .access:
                guard rest.count == StoredKey.identifierByteCount else { return nil }
                return try KeyHead(kind: kind, name: name, publicPart: .opaque(identifier: rest))
            case .log, .venue, .identity, .witness:
                let part = KeyHead.PublicPart.signing(try Ed25519.PublicKey(bytes: rest))
                return try KeyHead(kind: kind, name: name, publicPart: part)
            }
        } catch {
            return nil
        }
    }

    /// The number of at most eight bytes.
    private static func number(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        bytes.reduce(0) { number, byte in number << 8 | UInt64(byte) }
    }

    private static func bytes(_ number: some FixedWidthInteger) -> [UInt8] {
        unsafe withUnsafeBytes(of: number.bigEndian) { bytes in unsafe [UInt8](bytes) }
    }
}
