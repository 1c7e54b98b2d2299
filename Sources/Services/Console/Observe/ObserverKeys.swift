import Attestor
import BLS12381
import Cryptography
import KeyCeremony
import KeyStore
import Synchronization
import ThresholdKeys

/// A seat's keys while its process runs: the identity key, and the share that was used last, because opening
/// one takes a second.
final class ObserverKeys: Sendable {
    private struct Opened: ~Copyable {
        var share: KeyShare?
    }

    private let identity: SigningKey
    private let store: SeatStore
    private let opened = Mutex(Opened(share: nil))
    private let report: @Sendable (String) -> Void

    /// Takes the keys of a seat; `report` is told why a share cannot be opened.
    init(
        _ identity: consuming SigningKey,
        _ store: SeatStore,
        report: @escaping @Sendable (String) -> Void
    ) {
        self.identity = identity
        self.store = store
        self.report = report
    }

    /// The key that verifies what the seat says.
    var publicKey: Ed25519.PublicKey { identity.publicKey }

    /// Signs with the identity key.
    func sign(_ message: [UInt8]) -> [UInt8] { identity.sign(message) }

    /// Signs with the share of an epoch; nothing without one.
    func signWithShare(_ epoch: UInt64, _ message: [UInt8]) -> Signature? {
        opened.withLock { opened in
            if opened.share == nil || opened.share?.epoch != epoch {
                do throws(KeyCeremonyError) {
                    guard let share = try store.share(epoch) else { return nil }
                    opened.share = consume share
                } catch {
                    report("the share of epoch \(epoch) cannot be opened: \(error)")
                    return nil
                }
            }
            return opened.share?.secret.sign(message)
        }
    }

    /// The ways to sign, for the attestor.
    var seatKeys: SeatKeys {
        SeatKeys(
            identityKey: publicKey,
            sign: { message in self.sign(message) },
            signWithShare: { epoch, message in self.signWithShare(epoch, message) }
        )
    }
}
