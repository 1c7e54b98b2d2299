/// Three coordinates.
public struct Vector: Equatable, Sendable {
    /// The first coordinate.
    public var x: Double
    /// The second coordinate.
    public var y: Double
    /// The third coordinate.
    public var z: Double

    /// Makes a vector of its coordinates.
    @inlinable public init(_ x: Double, _ y: Double, _ z: Double) {
        self.x = x
        self.y = y
        self.z = z
    }

    /// The length.
    @inlinable public var length: Double { dot(self).squareRoot() }

    /// The scalar product.
    @inlinable public func dot(_ other: Vector) -> Double {
        x * other.x + y * other.y + z * other.z
    }

    /// The difference.
    @inlinable public static func - (left: Vector, right: Vector) -> Vector {
        Vector(left.x - right.x, left.y - right.y, left.z - right.z)
    }
}
