internal import Synchronization

/// Keys and values in memory, for tests and for programs whose data may be lost.
public final class MemoryKeyValueStore: KeyValueStore {
    private struct Contents {
        var buckets: [String: [String: [UInt8]]] = [:]
        var keys = 0
        var bytes = 0
    }

    private let limits: KeyValueLimits
    private let contents = Mutex(Contents())

    /// Makes an empty store.
    public init(limits: KeyValueLimits = KeyValueLimits()) { self.limits = limits }

    /// The value of a key; none without it.
    public func get(_ bucket: String, _ key: String) throws(ComponentError) -> [UInt8]? {
        contents.withLock { $0.buckets[bucket]?[key] }
    }

    /// Sets the values of keys, all or none.
    public func set(
        _ bucket: String,
        _ pairs: [(key: String, value: [UInt8])]
    ) throws(ComponentError) {
        try contents.withLock { contents throws(ComponentError) in
            try change(&contents, bucket, pairs)
        }
    }

    private func change(
        _ contents: inout Contents,
        _ bucket: String,
        _ pairs: [(key: String, value: [UInt8])]
    ) throws(ComponentError) {
        var changed = contents
        for (key, value) in pairs {
            try limits.check(bucket, key)
            try limits.check(value: value)
            if let old = changed.buckets[bucket]?[key] {
                changed.bytes -= old.count
            } else {
                changed.keys += 1
                changed.bytes += key.utf8.count
            }
            changed.bytes += value.count
            changed.buckets[bucket, default: [:]][key] = value
        }
        try limits.check(keys: changed.keys, totalBytes: changed.bytes)
        contents = changed
    }

    /// Removes keys.
    public func delete(_ bucket: String, _ keys: [String]) throws(ComponentError) {
        contents.withLock { contents in
            for key in keys {
                guard let old = contents.buckets[bucket]?.removeValue(forKey: key) else {
                    continue
                }
                contents.keys -= 1
                contents.bytes -= old.count + key.utf8.count
            }
        }
    }

    /// Some keys in ascending order.
    public func keys(
        _ bucket: String,
        after: String?,
        count: Int
    ) throws(ComponentError) -> [String] {
        let all = contents.withLock { Array(($0.buckets[bucket] ?? [:]).keys) }
        let sorted = all.sorted { left, right in
            left.utf8.lexicographicallyPrecedes(right.utf8)
        }
        let rest = sorted.drop { key in
            guard let after else { return false }
            return !after.utf8.lexicographicallyPrecedes(key.utf8)
        }
        return Array(rest.prefix(min(count, limits.pageCountMax)))
    }

    /// Sets a value if it is still the expected one.
    public func exchange(
        _ bucket: String,
        _ key: String,
        expected: [UInt8]?,
        new: [UInt8]
    ) throws(ComponentError) -> Bool {
        try contents.withLock { contents throws(ComponentError) in
            guard contents.buckets[bucket]?[key] == expected else { return false }
            try change(&contents, bucket, [(key, new)])
            return true
        }
    }

    /// Adds to a number.
    public func increment(
        _ bucket: String,
        _ key: String,
        by delta: Int64
    ) throws(ComponentError) -> Int64 {
        try contents.withLock { contents throws(ComponentError) in
            let old = try KeyValueNumber.number(contents.buckets[bucket]?[key])
            let sum = try KeyValueNumber.sum(old, delta)
            try change(&contents, bucket, [(key, KeyValueNumber.bytes(sum))])
            return sum
        }
    }
}
