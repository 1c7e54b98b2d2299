import Primitives
import Testing

@Suite("a pool") struct PoolTests {
    @Test("keeps its elements while it grows from room for one") func growth() {
        var pool = Pool<UInt64>(capacity: 0)
        for value in 0..<10_000 as Range<UInt64> {
            #expect(pool.append(value * 3) == UInt32(value))
        }
        #expect(pool.count == 10_000)
        #expect(
            (0..<10_000 as Range<UInt32>).allSatisfy { index in pool[index] == UInt64(index) * 3 }
        )
        pool[5_000] += 1
        #expect(pool[5_000] == 15_001)
        #expect(pool[4_999] == 14_997)
    }

    @Test("is extended to a count, and not shortened by one") func extending() {
        var pool = Pool<UInt8>(capacity: 2)
        pool.append(1)
        pool.extend(to: 100, with: 7)
        pool.extend(to: 50, with: 9)
        #expect(pool.count == 100)
        #expect(pool[0] == 1)
        #expect((1..<100 as Range<UInt32>).allSatisfy { index in pool[index] == 7 })
    }

    @Test("gives its elements back from the last to the first, and forgets all at once")
    func removing() {
        var pool = Pool<Int32>(capacity: 4)
        for value in 1...9 as ClosedRange<Int32> { pool.append(value) }
        #expect(pool.removeLast() == 9)
        #expect(pool.removeLast() == 8)
        #expect(pool.append(-1) == 7)
        #expect(pool[7] == -1)
        pool.removeAll()
        #expect(pool.count == 0)
        #expect(pool.append(5) == 0)
        #expect(pool[0] == 5)
    }

    @Test("lends the bytes of a range, lowest byte first") func bytes() {
        var pool = Pool<UInt16>(capacity: 4)
        for value in [0x0102, 0x0304, 0x0506] as [UInt16] { pool.append(value) }
        let all = unsafe pool.withUnsafeBytes(from: 0, to: 3) { bytes in unsafe [UInt8](bytes) }
        #expect(all == [2, 1, 4, 3, 6, 5])
        let middle = unsafe pool.withUnsafeBytes(from: 1, to: 2) { bytes in unsafe [UInt8](bytes) }
        #expect(middle == [4, 3])
        #expect(unsafe pool.withUnsafeBytes(from: 3, to: 3) { bytes in bytes.count } == 0)
    }

    @Test("stops the program at an index that is not below its count") func readingBeyond() async {
        await #expect(processExitsWith: .failure) {
            var pool = Pool<UInt8>(capacity: 8)
            pool.append(1)
            _ = pool[1]
        }
        await #expect(processExitsWith: .failure) {
            var pool = Pool<UInt8>(capacity: 8)
            pool[0] = 1
        }
        await #expect(processExitsWith: .failure) {
            let pool = Pool<UInt8>(capacity: 8)
            _ = unsafe pool.withUnsafeBytes(from: 0, to: 1) { bytes in bytes.count }
        }
        await #expect(processExitsWith: .failure) {
            var pool = Pool<UInt8>(capacity: 8)
            _ = pool.removeLast()
        }
    }
}
