/// How much a decoder takes on before it refuses: both bounds protect memory and the stack.
public struct DecodingLimits: Equatable, Sendable {
    /// Most bytes of input.
    public var bytesMax: Int
    /// Most arrays, maps, objects and tags around one item, its own included.
    public var depthMax: Int

    /// Makes limits from both numbers, each at least 0.
    public init(bytesMax: Int, depthMax: Int) {
        precondition(bytesMax >= 0)
        precondition(depthMax >= 0)
        self.bytesMax = bytesMax
        self.depthMax = depthMax
    }

    /// One mebibyte and 32 levels: a bundle has a few tens of kilobytes and nine levels.
    public static var standard: DecodingLimits { DecodingLimits(bytesMax: 1 << 20, depthMax: 32) }
}
