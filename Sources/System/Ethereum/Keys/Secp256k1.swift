internal import CSecp256k1
internal import Cryptography

/// The library libsecp256k1, by one context that is only read.
@safe struct Secp256k1: @unchecked Sendable {
    // The context is randomized once, before anybody else sees it, and constant functions alone use it afterwards.
    let context: OpaquePointer

    static let shared = Secp256k1()

    private init() {
        guard
            let context = unsafe secp256k1_context_create(
                UInt32(SECP256K1_CONTEXT_SIGN | SECP256K1_CONTEXT_VERIFY)
            )
        else { preconditionFailure("a process that has no memory for a context cannot go on") }
        // Blinding makes signing independent of the key in what an observer of the machine can measure.
        var seed = SecretSeed.bytes()
        _ = unsafe secp256k1_context_randomize(context, &seed)
        SecretBytes.wipe(&seed)
        unsafe self.context = context
    }

    /// The 64 bytes `x ‖ y` of a public key that the library holds.
    static func coordinates(_ key: inout secp256k1_pubkey) -> [UInt8] {
        Array(serialized(&key, byteCount: 65, flags: SECP256K1_EC_UNCOMPRESSED).dropFirst())
    }

    /// The 33 bytes of a public key in compressed form.
    static func compressed(_ key: inout secp256k1_pubkey) -> [UInt8] {
        serialized(&key, byteCount: 33, flags: SECP256K1_EC_COMPRESSED)
    }

    private static func serialized(
        _ key: inout secp256k1_pubkey,
        byteCount: Int,
        flags: Int32
    ) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: byteCount)
        var count = byteCount
        _ = unsafe secp256k1_ec_pubkey_serialize(
            shared.context,
            &bytes,
            &count,
            &key,
            UInt32(flags)
        )
        return bytes
    }
}
