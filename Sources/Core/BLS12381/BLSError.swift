/// Why bytes, keys or signatures are refused.
public enum BLSError: Error, Equatable, Sendable {
    /// The number of bytes is not the one that the encoding has.
    case wrongLength(expected: Int, actual: Int)
    /// The highest three bits do not fit the encoding: the flags for compression, infinity and sign.
    case wrongFlags
    /// A coordinate is not less than the modulus, or infinity has bits set besides its flags.
    case notCanonical
    /// No point of the curve has these coordinates.
    case notOnCurve
    /// The point is on the curve, but not in the group of prime order.
    case notInSubgroup
    /// The identity, which is neither a key nor a signature.
    case identity
    /// A scalar is not less than the order of the groups.
    case scalarOutOfRange
    /// A secret key is zero.
    case zeroKey
    /// There are fewer than 32 bytes to make a key from.
    case keyMaterialTooShort
    /// A domain tag has no bytes.
    case emptyTag
    /// There is nothing to combine.
    case empty
    /// A randomiser of a batch is zero.
    case zeroRandomiser
    /// A share has the index zero, where the secret itself is.
    case zeroIndex
    /// Two shares have the same index.
    case duplicateIndex
}
