extension UInt8: Liftable, Lowerable {
    static var layout: Layout { Layout(byteCount: 1, alignment: 1) }
    static func lift(_ source: UnsafeRawPointer) -> UInt8 { unsafe source.load(as: UInt8.self) }
    func lower(_ target: UnsafeMutableRawPointer) {
        unsafe target.storeBytes(of: self, as: Self.self)
    }
}

extension UInt32: Liftable {
    static var layout: Layout { Layout(byteCount: 4, alignment: 4) }
    static func lift(_ source: UnsafeRawPointer) -> UInt32 { unsafe source.load(as: UInt32.self) }
}

extension UInt64: Liftable, Lowerable {
    static var layout: Layout { Layout(byteCount: 8, alignment: 8) }
    static func lift(_ source: UnsafeRawPointer) -> UInt64 { unsafe source.load(as: UInt64.self) }
    func lower(_ target: UnsafeMutableRawPointer) {
        unsafe target.storeBytes(of: self, as: Self.self)
    }
}

extension Int64: Liftable {
    static var layout: Layout { Layout(byteCount: 8, alignment: 8) }
    static func lift(_ source: UnsafeRawPointer) -> Int64 { unsafe source.load(as: Int64.self) }
}

extension Float: Liftable {
    static var layout: Layout { Layout(byteCount: 4, alignment: 4) }
    static func lift(_ source: UnsafeRawPointer) -> Float { unsafe source.load(as: Float.self) }
}

extension Bool: Liftable {
    static var layout: Layout { UInt8.layout }
    static func lift(_ source: UnsafeRawPointer) -> Bool { unsafe UInt8.lift(source) != 0 }
}

extension String: Liftable, Lowerable {
    static var layout: Layout { .list }

    static func lift(_ source: UnsafeRawPointer) -> String {
        let start = unsafe source.load(as: UnsafeRawPointer?.self)
        let count = unsafe source.load(fromByteOffset: 4, as: Int.self)
        return unsafe String(
            decoding: UnsafeRawBufferPointer(start: start, count: count),
            as: UTF8.self
        )
    }

    func lower(_ target: UnsafeMutableRawPointer) { unsafe [UInt8](utf8).lower(target) }
}

extension Array: Canonical {
    static var layout: Layout { .list }
}

extension Array: Liftable where Element: Liftable {
    static func lift(_ source: UnsafeRawPointer) -> [Element] {
        let start = unsafe source.load(as: UnsafeRawPointer?.self)
        let count = unsafe source.load(fromByteOffset: 4, as: Int.self)
        let stride = Element.layout.byteCount
        var elements: [Element] = []
        guard let start = unsafe start else { return elements }
        elements.reserveCapacity(count)
        for index in 0..<count {
            unsafe elements.append(Element.lift(start + index * stride))
        }
        return elements
    }
}

extension Array: Lowerable where Element: Lowerable {
    func lower(_ target: UnsafeMutableRawPointer) {
        let layout = Element.layout
        let start = unsafe BorderMemory.allocate(
            byteCount: count * layout.byteCount,
            alignment: layout.alignment
        )
        for index in indices {
            unsafe self[index].lower(start + index * layout.byteCount)
        }
        unsafe target.storeBytes(of: start, as: UnsafeMutableRawPointer.self)
        unsafe target.storeBytes(of: count, toByteOffset: 4, as: Int.self)
    }
}

extension Optional: Canonical where Wrapped: Canonical {
    static var layout: Layout { Wrapped.layout.variant }
}

extension Optional: Liftable where Wrapped: Liftable {
    static func lift(_ source: UnsafeRawPointer) -> Wrapped? {
        guard unsafe Bool.lift(source) else { return nil }
        return unsafe Wrapped.lift(source + Wrapped.layout.payloadOffset)
    }
}

extension Optional: Lowerable where Wrapped: Lowerable {
    func lower(_ target: UnsafeMutableRawPointer) {
        guard let self else { return }
        unsafe UInt8(1).lower(target)
        unsafe self.lower(target + Wrapped.layout.payloadOffset)
    }
}
