import Cryptography
public import KeyStore
import Platform
internal import Synchronization
public import ThresholdKeys

/// What a seat must not lose: its decryption key, the secret of a ceremony that runs, its shares.
///
/// One folder with the sealed files `encryption.key`, `ceremony.key` and `share-<epoch>.key`, and beside each share the
/// public keys of its epoch, `keys-<epoch>.cbor`. A new share is durable before the old one is removed, and the
/// ceremony's secret goes last; so a seat that is killed in between reads the log again and ends where it would
/// have.
public final class SeatStore: Sendable {
    private struct State: ~Copyable {
        var epochs: [UInt64]
    }

    private let directory: String
    private let name: String
    private let passphrase: Passphrase
    private let cost: PassphraseCost
    private let decryption: DecryptionKey
    private let state: Mutex<State>

    /// The key that shares for this seat are encrypted to.
    public var encryptionKey: EncryptionKey { decryption.encryptionKey }

    /// The epoch of the newest share; none without one.
    public var newestEpoch: UInt64? { state.withLock { state in state.epochs.last } }

    /// Makes the decryption key of a new seat.
    ///
    /// - Parameters:
    ///   - directory: An existing folder of its own.
    ///   - name: Whose keys they are, as sealed files name it.
    ///   - passphrase: What opens them.
    ///   - cost: The work of opening them.
    /// - Throws: `keys`, when there is one already among others.
    public static func create(
        directory: String,
        name: String,
        passphrase: borrowing Passphrase,
        cost: PassphraseCost = .moderate
    ) throws(KeyCeremonyError) {
        do throws(KeyStoreError) {
            try StoredKey.generate(.encryption, name: name)
                .seal(to: directory + "/encryption.key", passphrase, cost: cost)
        } catch {
            throw .keys(error)
        }
    }

    /// Opens the store of a seat.
    ///
    /// - Parameters:
    ///   - directory: Where `create` made the decryption key.
    ///   - name: Whose keys they are.
    ///   - passphrase: What opens them.
    ///   - cost: The work of opening those that are sealed from now on.
    /// - Throws: `keys` or `files`.
    public init(
        directory: String,
        name: String,
        passphrase: consuming Passphrase,
        cost: PassphraseCost = .moderate
    ) throws(KeyCeremonyError) {
        decryption = try Self.decryptionKey(directory + "/encryption.key", passphrase)
        let names: [String]
        do throws(PlatformError) {
            names = try LinuxDirectory.open(directory).list()
        } catch {
            throw .files(error)
        }
        let epochs = names.compactMap(Self.epoch).sorted()
        state = Mutex(State(epochs: epochs))
        self.directory = directory
        self.name = name
        self.cost = cost
        self.passphrase = passphrase
    }

    private static func decryptionKey(
        _ path: String,
        _ passphrase: borrowing Passphrase
    ) throws(KeyCeremonyError) -> DecryptionKey {
        do {
            var material = try StoredKey(opening: path, .encryption, passphrase).opaqueBytes()
            defer { SecretBytes.wipe(&material) }
            return try DecryptionKey(keyMaterial: material)
        } catch let error as KeyStoreError {
            throw .keys(error)
        } catch let error as ThresholdKeysError {
            throw .invalidParameters(error)
        } catch {
            preconditionFailure("opening a key throws nothing else")
        }
    }

    /// The epoch in a name such as `share-7.key`.
    private static func epoch(_ name: String) -> UInt64? {
        guard name.hasPrefix("share-"), name.hasSuffix(".key") else { return nil }
        return UInt64(name.dropFirst(6).dropLast(4))
    }

    private func sharePath(_ epoch: UInt64) -> String { "\(directory)/share-\(epoch).key" }
    private func keysPath(_ epoch: UInt64) -> String { "\(directory)/keys-\(epoch).cbor" }
    private var secretPath: String { directory + "/ceremony.key" }

    /// The keys of an epoch in which the seat has a share; none in others.
    ///
    /// - Throws: `files` or `damagedKeySet`.
    public func keySet(_ epoch: UInt64) throws(KeyCeremonyError) -> KeySet? {
        guard state.withLock({ state in state.epochs.contains(epoch) }) else { return nil }
        let bytes: [UInt8]
        do throws(PlatformError) {
            bytes = try WholeFile.read(keysPath(epoch))
        } catch {
            throw .files(error)
        }
        do throws(ThresholdKeysError) {
            return try KeySet(decoding: bytes)
        } catch {
            throw .damagedKeySet(path: keysPath(epoch), error)
        }
    }

    /// The seat's share of an epoch; none if it has none.
    ///
    /// - Throws: `keys`, `files` or `damagedKeySet`.
    public func share(_ epoch: UInt64) throws(KeyCeremonyError) -> KeyShare? {
        guard let keySet = try keySet(epoch) else { return nil }
        do {
            let stored = try StoredKey(opening: sharePath(epoch), .share, passphrase)
            guard case .share(let sealed, let index, let publicKey) = stored.head.publicPart,
                sealed == epoch, keySet.shareKey(of: UInt32(index)) == publicKey
            else { throw KeyStoreError.badShare }
            return try KeyShare(
                venue: keySet.venue,
                epoch: epoch,
                index: UInt32(index),
                secret: stored.share()
            )
        } catch let error as KeyStoreError {
            throw .keys(error)
        } catch let error as ThresholdKeysError {
            throw .invalidParameters(error)
        } catch {
            preconditionFailure("opening a share throws nothing else")
        }
    }

    /// Keeps a share that is in force from now on, and removes those of the epochs before.
    ///
    /// - Throws: `keys` or `files`; calling it again goes on where it failed.
    func keep(_ share: borrowing KeyShare, _ keySet: KeySet) throws(KeyCeremonyError) {
        let epoch = keySet.epoch
        let old = state.withLock { state in state.epochs.filter { other in other < epoch } }
        do throws(PlatformError) {
            let folder = try LinuxDirectory.open(directory)
            try folder.replace("keys-\(epoch).cbor", with: keySet.encoded)
        } catch {
            throw .files(error)
        }
        do throws(KeyStoreError) {
            try StoredKey(
                share: share.secret,
                epoch: epoch,
                index: UInt8(share.index),
                name: name
            ).seal(to: sharePath(epoch), passphrase, cost: cost)
        } catch .exists {
            // It was sealed before, and the removal of the others was interrupted.
        } catch {
            throw .keys(error)
        }
        state.withLock { state in
            if !state.epochs.contains(epoch) { state.epochs.append(epoch) }
        }
        try remove(old)
    }

    /// Removes the shares of epochs.
    private func remove(_ epochs: [UInt64]) throws(KeyCeremonyError) {
        do throws(PlatformError) {
            let folder = try LinuxDirectory.open(directory)
            for epoch in epochs {
                try folder.remove("share-\(epoch).key")
                try folder.remove("keys-\(epoch).cbor")
            }
            try folder.sync()
        } catch {
            throw .files(error)
        }
        state.withLock { state in state.epochs.removeAll { epoch in epochs.contains(epoch) } }
    }

    /// Removes all shares of a seat that has left the committee.
    ///
    /// - Throws: `files`.
    func removeShares() throws(KeyCeremonyError) {
        try remove(state.withLock { state in state.epochs })
    }

    /// The secret of the ceremony that runs, which the caller wipes; a new one if there is none yet.
    ///
    /// - Throws: `keys`.
    func ceremonySecret() throws(KeyCeremonyError) -> [UInt8] {
        do throws(KeyStoreError) {
            let key = try StoredKey.generate(.ceremony, name: name)
            try key.seal(to: secretPath, passphrase, cost: cost)
            return try key.opaqueBytes()
        } catch .exists {
            return try reopenedSecret()
        } catch {
            throw .keys(error)
        }
    }

    private func reopenedSecret() throws(KeyCeremonyError) -> [UInt8] {
        do throws(KeyStoreError) {
            return try StoredKey(opening: secretPath, .ceremony, passphrase).opaqueBytes()
        } catch {
            throw .keys(error)
        }
    }

    /// Removes the secret of the ceremony that has ended.
    ///
    /// - Throws: `files`.
    func forgetCeremony() throws(KeyCeremonyError) {
        do throws(PlatformError) {
            let folder = try LinuxDirectory.open(directory)
            guard try folder.list().contains("ceremony.key") else { return }
            try folder.remove("ceremony.key")
            try folder.sync()
        } catch {
            throw .files(error)
        }
    }

    /// Lets the decryption key be used for as long as a call takes.
    func withDecryptionKey<R: ~Copyable>(
        _ body: (borrowing DecryptionKey) throws(KeyCeremonyError) -> R
    ) throws(KeyCeremonyError) -> R {
        try body(decryption)
    }
}
