internal import Glibc
internal import Platform

extension StorageFile {
    /// Writes bytes.
    func write(_ bytes: ArraySlice<UInt8>, at offset: UInt64) throws(PlatformError) {
        // Written to the closure's typed error, which the method of the array would lose.
        let span = bytes.span
        try unsafe span.withUnsafeBytes { bytes throws(PlatformError) in
            try unsafe write(bytes, at: offset)
        }
    }

    /// Reads some bytes; fewer only where the file ends.
    func read(count: Int, at offset: UInt64) throws(PlatformError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var span = bytes.mutableSpan
        let found = try unsafe span.withUnsafeMutableBytes { buffer throws(PlatformError) in
            try unsafe read(into: buffer, at: offset)
        }
        bytes.removeLast(count - found)
        return bytes
    }

    /// All bytes of the file.
    func readAll() throws(PlatformError) -> [UInt8] { try read(count: Int(try size()), at: 0) }
}

extension StorageDirectory {
    /// The bytes of a file; none if it does not exist.
    func contents(_ name: String) throws(PlatformError) -> [UInt8]? {
        do throws(PlatformError) {
            return try open(name, readOnly: true).readAll()
        } catch {
            if error.isNotFound { return nil }
            throw error
        }
    }

    /// Makes a new, empty file; one that was left behind under that name is removed first.
    func createAnew(_ name: String) throws(PlatformError) -> any StorageFile {
        do throws(PlatformError) {
            return try create(name)
        } catch .failed(.create, path: _, code: EEXIST) {
            try remove(name)
            return try create(name)
        }
    }

    /// Opens a file for writing, or makes it.
    func openOrCreate(_ name: String) throws(PlatformError) -> any StorageFile {
        do throws(PlatformError) {
            return try open(name, readOnly: false)
        } catch {
            guard error.isNotFound else { throw error }
            return try create(name)
        }
    }
}

/// Little-endian numbers in arrays of bytes.
enum Little {
    static func append<Value: FixedWidthInteger>(_ value: Value, to bytes: inout [UInt8]) {
        for place in 0..<Value.bitWidth / 8 {
            bytes.append(UInt8(truncatingIfNeeded: value >> Value(8 * place)))
        }
    }

    static func read<Value: FixedWidthInteger>(
        _ type: Value.Type,
        from bytes: [UInt8],
        at position: Int
    ) -> Value {
        var value: Value = 0
        for place in 0..<Value.bitWidth / 8 {
            value |= Value(truncatingIfNeeded: bytes[position + place]) << Value(8 * place)
        }
        return value
    }
}
