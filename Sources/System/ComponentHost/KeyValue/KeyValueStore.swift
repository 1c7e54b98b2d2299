/// Keys with values in buckets, as `wasi:keyvalue` 0.2.0-draft2 knows them; each service has its own.
///
/// Every operation may be called from any thread and is done as a whole. It throws `ComponentError.keyValue`
/// when the store fails or a limit is passed.
public protocol KeyValueStore: AnyObject, Sendable {
    /// The value of a key; none without it.
    func get(_ bucket: String, _ key: String) throws(ComponentError) -> [UInt8]?
    /// Sets the values of keys, all or none.
    func set(_ bucket: String, _ pairs: [(key: String, value: [UInt8])]) throws(ComponentError)
    /// Removes keys; one that is not there is no error.
    func delete(_ bucket: String, _ keys: [String]) throws(ComponentError)
    /// Some keys in ascending order of their bytes, from the one after `after`; fewer than `count` at the end.
    func keys(
        _ bucket: String,
        after: String?,
        count: Int
    ) throws(ComponentError) -> [String]
    /// Sets a value if it is still the expected one.
    ///
    /// - Returns: Whether it was; otherwise nothing has changed.
    func exchange(
        _ bucket: String,
        _ key: String,
        expected: [UInt8]?,
        new: [UInt8]
    ) throws(ComponentError) -> Bool
    /// Adds to a number, which is 0 without the key, and is kept as 8 bytes, little-endian.
    ///
    /// - Returns: The sum; a sum beyond 64 bits is an error.
    func increment(_ bucket: String, _ key: String, by: Int64) throws(ComponentError) -> Int64
}

/// What one service may keep.
public struct KeyValueLimits: Equatable, Sendable {
    /// Bytes of the name of a bucket, and of a key.
    public var keyBytesMax = 1_024
    /// Bytes of a value.
    public var valueBytesMax = 1 << 20
    /// Keys in all buckets of a service.
    public var keysMax = 100_000
    /// Bytes of all keys and values of a service.
    public var totalBytesMax = 64 << 20
    /// Names that `list-keys` gives at once.
    public var pageCountMax = 1_000

    /// Makes the standard limits.
    public init() {}

    func check(_ bucket: String, _ key: String) throws(ComponentError) {
        guard bucket.utf8.count <= keyBytesMax, key.utf8.count <= keyBytesMax else {
            throw .keyValue("a name has more than \(keyBytesMax) bytes")
        }
    }

    func check(value: [UInt8]) throws(ComponentError) {
        guard value.count <= valueBytesMax else {
            throw .keyValue("a value has more than \(valueBytesMax) bytes")
        }
    }

    func check(keys: Int, totalBytes: Int) throws(ComponentError) {
        guard keys <= keysMax else { throw .keyValue("the service has \(keysMax) keys") }
        guard totalBytes <= totalBytesMax else {
            throw .keyValue("the service keeps more than \(totalBytesMax) bytes")
        }
    }
}

/// The number that the bytes of a value are, for `increment`.
enum KeyValueNumber {
    static func number(_ bytes: [UInt8]?) throws(ComponentError) -> Int64 {
        guard let bytes else { return 0 }
        guard bytes.count == 8 else { throw .keyValue("the value is no number of 8 bytes") }
        return Int64(
            bitPattern: bytes.reversed().reduce(0) { word, byte in word << 8 | UInt64(byte) }
        )
    }

    static func bytes(_ number: Int64) -> [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: UInt64(bitPattern: number) >> (8 * $0)) }
    }

    static func sum(_ number: Int64, _ delta: Int64) throws(ComponentError) -> Int64 {
        let (sum, overflows) = number.addingReportingOverflow(delta)
        guard !overflows else { throw .keyValue("the sum has more than 64 bits") }
        return sum
    }
}
