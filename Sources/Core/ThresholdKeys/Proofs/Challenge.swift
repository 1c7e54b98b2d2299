import BLS12381
import Encoding

/// Challenges of proofs, made by a hash of all that is proved (Fiat and Shamir).
enum Challenge {
    /// What keeps the challenges of one kind of statement apart from all others.
    enum Domain {
        /// A dealer knows the constant term of its polynomial.
        case constantTerm
        /// A dealer knows the secret behind the key that it encrypts a share with.
        case ephemeralKey
        /// A receiver reveals the common point of a share that was sent to it.
        case commonPoint
        /// Factors of partial signatures that are checked together.
        case randomiser

        fileprivate var text: Text {
            switch self {
            case .constantTerm: "parallax.keys/1 constant term"
            case .ephemeralKey: "parallax.keys/1 ephemeral key"
            case .commonPoint: "parallax.keys/1 common point"
            case .randomiser: "parallax.keys/1 randomiser"
            }
        }
    }

    /// The scalar that stands for some byte strings, by `expand_message_xmd` with SHA-256 (RFC 9380 §5.3.1)
    /// and 48 bytes of output, so that its bias is below 2^-128.
    ///
    /// - Complexity: O(n) in the bytes.
    static func scalar(_ domain: Domain, _ parts: [[UInt8]]) -> Scalar {
        do throws(BLSError) {
            return try Scalar(reducing: bytes(domain, parts, count: 48))
        } catch {
            preconditionFailure("48 bytes reduce to a scalar")
        }
    }

    /// As many bytes as asked for that stand for some byte strings.
    ///
    /// - Complexity: O(n) in the bytes.
    static func bytes(_ domain: Domain, _ parts: [[UInt8]], count: Int) -> [UInt8] {
        // Each string is written with its length, so no two lists give the same message.
        var encoder = CBOREncoder()
        encoder.append(arrayCount: parts.count)
        for part in parts { encoder.append(bytes: part) }
        let tag: DomainTag
        do throws(BLSError) {
            tag = try DomainTag(domain.text.utf8)
        } catch {
            preconditionFailure("every tag has bytes")
        }
        return MessageExpansion.xmd(encoder.bytes, tag: tag, count: count)
    }
}
