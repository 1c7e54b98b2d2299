import Primitives
import Testing

@Suite("Byte writer and reader")
struct ByteCodingTests {
    @Test("integers are little-endian and without padding")
    func layout() {
        var writer = ByteWriter(capacity: 0)
        writer.append(UInt8(1))
        writer.append(UInt32(0x0504_0302))
        writer.append(Int128(-2))
        #expect(writer.bytes == [1, 2, 3, 4, 5, 0xFE] + Array(repeating: 0xFF, count: 15))
    }

    @Test("what was appended can be read back, and not more")
    func readsBack() throws {
        var writer = ByteWriter(capacity: 0)
        for value in 0..<100 { writer.append(Int64(value)) }
        writer.append(Int128.min)
        writer.appendZeros(3)
        writer.append(contentsOf: [7, 8])
        writer.replace(at: 8, with: Int64(-9))
        let bytes = writer.bytes
        try unsafe bytes.withUnsafeBytes { bytes in
            var reader = unsafe ByteReader(bytes)
            for value in 0..<100 {
                let number: Int64 = try reader.read()
                #expect(number == (value == 1 ? -9 : Int64(value)))
            }
            #expect(try reader.read(Int128.self) == .min)
            let rest = try unsafe reader.read(count: 4)
            #expect(unsafe Array(rest) == [0, 0, 0, 7])
            #expect(throws: ByteReaderError.trailingBytes(position: 820)) {
                try reader.requireEnd()
            }
            #expect(throws: ByteReaderError.truncated(position: 820)) {
                _ = try reader.read(UInt16.self)
            }
            #expect(throws: ByteReaderError.truncated(position: 820)) {
                _ = try unsafe reader.read(count: 2)
            }
            #expect(throws: ByteReaderError.truncated(position: 820)) {
                _ = try unsafe reader.read(count: -1)
            }
            #expect(try reader.read(UInt8.self) == 8)
            try reader.requireEnd()
        }
    }

    @Test("a buffer can be cut and used again")
    func reuse() {
        var writer = ByteWriter()
        writer.append(UInt32(1))
        writer.append(UInt32(2))
        writer.truncate(to: 4)
        #expect(writer.bytes == [1, 0, 0, 0])
        writer.removeAll()
        #expect(writer.count == 0)
    }

    @Test("cutting behind the end is an error of the caller")
    func cutBehindEnd() async {
        await #expect(processExitsWith: .failure) {
            var writer = ByteWriter()
            writer.truncate(to: 1)
        }
    }
}
