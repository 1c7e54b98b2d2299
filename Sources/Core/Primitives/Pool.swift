/// A growable array of plain values that is reached by 32-bit index, without reference counting.
///
/// Every access is checked against `count`. Memory that was never appended to is never touched, so a
/// large initial capacity costs address space only.
@safe @frozen public struct Pool<Element: BitwiseCopyable>: ~Copyable {
    @usableFromInline var base: UnsafeMutablePointer<Element>
    @usableFromInline var capacity: UInt32
    @usableFromInline var used: UInt32

    /// How many elements there are; indices below it are valid.
    @inlinable public var count: UInt32 { used }

    /// Makes an empty pool with room for `capacity` elements, at least one.
    @inlinable public init(capacity: UInt32) {
        self.capacity = Swift.max(capacity, 1)
        unsafe base = .allocate(capacity: Int(self.capacity))
        used = 0
    }

    @inlinable deinit { unsafe base.deallocate() }

    /// The element at `index`, which must be below `count`.
    @inlinable public subscript(index: UInt32) -> Element {
        @inline(__always) unsafeAddress {
            precondition(index < used)
            return unsafe UnsafePointer(base + Int(index))
        }
        @inline(__always) unsafeMutableAddress {
            precondition(index < used)
            return unsafe base + Int(index)
        }
    }

    /// Adds an element at the end and returns its index.
    ///
    /// - Complexity: O(1) amortised.
    @inlinable @discardableResult public mutating func append(_ element: Element) -> UInt32 {
        if count == capacity { grow(to: capacity &* 2) }
        unsafe (base + Int(count)).initialize(to: element)
        used &+= 1
        return count &- 1
    }

    /// Appends `element` until there are `newCount` elements; does nothing if there are as many already.
    @inlinable public mutating func extend(to newCount: UInt32, with element: Element) {
        if newCount > capacity { grow(to: Swift.max(newCount, capacity &* 2)) }
        while count < newCount { append(element) }
    }

    /// Takes the last element off; there must be one.
    @inlinable public mutating func removeLast() -> Element {
        precondition(used > 0)
        used &-= 1
        return unsafe base[Int(used)]
    }

    /// Forgets all elements and keeps the memory.
    @inlinable public mutating func removeAll() { used = 0 }

    /// The bytes of the elements from `start` up to `end`, in the machine's (little-endian) order.
    @inlinable public func withUnsafeBytes<Result, Failure: Error>(
        from start: UInt32,
        to end: UInt32,
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        precondition(start <= end)
        precondition(end <= count)
        return try unsafe body(
            UnsafeRawBufferPointer(
                start: base + Int(start),
                count: Int(end - start) * MemoryLayout<Element>.stride
            )
        )
    }

    @inline(never) @usableFromInline mutating func grow(to newCapacity: UInt32) {
        precondition(newCapacity > capacity, "a pool holds fewer than 2^32 elements")
        let larger = UnsafeMutablePointer<Element>.allocate(capacity: Int(newCapacity))
        unsafe larger.moveInitialize(from: base, count: Int(used))
        unsafe base.deallocate()
        unsafe base = larger
        capacity = newCapacity
    }
}
