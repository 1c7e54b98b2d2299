/// Why bytes are not the signed message they should be.
public indirect enum COSEError: Error, Equatable, Sendable {
    /// A piece of CBOR that lies in the message as bytes; positions count from its first byte.
    public enum Part: Equatable, Sendable {
        /// The message itself.
        case message
        /// The protected header.
        case protectedHeader
        /// One of a receipt's proofs, counted from 0.
        case proof(index: Int)
    }

    /// A part is not CBOR, or has not the shape that it must have; then the error is `unexpectedType`.
    case malformed(Part, CBORError)
    /// A header has a label that is neither an integer nor a text.
    case invalidLabel
    /// A header has a value that its label does not allow.
    case invalidValue(label: Int64)
    /// The label is in both headers, which could contradict each other.
    case repeatedLabel(CBORValue)
    /// The message demands a header to be understood that is not, or is not there (RFC 9052 §3.1, `crit`).
    case notUnderstood(CBORValue)
    /// The header that is needed is not there, or is in the other map than the one for it.
    case missing(label: Int64)
    /// A header is there that has no place in this kind of message.
    case unexpected(CBORValue)
    /// The claim that is needed is not there.
    case missingClaim(Int64)
    /// The claim has a value that its number does not allow.
    case invalidClaim(Int64)
    /// The message needs its payload, and has none.
    case missingPayload
    /// The payload of a receipt is no root of 32 bytes.
    case invalidRoot
    /// The receipt is about another tree than RFC 9162's with SHA-256.
    case unsupportedTree(Int64)
    /// The header of proofs does not hold from 1 to 16 proofs of one kind.
    case invalidProofs
    /// The proof, counted from 0, has numbers or a path that no tree has.
    case invalidProof(index: Int)
    /// The receipt, counted from 0, is wrong.
    case invalidReceipt(index: Int, COSEError)
}
