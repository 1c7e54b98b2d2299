internal import COpenSSL

/// RIPEMD-160 (Dobbertin, Bosselaers, Preneel 1996), by OpenSSL's direct function.
///
/// The provider interface of OpenSSL 3 keeps it in a module that need not be loaded; the direct function is always
/// there.
public enum RIPEMD160 {
    /// The 20 bytes of the digest of some bytes.
    ///
    /// - Complexity: O(n).
    public static func hash(of bytes: [UInt8]) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: 20)
        _ = unsafe COpenSSL.RIPEMD160(bytes, bytes.count, &digest)
        return digest
    }
}
