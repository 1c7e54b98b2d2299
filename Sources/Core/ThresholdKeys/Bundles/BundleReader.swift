import BLS12381
import Cryptography
import Encoding

/// Reads the fields of bundles and keys, each with its exact length and range.
struct BundleReader {
    private var decoder: CBORDecoder

    init(
        _ bytes: [UInt8],
        byteCountMax: Int = Limits.bundleByteCountMax
    ) throws(ThresholdKeysError) {
        do throws(CBORError) {
            decoder = try CBORDecoder(
                bytes,
                limits: DecodingLimits(bytesMax: byteCountMax, depthMax: 8)
            )
        } catch {
            throw .malformed(error)
        }
    }

    private mutating func read<Value>(
        _ body: (inout CBORDecoder) throws(CBORError) -> Value
    ) throws(ThresholdKeysError) -> Value {
        do throws(CBORError) {
            return try body(&decoder)
        } catch {
            throw .malformed(error)
        }
    }

    /// Reads the head of an array of an exact number of items.
    mutating func readArray(count: Int) throws(ThresholdKeysError) {
        guard try readArray(upTo: count) == count else { throw .unexpectedField }
    }

    /// Reads the head of an array of at most some number of items.
    mutating func readArray(upTo countMax: Int) throws(ThresholdKeysError) -> Int {
        let count = try read { (decoder) throws(CBORError) in try decoder.readArrayCount() }
        guard count <= countMax else { throw .unexpectedField }
        return count
    }

    mutating func readUnsigned() throws(ThresholdKeysError) -> UInt64 {
        try read { (decoder) throws(CBORError) in try decoder.readUnsigned() }
    }

    /// Reads the index of a seat.
    mutating func readIndex() throws(ThresholdKeysError) -> UInt32 {
        let number = try readUnsigned()
        guard number >= 1, number <= UInt64(Limits.seatCountMax) else { throw .unexpectedField }
        return UInt32(number)
    }

    /// Reads ascending indices of seats, at least one.
    mutating func readIndices() throws(ThresholdKeysError) -> [UInt32] {
        let count = try readArray(upTo: Limits.seatCountMax)
        var indices: [UInt32] = []
        for _ in 0..<count {
            let index = try readIndex()
            if let last = indices.last, index <= last { throw .unexpectedField }
            indices.append(index)
        }
        guard !indices.isEmpty else { throw .unexpectedField }
        return indices
    }

    mutating func readText() throws(ThresholdKeysError) -> Text {
        let value = try read { (decoder) throws(CBORError) in try decoder.readValue() }
        guard case .text(let text) = value else { throw .unexpectedField }
        return text
    }

    /// Reads a text that must be a certain one.
    mutating func readText(_ expected: Text) throws(ThresholdKeysError) {
        guard try readText() == expected else { throw .unexpectedField }
    }

    mutating func readBytes() throws(ThresholdKeysError) -> [UInt8] {
        try read { (decoder) throws(CBORError) in try decoder.readBytes() }
    }

    mutating func readBytes(count: Int) throws(ThresholdKeysError) -> [UInt8] {
        let bytes = try readBytes()
        guard bytes.count == count else { throw .unexpectedField }
        return bytes
    }

    mutating func readDigest() throws(ThresholdKeysError) -> SHA256.Digest {
        SHA256.Digest(bytes: try readBytes(count: SHA256.Digest.byteCount))
    }

    mutating func readG1() throws(ThresholdKeysError) -> G1Element {
        let bytes = try readBytes()
        do throws(BLSError) {
            return try G1Element(compressed: bytes)
        } catch {
            throw .invalidElement(error)
        }
    }

    mutating func readG2() throws(ThresholdKeysError) -> G2Element {
        let bytes = try readBytes()
        do throws(BLSError) {
            return try G2Element(compressed: bytes)
        } catch {
            throw .invalidElement(error)
        }
    }

    mutating func readScalar() throws(ThresholdKeysError) -> Scalar {
        let bytes = try readBytes()
        do throws(BLSError) {
            return try Scalar(bytes: bytes)
        } catch {
            throw .invalidElement(error)
        }
    }

    func requireEnd() throws(ThresholdKeysError) {
        do throws(CBORError) {
            try decoder.requireEnd()
        } catch {
            throw .malformed(error)
        }
    }
}

extension CBOREncoder {
    /// Writes an array of indices.
    mutating func append(indices: [UInt32]) {
        append(arrayCount: indices.count)
        for index in indices { append(unsigned: UInt64(index)) }
    }
}
