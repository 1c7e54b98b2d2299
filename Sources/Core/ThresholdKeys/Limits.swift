/// The bounds of this module.
public enum Limits {
    /// The most seats of a committee; their indices are 1 … `seatCountMax`.
    public static let seatCountMax = 12
    /// The most bytes of a venue's name.
    public static let venueByteCountMax = 64
    /// The most bytes of one signed bundle: a deal of eight commitments to twelve seats has about 3,600.
    public static let bundleByteCountMax = 8_192
    /// The most bytes of an encoded evidence, which holds two bundles.
    public static let evidenceByteCountMax = 2 * bundleByteCountMax + 32
    /// The bytes of a ceremony's secret, from which a member draws all its random numbers.
    public static let secretByteCount = 32
    /// The fewest bytes of secret material that a decryption key is made of.
    public static let keyMaterialByteCountMin = 32
}
