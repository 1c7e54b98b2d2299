public import Cryptography
internal import Statements

/// Checks bundles: needs nothing but the bundle and what the client trusts, no network and no venue.
public enum Verification {
    /// Most bytes of a bundle.
    public static var bundleBytesMax: Int { 1 << 20 }

    /// Whether all checks are made, or none after the first one that fails.
    public enum Extent: Sendable {
        /// All checks, so that a person sees everything that is wrong.
        case allChecks
        /// The cheap checks first, and nothing after the first failure.
        case untilFailure
    }

    /// Checks a bundle.
    ///
    /// The verdict depends on nothing but the arguments: it is the same on every machine and at every time.
    ///
    /// - Parameters:
    ///   - bundle: The bytes of the Transparent Statement.
    ///   - trust: What the client relies on.
    ///   - extent: Whether all checks are made.
    ///   - verifier: Checks an Ed25519 signature.
    /// - Returns: What each check found.
    public static func verdict(
        on bundle: [UInt8],
        trust: Trust,
        extent: Extent = .allChecks,
        verifier: @escaping Ed25519Verifier = Ed25519.verifies
    ) -> Verdict {
        var examination = Examination(trust: trust, extent: extent, verifier: verifier)
        examination.examine(bundle)
        return examination.verdict
    }

    /// Checks a bundle with a trust file, and tells the verdict as one object of canonical JSON.
    ///
    /// If the trust file cannot be used, the object has the members `error` and `verified`.
    ///
    /// - Parameters:
    ///   - bundle: The bytes of the Transparent Statement.
    ///   - trust: The bytes of the trust file.
    ///   - verifier: Checks an Ed25519 signature.
    /// - Returns: The bytes of the object.
    public static func verify(
        bundle: [UInt8],
        trust: [UInt8],
        verifier: @escaping Ed25519Verifier = Ed25519.verifies
    ) -> [UInt8] {
        do throws(VerificationError) {
            let trust = try Trust(decoding: trust)
            return verdict(on: bundle, trust: trust, verifier: verifier).json
        } catch {
            return Verdict.json(error: error.description)
        }
    }
}
