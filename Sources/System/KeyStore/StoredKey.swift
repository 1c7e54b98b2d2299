public import BLS12381
internal import CSodium
internal import Cryptography
internal import Platform

/// A secret key of any kind with what is public about it, as it is sealed in a file.
///
/// The 32 secret bytes lie in memory that is neither swapped out nor dumped, and are overwritten when its life
/// ends; so are the passphrase's key, and what making, sealing and opening leave on the stack. Sealing and
/// opening take the same time for every secret; Argon2id reads memory at places that depend on the passphrase
/// in all but its first half pass, so somebody who shares the processor's caches may learn about it. What
/// `share()` and `opaqueBytes()` hand out is the caller's to guard.
@safe public struct StoredKey: ~Copyable, Sendable {
    /// What is public about the key.
    public let head: KeyHead
    private let secret: SecretBuffer

    static var secretByteCount: Int { 32 }
    static var identifierByteCount: Int { 8 }

    private init(head: KeyHead, secret: consuming SecretBuffer) {
        self.head = head
        self.secret = secret
    }

    /// Makes a new key that nobody can guess.
    ///
    /// - Parameters:
    ///   - kind: What it is for; shares are dealt, not made in this way.
    ///   - name: Whose it is; see `KeyHead.name`.
    /// - Returns: The key.
    /// - Throws: `unsuitableKind` for a share; `badName`.
    public static func generate(
        _ kind: KeyKind,
        name: String
    ) throws(KeyStoreError) -> StoredKey {
        try StoredKey(kind, name: name, SecretBuffer(randomByteCount: secretByteCount))
    }

    /// Takes the seed of a signing key, or the bytes of an opaque one.
    ///
    /// - Parameters:
    ///   - kind: What it is for; any kind but a share.
    ///   - name: Whose it is; see `KeyHead.name`.
    ///   - bytes: 32 secret bytes; any other number is an error of the caller, who wipes them.
    /// - Throws: `unsuitableKind` for a share; `badName`.
    public init(_ kind: KeyKind, name: String, bytes: [UInt8]) throws(KeyStoreError) {
        precondition(bytes.count == Self.secretByteCount, "such a key has 32 bytes")
        try self.init(kind, name: name, SecretBuffer(copying: bytes))
    }

    private init(
        _ kind: KeyKind,
        name: String,
        _ secret: consuming SecretBuffer
    ) throws(KeyStoreError) {
        defer { Sodium.wipeStack() }
        let part: KeyHead.PublicPart
        switch kind {
        case .share: throw .unsuitableKind(kind)
        case .salt, .encryption, .ceremony, .access:
            part = .opaque(identifier: Self.identifier(of: secret, kind))
        case .log, .venue, .identity, .witness: part = .signing(SigningKey(seed: secret).publicKey)
        }
        head = try KeyHead(kind: kind, name: name, publicPart: part)
        self.secret = secret
    }

    /// Takes a share of a committee's group key.
    ///
    /// - Parameters:
    ///   - share: The share.
    ///   - epoch: The epoch from which it is.
    ///   - index: The index of its holder, from 1.
    ///   - name: Whose it is; see `KeyHead.name`.
    /// - Throws: `badShare` for the index zero; `badName`.
    public init(
        share: borrowing SecretKey,
        epoch: UInt64,
        index: UInt8,
        name: String
    ) throws(KeyStoreError) {
        guard index > 0 else { throw .badShare }
        defer { Sodium.wipeStack() }
        head = try KeyHead(
            kind: .share,
            name: name,
            publicPart: .share(epoch: epoch, index: index, share.publicKey)
        )
        var bytes = share.scalar.bytes
        secret = SecretBuffer(copying: bytes)
        SecretBytes.wipe(&bytes)
    }
}

extension StoredKey {
    /// The key as one that signs.
    ///
    /// - Throws: `unsuitableKind` for a kind that does not sign.
    public func signingKey() throws(KeyStoreError) -> SigningKey {
        guard head.kind.isSigning else { throw .unsuitableKind(head.kind) }
        defer { Sodium.wipeStack() }
        return SigningKey(seed: secret)
    }

    /// The share.
    ///
    /// - Throws: `unsuitableKind` for any other kind.
    public func share() throws(KeyStoreError) -> SecretKey {
        guard head.kind == .share else { throw .unsuitableKind(head.kind) }
        defer { Sodium.wipeStack() }
        return try Self.share(of: secret)
    }

    /// The 32 bytes of an opaque key, which the caller wipes when it is done with them.
    ///
    /// - Throws: `unsuitableKind` for a share or a signing key.
    public func opaqueBytes() throws(KeyStoreError) -> [UInt8] {
        guard head.kind.isOpaque else { throw .unsuitableKind(head.kind) }
        defer { Sodium.wipeStack() }
        return Self.bytes(of: secret)
    }

    private static func share(of secret: borrowing SecretBuffer) throws(KeyStoreError) -> SecretKey
    {
        var bytes = bytes(of: secret)
        defer { SecretBytes.wipe(&bytes) }
        do throws(BLSError) {
            return try SecretKey(bytes: bytes)
        } catch {
            throw .badShare
        }
    }

    private static func bytes(of secret: borrowing SecretBuffer) -> [UInt8] {
        unsafe secret.withUnsafePointer { bytes in
            unsafe [UInt8](UnsafeBufferPointer(start: bytes, count: secretByteCount))
        }
    }

    private static func identifier(
        of secret: borrowing SecretBuffer,
        _ kind: KeyKind
    ) -> [UInt8] {
        var key = bytes(of: secret)
        defer { SecretBytes.wipe(&key) }
        let code = HMAC.sha256(key: key, Array("parallax.\(kind)-key/1".utf8)).bytes
        return Array(code[..<identifierByteCount])
    }
}

extension StoredKey {
    /// Seals the key in a new file with the mode 0600, and makes that durable.
    ///
    /// - Parameters:
    ///   - path: The file, which must not exist.
    ///   - passphrase: What opens it; at least `Passphrase.newByteCountMin` bytes.
    ///   - cost: The work of making a key of the passphrase.
    /// - Throws: `passphraseTooShort`, `exists`, `notEnoughMemory` or `platform`.
    public func seal(
        to path: String,
        _ passphrase: borrowing Passphrase,
        cost: PassphraseCost = .moderate
    ) throws(KeyStoreError) {
        try passphrase.checkNew()
        defer { Sodium.wipeStack() }
        // Not after a second of work.
        try PrivateFile.checkAbsent(path)
        let file = try KeyFile(sealing: secret, head, passphrase, cost)
        try PrivateFile.create(path, file.bytes)
    }

    /// Opens a sealed key.
    ///
    /// - Parameters:
    ///   - path: The file, which nobody but its owner may use.
    ///   - kind: What the key must be for; any kind if it is not given.
    ///   - passphrase: What opens it.
    /// - Throws: `platform`, `notFile`, `tooPermissive`, `notKeyFile`, `truncated`, `unsupportedVersion`,
    ///   `damaged`, `excessiveCost`, `wrongKind`, `notEnoughMemory` or `wrongPassphrase`.
    public init(
        opening path: String,
        _ kind: KeyKind? = nil,
        _ passphrase: borrowing Passphrase
    ) throws(KeyStoreError) {
        defer { Sodium.wipeStack() }
        let file = try Self.file(path)
        if let kind, file.head.kind != kind {
            throw .wrongKind(path: path, expected: kind, found: file.head.kind)
        }
        let secret = try file.open(passphrase, path: path)
        // The box vouches for the public part; that it fits guards against what sealed it.
        guard try Self.fits(file.head, secret) else { throw .damaged(path: path) }
        self.init(head: file.head, secret: secret)
    }

    /// What a file says about the key in it, without the passphrase, and so without any proof.
    ///
    /// - Throws: `platform`, `notFile`, `tooPermissive`, `notKeyFile`, `truncated`, `unsupportedVersion`,
    ///   `damaged` or `excessiveCost`.
    public static func unauthenticatedHead(of path: String) throws(KeyStoreError) -> KeyHead {
        try file(path).head
    }

    /// Replaces a sealed file by one with another passphrase and fresh randomness, all or nothing.
    ///
    /// The new file is written beside the old one, under its name with `.new` behind it, and takes its place
    /// when it was read back. The old file's blocks on the device are not overwritten: whoever has them, or
    /// another copy, still opens them with the old passphrase.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - old: What opens it.
    ///   - new: What shall open it; at least `Passphrase.newByteCountMin` bytes.
    ///   - cost: The work of making a key of the new passphrase.
    /// - Returns: What is public about the key.
    /// - Throws: As `init(opening:_:_:)` and `seal(to:_:cost:)`. The old file is as it was then, unless
    ///   only making the new name durable failed.
    public static func reseal(
        _ path: String,
        from old: borrowing Passphrase,
        to new: borrowing Passphrase,
        cost: PassphraseCost = .moderate
    ) throws(KeyStoreError) -> KeyHead {
        try new.checkNew()
        let newPath = path + ".new"
        try PrivateFile.checkAbsent(newPath)
        let key = try StoredKey(opening: path, nil, old)
        try key.seal(to: newPath, new, cost: cost)
        do throws(KeyStoreError) {
            let check = try StoredKey(opening: newPath, key.head.kind, new)
            guard check.head == key.head else { throw .damaged(path: newPath) }
            try PrivateFile.replace(path, with: newPath)
        } catch {
            try PrivateFile.remove(newPath)
            throw error
        }
        try PrivateFile.syncDirectory(of: path)
        return key.head
    }

    private static func file(_ path: String) throws(KeyStoreError) -> KeyFile {
        let bytes = try PrivateFile.read(path, byteCountMax: KeyFile.byteCountMax)
        return try KeyFile(decoding: bytes, path: path)
    }

    private static func fits(
        _ head: KeyHead,
        _ secret: borrowing SecretBuffer
    ) throws(KeyStoreError) -> Bool {
        switch head.publicPart {
        case .signing(let key): SigningKey(seed: secret).publicKey == key
        case .share(_, _, let key): try share(of: secret).publicKey == key
        case .opaque(let identifier): Self.identifier(of: secret, head.kind) == identifier
        }
    }
}
