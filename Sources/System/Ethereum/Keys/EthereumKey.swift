internal import CSecp256k1
internal import Cryptography
internal import Glibc
internal import Platform

/// Randomness for the blinding of the library.
enum SecretSeed {
    static func bytes() -> [UInt8] { SystemRandom.bytes(32) }
}

/// A private key of secp256k1, with the address that it signs for.
///
/// It cannot be printed; its memory is not swapped out where the kernel allows that, and is overwritten when its
/// life ends.
@safe public final class EthereumKey: @unchecked Sendable {
    // The memory is written by init and deinit alone, and nothing else holds the pointer.
    private let storage: UnsafeMutablePointer<UInt8>
    /// Whom the key signs for.
    public let address: EthereumAddress
    /// The public key, 33 bytes in compressed form.
    public let publicKey: [UInt8]

    /// How many bytes a private key has.
    static let byteCount = 32

    /// Takes a key, whose bytes the caller wipes.
    ///
    /// - Throws: `badPrivateKey`.
    public init(bytes: [UInt8]) throws(EthereumError) {
        let context = unsafe Secp256k1.shared.context
        guard bytes.count == Self.byteCount,
            unsafe secp256k1_ec_seckey_verify(context, bytes) == 1
        else { throw .badPrivateKey }
        var key = secp256k1_pubkey()
        guard unsafe secp256k1_ec_pubkey_create(context, &key, bytes) == 1 else {
            throw .badPrivateKey
        }
        publicKey = Secp256k1.compressed(&key)
        address = EthereumAddress(coordinates: Secp256k1.coordinates(&key))
        unsafe storage = .allocate(capacity: Self.byteCount)
        // A refusal leaves the key where it could be swapped out, nothing else.
        _ = unsafe mlock(storage, Self.byteCount)
        for index in 0..<Self.byteCount { unsafe storage[index] = bytes[index] }
    }

    deinit {
        unsafe explicit_bzero(storage, Self.byteCount)
        _ = unsafe munlock(storage, Self.byteCount)
        unsafe storage.deallocate()
    }

    /// Signs a digest, with the nonce of RFC 6979 and a low `s` (EIP-2).
    ///
    /// - Parameter digest: 32 bytes; another number is an error of the caller.
    /// - Returns: The signature.
    public func sign(_ digest: [UInt8]) -> EthereumSignature {
        precondition(digest.count == 32, "what is signed is a digest of 32 bytes")
        let context = unsafe Secp256k1.shared.context
        var signature = secp256k1_ecdsa_recoverable_signature()
        let isSigned = unsafe secp256k1_ecdsa_sign_recoverable(
            context,
            &signature,
            digest,
            storage,
            nil,
            nil
        )
        precondition(isSigned == 1, "a checked key signs everything")
        var bytes = [UInt8](repeating: 0, count: 64)
        var parity: Int32 = 0
        _ = unsafe secp256k1_ecdsa_recoverable_signature_serialize_compact(
            context,
            &bytes,
            &parity,
            &signature
        )
        return EthereumSignature(scalars: bytes, parity: UInt8(parity))
    }
}

/// A signature from which the signer's address follows.
public struct EthereumSignature: Equatable, Sendable {
    /// The scalars `r ‖ s`, 32 bytes each.
    public let scalars: [UInt8]
    /// Which of the points with the x coordinate `r` is meant: 0 … 3, in practice 0 or 1.
    public let parity: UInt8

    init(scalars: [UInt8], parity: UInt8) {
        self.scalars = scalars
        self.parity = parity
    }

    /// Reads 65 bytes `r ‖ s ‖ v` with a `v` of 0, 1, 27 or 28 and a low `s`.
    ///
    /// With a high `s` the same signature would have two forms.
    ///
    /// - Throws: `badSignature`.
    public init(bytes: [UInt8]) throws(EthereumError) {
        guard bytes.count == 65, let last = bytes.last else { throw .badSignature }
        let parity = last >= 27 ? last - 27 : last
        let scalars = Array(bytes[..<64])
        guard parity <= 1, !Self.halfOrder.lexicographicallyPrecedes(scalars[32...]) else {
            throw .badSignature
        }
        self.init(scalars: scalars, parity: parity)
    }

    /// The 65 bytes `r ‖ s ‖ v` with a `v` of 27 or 28, as contracts and `eth_sign` have them.
    public var bytes: [UInt8] { scalars + [27 + parity] }

    /// The scalar `r`, 32 bytes.
    public var r: [UInt8] { Array(scalars[..<32]) }

    /// The scalar `s`, 32 bytes.
    public var s: [UInt8] { Array(scalars[32...]) }

    /// Who signed a digest, if anybody did.
    ///
    /// - Parameter digest: 32 bytes; another number is an error of the caller.
    /// - Returns: The signer's address.
    /// - Throws: `badSignature` when no key has signed so.
    public func signer(of digest: [UInt8]) throws(EthereumError) -> EthereumAddress {
        precondition(digest.count == 32, "what is signed is a digest of 32 bytes")
        let context = unsafe Secp256k1.shared.context
        var signature = secp256k1_ecdsa_recoverable_signature()
        var key = secp256k1_pubkey()
        guard
            unsafe secp256k1_ecdsa_recoverable_signature_parse_compact(
                context,
                &signature,
                scalars,
                Int32(parity)
            ) == 1,
            unsafe secp256k1_ecdsa_recover(context, &key, &signature, digest) == 1
        else { throw .badSignature }
        return EthereumAddress(coordinates: Secp256k1.coordinates(&key))
    }

    /// Half the order of the group (SEC 2 §2.4.1), rounded down: the largest low `s`.
    private static let halfOrder: [UInt8] = [
        0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
        0xff, 0x5d, 0x57, 0x6e, 0x73, 0x57, 0xa4, 0x50, 0x1d, 0xdf, 0xe9, 0x2f, 0x46, 0x68, 0x1b,
        0x20, 0xa0,
    ]
}

/// What wallets sign.
public enum PersonalMessage {
    /// The digest of a message with the prefix of EIP-191, version 0x45.
    ///
    /// - Complexity: O(n).
    public static func digest(of message: [UInt8]) -> [UInt8] {
        let prefix = Array("\u{19}Ethereum Signed Message:\n\(message.count)".utf8)
        return Keccak256.hash(of: prefix + message).bytes
    }
}
