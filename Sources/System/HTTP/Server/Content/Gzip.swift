internal import CZlib

/// Compression in the gzip format (RFC 1952), by the library zlib.
public enum Gzip {
    /// The bytes compressed, as small as the library makes them.
    ///
    /// - Parameter bytes: Less than 2 GiB.
    /// - Returns: A gzip file in memory.
    /// - Complexity: O(n), about 20 MB/s: for what is compressed once and sent often.
    public static func compress(_ bytes: [UInt8]) -> [UInt8] {
        precondition(bytes.count < 1 << 31, "the library counts by 32 bits")
        var stream = unsafe z_stream()
        let code = unsafe czlib_begin_gzip(&stream, Z_BEST_COMPRESSION)
        precondition(code == Z_OK, "there are 300 KB of memory")
        defer { unsafe deflateEnd(&stream) }
        var output = unsafe [UInt8](
            repeating: 0,
            count: Int(deflateBound(&stream, UInt(bytes.count)))
        )
        // The library does not write to its input, though it takes it as if it might.
        var input = bytes
        let result = unsafe input.withUnsafeMutableBufferPointer { input in
            unsafe output.withUnsafeMutableBufferPointer { output in
                unsafe stream.next_in = input.baseAddress
                unsafe stream.avail_in = UInt32(input.count)
                unsafe stream.next_out = output.baseAddress
                unsafe stream.avail_out = UInt32(output.count)
                return unsafe deflate(&stream, Z_FINISH)
            }
        }
        precondition(result == Z_STREAM_END, "the output is as large as it can become")
        return unsafe Array(output.prefix(Int(stream.total_out)))
    }
}
